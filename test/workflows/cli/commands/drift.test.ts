import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../../../emulator/start-emulator.ts';
import { driftSchema } from '../../../../schemas/documents.ts';
import type { DriftDocument } from '../../../../schemas/types.gen.ts';
import { environmentObjects } from '../../../../stacks/environment-objects.ts';
import { Client, idOf } from '../../../emulator/client.ts';
import { startGitHub, type StandInGitHub, token } from '../../hosts/stand-in-github.ts';
import { callMain, type Called } from '../call-main.ts';
import { openAnyHome, type AnyHome } from '../run-folder.ts';

let folder: string;
let home: AnyHome;
let emulator: Emulator;
let client: Client;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-drift-'));
  home = await openAnyHome(folder);
  emulator = await startEmulator({ speed: 3000 });
  client = new Client(emulator);
});

afterEach(async () => {
  await emulator.close();
  await home.remove();
  await rm(folder, { recursive: true, force: true });
});

async function speechops(...args: readonly string[]): Promise<Called> {
  const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key, ...home.env };
  return await callMain(args, { cwd: folder, env, environmentObjects: async () => environmentObjects });
}

async function drift(...args: readonly string[]): Promise<DriftDocument & { readonly code: number }> {
  const { code, stdout, stderr } = await speechops('drift', ...args, '--format', 'json');
  expect(stderr).not.toContain('error:');
  const document = JSON.parse(stdout) as DriftDocument;
  const validate = new Ajv2020({ strict: false }).compile(driftSchema);
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  return { ...document, code };
}

function kindsOf({ findings }: DriftDocument, level = 'drift'): readonly string[] {
  return findings.flatMap((one) => (one.level === level ? [`${one.kind} ${one.object.name}`] : []));
}

const pipeline = `name: ward
locale: en-US
project: Ward
steps:
  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }
  - { id: model, uses: train, needs: [text], with: { datasets: ["\${{ steps.text.outputs.dataset }}"] } }
  - id: go-live
    uses: swap
    needs: [model]
    with: { endpoint: calls, model: "\${{ steps.model.outputs.model }}", create: true, release: releases }
`;

/** The pipeline has run, so that the endpoint `calls` serves its model. */
async function deployed(): Promise<{ readonly self: string; readonly model: string }> {
  await writeFile(path.join(folder, 'ward.yaml'), pipeline);
  await writeFile(path.join(folder, 'text.txt'), 'give ten milligrams of apixaban\n');
  const { code, stderr } = await speechops('run', 'ward.yaml');
  expect(code, stderr).toBe(0);
  const [endpoint] = (await client.get('/endpoints')).body.values;
  return { self: endpoint.self, model: endpoint.model.self };
}

/** With an issue in the repository of a stand-in of GitHub; answers what was said of it. */
async function withIssue(server: StandInGitHub): Promise<string> {
  const env = {
    ...home.env,
    SPEECHOPS_ENDPOINT: emulator.url,
    SPEECHOPS_KEY: emulator.key,
    GITHUB_ACTIONS: 'true',
    GITHUB_API_URL: server.origin,
    GITHUB_REPOSITORY: 'acme/wards',
    GITHUB_TOKEN: token,
  };
  const { stderr } = await callMain(['drift', 'ward.yaml', '--issue'], { cwd: folder, env });
  expect(stderr).not.toContain(token);
  return stderr.trim().split('\n').at(-1) ?? '';
}

describe('speechops drift', () => {
  it('is silent after a run, tells that somebody has changed the model by hand, and is silent after its own command', async () => {
    const { self, model } = await deployed();
    const silent = await drift('ward.yaml', '--detailed-exitcode');
    expect([silent.code, kindsOf(silent)]).toEqual([0, []]);
    expect(kindsOf(silent, 'note')).toEqual(['unheard-model calls']);
    expect(silent.compared).toEqual(['ward.yaml', 'releases/calls.yaml']);

    const trial = await client.model([await client.text(['good morning'])], { displayName: 'Trial' });
    await client.patch(self, { model: { self: trial.self } });
    await client.finished(self);
    const changed = await drift('ward.yaml', '--detailed-exitcode');
    expect(changed.code).toBe(2);
    expect(kindsOf(changed)).toEqual(['other-model calls']);
    expect(changed.findings[0]).toMatchObject({
      file: 'ward.yaml',
      object: { kind: 'endpoint', id: idOf(self), locale: 'en-US' },
      declared: `model (${idOf(model)}), says releases/calls.yaml and its mark`,
      there: `Trial (${idOf(trial.self)})`,
      command: `speechops rollback calls ward.yaml --to ${idOf(model)}`,
    });
    const { stdout, code } = await speechops('drift', 'ward.yaml');
    expect(code).toBe(1);
    expect(stdout).toContain('drift: endpoint calls (en-US): serves another model\n');

    const server = await startGitHub();
    expect(await withIssue(server)).toMatch(/^Issue opened: https:\/\/example.com/);
    expect(server.issues[0]).toMatchObject({ state: 'open', title: `Drift on ${new URL(emulator.url).host}` });
    expect(server.issues[0]?.body).toContain(`speechops rollback calls ward.yaml --to ${idOf(model)}`);
    const requests = server.requests.length;
    expect(await withIssue(server)).toContain('Issue unchanged');
    expect(server.requests.slice(requests).every(({ method }) => method === 'GET')).toBe(true);

    const [, ...words] = changed.findings[0]?.command?.split(' ') ?? [];
    expect(await speechops(...words, '--yes')).toMatchObject({ code: 0 });
    expect((await client.get(self)).body.model.self).toBe(model);
    const after = await drift('ward.yaml', '--detailed-exitcode');
    expect([after.code, kindsOf(after)]).toEqual([0, []]);
    expect(await withIssue(server)).toContain('Issue closed');
    expect(server.issues).toMatchObject([{ state: 'closed' }]);
    expect(server.comments.map(({ body }) => body)).toEqual([expect.stringMatching(/^`Nothing on http/)]);
  });

  it('tells objects that are gone, and endpoints of nobody, which environment.yaml may name', async () => {
    const { self, model } = await deployed();
    const body = { displayName: 'other', locale: 'en-US', model: { self: model } };
    const other = await client.create('/endpoints', body);
    await client.finished(other.self);
    expect(kindsOf(await drift('ward.yaml'))).toEqual(['undeclared-endpoint other']);
    await writeFile(
      path.join(folder, 'environment.yaml'),
      `name: ward
environments:
  dev:
    location: westeurope
    custom-speech:
      projects: { ward: { name: Ward, locale: en-US, description: Ours } }
      endpoints:
        calls: { locale: en-US, project: ward }
        other: { locale: en-US, project: ward }
`,
    );
    const declared = await drift('ward.yaml', 'environment.yaml');
    expect(declared.findings.map(({ kind, there, command }) => [kind, there, command])).toEqual([
      ['setting-changed', 'no project', 'npx speechops-stacks cdktf deploy dev'],
      ['setting-changed', 'no description', 'npx speechops-stacks cdktf deploy dev'],
      ['unheard-model', expect.anything(), undefined],
    ]);
    const unknown = await speechops('drift', 'environment.yaml', '--environment', 'prod');
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('there is dev') });

    for (const one of [self, other.self]) await client.delete(one);
    for (const { self: one } of (await client.get('/projects')).body.values) await client.delete(one);
    for (const { self: one } of (await client.get('/datasets')).body.values) await client.delete(one);
    const gone = await drift('ward.yaml');
    expect(kindsOf(gone)).toEqual(['dataset-gone text', 'endpoint-gone calls', 'project-gone Ward']);
  });

  it('compares a resource with its own marks where no file is given, and tells what Terraform has found', async () => {
    const { self } = await deployed();
    const trial = await client.model([await client.text(['good morning'])], { displayName: 'Trial' });
    await client.patch(self, { model: { self: trial.self } });
    await client.finished(self);
    const stack = {
      format_version: '1.2',
      planned_values: {},
      resource_drift: [
        {
          address: 'azurerm_cognitive_account.account',
          type: 'azurerm_cognitive_account',
          change: { actions: ['update'], before: { tags: { a: 'b' } }, after: { tags: {} } },
        },
      ],
    };
    await writeFile(path.join(folder, 'drift.json'), JSON.stringify(stack));
    const found = await drift('--stack', 'drift.json');
    expect(kindsOf(found)).toEqual(['other-model calls', 'stack-changed azurerm_cognitive_account.account']);
    expect(found.findings[0]?.command).toMatch(/^speechops rollback calls --to \S+ --locale en-US$/);
    const markdown = await speechops('drift', '--stack', 'drift.json', '--format', 'markdown');
    expect(markdown.stdout).toContain('| drift | `is otherwise than deployed` |');
  });

  it('says what is wrong with its options and files', async () => {
    await writeFile(path.join(folder, 'ward.yaml'), 'name: ward\n');
    await writeFile(path.join(folder, 'state.json'), '{}');
    const faulty = await speechops('drift', 'ward.yaml', '--detailed-exitcode');
    expect(faulty).toMatchObject({ code: 1, stdout: '' });
    const stack = await speechops('drift', '--stack', 'state.json');
    expect(stack).toMatchObject({ code: 2, stderr: expect.stringContaining('Give what Terraform has printed') });
    const twice = await speechops('drift', '--emulator', '--resource', emulator.resourceId);
    expect(twice).toMatchObject({ code: 2, stderr: expect.stringContaining('Say once which Speech resource') });
    const nowhere = await speechops('drift', '--issue');
    expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining('--host') });
    const none = await speechops('drift', '--stack', 'none.json', '--detailed-exitcode');
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no such file') });
  });
});
