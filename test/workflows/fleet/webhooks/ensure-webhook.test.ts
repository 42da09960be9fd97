import { describe, expect, it, vi } from 'vitest';
import { ensureWebhook } from '../../../../workflows/fleet/webhooks/ensure-webhook.ts';
import type { WebHook } from '../../../../workflows/plan/speech-entities.ts';
import { createSpeechClient } from '../../../../workflows/speech/speech-client.ts';
import { signatureOf, startReceiver } from '../../../emulator/callback-receiver.ts';
import { startClient } from '../../../emulator/client.ts';

const secret = 'a secret for the tests';
const fleet = 'one';

describe('the webhook of a fleet', () => {
  it('is created once, and left alone while it is as it must be', async () => {
    const { ensure, webhooks, counts } = await startService();
    const receiver = await startReceiver();
    const first = await ensure({ url: receiver.url });
    await receiver.until('Challenge');
    expect((await ensure({ url: receiver.url })).self).toBe(first.self);
    const [kept, ...others] = await webhooks.list();
    expect(others).toEqual([]);
    expect(kept).toMatchObject({ displayName: 'speechops', webUrl: receiver.url, events: { modelCompletion: true } });
    expect(await counts()).toMatchObject({ WebHooks_Create: { 201: 1 } });
    expect(Object.keys(await counts())).not.toContain('WebHooks_Update');
  });

  it('moves with the address of the fleet', async () => {
    const { ensure, webhooks } = await startService();
    const [old, now] = [await startReceiver(), await startReceiver()];
    const first = await ensure({ url: old.url });
    await old.until('Challenge');
    expect((await ensure({ url: now.url })).self).toBe(first.self);
    await now.until('Challenge');
    expect((await webhooks.list()).map(({ webUrl }) => webUrl)).toEqual([now.url]);
  });

  it('signs with the secret of the fleet also after it was changed', async () => {
    const { ensure, client } = await startService();
    const receiver = await startReceiver();
    const { self } = await ensure({ url: receiver.url });
    await untilSucceeded(client, self);
    await ensure({ url: receiver.url, secret: 'another secret, also long' });
    await client.post(`${new URL(self).pathname.replace('/speechtotext', '')}:ping`, undefined);
    const [ping] = await receiver.until('Ping');
    expect(ping?.signature).toBe(signatureOf('another secret, also long', ping?.text ?? ''));
  });

  it('gets its events back when somebody took them away', async () => {
    const { ensure, webhooks } = await startService();
    const { url } = await startReceiver();
    const { self } = await ensure({ url });
    await webhooks.update(self, { events: { modelCompletion: false }, properties: { secret } });
    expect((await ensure({ url })).events).toMatchObject({ modelCompletion: true });
  });

  it('is made anew when its challenge has failed, and a second one is removed', async () => {
    const { ensure, webhooks, client } = await startService();
    const receiver = await startReceiver((_, index) => (index === 0 ? { status: 500 } : undefined));
    const failed = await ensure({ url: receiver.url });
    const isFailed = async () => expect((await webhooks.get(failed.self))?.status).toBe('Failed');
    await vi.waitFor(isFailed, { timeout: 60_000 });
    await client.create('/webhooks', { displayName: 'speechops', webUrl: receiver.url, events: {} });
    const kept = await ensure({ url: receiver.url });
    expect(kept.self).not.toBe(failed.self);
    expect((await webhooks.list()).map(({ self }) => self)).toEqual([kept.self]);
  });

  it('leaves those of other fleets and other people alone', async () => {
    const { ensure, webhooks, client } = await startService();
    const [mine, theirs] = [await startReceiver(), await startReceiver()];
    await client.create('/webhooks', { displayName: 'dashboard', webUrl: theirs.url, events: {} });
    await ensure({ url: theirs.url, fleet: 'two' });
    await ensure({ url: mine.url });
    await ensure({ url: theirs.url, fleet: 'two' });
    expect((await webhooks.list()).map(({ webUrl }) => webUrl)).toEqual([theirs.url, theirs.url, mine.url]);
  });
});

async function startService() {
  const client = await startClient();
  const { webhooks } = createSpeechClient({ endpoint: client.emulator.url, credential: { key: client.emulator.key } });
  if (webhooks === undefined) throw new Error('There are no webhooks');
  const ensure = async (wanted: { url: string; secret?: string; fleet?: string }): Promise<WebHook> =>
    await ensureWebhook(webhooks, { secret, fleet, ...wanted });
  const counts = async () => (await client.control('GET', '/requests')).body.operations;
  return { client, webhooks, ensure, counts };
}

async function untilSucceeded(client: Awaited<ReturnType<typeof startClient>>, self: string): Promise<void> {
  await vi.waitFor(async () => expect((await client.get(self)).body.status).toBe('Succeeded'), { timeout: 60_000 });
}
