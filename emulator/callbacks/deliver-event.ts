import { setTimeout } from 'node:timers/promises';
import type { SpeechResource } from '../state/speech-resource.ts';
import { type Callback, postCallback } from './post-callback.ts';

/** Pauses before each attempt, in real milliseconds: they are about the connection and not about the service's work. */
const pausesMilliseconds = [0, 500, 2000, 8000];

/**
 * Sends an event to a webhook, in the background: until it is answered with a 2xx, and at most four times. A fault for
 * `DeliverEvent` slows it down or loses it.
 */
export function deliverEvent(resource: SpeechResource, webHookId: string, callback: Callback): void {
  resource.callbacks.begin(async (signal) => {
    const fault = resource.faults.takeForCall('DeliverEvent');
    if (fault?.kind === 'slow') await setTimeout(fault.delayMilliseconds ?? 1000, undefined, { signal });
    else if (fault !== undefined) return resource.requests.add('DeliverEvent', 'lost');
    let failure = '';
    for (const pause of pausesMilliseconds) {
      if (pause > 0) await setTimeout(pause, undefined, { signal });
      const webHook = resource.store.get('webhooks', webHookId);
      if (webHook?.status !== 'Succeeded') return undefined;
      try {
        const { status } = await postCallback(webHook, {
          ...callback,
          signal,
          allowPrivate: resource.settings.allowPrivate,
        });
        resource.requests.add('DeliverEvent', status);
        if (status >= 200 && status < 300) return undefined;
        failure = `it answered ${status}`;
      } catch (error) {
        signal.throwIfAborted();
        resource.requests.add('DeliverEvent', 'cut');
        failure = error instanceof Error ? error.message : String(error);
      }
    }
    return resource.settings.log(`webhooks/${webHookId}: ${callback.event} was not taken (${failure})`);
  });
}
