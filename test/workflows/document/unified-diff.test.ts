import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { unifiedDiff } from '../../../workflows/document/unified-diff.ts';

const lines = (count: number): string[] => Array.from({ length: count }, (_, at) => `line ${at}`);

describe('unifiedDiff', () => {
  it('shows changes with the lines around them, near ones together', () => {
    const after = lines(20).with(1, 'new 1').with(7, 'new 7').with(19, 'new 19');
    expect(unifiedDiff(`${lines(20).join('\n')}\n`, `${after.join('\n')}\n`, { name: 'trans.txt' })).toBe(
      [
        '--- a/trans.txt',
        '+++ b/trans.txt',
        '@@ -1,11 +1,11 @@',
        ' line 0',
        '-line 1',
        '+new 1',
        ...lines(7)
          .slice(2)
          .map((line) => ` ${line}`),
        '-line 7',
        '+new 7',
        ...lines(11)
          .slice(8)
          .map((line) => ` ${line}`),
        '@@ -17,4 +17,4 @@',
        ...lines(19)
          .slice(16)
          .map((line) => ` ${line}`),
        '-line 19',
        '+new 19',
        '',
      ].join('\n'),
    );
  });

  it.each(['\n', '\r\n', ''])('is what git applies, with the last line end %j', (end) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'diff-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const between = end === '\r\n' ? '\r\n' : '\n';
    const before = `\uFEFF${lines(30).join(between)}${end}`;
    const after = `\uFEFF${lines(30).with(0, 'a').with(12, 'b').with(13, 'c').with(29, 'd').join(between)}${end}`;
    writeFileSync(path.join(folder, 'trans.txt'), before);
    const input = unifiedDiff(before, after, { name: 'trans.txt' });
    execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: folder, input });
    expect(readFileSync(path.join(folder, 'trans.txt'), 'utf8')).toBe(after);
  });

  it('is empty where nothing has changed', () => {
    expect(unifiedDiff('a\n', 'a\n', { name: 'x' })).toBe('');
  });
});
