import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FirstRun } from '../../portal/api/overview.ts';
import type {
  DatasetAgainst,
  DatasetContentPart,
  DatasetDetails,
  DatasetList,
  DatasetOrigins,
  DatasetStatistics,
  DeclaredList,
  ReportedLines,
} from '../../portal/api/data.ts';
import type { RepositorySource, ResourceSource } from '../../portal/server/sources.ts';
import { RepositoryPipelines } from '../../workflows/cli/portal/repository-pipelines.ts';
import { createLocalData } from '../../workflows/data/local-data.ts';
import { digestProperty, pipelineProperty } from '../../workflows/plan/identity.ts';
import { datasetDigest } from '../../workflows/steps/upload/uploaded-dataset.ts';
import { acousticZip, recordings, wavOf } from '../emulator/acoustic-zip.ts';
import { idOf } from '../emulator/client.ts';
import { craftZip } from '../emulator/ingest/craft-zip.ts';
import { createFakeWorld } from '../workflows/steps/fake-world.ts';
import { startEmulatorResource } from './emulator-resource.ts';
import { noRepository } from './portal-on.ts';
import { startTestPortal } from './start-test-portal.ts';
import { lastingTurn } from './fake-resource.ts';

const run = promisify(execFile);

async function started(repository?: RepositorySource) {
  const { emulator, resource } = await startEmulatorResource();
  const portal = await startTestPortal({ sources: { resources: [resource], ...(repository && { repository }) } });
  const read = async <T>(url: string): Promise<T> => {
    await portal.ask('refresh', { method: 'POST' });
    const answer = await portal.ask(`resources/east/${url}`);
    expect(answer.status, url).toBe(200);
    return (await answer.json()) as T;
  };
  return { emulator, portal, read };
}

describe('the list of datasets', () => {
  it('says of each what it is, how much was taken, and what was made with it', async () => {
    const { emulator, read } = await started();
    const project = await emulator.create('/projects', { displayName: 'Wards', locale: 'en-US' });
    const text = await emulator.text(['the patient sleeps well', 'a line \u0007 with a bell'], {
      displayName: 'ward text',
      project: { self: project.self },
      customProperties: { [digestProperty]: 'a'.repeat(64), [pipelineProperty]: 'wards' },
    });
    const clips = recordings('visit', ['the patient sleeps', 'the nurse comes']);
    const test = await emulator.dataset({ kind: 'Acoustic', displayName: 'ward test' }, acousticZip(clips));
    const model = await emulator.model([text]);
    const { self } = await emulator.create('/evaluations', {
      displayName: 'how good',
      locale: 'en-US',
      dataset: { self: test.self },
      model1: { self: model.self },
      model2: { self: model.self },
    });
    await emulator.finished(self);
    const { datasets } = await read<DatasetList>('datasets');
    const byName = new Map(datasets.map((dataset) => [dataset.name, dataset]));
    expect(byName.get('ward text')).toMatchObject({
      id: idOf(text.self),
      project: 'Wards',
      locale: 'en-US',
      kind: 'Language',
      status: 'Succeeded',
      accepted: 1,
      rejected: 1,
      digest: 'a'.repeat(64),
      pipeline: 'wards',
      trained: 1,
      tested: 0,
    });
    expect(byName.get('ward test')).toMatchObject({ kind: 'Acoustic', accepted: 2, words: 6, trained: 0, tested: 1 });
    expect(byName.get('ward test')?.seconds).toBeGreaterThan(0);
    expect(byName.get('ward test')?.digest).toBeUndefined();

    const details = await read<DatasetDetails>(`datasets/${idOf(test.self)}`);
    expect(details.evaluations).toEqual([
      { id: idOf(self), name: 'how good', models: [{ id: idOf(model.self), name: 'model' }] },
    ]);
    expect(details.comparable).toEqual([{ id: idOf(model.self), name: 'model' }]);
    expect((await read<DatasetDetails>(`datasets/${idOf(text.self)}`)).models).toEqual(details.comparable);
  });

  it('has no dataset that is not there', async () => {
    const { portal } = await started();
    const answer = await portal.ask('resources/east/datasets/none');
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({ error: 'There is no such dataset any more' });
  });
});

describe('the content of a dataset', () => {
  it('is each transcript with the address of its recording', async () => {
    const { emulator, portal, read } = await started();
    const [clip] = recordings('visit', ['the patient sleeps']);
    if (clip === undefined) throw new Error('there is a recording');
    const zip = craftZip([
      { name: clip.name, content: wavOf(clip) },
      { name: 'trans.txt', content: Buffer.from(`\uFEFF${clip.name}\tthe <b>patient</b> sleeps\ngone.wav\tnobody\n`) },
    ]);
    const dataset = await emulator.dataset({ kind: 'Acoustic' }, zip);
    const part = await read<DatasetContentPart>(`datasets/${idOf(dataset.self)}/content`);
    expect(part).toMatchObject({ total: 2, found: 2, from: 0, isLocal: false });
    expect(part.lines).toEqual([
      { number: 1, text: 'the <b>patient</b> sleeps', recording: clip.name, audio: expect.any(String) },
      { number: 2, text: 'nobody', recording: 'gone.wav' },
    ]);
    const audio = await fetch(`${portal.url}${part.lines[0]?.audio}`);
    expect(Buffer.from(await audio.arrayBuffer())).toEqual(wavOf(clip));
  });

  it('is lines of a text, found by what they say, a thousand at once', async () => {
    const { emulator, read } = await started();
    const lines = Array.from({ length: 1500 }, (_, index) => `line of words number ${index}`);
    const dataset = await emulator.text(lines);
    const at = `datasets/${idOf(dataset.self)}/content`;
    const first = await read<DatasetContentPart>(at);
    expect(first).toMatchObject({ total: 1500, found: 1500 });
    expect(first.lines).toHaveLength(1000);
    const rest = await read<DatasetContentPart>(`${at}?from=1000`);
    expect(rest.lines.map(({ number }) => number)).toEqual(Array.from({ length: 500 }, (_, index) => 1001 + index));
    const found = await read<DatasetContentPart>(`${at}?find=NUMBER%20149`);
    expect(found.found).toBe(11);
    expect(found.lines[0]).toEqual({ number: 150, text: 'line of words number 149' });
  });

  it('is what is displayed and what is spoken', async () => {
    const { emulator, read } = await started();
    const dataset = await emulator.dataset({ kind: 'Pronunciation' }, '\uFEFFCNTK\tc n t k\n3CPO\tthree c p o\n');
    const { lines } = await read<DatasetContentPart>(`datasets/${idOf(dataset.self)}/content`);
    expect(lines).toEqual([
      { number: 1, text: 'CNTK', spoken: 'c n t k' },
      { number: 2, text: '3CPO', spoken: 'three c p o' },
    ]);
  });

  it('is not there before the service has it', async () => {
    const { emulator, portal } = await started();
    const { self } = await emulator.create('/datasets', { displayName: 'data', locale: 'en-US', kind: 'Language' });
    const answer = await portal.ask(`resources/east/datasets/${idOf(self)}/content`);
    expect(answer.status).toBe(409);
    expect(await answer.json()).toEqual({
      error: 'The service has not imported this dataset: it is NotStarted',
    });
  });
});

it('says which lines the service has left out, and why', async () => {
  const { emulator, read } = await started();
  const dataset = await emulator.text(['a good line', 'a bell \u0007 rings']);
  const { total, lines } = await read<ReportedLines>(`datasets/${idOf(dataset.self)}/reported-lines`);
  expect(total).toBe(1);
  expect(lines[0]).toMatchObject({ place: 'line 2', text: 'a bell \u0007 rings', isRejected: true });
  expect(lines[0]?.reason).not.toMatch(/^Error/);
});

it('counts words as they are compared, and how long lines are', async () => {
  const { emulator, read } = await started();
  const dataset = await emulator.text(['The patient sleeps.', 'the patient sleeps', 'yes', 'a b c d e f g h i j k l']);
  const statistics = await read<DatasetStatistics>(`datasets/${idOf(dataset.self)}/statistics`);
  expect(statistics).toMatchObject({
    unit: 'word',
    lines: 4,
    repeated: 1,
    words: 19,
    distinct: 16,
    median: 3,
    longest: 12,
  });
  expect(statistics.lengths.filter(({ lines }) => lines > 0)).toEqual([
    { from: 1, to: 2, lines: 1 },
    { from: 3, to: 5, lines: 2 },
    { from: 11, to: 20, lines: 1 },
  ]);
});

describe('a test set beside the training data of a model', () => {
  it('shows words that were never read, and lines and recordings that were trained with', async () => {
    const { emulator, read } = await started();
    const [known, other, spoken] = recordings('visit', ['the nurse comes now', 'the doctor leaves', 'good morning']);
    if (known === undefined || other === undefined || spoken === undefined) throw new Error('there are recordings');
    const training = await emulator.dataset(
      { kind: 'Acoustic', displayName: 'training' },
      acousticZip([known, spoken]),
    );
    const text = await emulator.text(['The doctor leaves!', 'good morning'], { displayName: 'text' });
    const model = await emulator.model([training, text], { displayName: 'trained' });
    const renamed = { ...known, name: 'renamed.wav', transcript: 'the nurse has come' };
    const morning = { ...spoken, samples: spoken.samples.slice(0, -10), name: 'morning.wav' };
    const test = await emulator.dataset({ kind: 'Acoustic' }, acousticZip([renamed, other, morning]));
    const against = await read<DatasetAgainst>(`datasets/${idOf(test.self)}/against/${idOf(model.self)}`);
    const trainingSet = { id: idOf(training.self), name: 'training' };
    expect(against).toEqual({
      model: { id: idOf(model.self), name: 'trained' },
      sets: [
        { ...trainingSet, kind: 'Acoustic' },
        { id: idOf(text.self), name: 'text', kind: 'Language' },
      ],
      isTrainedWithIt: false,
      unknownWords: {
        distinct: 2,
        occurrences: 2,
        words: [
          { word: 'come', count: 1 },
          { word: 'has', count: 1 },
        ],
      },
      // A line of two words stands everywhere.
      sameLines: {
        total: 1,
        lines: [
          {
            number: 2,
            text: 'the doctor leaves',
            recording: other.name,
            dataset: { id: idOf(text.self), name: 'text' },
          },
        ],
      },
      sameRecordings: { total: 1, recordings: [{ name: 'renamed.wav', other: known.name, dataset: trainingSet }] },
    });
  });

  it('says which training data are gone', async () => {
    const { emulator, read } = await started();
    const text = await emulator.text(['the doctor leaves']);
    const model = await emulator.model([text]);
    const test = await emulator.text(['the doctor leaves']);
    await emulator.delete(text.self);
    const against = await read<DatasetAgainst>(`datasets/${idOf(test.self)}/against/${idOf(model.self)}`);
    expect(against.sets).toEqual([
      { id: idOf(text.self), name: idOf(text.self), kind: '', problem: 'It has been deleted' },
    ]);
    expect(against.sameLines.total).toBe(0);
  });
});

describe('data and files', () => {
  it('are told apart: uploaded from a file and its commit, in the file alone, and here alone', async () => {
    const { repository, root } = await wards();
    const { emulator, read } = await started(repository);
    const { digest } = await repository.data.describe(path.join(root, 'data', 'text.txt'), 'Language');
    const settings = { kind: 'Language', locale: 'en-US', 'text-normalization': 'Default' } as const;
    const uploaded = await emulator.text(['the patient sleeps'], {
      customProperties: { [digestProperty]: datasetDigest(settings, digest) },
    });
    const byHand = await emulator.text(['by hand']);
    const { data, faulty } = await read<DeclaredList>('declared-data');
    expect(data).toMatchObject([
      {
        file: 'pipelines/wards.yaml',
        line: 5,
        step: 'text',
        source: 'data/text.txt',
        dataset: idOf(uploaded.self),
        files: 1,
      },
      { step: 'new-text', source: 'data/new.txt', kind: 'Language', locale: 'en-US', project: 'Wards' },
      { step: 'fetched', source: 'https://data.example/text.txt' },
      { step: 'missing', problem: expect.stringContaining('there is no such file') },
    ]);
    expect(data.slice(1).every(({ dataset }) => dataset === undefined)).toBe(true);
    expect(faulty).toEqual([{ file: 'pipelines/faulty.yaml', errors: expect.any(Number) }]);

    const { origins } = await read<DatasetOrigins>(`datasets/${idOf(uploaded.self)}/origins`);
    expect(origins).toMatchObject([
      { declared: { step: 'text' }, commit: { subject: 'the first text', author: 'Ada' }, changed: false },
    ]);
    expect((await read<DatasetOrigins>(`datasets/${idOf(byHand.self)}/origins`)).origins).toEqual([]);

    await writeFile(path.join(root, 'data', 'text.txt'), 'the patient wakes\n');
    expect((await read<DatasetOrigins>(`datasets/${idOf(uploaded.self)}/origins`)).origins).toEqual([]);
    expect((await read<DeclaredList>('declared-data')).data[0]?.dataset).toBeUndefined();
  });

  it('are found where several places and a pattern are one dataset', async () => {
    const { repository, root } = await wards({ text: '[../data/te*.txt, ../data/new.txt]' });
    const { emulator, read } = await started(repository);
    const places = ['text.txt', 'new.txt'].map((name) => path.join(root, 'data', name));
    const { digest } = await repository.data.describe(places, 'Language');
    const settings = { kind: 'Language', locale: 'en-US', 'text-normalization': 'Default' } as const;
    const uploaded = await emulator.text(['the patient sleeps', 'a new line'], {
      customProperties: { [digestProperty]: datasetDigest(settings, digest) },
    });
    const { data } = await read<DeclaredList>('declared-data');
    expect(data[0]).toMatchObject({
      step: 'text',
      source: 'data/te*.txt, data/new.txt',
      sources: ['data/te*.txt', 'data/new.txt'],
      dataset: idOf(uploaded.self),
    });
    const { origins } = await read<DatasetOrigins>(`datasets/${idOf(uploaded.self)}/origins`);
    expect(origins).toMatchObject([{ declared: { step: 'text' }, commit: { author: 'Ada' }, changed: true }]);
  });

  it('are told also where a pipeline reads secret variables, which the portal does not have', async () => {
    const { repository, root } = await wards();
    const text = `name: secrets
locale: en-US
env: { SHARE: { secret: true }, TEAMS: { secret: true } }
notify: { teams: "\${{ env.TEAMS }}" }
steps:
  - { id: far, uses: upload, with: { kind: Language, from: "https://data.example/x.txt?\${{ env.SHARE }}" } }
  - { id: near, uses: upload, with: { kind: Language, from: ../data/text.txt } }
`;
    await writeFile(path.join(root, 'pipelines', 'secrets.yaml'), text);
    const { read } = await started(repository);
    const { data } = await read<DeclaredList>('declared-data');
    expect(data.filter(({ pipeline }) => pipeline === 'secrets').map(({ step }) => step)).toEqual(['near']);
  });

  it('say that no commit has the content', async () => {
    const { repository, root } = await wards();
    const { emulator, read } = await started(repository);
    const { digest } = await repository.data.describe(path.join(root, 'data', 'new.txt'), 'Language');
    const settings = { kind: 'Language', locale: 'en-US', 'text-normalization': 'Default' } as const;
    const uploaded = await emulator.text(['a new line'], {
      customProperties: { [digestProperty]: datasetDigest(settings, digest) },
    });
    const { origins } = await read<DatasetOrigins>(`datasets/${idOf(uploaded.self)}/origins`);
    expect(origins).toMatchObject([{ declared: { step: 'new-text' }, changed: true }]);
    expect(origins[0]?.commit).toBeUndefined();
  });
});

/** A repository with a pipeline of four uploads: committed, new, fetched from a URL, and missing. */
async function wards({ text = '../data/text.txt' }: { readonly text?: string } = {}): Promise<{
  readonly root: string;
  readonly repository: RepositorySource;
}> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'speechops-wards-')));
  onTestFinished(async () => await rm(root, { recursive: true, force: true }));
  const git = async (...args: readonly string[]): Promise<string> =>
    (
      await run(
        'git',
        ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'commit.gpgsign=false', ...args],
        {
          cwd: root,
        },
      )
    ).stdout;
  await git('init', '--quiet');
  for (const folder of ['data', 'pipelines']) await mkdir(path.join(root, folder));
  await writeFile(path.join(root, 'data', 'text.txt'), 'the patient sleeps\n');
  await writeFile(
    path.join(root, 'pipelines', 'wards.yaml'),
    `name: wards
locale: en-US
project: Wards
steps:
  - id: text
    uses: upload
    with: { kind: Language, from: ${text} }
  - id: new-text
    uses: upload
    with: { kind: Language, from: ../data/new.txt }
  - id: fetched
    uses: upload
    with: { kind: Language, from: 'https://data.example/text.txt' }
  - id: missing
    uses: upload
    with: { kind: Language, from: ../data/missing.txt }
`,
  );
  await writeFile(path.join(root, 'pipelines', 'faulty.yaml'), 'name: faulty\nlocale: en-US\nsteps: none\n');
  await git('add', '.');
  await git('commit', '--quiet', '-m', 'the first text');
  await writeFile(path.join(root, 'data', 'new.txt'), 'a new line\n');
  const file = path.join(root, 'data', 'missing.txt');
  await writeFile(file, 'soon gone\n');
  const stream = { write: () => undefined };
  const io = { stdout: stream, stderr: stream, env: {}, cwd: root, signal: new AbortController().signal };
  const pipelines = new RepositoryPipelines(root, { io });
  // A pipeline is checked with its files: this one is missed after that.
  await pipelines.read();
  await rm(file);
  return {
    root,
    repository: {
      ...noRepository,
      root,
      runsFolder: path.join(root, '.speechops', 'runs'),
      git: async (args) => await git(...args),
      pipelines: async () => await pipelines.read(),
      data: createLocalData({ roots: [root] }),
    },
  };
}

it('is read from a file of the repository where the service does not give it', async () => {
  const { repository, root } = await wards();
  const { digest } = await repository.data.describe(path.join(root, 'data', 'text.txt'), 'Language');
  const { ports } = createFakeWorld();
  const settings = { kind: 'Language', locale: 'en-US', 'text-normalization': 'Default' } as const;
  const create = async (made: string): Promise<string> => {
    const { self } = await ports.speech.datasets.create({
      displayName: 'text',
      locale: 'en-US',
      kind: 'Language',
      customProperties: { [digestProperty]: datasetDigest(settings, made) },
    });
    await ports.speech.datasets.wait(self);
    return idOf(self);
  };
  const [same, other] = [await create(digest), await create('another content')];
  const resource: ResourceSource = {
    id: 'east',
    name: 'east',
    endpoint: 'embedded-emulator',
    borrow: async (act) => await act(ports, lastingTurn),
  };
  const { ask } = await startTestPortal({ sources: { resources: [resource], repository } });
  const read = await ask(`resources/east/datasets/${same}/content`);
  expect(await read.json()).toEqual({
    total: 1,
    found: 1,
    from: 0,
    lines: [{ number: 1, text: 'the patient sleeps' }],
    isLocal: true,
  });
  const none = await ask(`resources/east/datasets/${other}/content`);
  expect(none.status).toBe(404);
  expect(await none.json()).toEqual({ error: expect.stringContaining('no file of the repository has it') });
});

it('is known of files also where the resource does not answer', async () => {
  const { repository } = await wards();
  const borrow = async (): Promise<never> => {
    throw new Error('It does not answer');
  };
  const resource = { id: 'dead', name: 'dead', endpoint: 'https://dead', borrow };
  const portal = await startTestPortal({ sources: { resources: [resource], repository } });
  const declared = (await (await portal.ask('resources/dead/declared-data')).json()) as DeclaredList;
  expect([declared.isCompared, declared.data[0]?.source]).toEqual([false, 'data/text.txt']);
  const first = (await (await portal.ask('first-run')).json()) as FirstRun;
  expect(first.command).toBe('npx speechops run pipelines/wards.yaml');
});
