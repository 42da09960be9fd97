import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { writeSet } from '../../../data-sets/make-set.ts';
import { callMain } from '../call-main.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-data-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
});

describe('speechops data check', () => {
  it('shows the line of a text with what is meant, and counts what is not shown', async () => {
    await writeSet(folder, { 'text.txt': { text: 'ask us\nsee www.contoso.com today\n', repeat: 30 } });
    const args = ['data', 'check', 'text.txt', '--kind', 'Language', '--locale', 'en-US'];
    const { code, stdout, stderr } = await callMain(args, { cwd: folder });
    expect(stdout).toContain(`text.txt:2:5: The service rejects this line: it has a URI [uri]
    see www.contoso.com today
        ^~~~~~~~~~~~~~~
`);
    expect(stdout).toContain('text.txt:42:1: 10 more of these are not shown, the first of them here [uri]\n');
    expect(stdout).not.toContain('… and');
    expect(stderr).toBe('text.txt: 30 errors, 1 warning; the service would reject 30 of 60 lines\n');
    expect(code).toBe(1);
  });

  it('says that no line is left', async () => {
    await writeSet(folder, { 'pron.txt': 'IEEE i triple e\n' });
    const args = ['data', 'check', 'pron.txt', '--kind', 'Pronunciation', '--locale', 'en-US'];
    const { code, stderr } = await callMain(args, { cwd: folder });
    expect(stderr).toBe('pron.txt: 1 error, 0 warnings; the service would refuse it: none of 1 line is taken\n');
    expect(code).toBe(1);
  });
});

describe('speechops data pack', () => {
  it('prints what is in each part, and checks it', async () => {
    await writeSet(folder, {
      'set/trans.txt': 'a.wav\thello there\nb.wav\tsee www.contoso.com\nx.wav\tnothing\n',
      'set/a.wav': { wav: {} },
      'set/b.wav': { wav: {} },
    });
    const args = ['data', 'pack', 'set', '--kind', 'Acoustic', '--locale', 'en-US', '--out', 'out'];
    const { code, stdout, stderr } = await callMain(args, { cwd: folder });
    expect(stdout).toMatch(/^out\/set\.zip: 2 recordings, 2 lines, 0\.00 hours, [\d.]+ kB, sha256 [\da-f]{64}\n$/);
    expect(stderr).toContain('out/set.zip/trans.txt:2:11: The service rejects this line: it has a URI [uri]');
    expect(stderr).toContain('warning: 1 line about no recording, or one that has its line, left out\n');
    expect(code).toBe(1);
  });
});
