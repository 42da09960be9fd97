import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/start-emulator.ts';
import { callProgram } from '../workflows/cli/call-program.ts';
import { writeWardPipeline } from '../workflows/cli/ward-pipeline.ts';
import { hasTerraform } from './provider/terraform.ts';
import { StackWorld } from './stack-world.ts';
import { WardStack } from './ward-stack.ts';

/** The CLI of cdktf 0.21. It is no dependency: it would be half of what an installation takes. */
const cdktf = process.env['SPEECHOPS_CDKTF'] ?? 'cdktf';
const hasCdktf = hasTerraform && runsCdktf();
if (!hasCdktf) {
  console.warn(
    'SKIPPED: the cdktf CLI, end to end, needs `cdktf` on PATH or in SPEECHOPS_CDKTF: cdktf-cli 0.21, run by Node 20 or 22',
  );
}

let folder: string;
let pipeline: string;
let emulator: Emulator;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-end-to-end-'));
  pipeline = await writeWardPipeline(folder);
  emulator = await startEmulator({ speed: 3000, audioDirectories: [path.join(folder, 'smoke')] });
});

afterEach(async () => {
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(!hasTerraform)('from nothing to a swapped model', { timeout: 600_000 }, () => {
  it('has Terraform and pipelines change the same endpoint without getting in the way of each other', async () => {
    await using world = await StackWorld.open((app) => new WardStack(app, 'ward'), { env: standIn() });
    await world.apply();
    const [endpoint] = await objects('endpoints');
    expect(endpoint).toMatchObject({ displayName: 'ward', status: 'Succeeded' });
    expect((await world.state())['customspeech_endpoint.endpoint']).toMatchObject({ self: endpoint?.self });

    await runPipeline(await world.outputs());
    const [swapped] = await objects('endpoints');
    const [trained] = await objects('models');
    expect(swapped).toMatchObject({ self: endpoint?.self, model: { self: trained?.self } });
    expect(swapped?.model.self).not.toBe(endpoint?.model.self);
    expect(await world.plan()).toMatchObject({ code: 0 });

    await request('DELETE', swapped?.self ?? '');
    const drift = await world.plan();
    expect(drift).toMatchObject({
      code: 2,
      output: expect.stringContaining('Plan: 1 to add, 0 to change, 0 to destroy'),
    });
    await world.apply();
    expect(await world.plan()).toMatchObject({ code: 0 });

    await world.must('destroy', '-auto-approve');
    expect(await objects('endpoints')).toEqual([]);
    expect(await objects('projects')).toEqual([]);
  });

  it('takes over an endpoint that somebody has clicked together', async () => {
    await using world = await StackWorld.open((app) => new WardStack(app, 'ward'), { env: standIn() });
    await world.apply();
    const [project] = await objects('projects');
    const body = { displayName: 'clicked', locale: 'en-US', project: { self: project?.self } };
    const clicked = (await request('POST', `${emulator.url}/speechtotext/endpoints?${version}`, body)) as ServiceObject;
    await world.rebuild((app) => new WardStack(app, 'ward', { endpoints: { clicked: 'clicked' } }));
    await world.must('import', '-input=false', 'customspeech_endpoint.clicked', clicked.self);
    expect(await world.plan()).toMatchObject({ code: 0 });
    expect(await objects('endpoints')).toHaveLength(2);
    await world.must('destroy', '-auto-approve');
    for (const collection of ['projects', 'datasets', 'models', 'endpoints']) {
      expect(await objects(collection)).toEqual([]);
    }
  });
});

describe.skipIf(!hasCdktf)('the cdktf CLI', { timeout: 600_000 }, () => {
  it('deploys, finds nothing to change after a swap, and destroys', async () => {
    const app = path.join(import.meta.dirname, 'ward-app.ts');
    const settings = {
      language: 'typescript',
      app: `${process.execPath} ${app}`,
      projectId: 'ward',
      sendCrashReports: 'false',
    };
    await writeFile(path.join(folder, 'cdktf.json'), JSON.stringify(settings));
    const deployed = await callCdktf('deploy', 'ward', '--auto-approve');
    expect(deployed).toMatchObject({ code: 0, output: expect.stringContaining('4 added, 0 changed, 0 destroyed') });
    expect(await objects('endpoints')).toMatchObject([{ displayName: 'ward', status: 'Succeeded' }]);
    await runPipeline({ 'speechops-endpoint': emulator.url });
    const diff = await callCdktf('diff', 'ward');
    expect(diff).toMatchObject({ code: 0, output: expect.stringContaining('No changes') });
    expect(await callCdktf('destroy', 'ward', '--auto-approve')).toMatchObject({ code: 0 });
    expect(await objects('endpoints')).toEqual([]);
    expect(await objects('projects')).toEqual([]);
  });
});

const version = 'api-version=2025-10-15';

interface ServiceObject {
  readonly self: string;
  readonly displayName: string;
  readonly status?: string;
  readonly model: { readonly self: string };
}

/** The account is the emulator. */
function standIn(): Readonly<Record<string, string>> {
  return { SPEECHOPS_STANDIN_ENDPOINT: emulator.url, SPEECHOPS_STANDIN_KEY: emulator.key };
}

/** As somebody does who knows the stack's outputs. */
async function runPipeline(outputs: Readonly<Record<string, unknown>>): Promise<void> {
  const env = { SPEECHOPS_ENDPOINT: String(outputs['speechops-endpoint']), SPEECHOPS_KEY: emulator.key };
  const { code, stdout, stderr } = await callProgram(['run', pipeline], { cwd: folder, env });
  if (code !== 0) throw new Error(`speechops run ended with ${code}:\n${stdout}${stderr}`);
}

async function objects(collection: string): Promise<readonly ServiceObject[]> {
  const answer = await request('GET', `${emulator.url}/speechtotext/${collection}?${version}`);
  return (answer as { readonly values: readonly ServiceObject[] }).values;
}

async function request(method: string, url: string, body?: object): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { 'Ocp-Apim-Subscription-Key': emulator.key, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

/** Not only its version: its terminal has no build for Node 24, and everything but the version fails there. */
function runsCdktf(): boolean {
  const { error, output } = spawnSync(cdktf, ['debug'], { encoding: 'utf8', env: cdktfEnvironment({}) });
  return error === undefined && !output.join('').includes('ERR_DLOPEN_FAILED');
}

async function callCdktf(
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly output: string }> {
  await mkdir(path.join(folder, 'home'), { recursive: true });
  // The CLI keeps plugins and its own settings at home.
  const env = cdktfEnvironment({ ...standIn(), HOME: path.join(folder, 'home') });
  const child = spawn(cdktf, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.on('error', reject).on('close', resolve);
  return { code: await promise, output };
}

function cdktfEnvironment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    CI: '1',
    CHECKPOINT_DISABLE: '1',
    ARM_SUBSCRIPTION_ID: '00000000-0000-4000-8000-000000000000',
    ...more,
  };
}
