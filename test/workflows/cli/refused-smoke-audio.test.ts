import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWav } from '../../emulator/recognition/make-wav.ts';
import { callMain } from './call-main.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-smoke-'));
  await mkdir(path.join(folder, 'long'));
  await writeFile(path.join(folder, 'long', 'call-1.wav'), makeWav(new Int16Array(8000 * 193)));
  await writeFile(path.join(folder, 'long', 'trans.txt'), 'call-1.wav\tgood morning\n');
  await mkdir(path.join(folder, 'pipes'));
  for (const name of ['call-1.wav', 'trans.txt']) execFileSync('mkfifo', [path.join(folder, 'pipes', name)]);
  await writeFile(path.join(folder, 'text.txt'), 'good morning\n');
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

async function pipeline(audio: string): Promise<string> {
  await writeFile(
    path.join(folder, 'p.yaml'),
    `name: p
locale: en-US
inputs: { smoke: { type: string, default: long } }
steps:
  - { id: text, uses: upload, with: { kind: Language, from: text.txt, description: "\${{ inputs.smoke }}" } }
  - { id: live, uses: swap, with: { endpoint: e, model: base, verify: { audio: "${audio}" } } }
`,
  );
  return 'p.yaml';
}

/** Nothing listens there: an answer that does not name it was given without asking the service. */
const nowhere = { SPEECHOPS_ENDPOINT: 'http://127.0.0.1:1', SPEECHOPS_KEY: 'key' };

describe('smoke audio that cannot be recognised', () => {
  it.each(['lint', 'plan', 'run'])('is told by %s where the pipeline names it', async (command) => {
    const { code, stdout, stderr } = await callMain([command, await pipeline('long')], { cwd: folder, env: nowhere });
    expect(code).toBe(1);
    expect(stdout + stderr).toContain(
      'p.yaml:6:80: Cannot try an endpoint with the audio in `long`: call-1.wav has 193 s, and at most 60 s are recognised at once [smoke-audio]',
    );
    expect(stderr).not.toContain('127.0.0.1');
  });

  it.each(['lint', 'plan', 'run'])('is told by %s, and not opened, where it is a pipe', async (command) => {
    const { code, stdout, stderr } = await callMain([command, await pipeline('pipes')], { cwd: folder, env: nowhere });
    expect(code).toBe(1);
    expect(stdout + stderr).toContain('in `pipes`: trans.txt is no file; call-1.wav is no file [smoke-audio]');
  });

  it.each(['plan', 'run', 'plan --emulator'])('is told by %s where an input names it', async (command) => {
    const args = [...command.split(' '), await pipeline('${{ inputs.smoke }}')];
    const { code, stdout, stderr } = await callMain(args, { cwd: folder, env: nowhere });
    expect([code, stdout, stderr]).toEqual([
      2,
      '',
      `error: Correct the smoke audio in ${folder}/long: call-1.wav has 193 s, and at most 60 s are recognised at once\n`,
    ]);
  });
});
