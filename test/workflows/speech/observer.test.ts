import { describe, expect, test } from 'vitest';
import type { RequestObserver, RequestOutcome } from '../../../workflows/speech/request-observer.ts';
import { createSpeechClient } from '../../../workflows/speech/speech-client.ts';
import { dataset, endpoint, file, ids, selfOf } from './answers.ts';
import { clientOf, rejectionOf, startScriptedService, type Reply } from './scripted-service.ts';

const throttled: Reply = { status: 429, headers: { 'Retry-After': '0' } };
const waiting: Reply = { body: { ...dataset, status: 'NotStarted' } };

describe('the observer of a client', () => {
  test('admits every attempt that counts for the limit: repetitions and uploaded blocks too', async () => {
    const { observer, sent } = observed();
    await using service = await startScriptedService(
      throttled,
      'cut',
      waiting,
      { body: {} },
      throttled,
      { status: 201 },
      { status: 200 },
    );
    await clientOf(service, { observer }).datasets.uploadContent(ids.dataset, oneByte());
    expect(sent).toEqual(service.requests.flatMap(() => ['admitted', 'confirmed', 'sent']));
    expect(service.requests).toHaveLength(7);
  });

  test('is told which attempts can wait: the readings of one object', async () => {
    const seen: [boolean, string][] = [];
    const observer: RequestObserver = {
      beforeAttempt: async ({ canWait, origin }) => void seen.push([canWait, origin]),
    };
    await using service = await startScriptedService(
      { body: { values: [] } },
      { body: dataset },
      'cut',
      { body: dataset },
      { status: 201, body: dataset },
      { status: 204 },
      { body: { values: [] } },
    );
    const { datasets } = clientOf(service, { observer });
    await datasets.list();
    await datasets.get(ids.dataset);
    await datasets.wait(dataset.self);
    await datasets.create({ displayName: 'd', locale: 'en-US', kind: 'Language' });
    await datasets.delete(ids.dataset);
    await datasets.files(ids.dataset);
    expect(seen.map(([canWait]) => canWait)).toEqual([false, true, true, true, false, false, false]);
    expect(new Set(seen.map(([, origin]) => origin))).toEqual(new Set([service.endpoint]));
  });

  test('is not asked for recognition and for files of a storage', async () => {
    const { observer, sent } = observed();
    await using service = await startScriptedService({ body: { RecognitionStatus: 'NoMatch' } }, { body: 'a report' });
    await using storage = await startScriptedService({ body: 'a report' });
    const client = clientOf(service, { observer });
    const links = { webSocket: `${service.endpoint.replace('http', 'ws')}/v2` };
    await client.recognise(new Uint8Array(1), { channel: 'rest', endpoint: { ...endpoint, links } });
    await client.readFile({ ...file, links: { contentUrl: `${storage.endpoint}/container/report.json?sig=x` } });
    expect(sent).toEqual(['sent', 'sent']);
  });

  test.each(['beforeAttempt', 'beforeSending'])(
    'keeps a request from being sent, which fails with what it says: %s',
    async (when) => {
      const outcomes: RequestOutcome[] = [];
      const refusal = new Error('The database is away');
      const observer: RequestObserver = {
        [when]: async () => await Promise.reject(refusal),
        afterAttempt: () => expect.unreachable(),
        afterRequest: (outcome) => outcomes.push(outcome),
      };
      await using service = await startScriptedService();
      expect(await rejectionOf(clientOf(service, { observer }).models.list())).toBe(refusal);
      expect(service.requests).toEqual([]);
      expect(outcomes).toMatchObject([{ attempts: 0, isFailure: true }]);
    },
  );

  test('is asked last when the request is signed', async () => {
    const asked: string[] = [];
    const refusal = new Error('Not this one');
    const observer: RequestObserver = {
      beforeAttempt: async () => void asked.push('admitted'),
      async beforeSending() {
        asked.push('confirmed');
        throw refusal;
      },
    };
    const getToken = async () => {
      asked.push('signed');
      return { token: 'token-1', expiresOnTimestamp: Date.now() + 3_600_000 };
    };
    const client = createSpeechClient({
      endpoint: 'https://calls.cognitiveservices.azure.com',
      credential: { getToken },
      observer,
    });
    expect(await rejectionOf(client.models.list())).toBe(refusal);
    expect(asked).toEqual(['admitted', 'signed', 'confirmed']);
  });

  test.each(['beforeAttempt', 'beforeSending'])('waits for longer than an attempt may take: %s', async (when) => {
    const observer = { [when]: async () => await new Promise<void>((resolve) => setTimeout(resolve, 1100)) };
    await using service = await startScriptedService({ body: { values: [] } });
    const client = clientOf(service, { observer, requestTimeoutMilliseconds: 1000, maxRetries: 0 });
    expect(await client.models.list()).toEqual([]);
  });

  test('sees a request with all its attempts as one', async () => {
    const outcomes: RequestOutcome[] = [];
    const answered: Reply = { body: dataset, headers: { 'apim-request-id': 'b7f1' } };
    await using service = await startScriptedService(throttled, 'cut', answered, { status: 400 });
    const client = clientOf(service, { observer: { afterRequest: (outcome) => outcomes.push(outcome) } });
    await client.datasets.get(ids.dataset);
    await rejectionOf(client.datasets.get(ids.dataset));
    const { host } = new URL(service.endpoint);
    const times = { startedAt: expect.any(Date), milliseconds: expect.any(Number) };
    const common = { method: 'GET', host, template: '/speechtotext/datasets/{id}', ...times };
    expect(outcomes).toEqual([
      { ...common, status: 200, attempts: 3, requestId: 'b7f1', isFailure: false },
      { ...common, status: 400, attempts: 1, requestId: expect.any(String), isFailure: true },
    ]);
  });

  test('gets paths without what names an object', async () => {
    const templates = new Set<string>();
    await using service = await startScriptedService(
      ...Array.from({ length: 7 }, (): Reply => ({ body: { values: [], ...dataset } })),
    );
    const client = clientOf(service, { observer: { afterAttempt: ({ template }) => templates.add(template) } });
    const { baseModels, datasets, evaluations, models } = client;
    await models.list();
    await models.get(selfOf(`models/${ids.model}`));
    await models.get(selfOf(`models/base/${ids.baseModel}`));
    await baseModels.list();
    await evaluations.files(ids.evaluation);
    await datasets.get(ids.dataset);
    await client.readFile({ ...file, links: { contentUrl: `${service.endpoint}/container/report.json?sig=x` } });
    expect([...templates]).toEqual([
      '/speechtotext/models',
      '/speechtotext/models/{id}',
      '/speechtotext/models/base/{id}',
      '/speechtotext/models/base',
      '/speechtotext/evaluations/{id}/files',
      '/speechtotext/datasets/{id}',
      '/{file}',
    ]);
  });
});

/** An observer, and what it was asked and told in order. */
function observed(): { readonly observer: RequestObserver; readonly sent: readonly string[] } {
  const sent: string[] = [];
  const observer: RequestObserver = {
    beforeAttempt: async () => void sent.push('admitted'),
    beforeSending: async () => void sent.push('confirmed'),
    afterAttempt: () => sent.push('sent'),
  };
  return { observer, sent };
}

async function* oneByte(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(1);
}
