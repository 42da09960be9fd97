import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { load } from 'js-yaml';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { releaseSchema } from '../../../../schemas/documents.ts';
import { checkEnvironments } from '../../../../stacks/check-environments.ts';
import { acousticZip, recordings } from '../../../emulator/acoustic-zip.ts';
import { type Client as EmulatorClient, idOf, startClient } from '../../../emulator/client.ts';
import { callMain, type Called } from '../call-main.ts';

let client: EmulatorClient;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-import-'));
  client = await startClient();
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
});

async function speechops(...args: readonly string[]): Promise<Called> {
  const { url, key, managementToken } = client.emulator;
  const env = {
    SPEECHOPS_ENDPOINT: url,
    SPEECHOPS_KEY: key,
    SPEECHOPS_MANAGEMENT_ENDPOINT: url,
    SPEECHOPS_EMULATOR_TOKEN: managementToken,
  };
  return await callMain(args, { cwd: folder, env });
}

async function endpoint(displayName: string, members: object): Promise<string> {
  const { self } = await client.create('/endpoints', { displayName, locale: 'en-US', ...members });
  await client.finished(self);
  return self;
}

/** An account as people click it together: a project, data, a model, an evaluation and endpoints. */
async function account(): Promise<void> {
  const project = await client.create('/projects', { displayName: 'Ward: night', locale: 'en-US' });
  const link = { project: { self: project.self } };
  const text = await client.text(['give ten milligrams of apixaban'], { displayName: 'Night notes', ...link });
  const audio = acousticZip(recordings('test', ['good morning how are you doing today']));
  const test = await client.dataset({ kind: 'Acoustic', displayName: 'Night shift', ...link }, audio);
  const model = await client.model([text], { displayName: 'Night', ...link });
  const base = model.baseModel;
  const made = await client.create('/evaluations', {
    displayName: 'First',
    locale: 'en-US',
    dataset: { self: test.self },
    model1: { self: model.self },
    model2: { self: base.self },
  });
  await client.finished(made.self);
  await endpoint('Ward “night” ${{ x }}', { model: { self: model.self } });
  await endpoint('ward', { model: { self: model.self }, description: 'For the ward', ...link });
  await endpoint('yes', { model: { self: base.self } });
  for (const _ of [1, 2]) await endpoint('twice', { model: { self: model.self } });
}

describe('speechops import', () => {
  it('writes files for which lint finds nothing, and plan changes nothing', async () => {
    await account();
    const { code, stdout, stderr } = await speechops(
      'import',
      '--resource',
      client.emulator.resourceId,
      '--out',
      'new',
    );
    expect(stderr).not.toContain('error:');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^written {2}pipelines\/ward\.yaml: keeps an endpoint as it is$/m);
    expect(stdout).toMatch(/dataset Night notes \(\S+\): its content is not here, which an `upload` step needs$/m);
    expect(stdout).toContain('Next: npx speechops plan new/pipelines/*.yaml');
    const names = await readdir(path.join(folder, 'new/pipelines'));
    expect(names).toHaveLength(5);
    const files = names.map((name) => `new/pipelines/${name}`);
    const lint = await speechops('lint', 'new/pipelines');
    expect(lint).toMatchObject({ code: 0, stdout: '' });
    const plan = await speechops('plan', ...files, '--detailed-exitcode');
    expect(plan.code, plan.stdout + plan.stderr).toBe(0);
    const drift = await speechops('drift', ...files, '--detailed-exitcode');
    expect(drift.code, drift.stdout + drift.stderr).toBe(0);

    const pipeline = load(await readFile(path.join(folder, 'new/pipelines/ward.yaml'), 'utf8'));
    expect(pipeline).toMatchObject({
      project: 'Ward: night',
      resource: client.emulator.resourceId,
      steps: [
        { uses: 'evaluate', with: { model: 'endpoint/ward' } },
        { uses: 'swap', with: { endpoint: 'ward', model: 'release', release: '../releases' } },
      ],
    });
    const release = load(await readFile(path.join(folder, 'new/releases/ward.yaml'), 'utf8'));
    const validate = new Ajv2020({ strict: false }).compile(releaseSchema);
    expect(validate(release), JSON.stringify(validate.errors)).toBe(true);
    expect(release).toMatchObject({ model: { name: 'Night', data: [{ name: 'Night notes' }] }, measured: [{}] });
  });

  it('writes an environment of the account as it is, in which nothing is wrong but that it is open', async () => {
    await account();
    await speechops('import', '--resource', client.emulator.resourceId);
    const text = await readFile(path.join(folder, 'environment.yaml'), 'utf8');
    const { diagnostics, unchecked } = await checkEnvironments(text, { path: 'environment.yaml' });
    expect([diagnostics.map(({ code }) => code), unchecked]).toEqual([['open-account'], undefined]);
    const [{ self }] = (await client.get('/endpoints')).body.values.filter(
      ({ displayName }: { displayName: string }) => displayName === 'ward',
    );
    expect(text).toContain(`#   terraform import customspeech_endpoint.ward ${idOf(self)}\n`);
    expect(load(text)).toMatchObject({
      environments: {
        imported: {
          'custom-speech': {
            projects: { 'ward-night': { name: 'Ward: night', locale: 'en-US' } },
            endpoints: { ward: { name: 'ward', project: 'ward-night', description: 'For the ward' }, twice: {} },
          },
        },
      },
    });
  });

  it('keeps files that are there, and says where there is nothing, and what is wrong with its options', async () => {
    expect(await speechops('import')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^There is no endpoint to make a pipeline of\nenvironment.yaml is not written: give/,
      ),
    });
    const { baseModel } = await client.model([await client.text(['good morning'])]);
    await endpoint('ward', { model: baseModel });
    await speechops('import');
    await writeFile(path.join(folder, 'pipelines/ward.yaml'), 'mine\n');
    const again = await speechops('import', '--format', 'json');
    expect(JSON.parse(again.stdout)).toMatchObject({
      files: [{ outcome: 'kept' }, { outcome: 'kept' }],
      left: [{ kind: 'dataset' }, { kind: 'model', why: 'no endpoint that was imported serves it' }],
    });
    expect(await readFile(path.join(folder, 'pipelines/ward.yaml'), 'utf8')).toBe('mine\n');
    const twice = await speechops('import', '--emulator', '--resource', 'x');
    expect(twice).toMatchObject({ code: 2, stderr: expect.stringContaining('Say once which Speech resource') });
  });
});
