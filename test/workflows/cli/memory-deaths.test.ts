import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startSpeechops } from '../../crash/speechops-process.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-memory-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

it(
  'a run that has used up the memory of three processes is set aside, and tried again when it is resumed once more',
  { timeout: 300_000 },
  async () => {
    await writeFile(path.join(folder, 'memory.txt'), 'words\n');
    const step = '{ id: text, uses: upload, with: { kind: Language, from: memory.txt, check: off } }';
    await writeFile(path.join(folder, 'pipeline.yaml'), `name: poison\nlocale: en-US\nsteps:\n  - ${step}\n`);
    const run = async (
      ...args: readonly string[]
    ): Promise<{ readonly code: number | null; readonly stderr: string }> => {
      const preload = new URL('use-up-memory.ts', import.meta.url);
      const env = { NODE_OPTIONS: '--max-old-space-size=250' };
      return await startSpeechops([...args], { cwd: folder, env, preload }).ended;
    };
    const died = /heap out of memory/;
    expect((await run('run', 'pipeline.yaml', '--emulator', '--run-id', 'poison')).stderr).toMatch(died);
    expect((await run('resume', 'poison')).stderr).toMatch(died);
    expect((await run('resume', 'poison')).stderr).toMatch(died);
    const refused = await run('resume', 'poison');
    expect([refused.code, refused.stderr]).toEqual([
      3,
      expect.stringMatching(/error: Mend .* set aside, because 3 processes/),
    ]);
    const left = await readdir(path.join(folder, '.speechops', 'runs', 'poison'));
    expect(left.filter((name) => name.startsWith('out-of-memory'))).toEqual([]);
  },
);
