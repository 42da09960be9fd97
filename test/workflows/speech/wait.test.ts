import { afterEach, describe, expect, test, vi } from 'vitest';
import { sleep } from '../../../workflows/time/sleep.ts';
import { endpoint, evaluation, ids, model, notFound, selfOf } from './answers.ts';
import { clientOf, rejectionOf, startScriptedService, type Reply } from './scripted-service.ts';

describe('wait', () => {
  test('reads until the status is terminal and shows every reading', async () => {
    await using service = await startScriptedService(
      { body: { ...evaluation, status: 'NotStarted' }, headers: { 'Retry-After': '0' } },
      { status: 503 },
      { body: evaluation },
      { body: { ...evaluation, status: 'Pondering' } },
      { body: { ...evaluation, status: 'Failed' } },
    );
    const seen: string[] = [];
    const { evaluations } = clientOf(service);
    const finished = await evaluations.wait(evaluation.self, { onRead: ({ status }) => seen.push(status) });
    expect(finished.status).toBe('Failed');
    expect(finished.properties?.wordErrorRate1).toBe(-1);
    expect(seen).toEqual(['NotStarted', 'Running', 'Pondering', 'Failed']);
  });

  test('shows no signature of a URL in the reason why an object was failed', async () => {
    const message = 'Cannot read https://a.blob.core.windows.net/data/b.zip?sv=2024&sig=abc%2Fdef%3D: it answered 403.';
    const failed = { ...model, status: 'Failed', properties: { ...model.properties, error: { code: 'E', message } } };
    await using service = await startScriptedService({ body: failed }, { body: { values: [failed] } });
    const { models } = clientOf(service);
    const error = { code: 'E', message: 'Cannot read https://a.blob.core.windows.net/data/b.zip?*** it answered 403.' };
    expect((await models.wait(model.self)).properties).toEqual({ ...model.properties, error });
    expect((await models.list())[0]?.properties).toEqual({ ...model.properties, error });
  });

  test('goes on until its own condition holds', async () => {
    const other = { self: selfOf('models/6a2b1a35-14a0-4dd2-b0f4-5f1c9a7f1c11') };
    await using service = await startScriptedService({ body: endpoint }, { body: { ...endpoint, model: other } });
    const until = (entity: { readonly model?: { readonly self: string } }) => entity.model?.self === other.self;
    expect((await clientOf(service).endpoints.wait(ids.endpoint, { until })).model).toEqual(other);
    expect(service.requests).toHaveLength(2);
  });

  test('fails when the object is gone', async () => {
    await using service = await startScriptedService({ body: model }, { status: 404, body: notFound });
    const error = await rejectionOf(clientOf(service).models.wait(model.self));
    expect(error).toMatchObject({ name: 'ServiceError', status: 404, code: 'NotFound' });
    expect(String(error)).toContain(`Cannot wait for model ${ids.model}: it does not exist any more`);
  });

  test('goes on after an outage that is longer than the repetitions of a request, and tells of it', async () => {
    const outage: Reply[] = Array.from({ length: 7 }, (_, index) => (index % 2 === 0 ? 'cut' : { status: 503 }));
    await using service = await startScriptedService({ body: { ...model, status: 'Running' } }, ...outage, {
      body: { ...model, status: 'Succeeded' },
    });
    const told: string[] = [];
    const { models } = clientOf(service, { maxRetries: 2 });
    const finished = await models.wait(model.self, { onTrouble: (message) => told.push(message) });
    expect(finished.status).toBe('Succeeded');
    expect(told).toEqual([
      expect.stringMatching(/^Cannot read model .* after 3 attempts.*; asking again in 1 s$/),
      expect.stringMatching(/^Cannot read model .* after 3 attempts.*; asking again in 1 s$/),
      'the service answers again',
    ]);
  });

  test('stays away as long as the service asks, however long', async () => {
    const limited = { status: 429, headers: { 'Retry-After': '3000' } };
    await using service = await startScriptedService(limited, { body: { ...model, status: 'Succeeded' } });
    const controller = new AbortController();
    const told = Promise.withResolvers<string>();
    const options = { onTrouble: told.resolve, signal: controller.signal };
    const pending = rejectionOf(clientOf(service).models.wait(ids.model, options));
    expect(await told.promise).toMatch(/asking again in 3000 s$/);
    controller.abort(new Error('Ctrl-C'));
    expect(String(await pending)).toBe('Error: Ctrl-C');
    expect(service.requests).toHaveLength(1);
  });

  test.each([400, 401, 403, 409])('fails at once when the answer is %s', async (status) => {
    await using service = await startScriptedService({ body: { ...model, status: 'Running' } }, { status });
    const error = await rejectionOf(clientOf(service).models.wait(model.self));
    expect(error).toMatchObject({ name: 'ServiceError', status, attempts: 1 });
    expect(service.requests).toHaveLength(2);
  });

  test('rejects with the reason of the signal during a pause', async () => {
    await using service = await startScriptedService({ body: model, headers: { 'Retry-After': '3000' } });
    const controller = new AbortController();
    const reason = new Error('Ctrl-C');
    const onRead = () => setImmediate(() => controller.abort(reason));
    const pending = clientOf(service).models.wait(ids.model, { onRead, signal: controller.signal });
    expect(await rejectionOf(pending)).toBe(reason);
  });
});

describe('sleep', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test('ends after its time', async () => {
    vi.useFakeTimers();
    let isOver = false;
    const pending = sleep(1000).then(() => (isOver = true));
    await vi.advanceTimersByTimeAsync(999);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(isOver).toBe(true);
    await pending;
  });

  test('leaves no timer when it is aborted, before or during', async () => {
    vi.useFakeTimers();
    const controller = new AbortController();
    const during = rejectionOf(sleep(1000, controller.signal));
    expect(vi.getTimerCount()).toBe(1);
    controller.abort('stop');
    expect(await during).toBe('stop');
    expect(await rejectionOf(sleep(1000, controller.signal))).toBe('stop');
    expect(vi.getTimerCount()).toBe(0);
  });
});
