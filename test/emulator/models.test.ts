import { describe, expect, it } from 'vitest';
import { acousticZip, recordings } from './acoustic-zip.ts';
import { type Client, pathOf, startClient } from './client.ts';
import { everyday, wardNotes } from './recognition/spoken-texts.ts';

const members = { displayName: 'model', locale: 'en-US' };

describe('base models', () => {
  it('are listed with their deprecation dates and filtered by locale', async () => {
    const client = await startClient();
    const models = await client.baseModels();
    expect(models.length).toBeGreaterThan(3);
    for (const model of models) {
      expect(model).toMatchObject({ locale: 'en-US', status: 'Succeeded' });
      expect(pathOf(model.self)).toMatch(/^\/models\/base\//);
      expect(model.displayName).toMatch(/^\d{8}/);
      expect(Date.parse(model.createdDateTime)).toBeLessThanOrEqual(Date.now());
      const { adaptationDateTime, transcriptionDateTime } = model.properties.deprecationDates;
      expect(Date.parse(transcriptionDateTime)).toBeGreaterThan(Date.parse(adaptationDateTime));
      expect((await client.get(model.self)).body).toEqual(model);
    }
    const answer = await client.get('/models/base', { query: { top: 1 } });
    expect(answer.headers.has('retry-after')).toBe(false);
  });

  it('have the same id in every emulator', async () => {
    const [one, other] = [await startClient(), await startClient()];
    const [first] = await one.baseModels();
    expect((await other.get(pathOf(first.self))).body.displayName).toBe(first.displayName);
  });

  it('are listed oldest first over all locales, with ones that no endpoint can serve', async () => {
    const client = await startClient();
    const listed: { locale: string; createdDateTime: string }[] = [];
    let next: string | undefined = '/models/base';
    while (next !== undefined) {
      const { body } = await client.get(next);
      listed.push(...body.values);
      next = body['@nextLink'];
    }
    const times = listed.map(({ createdDateTime }) => createdDateTime);
    expect(times).toEqual(times.toSorted());
    expect(new Set(listed.slice(0, 100).map(({ locale }) => locale)).size).toBeGreaterThan(40);
    const [whisper] = listed.filter((model) => model.locale === 'en-US' && /whisper/i.test(JSON.stringify(model)));
    expect(whisper).toMatchObject({
      properties: {
        features: {
          supportsEndpoints: false,
          supportsAdaptationsWith: ['Acoustic'],
          supportedOutputFormats: ['Display'],
        },
      },
    });
  });

  it("that no endpoint can serve are refused by endpoints, as are models trained from them, and are nobody's default", async () => {
    const client = await startClient();
    // Past a November, whichever day it is: the newest of the locale is one of them then.
    await client.advance(Math.max(0, Date.UTC(new Date().getUTCFullYear(), 11, 1) - Date.now()) / 1000);
    const { values } = (await client.get('/models/base', { query: { filter: "locale eq 'en-US'" } })).body;
    const whisper = values.findLast(({ displayName }: { displayName: string }) => displayName.endsWith('Whisper'));
    const audio = await client.dataset({ kind: 'Acoustic' }, acousticZip(recordings('call', everyday.slice(0, 3))));
    const adapted = await client.model([audio], { baseModel: { self: whisper.self } });
    expect(adapted).toMatchObject({ status: 'Succeeded', properties: { features: { supportsEndpoints: false } } });
    for (const { self } of [whisper, adapted]) {
      const { status, body } = await client.post('/endpoints', { ...members, model: { self } });
      expect([status, body.innerError.code]).toEqual([400, 'InvalidModel']);
    }
    const text = await client.text(wardNotes);
    const refused = await client.post('/models', { ...members, baseModel: { self: whisper.self }, datasets: [text] });
    expect([refused.status, refused.body.innerError.code]).toEqual([400, 'InvalidAdaptationMapping']);
    const newest = (await client.baseModels()).at(-1);
    expect((await client.create('/endpoints', members)).model.self).toBe(newest.self);
    expect((await client.model([audio])).baseModel.self).toBe(newest.self);
  });

  it('appear when the clock reaches their release', async () => {
    const client = await startClient();
    const before = (await client.baseModels()).length;
    await client.advance(366 * 24 * 3600);
    expect((await client.baseModels()).length).toBe(before + 2);
  });

  it('are released each quarter where that is asked for, those of February and August being the same', async () => {
    const [halfYearly, quarterly] = [await startClient(), await startClient({ baseModels: 'quarterly' })];
    const known = (await halfYearly.baseModels()).map(({ self }: { self: string }) => pathOf(self));
    const before = (await quarterly.baseModels()).map(({ self }: { self: string }) => pathOf(self));
    expect(before).toEqual(expect.arrayContaining(known));
    expect(new Set(before).size).toBe(before.length);
    await quarterly.advance(366 * 24 * 3600);
    expect((await quarterly.baseModels()).length).toBe(before.length + 4);
  });
});

describe('a custom model', () => {
  it('is trained from datasets: on the newest base model, until two years after its quarter', async () => {
    const client = await startClient();
    const dataset = await client.text(wardNotes);
    const created = await client.create('/models', {
      ...members,
      datasets: [{ self: dataset.self }],
      properties: { customModelWeightPercent: 42 },
    });
    expect(created).toMatchObject({
      status: 'NotStarted',
      datasets: [{ self: dataset.self }],
      properties: { customModelWeightPercent: 42 },
    });
    expect(created.baseModel.self).toBe((await client.baseModels()).at(-1).self);
    const until = new Date(created.properties.deprecationDates.transcriptionDateTime);
    expect(until.getUTCDate()).toBe(15);
    expect(until.getUTCMonth() % 3).toBe(0);
    expect(until.getUTCFullYear() - new Date(created.createdDateTime).getUTCFullYear()).toBeGreaterThanOrEqual(2);
    await client.advance(31);
    expect((await client.get(created.self)).body.status).toBe('Running');
    const done = await client.finished(created.self);
    expect(done.status).toBe('Succeeded');
    const [file] = (await client.get(`${pathOf(created.self)}/files`)).body.values;
    expect(file).toMatchObject({ name: 'report.json', kind: 'ModelReport' });
    const report = await (await fetch((await client.get(file.self)).body.links.contentUrl)).json();
    expect(report).toMatchObject({ datasets: [{ sentences: wardNotes.length }] });
  });

  it('takes longer with audio', async () => {
    const client = await startClient();
    const audio = await client.dataset({ kind: 'Acoustic' }, acousticZip(recordings('call', everyday.slice(0, 10))));
    const related = await client.text(wardNotes);
    const wait = async (self: string) => {
      const model = await client.create('/models', { ...members, datasets: [{ self }] });
      const before = Date.parse(model.createdDateTime);
      return Date.parse((await client.finished(model.self)).lastActionDateTime) - before;
    };
    expect(await wait(related.self)).toBe(480_000);
    const seconds = audio.properties.durationMilliseconds / 1000;
    expect(await wait(audio.self)).toBeCloseTo(480_000 + 2400 * seconds, -4);
  });

  it.each<[string, (client: Client) => Promise<object>, string]>([
    ['no dataset', async () => ({ datasets: [] }), 'InvalidPayload'],
    [
      'a dataset that is not there',
      async () => ({ datasets: [{ self: 'http://x/speechtotext/datasets/00000000-0000-0000-0000-000000000000' }] }),
      'InvalidPayload',
    ],
    [
      'a reference to something else',
      async () => ({ datasets: [{ self: 'http://x/speechtotext/models/00000000-0000-0000-0000-000000000000' }] }),
      'InvalidPayload',
    ],
    ['no reference at all', async () => ({ datasets: ['nothing'] }), 'InvalidPayload'],
    [
      'a dataset that is not imported',
      async (client) => ({ datasets: [await client.create('/datasets', { ...members, kind: 'Language' })] }),
      'InvalidDataset',
    ],
    [
      'a dataset that failed',
      async (client) => ({ datasets: [await client.dataset({ kind: 'Acoustic' }, 'no zip')] }),
      'FailedDataset',
    ],
    [
      'a dataset of another locale',
      async (client) => ({ datasets: [await client.text(['guten morgen'], { locale: 'de-DE' })] }),
      'InvalidLocale',
    ],
    [
      'audio without transcripts',
      async (client) => ({
        locale: 'de-DE',
        datasets: [
          await client.dataset(
            { kind: 'AudioFiles', locale: 'de-DE' },
            acousticZip(recordings('a', everyday.slice(0, 1))),
          ),
        ],
      }),
      'InvalidAdaptationMapping',
    ],
    [
      'a base model of another locale',
      async (client) => ({
        datasets: [await client.text(wardNotes)],
        baseModel: (await client.get('/models/base', { query: { filter: "locale eq 'de-DE'" } })).body.values.at(-1),
      }),
      'InvalidBaseModel',
    ],
    [
      'a base model past its adaptation date',
      async (client) => ({ datasets: [await client.text(wardNotes)], baseModel: (await client.baseModels())[0] }),
      'ModelDeprecated',
    ],
    [
      'a weight of 0',
      async (client) => ({ datasets: [await client.text(wardNotes)], properties: { customModelWeightPercent: 0 } }),
      'InvalidPayload',
    ],
  ])('is refused for %s', async (_name, extra, code) => {
    const client = await startClient();
    const answer = await client.post('/models', { ...members, ...(await extra(client)) });
    expect(answer).toMatchObject({ status: 400, body: { code: 'InvalidRequest', innerError: { code } } });
  });

  it('is not deleted while it is trained, nor its data', async () => {
    const client = await startClient();
    const dataset = await client.text(wardNotes);
    const { self } = await client.create('/models', { ...members, datasets: [{ self: dataset.self }] });
    expect((await client.delete(self)).body.innerError.code).toBe('DeleteNotAllowed');
    expect(await client.delete(dataset.self)).toMatchObject({
      status: 409,
      body: { innerError: { code: 'InUseViolation' } },
    });
    await client.finished(self);
    expect((await client.delete(dataset.self)).status).toBe(204);
    expect((await client.delete(self)).status).toBe(204);
    expect((await client.delete(self)).status).toBe(204);
  });

  it('is patched in its names only', async () => {
    const client = await startClient();
    const { self } = await client.model([await client.text(wardNotes)]);
    expect(
      (await client.patch(self, { displayName: 'better', customProperties: { digest: 'abc' } })).body,
    ).toMatchObject({
      displayName: 'better',
      customProperties: { digest: 'abc' },
      status: 'Succeeded',
    });
    expect((await client.patch(self, { datasets: [] })).body.innerError.code).toBe('UnsupportedDelta');
  });
});
