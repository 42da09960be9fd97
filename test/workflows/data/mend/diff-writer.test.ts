import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DiffLine, DiffWriter } from '../../../../workflows/data/mend/diff-writer.ts';
import { createDraws } from '../../../fuzz/draws.ts';

describe('a diff that is written line by line', () => {
  it('is what `git apply` makes the new text of', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'speechops-diff-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (let seed = 0; seed < 25; seed += 1) {
      const draws = createDraws(seed);
      const texts = { old: '', new: '' };
      let diff = '';
      const writer = new DiffWriter('text.txt', (piece) => (diff += Buffer.from(piece).toString('utf8')));
      const count = draws.pick([1, 4, 30, 5000]);
      const rate = draws.pick([0.05, 0.3, 1]);
      for (let index = 0; index < count; index += 1) {
        const hasEnd = index < count - 1 || draws.chance(0.5);
        const from: DiffLine = { text: `line ${draws.below(50)}`, hasEnd };
        texts.old += from.text + (hasEnd ? '\n' : '');
        if (draws.chance(rate)) {
          const kept = [[], [{ text: 'other', hasEnd }], [{ text: 'one' }, { text: 'two\r', hasEnd }]] as const;
          // A text that has lost its last line ends as the one before it.
          const to = index === count - 1 ? kept[1] : draws.pick(kept);
          writer.change([from], to, ['reason']);
          texts.new += to.map((line: DiffLine) => line.text + (line.hasEnd === false ? '' : '\n')).join('');
        } else {
          writer.same(from);
          texts.new += from.text + (hasEnd ? '\n' : '');
        }
      }
      writer.end();
      writeFileSync(path.join(folder, 'text.txt'), texts.old);
      if (diff !== '') execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: folder, input: diff });
      expect(readFileSync(path.join(folder, 'text.txt'), 'utf8'), `seed ${seed}`).toBe(texts.new);
    }
  });

  it('holds no more than a megabyte of lines, however long they are', () => {
    const written: number[] = [];
    const writer = new DiffWriter('text.txt', (text) => written.push(text.length));
    for (const length of [100, 10_000, 500_000])
      for (let count = 0; count < 4_000_000 / length; count += 1)
        writer.change([{ text: 'a'.repeat(length) }], [{ text: 'b'.repeat(length) }], ['reason']);
    writer.end();
    expect(written.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(24_000_000);
    expect(Math.max(...written)).toBeLessThan(2 * 2 ** 20);
  });
});
