import { describe, expect, it } from 'vitest';
import { type Client, idOf, startClient } from './client.ts';
import { gardening, wardNotes } from './recognition/spoken-texts.ts';

const members = { displayName: 'live', locale: 'en-US' };

describe('an endpoint', () => {
  it('is deployed with the model it names, and says where it is reached', async () => {
    const client = await startClient();
    const model = await client.model([await client.text(wardNotes)]);
    const created = await client.create('/endpoints', { ...members, model: { self: model.self } });
    expect(created).toMatchObject({
      status: 'NotStarted',
      model: { self: model.self },
      properties: { loggingEnabled: false },
    });
    const { host } = new URL(client.emulator.url);
    expect(created.links).toEqual({ webSocket: `ws://${host}/stt/speech/universal/v2?cid=${idOf(created.self)}` });
    await client.advance(21);
    expect((await client.get(created.self)).body.status).toBe('Running');
    expect((await client.finished(created.self)).status).toBe('Succeeded');
  });

  it('takes the newest base model when it names none', async () => {
    const client = await startClient();
    const created = await client.create('/endpoints', members);
    expect(created.model.self).toBe((await client.baseModels()).at(-1).self);
  });

  it.each<[string, (client: Client) => Promise<object>, string]>([
    [
      'a model that is not there',
      async () => ({ model: { self: 'http://x/speechtotext/models/00000000-0000-0000-0000-000000000000' } }),
      'InvalidPayload',
    ],
    [
      'a model in training',
      async (client) => ({
        model: await client.create('/models', { ...members, datasets: [await client.text(wardNotes)] }),
      }),
      'InvalidModel',
    ],
    ['a model that failed', async (client) => ({ model: await failedModel(client) }), 'DeployingFailedModel'],
    ['a model past its end', async (client) => ({ model: (await client.baseModels())[0] }), 'ModelDeprecated'],
    [
      'a model of another locale',
      async (client) => ({ model: (await client.baseModels()).at(-1), locale: 'de-DE' }),
      'InvalidLocale',
    ],
    ['logging', async () => ({ properties: { loggingEnabled: true } }), 'EndpointLoggingNotSupported'],
  ])('is refused for %s', async (_name, extra, code) => {
    const client = await startClient();
    const answer = await client.post('/endpoints', { ...members, ...(await extra(client)) });
    expect(answer).toMatchObject({ status: 400, body: { innerError: { code } } });
  });

  it('holds its model, and is deleted only once it is terminal', async () => {
    const client = await startClient();
    const model = await client.model([await client.text(wardNotes)]);
    const { self } = await client.create('/endpoints', { ...members, model });
    expect((await client.delete(self)).body.innerError.code).toBe('DeleteNotAllowed');
    await client.finished(self);
    expect(await client.delete(model.self)).toMatchObject({
      status: 409,
      body: { innerError: { code: 'InUseViolation' } },
    });
    expect((await client.delete(self)).status).toBe(204);
    expect((await client.delete(self)).status).toBe(404);
    expect((await client.delete(model.self)).status).toBe(204);
  });

  it('is one of 50 on S0', async () => {
    const client = await startClient();
    for (let index = 0; index < 50; index++) await client.create('/endpoints', members);
    expect((await client.post('/endpoints', members)).body.innerError.code).toBe('QuotaViolation');
  });

  it('is the only one on F0, and gone after seven days', async () => {
    const client = await startClient({ sku: 'F0' });
    const { self } = await client.create('/endpoints', members);
    expect((await client.post('/endpoints', members)).body.innerError.code).toBe('QuotaViolation');
    await client.advance(7 * 24 * 3600 + 1);
    expect((await client.get(self)).status).toBe(404);
    await client.create('/endpoints', members);
  });
});

describe('a model swap', () => {
  it('shows and serves the previous model until it is done', async () => {
    const client = await startClient();
    const { endpoint, before, after } = await live(client);
    const patched = await client.patch(endpoint.self, { model: { self: after.self } });
    expect(patched).toMatchObject({ status: 200, body: { status: 'Running', model: { self: before.self } } });
    expect(patched.headers.has('retry-after')).toBe(true);
    await client.advance(299);
    expect((await client.get(endpoint.self)).body).toMatchObject({ status: 'Running', model: { self: before.self } });
    for (const { self } of [before, after])
      expect((await client.delete(self)).body.innerError.code).toBe('InUseViolation');
    await client.advance(2);
    const done = await client.get(endpoint.self);
    expect(done.body).toMatchObject({ status: 'Succeeded', model: { self: after.self }, self: endpoint.self });
    expect(done.headers.has('retry-after')).toBe(false);
    expect((await client.delete(before.self)).status).toBe(204);
  });

  it('shows the wanted model at once where that is asked for', async () => {
    const client = await startClient({ swapShows: 'wanted' });
    const { endpoint, after } = await live(client);
    const patched = await client.patch(endpoint.self, { model: { self: after.self } });
    expect(patched.body).toMatchObject({ status: 'Running', model: { self: after.self } });
  });

  it('is not begun for the model that is already served', async () => {
    const client = await startClient();
    const { endpoint, before } = await live(client);
    const answer = await client.patch(endpoint.self, { model: { self: before.self }, displayName: 'renamed' });
    expect(answer.body).toMatchObject({ status: 'Succeeded', displayName: 'renamed' });
  });

  it('is refused while another is under way, but the name can change', async () => {
    const client = await startClient();
    const { endpoint, before, after } = await live(client);
    await client.patch(endpoint.self, { model: { self: after.self } });
    const second = await client.patch(endpoint.self, { model: { self: before.self } });
    expect(second).toMatchObject({ status: 409, body: { innerError: { code: 'EndpointNotUpdatable' } } });
    expect((await client.patch(endpoint.self, { displayName: 'renamed' })).body).toMatchObject({ status: 'Running' });
    expect((await client.finished(endpoint.self)).model.self).toBe(after.self);
  });

  it('that fails leaves the previous model, and can be tried again', async () => {
    const client = await startClient();
    const { endpoint, before, after } = await live(client);
    await client.addFault({
      operation: 'Endpoints_Update',
      kind: 'entity-failed',
      code: 'DeployFailed',
      message: 'no room',
      count: 1,
    });
    await client.patch(endpoint.self, { model: { self: after.self } });
    const failed = await client.finished(endpoint.self);
    expect(failed).toMatchObject({
      status: 'Failed',
      model: { self: before.self },
      properties: { error: { code: 'DeployFailed', message: 'no room' } },
    });
    await client.patch(endpoint.self, { model: { self: after.self } });
    const done = await client.finished(endpoint.self);
    expect(done).toMatchObject({ status: 'Succeeded', model: { self: after.self } });
    expect(done.properties).not.toHaveProperty('error');
  });

  it('can be made to end with the wrong model', async () => {
    const client = await startClient();
    const { endpoint, before, after } = await live(client);
    await client.addFault({ operation: 'Endpoints_Update', kind: 'wrong-model', count: 1 });
    await client.patch(endpoint.self, { displayName: 'a fault for swaps does not hit this' });
    await client.patch(endpoint.self, { model: { self: after.self } });
    expect(await client.finished(endpoint.self)).toMatchObject({ status: 'Succeeded', model: { self: before.self } });
    expect((await client.control('GET', '/faults')).body.faults[0].hits).toBe(1);
  });

  it.each([
    [{ locale: 'de-DE' }, 'UnsupportedDelta'],
    [{ properties: { loggingEnabled: false } }, 'UnsupportedDelta'],
    [{ properties: { contentLoggingEnabled: true } }, 'EndpointLoggingNotSupported'],
  ])('is not the place for %j', async (change, code) => {
    const client = await startClient();
    const { self } = await client.create('/endpoints', members);
    expect(await client.patch(self, change)).toMatchObject({ status: 400, body: { innerError: { code } } });
  });
});

async function live(client: Client) {
  const before = await client.model([await client.text(gardening)]);
  const after = await client.model([await client.text(wardNotes)]);
  const { self } = await client.create('/endpoints', { ...members, model: { self: before.self } });
  return { before, after, endpoint: await client.finished(self) };
}

async function failedModel(client: Client) {
  await client.addFault({ operation: 'Models_Create', kind: 'entity-failed', count: 1 });
  const failed = await client.model([await client.text(wardNotes)]);
  expect(failed).toMatchObject({ status: 'Failed', properties: { error: { code: 'InternalServerError' } } });
  return failed;
}
