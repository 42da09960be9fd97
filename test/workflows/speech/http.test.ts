import { afterEach, describe, expect, test, vi } from 'vitest';
import { ServiceError } from '../../../workflows/engine/ports.ts';
import type { RequestLine } from '../../../workflows/speech/request-observer.ts';
import { createSpeechClient } from '../../../workflows/speech/speech-client.ts';
import { dataset, ids, model, project } from './answers.ts';
import { clientOf, type Reply, rejectionOf, startScriptedService } from './scripted-service.ts';

const newDataset = { displayName: 'Calls', locale: 'en-US', kind: 'Language' };
const busy = { code: 'TooManyRequests', message: 'The rate limit has been reached.', innerError: null };
const throttled: Reply = { status: 429, headers: { 'Retry-After': '0' }, body: busy };
const passing: readonly (readonly [string, Reply])[] = [
  ['408', { status: 408 }],
  ['429', { status: 429, body: busy }],
  ['429 with Retry-After', throttled],
  ['500', { status: 500, body: { code: 'InternalServerError', message: 'Oops' } }],
  ['502 of a proxy', { status: 502, body: '<html><title>502 Bad Gateway</title></html>' }],
  ['503', { status: 503, headers: { 'Retry-After': new Date(0).toUTCString() } }],
  ['504', { status: 504 }],
  ['a cut connection', 'cut'],
  ['a truncated answer', { body: dataset, ending: 'truncated' }],
  ['cut JSON', { body: JSON.stringify(dataset).slice(0, -10) }],
  ['another page', { body: '<html></html>' }],
];
const lost = passing.filter(([name]) => !name.startsWith('429'));

describe('an idempotent request', () => {
  test.each(passing)('is repeated after %s', async (_, reply) => {
    await using service = await startScriptedService(reply, reply, { body: dataset }, reply, { body: dataset });
    const { datasets } = clientOf(service);
    expect(await datasets.get(ids.dataset)).toEqual(dataset);
    expect(await datasets.update(ids.dataset, { displayName: 'x' })).toEqual(dataset);
    expect(service.calls().map((call) => call.split(' ')[0])).toEqual(['GET', 'GET', 'GET', 'PATCH', 'PATCH']);
  });

  test('sends the same body and request id again', async () => {
    await using service = await startScriptedService('cut', { status: 503 }, { body: dataset });
    await clientOf(service).datasets.update(ids.dataset, { displayName: 'x' });
    expect(new Set(service.requests.map(({ body }) => body.toString()))).toEqual(new Set(['{"displayName":"x"}']));
    expect(new Set(service.requests.map(({ headers }) => headers['x-ms-client-request-id'])).size).toBe(1);
  });

  test('is given up, and not repeated, when its answer is longer than 64 MB', async () => {
    await using service = await startScriptedService({ body: 'x'.repeat(65 * 2 ** 20) });
    const error = await rejectionOf(clientOf(service).datasets.get(ids.dataset));
    expect(error).toMatchObject({ name: 'ServiceError', code: 'AnswerTooLarge', attempts: 1 });
    expect(String(error)).toMatch(/: the answer of 127\.0\.0\.1:\d+ is longer than 64 MB$/);
  });

  test('is not repeated after a refusal', async () => {
    const refusal = { code: 'InvalidRequest', message: 'No', innerError: { code: 'InvalidLocale', message: 'No.' } };
    await using service = await startScriptedService({ status: 400, body: refusal });
    const error = await rejectionOf(clientOf(service).datasets.get(ids.dataset));
    expect(error).toMatchObject({ status: 400, code: 'InvalidLocale', attempts: 1, outcome: 'refused' });
    expect(service.requests).toHaveLength(1);
  });

  test('gives up after its retries, and says whether an attempt may have acted', async () => {
    const error503: Reply = { status: 503 };
    await using service = await startScriptedService(error503, throttled, throttled, throttled, throttled, throttled);
    const client = clientOf(service, { maxRetries: 2 });
    expect(await rejectionOf(client.models.delete(ids.model))).toMatchObject({
      status: 429,
      attempts: 3,
      outcome: 'unknown',
    });
    const error = await rejectionOf(client.models.delete(ids.model));
    expect(error).toMatchObject({ status: 429, code: 'TooManyRequests', attempts: 3, outcome: 'refused' });
    expect(String(error)).toContain('try again in 0 s, or let fewer pipelines run at a time');
  });

  test.each([
    ['503', [{ status: 503 }]],
    ['429 without Retry-After', [{ status: 429, body: busy }]],
    ['429 that asks for no time', [throttled]],
    ['429 that asks for a second', [{ status: 429, headers: { 'Retry-After': '1' }, body: busy }]],
    ['lost connections', ['cut']],
    ['all of them in turn', [{ status: 503 }, throttled, 'cut', { status: 500 }, { status: 429 }]],
  ] satisfies [string, Reply[]][])('outlasts half a minute of %s, at each pace', async (_, replies) => {
    for (const retryDelayMilliseconds of [100, 800]) {
      let now = 0;
      let turn = 0;
      const reply = (): Reply => (now < 30_000 ? (replies[turn++ % replies.length] ?? 'cut') : { body: dataset });
      await using service = await startScriptedService(...Array.from({ length: 200 }, () => reply));
      const sleep = async (milliseconds: number): Promise<void> => void (now += milliseconds);
      const { datasets } = clientOf(service, { retryDelayMilliseconds, sleep });
      expect(await datasets.update(ids.dataset, { displayName: 'x' })).toEqual(dataset);
      // Patient, and not a burden.
      expect(service.requests.length).toBeLessThan(50);
    }
  });

  test('gives up after about a minute without an answer', async () => {
    for (const reply of [{ status: 503 }, throttled, 'cut'] satisfies Reply[]) {
      let now = 0;
      await using service = await startScriptedService(...Array.from({ length: 200 }, () => reply));
      const sleep = async (milliseconds: number): Promise<void> => void (now += milliseconds);
      const error = await rejectionOf(clientOf(service, { retryDelayMilliseconds: 100, sleep }).datasets.list());
      expect(error).toMatchObject({ name: 'ServiceError', attempts: service.requests.length });
      expect(now).toBeGreaterThanOrEqual(60_000);
      expect(now).toBeLessThan(70_000);
    }
  });

  test('is repeated five times at least, however long the service asks to stay away', async () => {
    const slow: Reply = { status: 429, headers: { 'Retry-After': '200' }, body: busy };
    await using service = await startScriptedService(...Array.from({ length: 5 }, () => slow), { body: dataset });
    const client = clientOf(service, { sleep: async () => undefined });
    expect(await client.datasets.get(ids.dataset)).toEqual(dataset);
  });

  test('is not held back by a service that asks for hours', async () => {
    await using service = await startScriptedService({ status: 429, headers: { 'Retry-After': '7200' }, body: busy });
    const error = await rejectionOf(clientOf(service).datasets.get(ids.dataset));
    expect(error).toMatchObject({ status: 429, attempts: 1 });
    expect(String(error)).toContain('try again in 7200 s');
  });
});

describe('a create', () => {
  test('is repeated after 429, as often as it takes', async () => {
    await using service = await startScriptedService(throttled, { status: 429, body: busy }, throttled, {
      status: 201,
      body: dataset,
    });
    expect(await clientOf(service).datasets.create(newDataset)).toEqual(dataset);
    expect(service.calls()).toEqual(Array(4).fill('POST /speechtotext/datasets'));
  });

  test.each(lost)('is not repeated after %s and says that its outcome is unknown', async (_, reply) => {
    await using service = await startScriptedService(reply);
    const error = await rejectionOf(clientOf(service).datasets.create(newDataset));
    expect(error).toBeInstanceOf(ServiceError);
    expect(error).toMatchObject({ method: 'POST', path: '/speechtotext/datasets', attempts: 1, outcome: 'unknown' });
    expect(String(error)).toContain('the service may have acted all the same');
    expect(service.requests).toHaveLength(1);
  });

  test('that was throttled first and lost then is unknown', async () => {
    await using service = await startScriptedService(throttled, 'cut');
    const error = await rejectionOf(clientOf(service).models.create({ ...newDataset, datasets: [] }));
    expect(error).toMatchObject({ code: 'ECONNRESET', attempts: 2, outcome: 'unknown' });
    expect((error as ServiceError).status).toBeUndefined();
  });

  test.each([400, 401, 403, 404, 409, 422, 302])('that the service answers with %i is refused', async (status) => {
    await using service = await startScriptedService({ status, body: { code: 'Conflict', message: 'No' } });
    const error = await rejectionOf(clientOf(service).endpoints.create(newDataset));
    expect(error).toMatchObject({ status, attempts: 1, outcome: 'refused' });
    expect(String(error)).toContain(`Cannot create an endpoint: the answer is ${status} Conflict "No"`);
  });

  test('is repeated while the connection is refused, and then refused', async () => {
    // No process listens at port 1, and the system gives it to none that asks for a free port.
    const endpoint = 'http://127.0.0.1:1';
    const credential = { key: 'the-secret-key-of-the-test' };
    const client = createSpeechClient({ endpoint, credential, maxRetries: 2, retryDelayMilliseconds: 1 });
    const error = await rejectionOf(client.projects.create(newDataset));
    expect(error).toMatchObject({ code: 'ECONNREFUSED', attempts: 3, outcome: 'refused' });
    expect(String(error)).toContain(
      `nothing answers at ${endpoint} (ECONNREFUSED) after 3 attempts; no Speech resource`,
    );
    expect(String(error)).toContain('check SPEECHOPS_ENDPOINT');
  });
});

describe('the time limit', () => {
  test.each([
    ['no answer', 'hang'],
    ['half an answer', { body: dataset, ending: 'stall' }],
  ] satisfies [string, Reply][])('ends an attempt that gets %s', async (_, reply) => {
    await using service = await startScriptedService(reply, { body: dataset }, reply);
    const client = clientOf(service, { requestTimeoutMilliseconds: 40 });
    expect(await client.datasets.get(ids.dataset)).toEqual(dataset);
    const error = await rejectionOf(client.datasets.create(newDataset));
    expect(error).toMatchObject({ code: 'ETIMEDOUT', attempts: 1, outcome: 'unknown' });
    expect(String(error)).toContain('did not answer in time');
  });
});

describe('an abort', () => {
  const reason = new Error('Ctrl-C');
  const waiting: readonly (readonly [string, Reply])[] = [
    ['for the answer', 'hang'],
    ['for the rest of the answer', { body: dataset, ending: 'stall' }],
  ];

  test.each(waiting)('while waiting %s rejects with the reason of the signal', async (_, reply) => {
    const controller = new AbortController();
    await using service = await startScriptedService((request) => {
      setTimeout(() => controller.abort(reason), 20);
      return typeof reply === 'function' ? reply(request) : reply;
    });
    const { datasets } = clientOf(service);
    expect(await rejectionOf(datasets.create(newDataset, { signal: controller.signal }))).toBe(reason);
    expect(service.requests).toHaveLength(1);
  });

  test('while backing off rejects with the reason of the signal', async () => {
    const controller = new AbortController();
    await using service = await startScriptedService({ status: 429, headers: { 'Retry-After': '299' } });
    const client = clientOf(service, {
      observer: { afterAttempt: () => setImmediate(() => controller.abort(reason)) },
    });
    expect(await rejectionOf(client.datasets.list({ signal: controller.signal }))).toBe(reason);
    expect(service.requests).toHaveLength(1);
  });

  describe('by a time limit', () => {
    const timeUp = new DOMException('The time is used up', 'TimeoutError');

    test('while backing off rejects with what the service had answered', async () => {
      const controller = new AbortController();
      await using service = await startScriptedService(
        { status: 503 },
        { status: 429, headers: { 'Retry-After': '299' } },
      );
      let attempts = 0;
      const afterAttempt = () => (attempts += 1) === 2 && setImmediate(() => controller.abort(timeUp));
      const client = clientOf(service, { observer: { afterAttempt } });
      const error = await rejectionOf(client.datasets.list({ signal: controller.signal }));
      expect(error).toMatchObject({ name: 'ServiceError', status: 429, attempts: 2 });
    });

    test.each([
      ['the service has been silent for long', 120, 'ServiceError'],
      ['the attempt has just begun', 120_000, 'TimeoutError'],
    ])('while waiting for the first answer, when %s', async (_, requestTimeoutMilliseconds, name) => {
      const controller = new AbortController();
      await using service = await startScriptedService(() => {
        setTimeout(() => controller.abort(timeUp), 40);
        return 'hang';
      });
      const { datasets } = clientOf(service, { requestTimeoutMilliseconds });
      expect(await rejectionOf(datasets.list({ signal: controller.signal }))).toMatchObject({ name });
    });
  });

  test('while a token is being fetched rejects with the reason of the signal', async () => {
    const controller = new AbortController();
    const getToken = () => {
      setImmediate(() => controller.abort(reason));
      return new Promise<never>(() => {});
    };
    const client = createSpeechClient({ endpoint: 'https://a.cognitiveservices.azure.com', credential: { getToken } });
    expect(await rejectionOf(client.models.list({ signal: controller.signal }))).toBe(reason);
  });

  test('beforehand sends nothing', async () => {
    await using service = await startScriptedService();
    expect(await rejectionOf(clientOf(service).models.get(model.self, { signal: AbortSignal.abort(reason) }))).toBe(
      reason,
    );
    expect(service.requests).toHaveLength(0);
  });
});

describe('timers', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test('none is left after an answer, a failure, a retry or an abort', async () => {
    await using service = await startScriptedService(
      { body: dataset },
      { status: 400 },
      throttled,
      { body: dataset },
      'hang',
    );
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
    const controller = new AbortController();
    const { datasets } = clientOf(service, {
      observer: { afterAttempt: () => expect(vi.getTimerCount()).toBe(0) },
    });
    await datasets.get(ids.dataset);
    await rejectionOf(datasets.get(ids.dataset));
    await datasets.get(ids.dataset);
    const pending = rejectionOf(datasets.get(ids.dataset, { signal: controller.signal }));
    await vi.waitFor(() => expect(service.requests).toHaveLength(5), { timeout: 20_000 });
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    controller.abort();
    await pending;
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the log', () => {
  test('has a line for every attempt, without queries', async () => {
    const lines: RequestLine[] = [];
    await using service = await startScriptedService(throttled, 'cut', { body: { values: [] } });
    const client = clientOf(service, { observer: { afterAttempt: (line) => lines.push(line) } });
    await client.projects.list({ filter: "displayName eq 'x'" });
    const { host } = new URL(service.endpoint);
    const path = '/speechtotext/projects';
    const common = { method: 'GET', host, path, template: path, milliseconds: expect.any(Number) };
    expect(lines).toEqual([
      { ...common, attempt: 1, status: 429 },
      { ...common, attempt: 2, code: 'ECONNRESET' },
      { ...common, attempt: 3, status: 200 },
    ]);
  });
});

describe('advice', () => {
  test.each([
    [401, { error: { code: '401', message: 'Access denied due to invalid subscription key.' } }, 'SPEECHOPS_KEY'],
    [403, { error: { code: '403', message: 'Access denied due to Virtual Network rules.' } }, 'network rules'],
    [404, { error: { code: '404', message: 'Resource not found' } }, 'SPEECHOPS_ENDPOINT'],
  ])('is given for %i of the gateway', async (status, body, text) => {
    await using service = await startScriptedService({ status, body });
    const error = await rejectionOf(clientOf(service).projects.create(newDataset));
    expect(String(error)).toContain(text);
    expect(String(error)).toContain(`the answer is ${status} "${body.error.message.replace(/\.$/, '')}"`);
    expect(error).toMatchObject({ code: String(status), outcome: 'refused' });
  });

  test('is not given for what the service refuses itself', async () => {
    const body = {
      code: 'Forbidden',
      message: 'No.',
      innerError: { code: 'DeleteNotAllowed', message: 'It is in use.' },
    };
    await using service = await startScriptedService({ status: 403, headers: { 'apim-request-id': 'r-1' }, body });
    const error = await rejectionOf(clientOf(service).projects.delete(project.self));
    expect(error).toMatchObject({ code: 'DeleteNotAllowed', requestId: 'r-1' });
    expect((error as Error).message).toBe(
      `Cannot delete project ${ids.project}: the answer is 403 DeleteNotAllowed "It is in use"`,
    );
  });

  test('to sign in is given when there is no token, before anything is sent', async () => {
    const reason = new Error('Please run az login\nor set AZURE_CLIENT_ID');
    const credential = { getToken: () => Promise.reject(reason) };
    const client = createSpeechClient({ endpoint: 'https://a.cognitiveservices.azure.com', credential });
    const error = await rejectionOf(client.projects.list());
    expect(error).toMatchObject({ code: 'SignInFailed', outcome: 'refused' });
    expect(String(error)).toContain(
      'Cannot list projects: no token could be had from Entra ID (Please run az login); sign in with `az login` ' +
        '(AZURE_TENANT_ID names the tenant of the resource if you have several), or set SPEECHOPS_KEY to a key of the resource',
    );
  });
});
