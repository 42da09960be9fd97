import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../../../emulator/start-emulator.ts';
import { callMain, type Called } from '../call-main.ts';

let folder: string;
let emulator: Emulator;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-online-'));
  emulator = await startEmulator();
  await writeFile(path.join(folder, 'text.txt'), 'good morning\n');
});
afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

async function lint(pipeline: string, ...options: readonly string[]): Promise<Called> {
  await writeFile(path.join(folder, 'p.yaml'), pipeline);
  const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key };
  return await callMain(['lint', 'p.yaml', ...options], { cwd: folder, env });
}

const upload = `  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }\n`;
const old = `name: p\nlocale: en-US\nsteps:\n${upload}  - id: model
    uses: train
    with: { base-model: "20200101", datasets: ["\${{ steps.text.outputs.dataset }}"] }\n`;

it('tells with --online which steps the Speech resource would fail, at their ids', async () => {
  expect((await lint(old)).code).toBe(0);
  const { code, stdout, stderr } = await lint(old, '--online');
  expect([code, stderr]).toEqual([1, '1 file: 1 error, 0 warnings\n']);
  expect(stdout).toMatch(/^p\.yaml:5:9: The step `model` would fail: .*20200101.* \[would-fail\]\n/);
  const found = JSON.parse((await lint(old, '--online', '--format', 'json')).stdout) as { diagnostics: object[] };
  expect(found.diagnostics).toEqual([expect.objectContaining({ code: 'would-fail', severity: 'error', line: 5 })]);
});

it('tells it once for each copy of a step, and as a warning where the step may fail', async () => {
  const swap = `  - id: live
    uses: swap
    continue-on-error: true
    with: { endpoint: "calls-\${{ matrix.region }}", model: base }\n`;
  const matrix = 'strategy: { matrix: { region: [west, east] } }\n';
  const { code, stdout } = await lint(`name: p\nlocale: en-US\n${matrix}steps:\n${swap}`, '--online');
  expect([code, stdout.match(/p\.yaml:5:9: warning: The step `live-(west|east)` would fail/g)]).toEqual([
    0,
    ['p.yaml:5:9: warning: The step `live-west` would fail', 'p.yaml:5:9: warning: The step `live-east` would fail'],
  ]);
});

it('tells as an error what no run is begun without, also of a step that may fail', async () => {
  const tell = 'uses: notify, continue-on-error: true, with: { message: Done, teams: "${{ env.TEAMS }}" }';
  const text = `name: p\nlocale: en-US\nenv: { TEAMS: { secret: true } }\nsteps:\n  - { id: tell, ${tell} }\n`;
  const { code, stdout } = await lint(text, '--online');
  expect([code, stdout]).toEqual([
    1,
    expect.stringMatching(/^p\.yaml:5:11: The step `tell` would fail: Set the secret variable TEAMS /m),
  ]);
});

it('says of which pipelines it cannot ask, and fails when nothing answers', async () => {
  const wants = `name: p\nlocale: en-US\ninputs: { name: { type: string } }\nsteps:\n${upload.replace('kind:', 'name: "${{ inputs.name }}", kind:')}`;
  expect((await lint(wants, '--online')).stderr).toMatch(/^p\.yaml: not asked, since an input has no value/);
  const env = { SPEECHOPS_ENDPOINT: 'http://127.0.0.1:9', SPEECHOPS_KEY: 'a-key-of-nobody' };
  await writeFile(path.join(folder, 'p.yaml'), old);
  expect((await callMain(['lint', 'p.yaml', '--online'], { cwd: folder, env })).code).toBe(3);
  expect((await callMain(['lint', 'p.yaml', '--emulator'], { cwd: folder, env })).code).toBe(2);
});

it('tells of a locale what it is trained with by the base models in place of the table', async () => {
  const of = (locale: string, data: string): string => `name: p\nlocale: ${locale}\nsteps:
  - { id: data, uses: upload, with: { ${data}, check: off } }
  - { id: model, uses: train, with: { datasets: ["\${{ steps.data.outputs.dataset }}"] } }\n`;
  const text = of('mt-MT', 'kind: Pronunciation, from: text.txt');
  expect((await lint(text)).stdout).toMatch(/\[dataset-kind-locale\]/);
  expect(await lint(text, '--online')).toMatchObject({ code: 0, stdout: '', stderr: '1 file: 0 errors, 0 warnings\n' });
  await writeFile(path.join(folder, 'calls.zip'), 'PK');
  const audio = of('mt-MT', 'kind: Acoustic, from: calls.zip');
  expect((await lint(audio)).stderr).toBe('1 file: 0 errors, 1 warning\n');
  const { code, stdout } = await lint(audio, '--online');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^p\.yaml:5:11: The step `model` would fail: .*cannot be adapted with Acoustic/);
  expect(stdout).not.toContain('dataset-kind-locale');
});
