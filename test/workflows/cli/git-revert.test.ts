import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { load } from 'js-yaml';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../../emulator/start-emulator.ts';
import type { RunRecord } from '../../../workflows/engine/run-record.ts';
import { Client, idOf } from '../../emulator/client.ts';
import { callMain, type Called } from './call-main.ts';
import { openAnyHome, type AnyHome } from './run-folder.ts';
import { makeTwoModels, writeSmokeAudio } from './two-models.ts';
import { withoutRun } from '../steps/swap/swap-settings.ts';

let folder: string;
let home: AnyHome;
let emulator: Emulator;
let client: Client;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-revert-'));
  home = await openAnyHome(folder);
  await writeSmokeAudio(folder);
  emulator = await startEmulator({ speed: 3000, audioDirectories: [path.join(folder, 'smoke')] });
  client = new Client(emulator);
  git('init', '--quiet', '--initial-branch=main');
  await writeFile(path.join(folder, '.gitignore'), '.speechops/\n');
});

afterEach(async () => {
  await emulator.close();
  await home.remove();
  await rm(folder, { recursive: true, force: true });
});

function git(...args: readonly string[]): string {
  const who = ['-c', 'user.name=Maria', '-c', 'user.email=maria@example.org', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8' });
}

function commit(message: string): void {
  git('add', '.');
  git('commit', '--quiet', '--message', message);
}

async function speechops(...args: readonly string[]): Promise<Called> {
  const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key, ...home.env };
  return await callMain(args, { cwd: folder, env });
}

async function runOf(...args: readonly string[]): Promise<RunRecord> {
  const { code, stdout, stderr } = await speechops('run', ...args, '--format', 'json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as RunRecord;
}

const settings = 'verify: { audio: smoke, every: 100ms, discriminate: 3 }, release: releases';
const pipelines = {
  'train.yaml': `name: train
locale: en-US
inputs: { model: { type: string } }
steps:
  - id: go-live
    uses: swap
    with: { endpoint: ward, model: "\${{ inputs.model }}", create: true, ${settings} }
`,
  'deploy.yaml': `name: deploy
locale: en-US
steps:
  - id: go-live
    uses: swap
    with: { endpoint: ward, model: release, ${settings} }
`,
};

/** The endpoint's model, by what it says of itself. */
async function served(): Promise<{ readonly model: string; readonly mark: string | undefined }> {
  const [{ model, customProperties }] = (await client.get('/endpoints')).body.values;
  return { model: idOf(model.self), mark: withoutRun(customProperties['speechops-swap']) };
}

it('`git revert` of a release and a run of a pipeline that serves it go back, heard, and leave the file as Git made it', async () => {
  for (const [name, text] of Object.entries(pipelines)) await writeFile(path.join(folder, name), text);
  const missing = await speechops('lint', 'deploy.yaml');
  expect(missing.code).toBe(1);
  expect(missing.stdout).toContain(
    'deploy.yaml:6:36: Cannot serve what `releases/ward.yaml` says: there is no such file',
  );
  const { first, second } = await makeTwoModels(client);
  const file = path.join(folder, 'releases/ward.yaml');
  await runOf('train.yaml', '--input', `model=${first}`);
  commit('first model');
  const firstRelease = await readFile(file, 'utf8');
  await runOf('train.yaml', '--input', `model=${second}`);
  commit('second model');
  expect(await served()).toEqual({ model: second, mark: `proved ${second}` });
  const nothing = await runOf('deploy.yaml');
  expect(nothing.steps['go-live']).toMatchObject({ status: 'reused' });

  git('revert', '--no-edit', 'HEAD');
  expect(await readFile(file, 'utf8')).toBe(firstRelease);
  const plan = await speechops('plan', 'deploy.yaml');
  expect(plan.stdout).toContain(
    'endpoint ward: ward-notes -> gardening, as releases/ward.yaml says; heard on up to 3 recordings of evaluation both',
  );
  const back = await runOf('deploy.yaml');
  expect(back.steps['go-live']).toMatchObject({
    status: 'succeeded',
    outputs: { heard: true, discriminating: 3, rolledBack: false },
  });
  expect(await served()).toEqual({ model: first, mark: `proved ${first}` });
  expect(await readFile(file, 'utf8')).toBe(firstRelease);
  expect(git('status', '--porcelain')).toBe('');

  // The other way round, and a model that is gone.
  git('revert', '--no-edit', 'HEAD');
  await runOf('deploy.yaml');
  expect(await served()).toEqual({ model: second, mark: `proved ${second}` });
  git('revert', '--no-edit', 'HEAD');
  await client.delete('/evaluations/' + idOf((await client.get('/evaluations')).body.values[0].self));
  expect((await client.delete(`/models/${first}`)).status).toBe(204);
  const gone = await speechops('run', 'deploy.yaml');
  expect(gone.code).toBe(1);
  expect(gone.stderr).toContain(
    `Name another model: releases/ward.yaml names one that cannot be served. Check the model ${first}: the Speech resource has no such model (step go-live would fail, and nothing was done)`,
  );
  expect(await served()).toEqual({ model: second, mark: `proved ${second}` });
  expect((load(await readFile(file, 'utf8')) as { model: { id: string } }).model.id).toBe(first);
});
