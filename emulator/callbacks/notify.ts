import { randomUUID } from 'node:crypto';
import { addressOf } from '../protocol/addresses.ts';
import type { EntityChange } from '../state/entity-store.ts';
import type { SpeechResource } from '../state/speech-resource.ts';
import { deliverEvent } from './deliver-event.ts';
import { type EntityEvent, eventOf } from './event-names.ts';

/** Tells the webhooks that asked for it what a change of the store means. */
export function notifyOf(resource: SpeechResource, change: EntityChange): void {
  const event = eventOf(change);
  if (event === undefined) return;
  for (const webHook of resource.store.all('webhooks')) {
    if (webHook.status === 'Succeeded' && webHook.events[event.name] === true) notify(resource, webHook, event);
  }
}

/** Sends one event to one webhook. Every delivery has an `invocationId`, which its repetitions share. */
export function notify(
  resource: SpeechResource,
  webHook: { readonly id: string; readonly origin: string },
  { name, path }: EntityEvent,
): void {
  const body = JSON.stringify({ self: addressOf(webHook.origin, path), invocationId: randomUUID() });
  deliverEvent(resource, webHook.id, { event: name, body });
}
