import { describe, expect, it } from 'vitest';
import type { UploadWith } from '../../../schemas/types.gen.ts';
import type { Dataset } from '../../../workflows/plan/speech-entities.ts';
import type { Facts } from '../../../workflows/plan/facts.ts';
import type { UrlContent } from '../../../workflows/plan/data/url-content.ts';
import { trialPorts } from '../../../workflows/engine/trial-ports.ts';
import type { Outputs } from '../../../workflows/engine/step-kind.ts';
import { upload } from '../../../workflows/steps/upload/index.ts';
import { createFakeWorld, serviceError, type FakeWorld } from './fake-world.ts';
import { runStep, type Ran } from './run-step.ts';

const settings: UploadWith = {
  kind: 'Language',
  from: 'text.txt',
  name: 'text',
  locale: 'en-US',
  'text-normalization': 'Default',
  'max-rejected': 0.05,
  check: 'fail',
  via: 'auto',
  'read-with': 'signature',
};

describe('upload', () => {
  it('creates the project and the dataset, sends the content and answers the accepted lines', async () => {
    const world = createFakeWorld();
    world.work = (_, entity) => ({ ...entity, properties: { acceptedLineCount: 40, rejectedLineCount: 1 } });
    const { outcome, effects } = await runStep(upload, settings, { world, project: 'Call center' });
    expect(effects).toEqual(['create-project', 'create-dataset', 'upload-content']);
    expect(world.objects.datasets[0]).toMatchObject({
      displayName: 'text',
      kind: 'Language',
      locale: 'en-US',
      project: { self: world.objects.projects[0]?.self },
    });
    expect(outcome).toMatchObject({
      kind: 'done',
      outputs: { dataset: world.objects.datasets[0]?.self, accepted: 40, rejected: 1 },
    });
  });

  it('reuses a dataset of the same content and changes nothing', async () => {
    const world = createFakeWorld();
    await runStep(upload, settings, { world });
    const made = [...world.created];
    const { outcome, effects } = await runStep(upload, { ...settings, name: 'other' }, { world });
    expect(outcome.kind).toBe('reused');
    expect(effects).toEqual([]);
    expect(world.created).toEqual(made);
  });

  it('makes another dataset when the content is of another kind', async () => {
    const world = createFakeWorld();
    await runStep(upload, settings, { world });
    await runStep(upload, { ...settings, kind: 'Pronunciation' }, { world });
    expect(world.objects.datasets).toHaveLength(2);
  });

  it.each(['lost', 'unsent'] as const)('creates once when the answer of the create is %s', async (fault) => {
    const world = createFakeWorld();
    world.nextCreates['datasets'] = [fault];
    const { outcome } = await runStep(upload, settings, { world });
    expect(outcome.kind).toBe('done');
    expect(world.objects.datasets).toHaveLength(1);
    expect([world.created.filter((made) => made.startsWith('datasets:')), world.deleted]).toEqual([
      ['datasets: text'],
      [],
    ]);
  });

  it('outlasts half a minute without an answer to the create, and creates once', async () => {
    const world = createFakeWorld();
    let now = 0;
    const { create } = world.ports.speech.datasets;
    Object.assign(world.ports.clock, { sleep: async (milliseconds: number) => void (now += milliseconds) });
    Object.assign(world.ports.speech.datasets, {
      async create(body: Parameters<typeof create>[0]) {
        if (now < 30_000) throw serviceError('no answer', { status: 503, outcome: 'unknown' });
        return await create(body);
      },
    });
    const { outcome } = await runStep(upload, settings, { world });
    expect(outcome.kind).toBe('done');
    expect(world.objects.datasets).toHaveLength(1);
  });

  it('outlasts half an hour without an answer before it looks and while it sends, and says so', async () => {
    const world = createFakeWorld();
    let now = 0;
    const { list, uploadContent } = world.ports.speech.datasets;
    Object.assign(world.ports.clock, { sleep: async (milliseconds: number) => void (now += milliseconds) });
    const until =
      <A extends readonly unknown[], T>(minutes: number, act: (...args: A) => Promise<T>) =>
      async (...args: A): Promise<T> => {
        if (now < minutes * 60_000) throw serviceError('no answer', { status: 503, outcome: 'unknown' });
        return await act(...args);
      };
    Object.assign(world.ports.speech.datasets, { list: until(30, list), uploadContent: until(60, uploadContent) });
    const { outcome, said } = await runStep(upload, settings, { world });
    expect([outcome.kind, world.objects.datasets.length]).toEqual(['done', 1]);
    expect(said).toContain('the service answers again');
    expect(said[0]).toMatch(/^no answer; asking again in 1 s$/);
  });

  it('makes the parts of a set, and stays with the one dataset that was made of all of it before', async () => {
    const parts = [1, 2].map((part) => ({ digest: `part ${part}`, files: 1, bytes: 5 }));
    const local = { digest: 'parts', files: 2, bytes: 10, parts, undivided: 'whole' };
    const world = createFakeWorld();
    Object.assign(world.ports.data, { describe: async () => local });
    const { outcome } = await runStep(upload, settings, { world });
    expect(world.objects.datasets.map(({ displayName }) => displayName)).toEqual(['text (1 of 2)', 'text (2 of 2)']);
    expect(outcome).toMatchObject({
      kind: 'done',
      outputs: { dataset: world.objects.datasets.map(({ self }) => self).join(' ') },
    });
    const before = createFakeWorld();
    Object.assign(before.ports.data, { describe: async () => ({ digest: 'whole', files: 2, bytes: 10 }) });
    await runStep(upload, settings, { world: before });
    Object.assign(before.ports.data, { describe: async () => local });
    expect((await runStep(upload, settings, { world: before })).outcome.kind).toBe('reused');
    expect(before.objects.datasets).toHaveLength(1);
  });

  it('does not ask again for what the service has refused', async () => {
    const world = createFakeWorld();
    let asked = 0;
    Object.assign(world.ports.speech.datasets, {
      async list() {
        asked += 1;
        throw serviceError('no', { status: 403, outcome: 'refused' });
      },
    });
    await expect(runStep(upload, settings, { world })).rejects.toThrow('no');
    expect(asked).toBe(1);
  });

  it('asks six times and more for a create, each time after a look whether it was there', async () => {
    const world = createFakeWorld();
    world.nextCreates['datasets'] = Array.from({ length: 5 }, () => 'unsent');
    const { outcome, said } = await runStep(upload, settings, { world });
    expect(outcome.kind).toBe('done');
    expect(world.objects.datasets).toHaveLength(1);
    expect(said.filter((line) => line.endsWith('looking whether it was created'))).toHaveLength(5);
  });

  it('stays away as long as a 503 of a create asks, as often as after a 429', async () => {
    const world = createFakeWorld();
    const slept: number[] = [];
    Object.assign(world.ports.clock, { sleep: async (milliseconds: number) => void slept.push(milliseconds) });
    const { create } = world.ports.speech.datasets;
    Object.assign(world.ports.speech.datasets, {
      async create(body: Parameters<typeof create>[0]) {
        if (slept.length < 5) throw serviceError('scaling', { status: 503, retryAfterSeconds: 60, outcome: 'unknown' });
        return await create(body);
      },
    });
    expect((await runStep(upload, settings, { world })).outcome.kind).toBe('done');
    expect(slept).toEqual([60_000, 60_000, 60_000, 60_000, 60_000]);
  });

  it('reads as patiently as it waits whether the content is still wanted', async () => {
    const world = createFakeWorld();
    Object.assign(world.ports.speech.datasets, {
      async get() {
        throw serviceError('no answer in a minute', { status: 503, outcome: 'unknown' });
      },
    });
    await runStep(upload, settings, { world });
    expect(world.created).toEqual(['datasets: text', 'content of https://speech/datasets/1']);
  });

  it('gives up a create that gets no answer in more than a minute, with the reason', async () => {
    const world = createFakeWorld();
    world.nextCreates['datasets'] = Array.from({ length: 1000 }, () => 'unsent');
    await expect(runStep(upload, settings, { world })).rejects.toThrow('datasets: no answer');
    expect(world.objects.datasets).toHaveLength(0);
  });

  it('waits for the import of content that another run has sent meanwhile (409), and fails at any other refusal', async () => {
    const refusing = (status: number): FakeWorld => {
      const world = createFakeWorld();
      world.work = (_, entity) => ({ ...entity, properties: { acceptedLineCount: 7, rejectedLineCount: 0 } });
      Object.assign(world.ports.speech.datasets, {
        async uploadContent() {
          throw serviceError(`refused with ${status}`, { status, outcome: 'refused' });
        },
      });
      return world;
    };
    const { outcome, said } = await runStep(upload, settings, { world: refusing(409) });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { accepted: 7 } });
    expect(said).toContain('another run has sent the content');
    await expect(runStep(upload, settings, { world: refusing(400) })).rejects.toThrow('refused with 400');
  });

  it('does not repeat a create that the service refused', async () => {
    const world = createFakeWorld();
    world.nextCreates['datasets'] = ['refused'];
    await expect(runStep(upload, settings, { world })).rejects.toThrow('datasets refused');
    expect(world.objects.datasets).toHaveLength(0);
  });

  it('makes a new dataset in place of a Failed one, and deletes that', async () => {
    const world = createFakeWorld();
    world.work = (_, entity) => ({
      ...entity,
      status: 'Failed',
      properties: { error: { code: 'DataImportFailed', message: 'No transcript' } },
    });
    await expect(runStep(upload, settings, { world })).rejects.toThrow(
      /No transcript \[DataImportFailed\] \(what to do: run `speechops data check` on the data\); it stays until the next run has made another one: delete it with: az rest .* --url 'https:\/\/speech\/datasets\/\d+'$/,
    );
    world.work = (_, entity) => entity;
    await runStep(upload, settings, { world });
    expect(world.objects.datasets.map(({ status }) => status)).toEqual(['Succeeded']);
    expect(world.deleted).toEqual(['https://speech/datasets/1']);
  });

  it('deletes a Failed dataset of its name whose data were corrected since, and none that others have made', async () => {
    const failed = (self: string, change: Partial<Dataset> = {}): Dataset => ({
      self: `https://speech/datasets/${self}`,
      displayName: 'text',
      locale: 'en-US',
      kind: 'Language',
      status: 'Failed',
      createdDateTime: '2026-05-01T00:00:00Z',
      lastActionDateTime: '2026-05-01T00:00:00Z',
      customProperties: { 'speechops-digest': 'a'.repeat(64), 'speechops-pipeline': 'pipeline' },
      ...change,
    });
    const ours = failed('x').customProperties ?? {};
    const world = createFakeWorld();
    world.objects.datasets.push(
      failed('corrected'),
      failed('by-hand', { customProperties: {} }),
      failed('of-a-program', { customProperties: { ...ours, 'speechops-digest': 'mine' } }),
      failed('other-pipeline', { customProperties: { ...ours, 'speechops-pipeline': 'other' } }),
      failed('other-name', { displayName: 'other' }),
      failed('other-kind', { kind: 'Pronunciation' }),
      failed('other-locale', { locale: 'de-DE' }),
      failed('trial', { customProperties: { ...ours, 'speechops-trial': '1' } }),
      failed('good', { status: 'Succeeded' }),
    );
    const { effects, said } = await runStep(upload, settings, { world });
    expect(world.deleted).toEqual(['https://speech/datasets/corrected']);
    expect(effects).toContain('delete-dataset');
    expect(said).toContain('text corrected of an earlier attempt, which had failed, is deleted');
  });

  it('keeps what it has just made, however soon the service fails it, and says why', async () => {
    const world = createFakeWorld();
    const { datasets } = world.ports.speech;
    const { list } = datasets;
    world.work = (_, entity) => ({ ...entity, status: 'Failed', properties: { error: { message: 'No words' } } });
    Object.assign(datasets, {
      list: async () => (await list.call(datasets)).map((dataset) => ({ ...dataset, status: 'Failed' })),
    });
    await expect(runStep(upload, settings, { world })).rejects.toThrow('No words');
    expect(world.deleted).toEqual([]);
  });

  it('deletes in a trial nothing that a run has left', async () => {
    const world = createFakeWorld();
    world.work = (_, entity) => ({ ...entity, status: 'Failed' });
    await expect(runStep(upload, settings, { world })).rejects.toThrow();
    world.work = (_, entity) => entity;
    const ports = trialPorts(world.ports, 'trial-1');
    await runStep(upload, settings, { world: { ports } });
    expect(world.deleted).toEqual([]);
    expect(world.objects.datasets.map(({ status }) => status)).toEqual(['Failed', 'Succeeded']);
  });

  it('goes on when what an earlier attempt has left cannot be deleted, and says so', async () => {
    const world = createFakeWorld();
    world.work = (_, entity) => ({ ...entity, status: 'Failed' });
    await expect(runStep(upload, settings, { world })).rejects.toThrow();
    world.work = (_, entity) => entity;
    Object.assign(world.ports.speech.datasets, {
      async delete() {
        throw serviceError('it is in use', { status: 409, outcome: 'refused' });
      },
    });
    const { outcome, said } = await runStep(upload, settings, { world });
    expect(outcome.kind).toBe('done');
    expect(said).toContain('Delete text 1 of an earlier attempt, which has failed: it is in use');
  });

  it('says why it cannot say which lines were rejected, as of a resource with storage of its own', async () => {
    const world = createFakeWorld();
    world.work = (_, entity) => ({ ...entity, properties: { acceptedLineCount: 99, rejectedLineCount: 1 } });
    const { files } = world.ports.speech.datasets;
    Object.assign(world.ports.speech.datasets, {
      files: async (reference: string) => [{ ...(await files(reference))[0], kind: 'DatasetReport' }],
    });
    Object.assign(world.ports.speech, {
      readFile: async () => await Promise.reject(new Error('Cannot read the file report.json: the answer is 401')),
    });
    const { outcome } = await runStep(upload, settings, { world });
    expect(outcome).toMatchObject({
      outputs: { rejections: 'Why is not known: Cannot read the file report.json: the answer is 401' },
    });
  });

  it('fails when the service rejected more lines than max-rejected allows', async () => {
    const world = createFakeWorld();
    world.work = (_, entity) => ({ ...entity, properties: { acceptedLineCount: 90, rejectedLineCount: 10 } });
    await expect(runStep(upload, { ...settings, 'max-rejected': 0.05 }, { world })).rejects.toThrow(
      /rejected 10 of 100 lines, max-rejected allows 5\.0 %; corrected data make another dataset, and this one stays: delete it with: az rest /,
    );
    expect((await runStep(upload, { ...settings, 'max-rejected': 0.1 }, { world })).outcome.kind).toBe('reused');
  });

  describe('from a URL', () => {
    const from = 'https://store/data.zip';
    const signed = { ...settings, kind: 'Acoustic' as const };
    const telling = (content: UrlContent): FakeWorld => {
      const world = createFakeWorld();
      tell(world, content);
      return world;
    };
    const tell = ({ ports }: FakeWorld, content: UrlContent): void =>
      void Object.assign(ports.data, { atUrl: async () => content });

    it('gives the URL to the service, and knows it without its signature', async () => {
      const world = telling({ etag: '1' });
      await runStep(upload, { ...signed, from: `${from}?sig=1` }, { world });
      const { outcome } = await runStep(upload, { ...signed, from: `${from}?sig=2` }, { world });
      expect(world.objects.datasets.map(({ contentUrl }) => contentUrl)).toEqual([`${from}?sig=1`]);
      expect(outcome).toMatchObject({ kind: 'reused', outputs: { comparison: 'ETag' } });
    });

    it('makes two datasets of two URLs that differ in more than their signature', async () => {
      const world = telling({ bytes: 7 });
      await runStep(upload, { ...signed, from: `${from}?set=train&sig=1` }, { world });
      await runStep(upload, { ...signed, from: `${from}?set=test&sig=1` }, { world });
      expect(world.objects.datasets).toHaveLength(2);
    });

    it('makes another dataset when the content behind the URL has changed, and finds each again', async () => {
      const world = telling({ etag: '1' });
      const first = await runStep(upload, { ...signed, from }, { world });
      tell(world, { etag: '2' });
      const second = await runStep(upload, { ...signed, from }, { world });
      expect([first.outcome.kind, second.outcome.kind, world.objects.datasets.length]).toEqual(['done', 'done', 2]);
      tell(world, { etag: '1' });
      expect(outputsOf(await runStep(upload, { ...signed, from }, { world }))).toEqual(
        expect.objectContaining({ dataset: outputsOf(first)['dataset'] }),
      );
    });

    it('says when nothing could be compared, and when only the length was', async () => {
      const world = telling({ bytes: 7 });
      await runStep(upload, { ...signed, from }, { world });
      const byLength = await runStep(upload, { ...signed, from }, { world });
      expect(upload.summarise?.(outputsOf(byLength))).toContain('compared with the URL by length alone');
      tell(world, { reason: 'answers 403 here' });
      const uncompared = await runStep(upload, { ...signed, from }, { world });
      expect(outputsOf(uncompared)).toMatchObject({ comparison: 'nothing' });
      expect(uncompared.said).toContain(
        'text is from this URL; its content was not compared: the URL answers 403 here',
      );
      expect(upload.summarise?.(outputsOf(uncompared))).toContain('not compared with what the URL holds now');
    });

    it.each([
      ['se=2020-01-01', 'its signature ended on 2020-01-01 00:00 UTC'],
      ['sr=c&se=2030-01-01', 'its signature (sr=c) is for a container'],
    ])('creates nothing with a signature of which %s', async (signature, reason) => {
      const world = telling({});
      const url = `https://store/container?${signature}&sig=abc`;
      const running = runStep(upload, { ...signed, from: url }, { world });
      await expect(running).rejects.toThrow(`Sign https://store/container anew: ${reason}`);
      await expect(running).rejects.not.toThrow('abc');
      expect(world.created).toEqual([]);
    });

    it('is planned with what is known of its content and of its signature', () => {
      const plan = (url: string, change: Partial<Facts> = {}): string => {
        const { action, summary } = upload.plan(
          {
            known: { ...signed, from: url },
            with: { ...signed, from: url },
            waitsFor: [],
            step: { id: 'step' },
            pipeline: { name: 'p', locale: 'en-US' },
          },
          { ...createFakeWorld().objects, observedAt: '2026-06-01T00:00:00Z', localData: {}, urls: {}, ...change },
        );
        return `${action}: ${summary}`;
      };
      expect(plan(from)).toBe('create: upload https://store/data.zip as Acoustic dataset');
      expect(plan('https://store/c/x.zip?se=2020-01-01&sig=abc')).toBe(
        'fail: Sign https://store/c/x.zip anew: its signature ended on 2020-01-01 00:00 UTC',
      );
      expect(plan('https://store/c?sr=c&se=2030-01-01&sig=abc')).toBe(
        'fail: Sign https://store/c anew: its signature (sr=c) is for a container, and a dataset is one blob in it',
      );
      expect(plan('https://store/c/x.zip?sr=c&sig=abc')).toBe(
        'create: upload https://store/c/x.zip as Acoustic dataset (its signature (sr=c) opens the whole container, one for the blob (sr=b) is enough)',
      );
    });
  });
});

function outputsOf({ outcome }: Ran): Outputs {
  if (outcome.kind === 'skipped') throw new Error(outcome.reason);
  return outcome.outputs;
}

describe('upload of data that were checked', () => {
  const faulty = {
    isRefused: false,
    isUntrue: false,
    lines: 10,
    rejected: 1,
    warnings: 0,
    told: ['data/trans.txt:3:1: The service rejects this line: it has no tab [no-tab]'],
  };

  it('makes no dataset of data whose lines the service would reject, and says which', async () => {
    const world = createFakeWorld();
    world.check = faulty;
    await expect(runStep(upload, settings, { world })).rejects.toThrow(
      'Correct the data in text.txt: the service would reject 1 of 10 lines, max-rejected allows 5.0 %: data/trans.txt:3:1: ',
    );
    expect(world.created).toEqual([]);
  });

  it('makes no dataset of data that the service would refuse as a whole, however many lines may be rejected', async () => {
    const world = createFakeWorld();
    world.check = { ...faulty, isRefused: true };
    const ran = runStep(upload, { ...settings, 'max-rejected': 1 }, { world });
    await expect(ran).rejects.toThrow('the service would refuse them');
    expect(world.created).toEqual([]);
  });

  it('uploads data of which few enough lines would be rejected, and tells them', async () => {
    const world = createFakeWorld();
    world.check = faulty;
    const { outcome, said } = await runStep(upload, { ...settings, 'max-rejected': 0.1 }, { world });
    expect(outcome.kind).toBe('done');
    expect(said).toContain(faulty.told[0]);
  });

  it('uploads what a pipeline wants to have uploaded all the same', async () => {
    const world = createFakeWorld();
    world.check = { ...faulty, isRefused: true };
    const warned = await runStep(upload, { ...settings, check: 'warn' }, { world });
    expect(warned.said).toContain(faulty.told[0]);
    const { said } = await runStep(
      upload,
      { ...settings, check: 'off' },
      { world: Object.assign(createFakeWorld(), { check: world.check }) },
    );
    expect(said).not.toContain(faulty.told[0]);
  });

  it('makes no dataset of training data that are in a test set, unless the pipeline has a reason', async () => {
    const world = createFakeWorld();
    world.check = { ...faulty, rejected: 0, isUntrue: true, told: ['text.txt:3:1: The test set measures too well'] };
    await expect(runStep(upload, settings, { world })).rejects.toThrow(
      'Correct the data in text.txt: what is measured with the test sets would not be true: text.txt:3:1: ',
    );
    expect(world.created).toEqual([]);
    const allowed = { ...settings, 'allow-leak': 'It measures how well the model has learnt.' };
    expect((await runStep(upload, allowed, { world })).outcome.kind).toBe('done');
  });
});
