import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AsCode, ProposedWish, WishedChange, WrittenWish } from '../../portal/api/as-code.ts';
import type { PortalSources, ResourceSource } from '../../portal/server/sources.ts';
import { RepositoryPipelines } from '../../workflows/cli/portal/repository-pipelines.ts';
import { openHost } from '../../workflows/hosts/host-of.ts';
import { previousModelProperty } from '../../workflows/plan/endpoint-proof.ts';
import { entityId } from '../../workflows/plan/identity.ts';
import type { CustomModel } from '../../workflows/plan/speech-entities.ts';
import { startGitHub, token } from '../workflows/hosts/stand-in-github.ts';
import { createFakeWorld, fakeBaseModel, fakeEndpoint, fakeModel } from '../workflows/steps/fake-world.ts';
import { startTestPortal, type TestPortal } from './start-test-portal.ts';
import { lastingTurn } from './fake-resource.ts';

const pipeline = (model: string): string => `name: calls
locale: en-US
steps:
  # What callers hear.
  - id: go-live
    uses: swap
    with: { endpoint: calls, model: ${model} }
`;

describe('as code', () => {
  it('shows the step that makes an object, and where it stands', async () => {
    const { ask, endpoint, models } = await portalOf();
    const found = await answerOf<AsCode>(ask(`resources/here/as-code/endpoint/${endpoint}`));
    const served = (name: string, id: string) => ({ name, wish: { kind: 'swap', endpoint, model: id } });
    expect(found).toEqual({
      readOnly: false,
      wishes: [
        {
          label: 'Have it serve',
          choices: [served('old, 2026-01-01', models.old), served('base, 2026-01-01, base model', 'base/base')],
        },
        { label: 'Roll back to old', choices: [{ name: '', wish: { kind: 'roll-back', endpoint } }] },
        {
          label: 'Remove it from the files',
          choices: [{ name: '', wish: { kind: 'delete', of: 'endpoint', id: endpoint } }],
        },
      ],
      declarations: [
        {
          file: 'pipelines/calls.yaml',
          step: 'go-live',
          role: 'makes',
          from: 5,
          to: 7,
          text: `- id: go-live\n  uses: swap\n  with: { endpoint: calls, model: ${models.new} }`,
        },
      ],
    });
    const base = await answerOf<AsCode>(ask('resources/here/as-code/base-model/base%2Fbase'));
    expect(base.suggestion).toContain('base-model: base/base');
    expect(base.wishes).toEqual([
      {
        label: 'Have it served by',
        choices: [{ name: 'calls', wish: { kind: 'swap', endpoint, model: 'base/base' } }],
      },
    ]);
    const unknown = await ask('resources/here/as-code/endpoint/gone');
    expect([unknown.status, await unknown.json()]).toEqual([
      404,
      { error: expect.stringContaining('no such endpoint') },
    ]);
  });

  it('suggests a step for what no file makes', async () => {
    const { ask, models } = await portalOf();
    const { declarations, suggestion } = await answerOf<AsCode>(ask(`resources/here/as-code/model/${models.old}`));
    expect(declarations).toEqual([]);
    expect(suggestion).toContain('uses: train');
  });

  it('makes a click into a change of a file, which changes nothing until it is taken', async () => {
    const { ask, endpoint, models, file } = await portalOf();
    const query = new URLSearchParams({ kind: 'swap', endpoint, model: models.old });
    const change = await answerOf<WishedChange>(ask(`resources/here/wishes?${query}`));
    expect(change).toMatchObject({ title: 'Have calls serve old', run: 'npx speechops run pipelines/calls.yaml' });
    expect(change.files).toMatchObject([{ file: 'pipelines/calls.yaml', isNew: false }]);
    expect(change.files[0]?.diff).toContain(
      `-    with: { endpoint: calls, model: ${models.new} }\n+    with: { endpoint: calls, model: ${models.old} }\n`,
    );
    expect(await readFile(file, 'utf8')).toBe(pipeline(models.new));
    const wish = { kind: 'swap', endpoint, model: models.old };
    const written = await answerOf<WrittenWish>(post(ask, 'write', { wish, digest: change.digest }));
    expect(written).toEqual({ files: ['pipelines/calls.yaml'] });
    expect(await readFile(file, 'utf8')).toBe(pipeline(models.old));
  });

  it('gives a diff that git takes, also of a new file', async () => {
    const { ask, endpoint, root } = await portalOf({ model: '${{ inputs.model }}' });
    const change = await answerOf<WishedChange>(ask(`resources/here/wishes?kind=roll-back&endpoint=${endpoint}`));
    expect(change.files).toMatchObject([{ file: 'pipelines/roll-back-calls.yaml', isNew: true }]);
    await writeFile(path.join(root, 'change.patch'), change.files.map(({ diff }) => diff).join(''));
    await run(root, 'apply', 'change.patch');
    expect(await readFile(path.join(root, 'pipelines/roll-back-calls.yaml'), 'utf8')).toContain('min-days-left: 0');
  });

  it('writes nothing that is not what was seen', async () => {
    const { ask, endpoint, models, file } = await portalOf();
    const wish = { kind: 'swap', endpoint, model: models.old };
    const { digest } = await answerOf<WishedChange>(ask(`resources/here/wishes?${new URLSearchParams(wish)}`));
    const edited = `${pipeline(models.new)}# by hand\n`;
    await writeFile(file, edited);
    const refused = await post(ask, 'write', { wish, digest });
    expect([refused.status, await refused.json()]).toEqual([409, { error: expect.stringContaining('Look again') }]);
    expect(await readFile(file, 'utf8')).toBe(edited);
  });

  it('reads and writes nothing outside of the repository, wherever links lead', async () => {
    const { ask, endpoint, root } = await portalOf({ model: '${{ inputs.model }}' });
    const elsewhere = await folder();
    await writeFile(path.join(elsewhere, 'secret'), 'a secret');
    await symlink(path.join(elsewhere, 'secret'), path.join(root, 'pipelines/roll-back-calls.yaml'));
    const wish = { kind: 'roll-back', endpoint };
    for (const refused of [
      await ask(`resources/here/wishes?${new URLSearchParams(wish)}`),
      await post(ask, 'write', { wish, digest: 'x' }),
    ])
      expect([refused.status, await refused.json()]).toEqual([
        403,
        { error: expect.stringContaining('not in the repository') },
      ]);
  });

  it('says what cannot be wished, in a sentence', async () => {
    const { ask, endpoint, models } = await portalOf();
    const refused = async (query: Record<string, string>): Promise<string | undefined> =>
      (await answerOf<WishedChange>(ask(`resources/here/wishes?${new URLSearchParams(query)}`))).refused;
    expect(await refused({ kind: 'swap', endpoint, model: models.new })).toBe('calls serves new already');
    expect(await refused({ kind: 'delete', of: 'model', id: models.new })).toContain('endpoint calls');
    expect((await ask('resources/here/wishes?kind=swap')).status).toBe(400);
    expect((await ask('resources/here/wishes?kind=explode')).status).toBe(400);
  });

  it('opens one pull request of the change, and leaves the working tree as it is', async () => {
    const { ask, endpoint, models, file, root, pulls, remote } = await portalOf();
    await writeFile(path.join(root, 'half-done.txt'), 'mine');
    const wish = { kind: 'swap', endpoint, model: models.old };
    const { digest } = await answerOf<WishedChange>(ask(`resources/here/wishes?${new URLSearchParams(wish)}`));
    const opened = await answerOf<ProposedWish>(post(ask, 'propose', { wish, digest }));
    expect(opened).toMatchObject({
      isNew: true,
      branch: expect.stringMatching(/^speechops\/have-calls-serve-old-[0-9a-f]{8}$/),
    });
    // What a reviewer adds to the branch is not taken away.
    const clone = await folder();
    await run(clone, 'clone', '-q', '-b', opened.branch, remote, 'review');
    await run(path.join(clone, 'review'), 'commit', '-q', '--allow-empty', '-m', 'of a reviewer');
    await run(path.join(clone, 'review'), 'push', '-q');
    expect(await answerOf<ProposedWish>(post(ask, 'propose', { wish, digest }))).toEqual({ ...opened, isNew: false });
    expect(await run(remote, 'log', '--format=%s', opened.branch)).toBe('of a reviewer\nHave calls serve old\nfirst\n');
    expect(pulls).toMatchObject([{ title: 'Have calls serve old', head: { ref: opened.branch } }]);
    expect(await run(remote, 'show', `${opened.branch}:pipelines/calls.yaml`)).toBe(pipeline(models.old));
    expect(await run(remote, 'diff', '--name-only', 'main', opened.branch)).toBe('pipelines/calls.yaml\n');
    expect(await run(remote, 'log', '-1', '--format=%B', `${opened.branch}~1`)).toContain('Wished by Ada');
    expect(await readFile(file, 'utf8')).toBe(pipeline(models.new));
    expect(await run(root, 'status', '--porcelain')).toBe('?? half-done.txt\n');
    expect(await run(root, 'worktree', 'list')).not.toContain('speechops-propose');
  });

  it('proposes nothing that would undo what others have pushed', async () => {
    const { ask, endpoint, models, root, pulls } = await portalOf();
    const wish = { kind: 'swap', endpoint, model: models.old };
    const clone = await folder();
    await run(clone, 'clone', '-q', path.join(root, '..', 'remote.git'), 'other');
    const other = path.join(clone, 'other');
    await writeFile(path.join(other, 'pipelines/calls.yaml'), `${pipeline(models.new)}# theirs\n`);
    await run(other, 'commit', '-qam', 'theirs');
    await run(other, 'push', '-q');
    const { digest } = await answerOf<WishedChange>(ask(`resources/here/wishes?${new URLSearchParams(wish)}`));
    const refused = await post(ask, 'propose', { wish, digest });
    expect([refused.status, await refused.json()]).toEqual([409, { error: expect.stringContaining('Pull, or push') }]);
    expect(pulls).toEqual([]);
  });

  it.each([
    ['as Git checks them out on Windows', { config: ['core.autocrlf', 'true'], committed: '\n' }],
    ['as Git commits them with a warning', { config: ['core.safecrlf', 'true'], committed: '\r\n' }],
    ['which Git would change', { config: ['core.autocrlf', 'input'], committed: '\n' }],
  ] as const)('writes and proposes files with line ends of Windows, %s', async (_, { config, committed }) => {
    const { ask, endpoint, models, file, remote, root } = await portalOf({ lineEnd: '\r\n', config });
    for (const wish of [
      { kind: 'swap', endpoint, model: models.old },
      { kind: 'swap', endpoint, model: 'base/base' },
    ]) {
      const { digest, refused } = await answerOf<WishedChange>(
        ask(`resources/here/wishes?${new URLSearchParams(wish)}`),
      );
      expect(refused).toBeUndefined();
      const { branch } = await answerOf<ProposedWish>(post(ask, 'propose', { wish, digest }));
      const proposed = await run(remote, 'show', `${branch}:pipelines/calls.yaml`);
      expect(proposed.replaceAll(committed, '|')).not.toMatch(/[\r\n]/);
      expect(await run(remote, 'diff', '--shortstat', 'main', branch)).not.toContain('8 insertions');
    }
    const wish = { kind: 'swap', endpoint, model: models.old };
    const { digest } = await answerOf<WishedChange>(ask(`resources/here/wishes?${new URLSearchParams(wish)}`));
    await answerOf<WrittenWish>(post(ask, 'write', { wish, digest }));
    expect(await readFile(file, 'utf8')).toBe(pipeline(models.old).replaceAll('\n', '\r\n'));
    expect(await run(root, 'diff', '--numstat').catch(() => '')).toMatch(/^1\t1\t/);
  });

  it('says what to set where Git does not know who commits', async () => {
    const { ask, endpoint, models, pulls } = await portalOf({ isAnonymous: true });
    const wish = { kind: 'swap', endpoint, model: models.old };
    const { digest } = await answerOf<WishedChange>(ask(`resources/here/wishes?${new URLSearchParams(wish)}`));
    const refused = await post(ask, 'propose', { wish, digest });
    expect([refused.status, await refused.json()]).toEqual([
      409,
      { error: expect.stringContaining('git config --global user.email you@example.com') },
    ]);
    expect(pulls).toEqual([]);
  });

  it('says which token is missing', async () => {
    const { ask, endpoint, models } = await portalOf({ fault: 'Set GITHUB_TOKEN' });
    const wish = { kind: 'swap', endpoint, model: models.old };
    const { digest } = await answerOf<WishedChange>(ask(`resources/here/wishes?${new URLSearchParams(wish)}`));
    const refused = await post(ask, 'propose', { wish, digest });
    expect([refused.status, await refused.json()]).toEqual([409, { error: 'Set GITHUB_TOKEN' }]);
  });
});

/** A portal of a repository with one pipeline that swaps one endpoint, with a remote and a host. */
async function portalOf({
  model,
  fault,
  lineEnd = '\n',
  config,
  isAnonymous = false,
}: {
  readonly model?: string;
  readonly fault?: string;
  /** Of the file in the working tree. */
  readonly lineEnd?: '\n' | '\r\n';
  /** A setting of Git and its value. */
  readonly config?: readonly [string, string];
  readonly isAnonymous?: boolean;
} = {}) {
  const world = createFakeWorld();
  const [newer, older] = ['new', 'old'].map((name, index) =>
    fakeModel(name, { self: `https://speech/models/00000000-0000-4000-8000-00000000000${index}` }),
  ) as [CustomModel, CustomModel];
  world.objects.baseModels.push(fakeBaseModel('base', { created: '2026-01-01T00:00:00Z' }));
  world.objects.models.push(newer, older);
  const endpoint = fakeEndpoint('calls', newer.self, {
    self: 'https://speech/endpoints/00000000-0000-4000-8000-00000000000e',
    customProperties: { [previousModelProperty]: entityId(older.self) },
  });
  world.objects.endpoints.push(endpoint);
  const place = await folder();
  const [root, remote] = [path.join(place, 'work'), path.join(place, 'remote.git')];
  await run(place, 'init', '-q', '--bare', '-b', 'main', 'remote.git');
  await run(place, 'clone', '-q', remote, 'work');
  const file = path.join(root, 'pipelines', 'calls.yaml');
  await mkdir(path.dirname(file));
  const inputs = model === undefined ? '' : 'inputs: { model: { type: string, default: base } }\n';
  const text = pipeline(model ?? entityId(newer.self)).replace('steps:', `${inputs}steps:`);
  await writeFile(file, text.replaceAll('\n', lineEnd));
  if (config !== undefined) await run(root, 'config', ...config);
  await run(root, 'add', '.');
  await run(root, 'commit', '-qm', 'first');
  await run(root, 'push', '-q', 'origin', 'HEAD:main');
  const host = await startGitHub();
  const resource: ResourceSource = {
    id: 'here',
    name: 'Here',
    endpoint: 'https://speech.example',
    borrow: async (act) => await act(world.ports, lastingTurn),
  };
  const quiet = { write: () => undefined };
  const io = { stdout: quiet, stderr: quiet, env: {}, cwd: root, signal: new AbortController().signal };
  const pipelines = new RepositoryPipelines(root, { io });
  const repository: PortalSources['repository'] = {
    root,
    runsFolder: path.join(root, '.speechops', 'runs'),
    git: async (args) => (isAnonymous ? await nobody(root, args) : await run(root, ...args)),
    reviewHost: async () =>
      fault === undefined
        ? { host: openHost({ kind: 'github', apiUrl: host.origin, repository: 'acme/wards', token }) }
        : { fault },
    pipelines: async () => await pipelines.read(),
    data: world.ports.data,
  };
  const portal = await startTestPortal({ sources: { resources: [resource], repository } });
  const ids = { new: entityId(newer.self), old: entityId(older.self) };
  return { ...portal, endpoint: entityId(endpoint.self), models: ids, file, root, remote, pulls: host.pulls };
}

async function answerOf<T>(response: Promise<Response>): Promise<T> {
  const answered = await response;
  const body: unknown = await answered.json();
  expect([answered.status, body]).toMatchObject([200, {}]);
  return body as T;
}

async function post(ask: TestPortal['ask'], what: string, body: object): Promise<Response> {
  return await ask(`resources/here/wishes/${what}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
}

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'speechops-as-code-'));
  onTestFinished(async () => await rm(made, { recursive: true, force: true }));
  return made;
}

/** What Git prints where it knows no committer. */
async function nobody(cwd: string, args: readonly string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  return (await promisify(execFile)('git', [...args], { cwd, env })).stdout;
}

/** What Git prints, with the name of a committer. */
async function run(cwd: string, ...args: readonly string[]): Promise<string> {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  return (await promisify(execFile)('git', [...identity, ...args], { cwd })).stdout;
}
