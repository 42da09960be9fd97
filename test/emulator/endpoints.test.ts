import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { redeployments } from '../../emulator/state/redeployment.ts';
import { recordings, wavOf } from './acoustic-zip.ts';
import { type Client, idOf, startClient } from './client.ts';
import { gardening, ward, wardNotes } from './recognition/spoken-texts.ts';

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

describe.each(redeployments)('a model swap that is %s', (redeployment) => {
  const status = redeployment === 'at-once' ? 'Succeeded' : 'Running';
  const start = async () => await startClient({ redeployment });

  it('serves the previous model until it is done, whatever the endpoint names', async () => {
    const client = await start();
    const { endpoint, before, after } = await live(client);
    const asAfter = await heard(client, await endpointOf(client, after));
    const asBefore = await heard(client, endpoint);
    expect(asBefore).not.toEqual(asAfter);
    const named = redeployment === 'shown-previous' ? before : after;
    const patched = await client.patch(endpoint.self, { model: { self: after.self } });
    expect(patched).toMatchObject({ status: 200, body: { status, model: { self: named.self } } });
    expect(patched.body.lastActionDateTime > endpoint.lastActionDateTime).toBe(true);
    expect(patched.headers.has('retry-after')).toBe(status === 'Running');
    await client.advance(298);
    expect((await client.get(endpoint.self)).body).toMatchObject({ status, model: { self: named.self } });
    expect(await heard(client, endpoint)).toEqual(asBefore);
    for (const { self } of [before, after])
      expect((await client.delete(self)).body.innerError.code).toBe('InUseViolation');
    await client.advance(3);
    const done = await client.get(endpoint.self);
    expect(done.body).toMatchObject({ status: 'Succeeded', model: { self: after.self }, self: endpoint.self });
    if (status === 'Succeeded') expect(done.body).toEqual(patched.body);
    expect(await heard(client, endpoint)).toEqual(asAfter);
    expect(done.headers.has('retry-after')).toBe(false);
  });

  it('goes on after a restart', async () => {
    const dataDirectory = await mkdtemp(path.join(tmpdir(), 'redeployment-'));
    onTestFinished(async () => await rm(dataDirectory, { recursive: true, force: true }));
    const first = await startClient({ redeployment, dataDirectory });
    const { endpoint, before, after } = await live(first);
    await first.patch(endpoint.self, { model: { self: after.self } });
    await first.emulator.close();
    // How a swap looks is decided when it begins.
    const other = redeployment === 'at-once' ? 'shown-previous' : 'at-once';
    const second = await startClient({ redeployment: other, dataDirectory });
    const self = `/endpoints/${idOf(endpoint.self)}`;
    const named = redeployment === 'shown-previous' ? before : after;
    expect((await second.get(self)).body).toMatchObject({ status, model: { self: sameOn(second, named.self) } });
    await second.advance(301);
    const done = (await second.get(self)).body;
    expect(done).toMatchObject({ status: 'Succeeded', model: { self: sameOn(second, after.self) } });
    expect((await second.delete(`/models/${idOf(before.self)}`)).status).toBe(204);
  });

  it('is not begun for the model that is already served', async () => {
    const client = await start();
    const { endpoint, before } = await live(client);
    const answer = await client.patch(endpoint.self, { model: { self: before.self }, displayName: 'renamed' });
    expect(answer.body).toMatchObject({ status: 'Succeeded', displayName: 'renamed' });
  });

  it('is refused while another is under way, but the name can change', async () => {
    const client = await start();
    const { endpoint, before, after } = await live(client);
    await client.patch(endpoint.self, { model: { self: after.self } });
    const second = await client.patch(endpoint.self, { model: { self: before.self } });
    expect(second).toMatchObject({ status: 409, body: { innerError: { code: 'EndpointNotUpdatable' } } });
    expect((await client.patch(endpoint.self, { displayName: 'renamed' })).body).toMatchObject({ status });
    expect((await client.finished(endpoint.self)).model.self).toBe(after.self);
  });

  it('that fails leaves the previous model, and can be tried again', async () => {
    const client = await start();
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
    const client = await start();
    const { endpoint, before, after } = await live(client);
    const asBefore = await heard(client, endpoint);
    await client.addFault({ operation: 'Endpoints_Update', kind: 'wrong-model', count: 1 });
    await client.patch(endpoint.self, { displayName: 'a fault for swaps does not hit this' });
    await client.patch(endpoint.self, { model: { self: after.self } });
    const named = redeployment === 'at-once' ? after : before;
    expect(await client.finished(endpoint.self)).toMatchObject({ status: 'Succeeded', model: { self: named.self } });
    expect(await heard(client, endpoint)).toEqual(asBefore);
    // What is named and what is served are both in use, and the way back is a change like any other.
    await client.patch(endpoint.self, { model: { self: before.self } });
    expect(await client.finished(endpoint.self)).toMatchObject({ status: 'Succeeded', model: { self: before.self } });
    expect((await client.delete(after.self)).status).toBe(204);
    expect((await client.control('GET', '/faults')).body.faults[0].hits).toBe(1);
  });
});

describe('the way of redeployment', () => {
  it('is set while the emulator runs, and a wrong one is refused with those that there are', async () => {
    const client = await startClient();
    expect((await client.control('GET', '/redeployment')).body).toEqual({ redeployment: 'at-once' });
    const { endpoint, after } = await live(client);
    await client.control('POST', '/redeployment', { redeployment: 'shown-wanted' });
    const patched = await client.patch(endpoint.self, { model: { self: after.self } });
    expect(patched.body).toMatchObject({ status: 'Running', model: { self: after.self } });
    for (const body of [{ redeployment: 'at once' }, {}, { redeployment: 'at-once', more: 1 }])
      expect(await client.control('POST', '/redeployment', body)).toMatchObject({
        status: 400,
        body: { error: expect.stringMatching(/shown-previous, shown-wanted, at-once|allowed is redeployment/) },
      });
  });
});

describe('a change of an endpoint', () => {
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

/** What an endpoint answers to recordings that a model of the ward understands better. */
async function heard(client: Client, { self }: { readonly self: string }): Promise<readonly string[]> {
  const url = `${client.emulator.url}/speech/recognition/conversation/cognitiveservices/v1?language=en-US&format=detailed&cid=${idOf(self)}`;
  const texts: string[] = [];
  for (const clip of recordings('heard', ward.slice(0, 6))) {
    const transcript = encodeURIComponent(clip.transcript);
    const headers = { 'Ocp-Apim-Subscription-Key': client.emulator.key, 'content-type': 'audio/wav' };
    const body = wavOf(clip);
    await fetch(`${client.emulator.url}/_emulator/audio?transcript=${transcript}`, { method: 'POST', headers, body });
    const answer = (await (await fetch(url, { method: 'POST', headers, body })).json()) as Recognised;
    texts.push(answer.NBest[0]?.Lexical ?? '');
  }
  return texts;
}

interface Recognised {
  readonly NBest: readonly { readonly Lexical: string }[];
}

/** A fresh endpoint of the model, to compare with. */
async function endpointOf(client: Client, model: { readonly self: string }) {
  const { self } = await client.create('/endpoints', { ...members, model: { self: model.self } });
  return await client.finished(self);
}

function sameOn(client: Client, self: string): string {
  return `${client.emulator.url}${new URL(self).pathname}${new URL(self).search}`;
}

async function failedModel(client: Client) {
  await client.addFault({ operation: 'Models_Create', kind: 'entity-failed', count: 1 });
  const failed = await client.model([await client.text(wardNotes)]);
  expect(failed).toMatchObject({ status: 'Failed', properties: { error: { code: 'InternalServerError' } } });
  return failed;
}
