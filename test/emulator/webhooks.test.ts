import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { lookupAllowed } from '../../emulator/protocol/outgoing-address.ts';
import { type CallbackReceiver, signatureOf, startReceiver } from './callback-receiver.ts';
import { type Client, idOf, pathOf, startClient } from './client.ts';
import { wardNotes } from './recognition/spoken-texts.ts';

const secret = 'a secret for the tests';
const completions = {
  datasetCompletion: true,
  modelCompletion: true,
  evaluationCompletion: true,
  endpointCompletion: true,
};

describe('the challenge of a webhook', () => {
  it('is answered with its token before events come, and signed over it', async () => {
    const [client, receiver] = [await startClient(), await startReceiver()];
    const created = await client.create('/webhooks', hook(receiver));
    expect(created).toMatchObject({ status: 'NotStarted', properties: { apiVersion: '2025-10-15' } });
    const usable = await settledHook(client, created.self);
    expect(usable).toMatchObject({ status: 'Succeeded', webUrl: receiver.url, events: completions });
    const [challenge] = receiver.received;
    const token = challenge?.query.get('validationToken') ?? '';
    expect(challenge).toMatchObject({ event: 'Challenge', body: { self: created.self } });
    expect(challenge?.query.get('code')).toBe('1');
    expect(token).not.toBe('');
    expect(challenge?.signature).toBe(signatureOf(secret, token));
  });

  it.each([
    ['another status', { status: 202, body: undefined }, 'not answered with 200 but with 202'],
    ['another text', { status: 200, body: 'yes' }, 'not answered with the validationToken alone'],
  ])('fails the webhook when it is answered with %s', async (_, answer, message) => {
    const [client, receiver] = [await startClient(), await startReceiver(() => answer as { status: number })];
    const { self } = await client.create('/webhooks', hook(receiver));
    const failed = await settledHook(client, self);
    expect(failed).toMatchObject({ status: 'Failed', properties: { error: { code: 'InvalidCallbackUri' } } });
    expect(failed.properties.error.message).toContain(message);
    await client.text(wardNotes);
    expect((await client.post(`${pathOf(self)}:ping`, undefined)).status).toBe(409);
    expect(receiver.received).toHaveLength(1);
  });

  it('is repeated for another address, and only for that', async () => {
    const [client, first, second] = [await startClient(), await startReceiver(), await startReceiver()];
    const { self } = await client.create('/webhooks', hook(first));
    await settledHook(client, self);
    const renamed = await client.patch(pathOf(self), { displayName: 'other', properties: { secret } });
    expect(renamed.body).toMatchObject({ status: 'Succeeded', displayName: 'other' });
    const moved = await client.patch(pathOf(self), { webUrl: second.url, properties: { secret } });
    expect(moved).toMatchObject({ status: 200, body: { status: 'NotStarted' } });
    expect(await settledHook(client, self)).toMatchObject({ status: 'Succeeded', webUrl: second.url });
    expect([first.received.length, second.received.length]).toEqual([1, 1]);
  });
});

describe('events', () => {
  it('come once for each thing that happens, signed over the body', async () => {
    const [client, receiver] = [await startClient(), await startReceiver()];
    const events = { datasetCreation: true, datasetProcessing: true, datasetCompletion: true, datasetDeletion: true };
    await usableHook(client, { ...hook(receiver), events });
    const dataset = await client.text(wardNotes);
    await client.delete(dataset.self);
    await receiver.until('DatasetDeletion');
    const names = receiver.received.map(({ event }) => event).toSorted();
    expect(names).toEqual([
      'Challenge',
      'DatasetCompletion',
      'DatasetCreation',
      'DatasetDeletion',
      'DatasetProcessing',
    ]);
    for (const { text, body, signature } of receiver.received.slice(1)) {
      expect(body).toEqual({ self: dataset.self, invocationId: expect.any(String) });
      expect(signature).toBe(signatureOf(secret, text));
    }
    expect(new Set(receiver.received.map(({ body }) => body.invocationId)).size).toBe(5);
  });

  it('come when the clock says so, though nobody reads the object', async () => {
    const [client, receiver] = [await startClient(), await startReceiver()];
    const dataset = await client.text(wardNotes);
    await usableHook(client, hook(receiver));
    const model = await client.create('/models', { displayName: 'm', locale: 'en-US', datasets: [dataset] });
    await client.advance(31);
    const endpoint = { displayName: 'e', locale: 'en-US' };
    const deployed = await client.create('/endpoints', endpoint);
    await client.advance(100_000);
    const [trained] = await receiver.until('ModelCompletion');
    const [ready] = await receiver.until('EndpointCompletion');
    expect([trained?.body.self, ready?.body.self]).toEqual([model.self, deployed.self]);
    const counts = (await client.control('GET', '/requests')).body.operations;
    expect(counts['Models_GetCustomModel']).toBeUndefined();
    await untilDelivered(client, { 200: 2 });
  });

  it('tell the end of an object that failed, and of every swap that is seen to be under way', async () => {
    const [client, receiver] = [await startClient({ redeployment: 'shown-previous' }), await startReceiver()];
    await usableHook(client, hook(receiver));
    await client.addFault({ operation: 'Datasets_Create', kind: 'entity-failed', count: 1 });
    const failed = await client.text(wardNotes);
    expect(failed.status).toBe('Failed');
    expect((await receiver.until('DatasetCompletion'))[0]?.body.self).toBe(failed.self);
    const endpoint = await client.finished(
      (await client.create('/endpoints', { displayName: 'e', locale: 'en-US' })).self,
    );
    const model = await client.model([await client.text(wardNotes)]);
    await client.patch(endpoint.self, { model });
    await client.advance(100_000);
    const ends = await receiver.until('EndpointCompletion', 2);
    expect(ends.map(({ body }) => body.self)).toEqual([endpoint.self, endpoint.self]);
  });

  it('are sent again with the same invocationId until they are taken', async () => {
    const receiver = await startReceiver((_, index) => (index === 1 || index === 2 ? { status: 500 } : undefined));
    const client = await startClient();
    await usableHook(client, hook(receiver));
    await client.text(wardNotes);
    const tries = await receiver.until('DatasetCompletion', 3);
    expect(new Set(tries.map(({ text, signature }) => `${text} ${signature}`)).size).toBe(1);
    await untilDelivered(client, { 200: 1, 500: 2 });
  });

  it('can be lost by a fault', async () => {
    const [client, receiver] = [await startClient(), await startReceiver()];
    await usableHook(client, hook(receiver));
    await client.addFault({ operation: 'DeliverEvent', kind: 'lost', count: 1 });
    await client.text(wardNotes);
    const second = await client.text(wardNotes);
    expect((await receiver.until('DatasetCompletion')).map(({ body }) => body.self)).toEqual([second.self]);
    await untilDelivered(client, { 200: 1, lost: 1 });
  });

  it('are not asked for by other webhooks, nor by one that was deleted', async () => {
    const [client, receiver, other] = [await startClient(), await startReceiver(), await startReceiver()];
    const deleted = await usableHook(client, hook(receiver));
    await usableHook(client, { ...hook(other), events: { modelCompletion: true, datasetCompletion: false } });
    expect((await client.delete(deleted.self)).status).toBe(204);
    await client.model([await client.text(wardNotes)]);
    await other.until('ModelCompletion');
    expect(other.received.map(({ event }) => event)).toEqual(['Challenge', 'ModelCompletion']);
    expect(receiver.received.map(({ event }) => event)).toEqual(['Challenge']);
    expect((await client.get(deleted.self)).status).toBe(404);
    expect((await client.delete(deleted.self)).status).toBe(404);
  });
});

describe('a webhook', () => {
  it('is not signed any more after a PATCH that names no secret', async () => {
    const [client, receiver] = [await startClient(), await startReceiver()];
    const { self } = await usableHook(client, hook(receiver));
    await client.patch(pathOf(self), { events: { datasetCompletion: false } });
    const pinged = await client.post(`${pathOf(self)}:ping`, undefined);
    expect([pinged.status, pinged.headers.get('retry-after')]).toEqual([202, '1']);
    const [ping] = await receiver.until('Ping');
    expect(ping?.signature).toBeUndefined();
    expect(ping?.body).toEqual((await client.get(self)).body);
    expect(ping?.body.events).toEqual({ ...completions, datasetCompletion: false });
  });

  it('shows its secret nowhere', async () => {
    const [client, receiver] = [await startClient(), await startReceiver()];
    const { self } = await usableHook(client, hook(receiver));
    await client.post(`${pathOf(self)}:ping`, undefined);
    await receiver.until('Ping');
    const shown = [
      (await client.get(self)).body,
      (await client.get('/webhooks')).body,
      (await client.patch(self, { properties: { secret } })).body,
      receiver.received,
    ];
    expect(JSON.stringify(shown)).not.toContain(secret);
  });

  it('can be tried with the last object of each event', async () => {
    const [client, receiver] = [await startClient(), await startReceiver()];
    const { self } = await usableHook(client, {
      ...hook(receiver),
      events: { modelCompletion: true, datasetDeletion: true },
    });
    expect((await client.post(`${pathOf(self)}:test`, undefined)).status).toBe(204);
    const model = await client.model([await client.text(wardNotes)]);
    await receiver.until('ModelCompletion');
    expect((await client.post(`${pathOf(self)}:test`, undefined)).status).toBe(202);
    const tried = await receiver.until('ModelCompletion', 2);
    expect(tried.map(({ body }) => body.self)).toEqual([model.self, model.self]);
  });

  it('is listed, by filter too', async () => {
    const [client, receiver] = [await startClient(), await startReceiver()];
    const { self } = await usableHook(client, hook(receiver));
    const list = async (filter: string) =>
      (await client.get('/webhooks', { query: { filter } })).body.values.map((found: { self: string }) => found.self);
    expect(await list("displayName eq 'hook' and status eq 'Succeeded'")).toEqual([self]);
    expect(await list(`webUrl ne '${receiver.url}'`)).toEqual([]);
  });

  it.each([
    ['http elsewhere', { webUrl: 'http://example.com/' }, 'InvalidCallbackUri'],
    ['a private network', { webUrl: 'https://10.1.2.3/' }, 'InvalidCallbackUri'],
    ['a link-local address', { webUrl: 'https://[fe80::1]/' }, 'InvalidCallbackUri'],
    ['a mapped private address', { webUrl: 'https://[::ffff:192.168.0.1]/' }, 'InvalidCallbackUri'],
    ['a password', { webUrl: 'https://user:password@example.com/' }, 'InvalidCallbackUri'],
    ['no address', { webUrl: 'calls' }, 'InvalidCallbackUri'],
    ['an unknown event', { events: { projectCreation: true } }, 'InvalidWebHookEventKind'],
    ['an event that is no boolean', { events: { modelCompletion: 'yes' } }, 'InvalidPayload'],
    ['no events', { events: null }, 'InvalidPayload'],
    ['no name', { displayName: '' }, 'InvalidPayload'],
  ])('is refused with %s', async (_, members, code) => {
    const client = await startClient();
    const body = { displayName: 'h', webUrl: 'http://127.0.0.1:9/', events: {}, ...members };
    expect(await client.post('/webhooks', body)).toMatchObject({ status: 400, body: { innerError: { code } } });
    expect((await client.get('/webhooks')).body.values).toEqual([]);
  });

  it.each(['10.0.0.1', '0x7f.1'])('does not reach a private host by a name that leads there: %s', async (name) => {
    const message = await new Promise((resolve) => {
      lookupAllowed({ allowPrivate: false })(name, { all: true }, (error) => resolve(error?.message));
    });
    expect(message).toBe(`${name} is in a private network`);
  });

  it('survives a restart with its secret, and a challenge that was cut off is repeated', async () => {
    const dataDirectory = await mkdtemp(path.join(tmpdir(), 'speechops-webhooks-'));
    onTestFinished(() => rm(dataDirectory, { recursive: true, force: true }));
    const receiver = await startReceiver();
    const silent = await startReceiver((_, index) => (index === 0 ? 'silence' : undefined));
    const first = await startClient({ dataDirectory });
    const { self } = await usableHook(first, hook(receiver));
    const challenged = await first.create('/webhooks', hook(silent));
    await silent.until('Challenge');
    expect((await first.get(challenged.self)).headers.get('retry-after')).toBe('1');
    await first.emulator.close();

    const second = await startClient({ dataDirectory });
    expect((await settledHook(second, pathOf(challenged.self))).status).toBe('Succeeded');
    const dataset = await second.text(wardNotes);
    const [event] = await receiver.until('DatasetCompletion');
    expect(idOf(event?.body.self)).toBe(idOf(dataset.self));
    expect(event?.signature).toBe(signatureOf(secret, event?.text ?? ''));
    expect((await second.get(pathOf(self))).body.status).toBe('Succeeded');
    expect(silent.received[1]?.event).toBe('Challenge');
  });
});

function hook(receiver: CallbackReceiver) {
  return { displayName: 'hook', webUrl: receiver.url, events: completions, properties: { secret } };
}

async function usableHook(client: Client, body: object) {
  const { self } = await client.create('/webhooks', body);
  return await settledHook(client, self);
}

async function settledHook(client: Client, self: string) {
  return await vi.waitFor(
    async () => {
      const { body } = await client.get(self);
      if (body.status === 'NotStarted') throw new Error('the challenge is not over');
      return body;
    },
    { timeout: 60_000, interval: 20 },
  );
}

/** A delivery is counted when its answer has come back. */
async function untilDelivered(client: Client, counts: Readonly<Record<string, number>>): Promise<void> {
  await vi.waitFor(
    async () => expect((await client.control('GET', '/requests')).body.operations['DeliverEvent']).toEqual(counts),
    { timeout: 60_000, interval: 20 },
  );
}
