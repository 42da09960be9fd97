import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../../emulator/start-emulator.ts';
import { callMain, type Called } from './call-main.ts';
import { openAnyHome, type AnyHome } from './run-folder.ts';

let folder: string;
let emulator: Emulator;
let home: AnyHome;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-changed-'));
  home = await openAnyHome(folder);
  emulator = await startEmulator();
});
afterAll(async () => {
  await emulator.close();
  await home.remove();
  await rm(folder, { recursive: true, force: true });
});

async function call(...args: readonly string[]): Promise<Called> {
  const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key, ...home.env };
  return await callMain(args, { cwd: folder, env });
}

async function write(maxRejected: string): Promise<void> {
  await writeFile(
    path.join(folder, 'p.yaml'),
    `name: p\nlocale: en-US\nsteps:\n  - { id: text, uses: upload, with: { kind: Language, from: text.txt, max-rejected: ${maxRejected}, check: off } }\n`,
  );
}

it('resume says that the pipeline has changed since the run began, and goes on with it as it was', async () => {
  await writeFile(path.join(folder, 'text.txt'), 'good morning\nsee https://example.com/ now\n');
  await write('0%');
  expect((await call('run', 'p.yaml', '--run-id', 'a')).code).toBe(1);
  const unchanged = await call('resume', 'a');
  expect([unchanged.code, unchanged.stderr]).toEqual([1, expect.not.stringContaining('has changed')]);

  await write('60%');
  const changed = await call('resume', 'a');
  expect([changed.code, changed.stderr.split('\n')[0]]).toEqual([
    1,
    'p.yaml has changed since the run began, and the run goes on with the pipeline as it was; speechops run p.yaml takes the new one',
  ]);
  expect(changed.stderr.match(/has changed/g)).toHaveLength(1);

  await rm(path.join(folder, 'p.yaml'));
  const gone = await call('resume', 'a');
  expect([gone.code, gone.stderr]).toEqual([1, expect.not.stringContaining('has changed')]);
});
