import { randomUUID } from 'node:crypto';
import { addressOf } from '../protocol/addresses.ts';
import type { WebHook } from '../state/entities.ts';
import type { OutgoingRule } from '../protocol/outgoing-address.ts';
import type { SpeechResource } from '../state/speech-resource.ts';
import { postCallback } from './post-callback.ts';

/**
 * Asks the address of a webhook for the token that it is given; once it answers 200 with the token as body, and nothing
 * else, the webhook has Succeeded and gets events. Tried once: otherwise it has Failed.
 */
export function challenge(resource: SpeechResource, webHook: WebHook): void {
  resource.callbacks.begin(async (signal) => {
    const { allowPrivate } = resource.settings;
    const fault = await faultOf(webHook, { signal, allowPrivate });
    const current = resource.store.get('webhooks', webHook.id);
    // It may be gone, or have another address by now, which has a challenge of its own.
    if (signal.aborted || current?.status !== 'NotStarted' || current.webUrl !== webHook.webUrl) return;
    resource.store.put('webhooks', {
      ...current,
      status: fault === undefined ? 'Succeeded' : 'Failed',
      lastActionAt: resource.clock.now(),
      error: fault === undefined ? undefined : { code: 'InvalidCallbackUri', message: fault },
    });
  });
}

/** Goes on with the challenges that were under way when the resource was closed. */
export function challengeAll(resource: SpeechResource): void {
  for (const webHook of resource.store.all('webhooks')) {
    if (webHook.status === 'NotStarted') challenge(resource, webHook);
  }
}

async function faultOf(
  webHook: WebHook,
  outgoing: OutgoingRule & { readonly signal: AbortSignal },
): Promise<string | undefined> {
  const validationToken = randomUUID();
  const self = addressOf(webHook.origin, `/webhooks/${webHook.id}`);
  const body = JSON.stringify({ self, invocationId: randomUUID() });
  try {
    const answer = await postCallback(webHook, { event: 'challenge', body, validationToken, ...outgoing });
    if (answer.status !== 200) return `The challenge was not answered with 200 but with ${answer.status}.`;
    return answer.body === validationToken
      ? undefined
      : 'The challenge was not answered with the validationToken alone.';
  } catch (error) {
    return `The challenge was not answered: ${error instanceof Error ? error.message : String(error)}.`;
  }
}
