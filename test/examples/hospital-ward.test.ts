import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/start-emulator.ts';
import { callProgram } from '../workflows/cli/call-program.ts';
import type { Called } from '../workflows/cli/call-main.ts';

const root = path.join(import.meta.dirname, '../..');
const generous = 300_000;
let folder: string;
let emulator: Emulator;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-ward-'));
  await cp(path.join(root, 'examples/hospital-ward'), folder, { recursive: true });
  emulator = await startEmulator({ speed: 3000, audioDirectories: [path.join(folder, 'data/smoke')] });
});
afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

describe('examples/hospital-ward', () => {
  it('has sound environments, which differ in how much they are guarded', { timeout: generous }, async () => {
    const { app } = JSON.parse(await readFile(path.join(folder, 'cdktf.json'), 'utf8')) as { readonly app: string };
    const [, file = ''] = app.split(' ');
    const main = path.resolve(root, 'examples/hospital-ward', file);
    const { stderr } = await promisify(execFile)(process.execPath, [main], { cwd: folder });
    expect(stderr).toBe('');
    const stacks = path.join(folder, 'cdktf.out/stacks');
    expect((await readdir(stacks)).toSorted()).toEqual(['dev', 'prod']);
    const [dev, prod] = await Promise.all(['dev', 'prod'].map(async (name) => await endpointOf(stacks, name)));
    expect(dev).toMatchObject({ display_name: 'ward', lifecycle: { prevent_destroy: false } });
    expect(prod).toMatchObject({ display_name: 'ward', lifecycle: { prevent_destroy: true } });
  });

  it('has a pipeline that makes the model better, and then what the README shows', { timeout: generous }, async () => {
    await fetch(`${emulator.url}/speechtotext/endpoints?api-version=2025-10-15`, {
      method: 'POST',
      headers: { 'Ocp-Apim-Subscription-Key': emulator.key, 'Content-Type': 'application/json' },
      body: JSON.stringify({ displayName: 'ward', locale: 'en-US' }),
    });
    const ran = await speechops('run');
    expect(ran.stdout, ran.stderr).toMatch(/candidate +succeeded +WER 7\.8 % over 192 words, against 26\.0 %: better/);
    expect(ran.stdout).toMatch(/go-live +succeeded +\d+ recognitions, 0 failed/);
    const readme = await readFile(path.join(folder, 'README.md'), 'utf8');
    const shown = /```text\n([\s\S]*?)```/.exec(readme)?.[1] ?? 'no block';
    expect((await speechops('plan')).stdout).toContain(shown);
  });

  it('runs without Azure as the README says', { timeout: generous }, async () => {
    const readme = await readFile(path.join(folder, 'README.md'), 'utf8');
    const [, line = 'no line'] = /^npx speechops (run .*--emulator.*)$/m.exec(readme) ?? [];
    const { code, stdout, stderr } = await callProgram(line.split(' '), { cwd: folder, env: {} });
    expect(stdout, stderr).toMatch(/go-live +succeeded +a new endpoint, \d+ recognitions, 0 failed/);
    expect(code).toBe(0);
  });
});

async function endpointOf(stacks: string, name: string): Promise<object | undefined> {
  const text = await readFile(path.join(stacks, name, 'cdk.tf.json'), 'utf8');
  const { resource } = JSON.parse(text) as { readonly resource: Readonly<Record<string, Record<string, object>>> };
  return resource['customspeech_endpoint']?.['ward'];
}

async function speechops(command: string): Promise<Called> {
  const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key };
  return await callProgram([command, 'pipeline.yaml'], { cwd: folder, env });
}
