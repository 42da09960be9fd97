import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { webhookReceiver } from '../../../../workflows/cli/worker/webhook-receiver.ts';
import { serveWorker } from '../../../../workflows/cli/worker/worker-server.ts';
import type { CallbackEvent } from '../../../../workflows/fleet/worker-events.ts';

const secret = 'a secret for the tests';
const id = 'e6ffdefd-9517-45a9-a89c-7b5028ed0e56';
const self = `https://westus.api.cognitive.microsoft.com/speechtotext/models/${id}?api-version=2025-10-15`;
const notification = JSON.stringify({ self, invocationId: 'one' });

describe('the receiver of callbacks', () => {
  it('tells of the object of a signed event', async () => {
    const { post, told, events } = await startReceiver();
    expect(await post(notification)).toEqual({ status: 200, text: '' });
    expect(told).toEqual([id]);
    expect(events).toEqual(['told 1']);
  });

  it.each([
    ['another secret', signed(notification, 'another secret, also long')],
    ['another text', signed(`${notification} `)],
    ['no signature', undefined],
    ['a signature that is none', 'AAAA'],
    ['an empty signature', ''],
  ])('refuses an event with %s', async (_, signature) => {
    const { post, told, events } = await startReceiver();
    expect(await post(notification, { signature })).toMatchObject({ status: 401 });
    expect([told, events]).toEqual([[], ['forged 1']]);
  });

  it('answers a challenge with its token only when it is signed', async () => {
    const { post, events } = await startReceiver();
    const challenge = { event: 'Challenge', query: '?code=1&validationToken=a%20b%2Bc' };
    expect(await post('{}', { ...challenge, signature: signed('a b+c') })).toEqual({ status: 200, text: 'a b+c' });
    const body = await post('{}', { ...challenge, signature: signed('{}') });
    expect(body.status).toBe(401);
    expect(body.text).not.toContain('a b+c');
    expect(await post('{}', { event: 'Challenge', signature: signed('') })).toMatchObject({ status: 400 });
    expect(events).toEqual(['challenge 1', 'forged 1', 'unreadable 1']);
  });

  it('tells the same event once, and another one of the same object again', async () => {
    const { post, told, events } = await startReceiver();
    await post(notification);
    expect(await post(notification)).toMatchObject({ status: 200 });
    await post(JSON.stringify({ self, invocationId: 'two' }));
    expect(told).toEqual([id, id]);
    expect(events).toEqual(['told 1', 'duplicate 1', 'told 2']);
  });

  it('asks to come again when an event cannot be told, and takes it then', async () => {
    const { post, told } = await startReceiver({ failures: 1 });
    expect(await post(notification)).toMatchObject({ status: 503 });
    expect(await post(notification)).toMatchObject({ status: 200 });
    expect(told).toEqual([id]);
  });

  it.each(['Ping', 'TranscriptionCompletion', 'ProjectCompletion', undefined])(
    'ignores an event of the kind %s',
    async (event) => {
      const { post, told, events } = await startReceiver();
      expect(await post(notification, { event })).toEqual({ status: 200, text: '' });
      expect([told, events]).toEqual([[], ['ignored 1']]);
    },
  );

  it.each(['', '[]', '{}', 'no JSON', JSON.stringify({ self: 'https://a/b/<script>' })])(
    'refuses the signed body %s',
    async (body) => {
      const { post, told } = await startReceiver();
      expect(await post(body)).toMatchObject({ status: 400 });
      expect(told).toEqual([]);
    },
  );

  it('refuses a body above 64 kB, also one that does not say how long it is', async () => {
    const { post, told, postEndlessly } = await startReceiver();
    const long = JSON.stringify({ self, filler: 'x'.repeat(64 * 1024) });
    expect(await post(long)).toMatchObject({ status: 413 });
    expect(await postEndlessly()).toBe(413);
    expect(told).toEqual([]);
  });

  it('takes POST alone, and leaves the other paths as they are', async () => {
    const { origin } = await startReceiver();
    expect((await fetch(`${origin}/webhooks`)).status).toBe(405);
    expect(await (await fetch(`${origin}/healthz`)).text()).toBe('ok\n');
  });
});

function signed(text: string, by = secret): string {
  return createHmac('sha256', by).update(text).digest('base64');
}

async function startReceiver(options: { readonly failures?: number } = {}) {
  const told: string[] = [];
  const events: string[] = [];
  let failures = options.failures ?? 0;
  const webhooks = webhookReceiver({
    secret,
    async tell(entity) {
      if (failures-- > 0) throw new Error('The database is away');
      told.push(entity);
    },
    onEvent: ({ outcome, count }: CallbackEvent) => events.push(`${outcome} ${count}`),
  });
  const worker = { isReady: () => true, metrics: async () => '', webhooks };
  const server = await serveWorker({ port: 0, host: '127.0.0.1' }, worker);
  onTestFinished(() => server.close());
  const origin = `http://127.0.0.1:${server.port}`;
  return {
    origin,
    told,
    events,
    async post(
      body: string,
      given: {
        readonly event?: string | undefined;
        readonly signature?: string | undefined;
        readonly query?: string;
      } = {},
    ) {
      const { event, signature } = { event: 'ModelCompletion', signature: signed(body), ...given };
      const response = await fetch(`${origin}/webhooks${given.query ?? ''}`, {
        method: 'POST',
        headers: {
          ...(event === undefined ? {} : { 'X-MicrosoftSpeechServices-Event': event }),
          ...(signature === undefined ? {} : { 'X-MicrosoftSpeechServices-Signature': signature }),
        },
        body,
      });
      return { status: response.status, text: await response.text() };
    },
    /** The status for a body in chunks that has no end. */
    async postEndlessly(): Promise<number | undefined> {
      return await new Promise((resolve) => {
        const sending = request(`${origin}/webhooks`, { method: 'POST' }, (response) => {
          sending.destroy();
          resolve(response.statusCode);
        });
        sending.on('error', () => undefined);
        const send = (): void => {
          if (!sending.destroyed) sending.write(Buffer.alloc(16 * 1024), () => setImmediate(send));
        };
        send();
      });
    },
  };
}
