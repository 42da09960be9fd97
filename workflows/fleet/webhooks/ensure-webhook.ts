import { createHash } from 'node:crypto';
import type { WebHook } from '../../plan/speech-entities.ts';
import type { EntityCollection, NewWebHook } from '../../engine/ports.ts';

export interface WantedWebhook {
  /** The address that the service calls. */
  readonly url: string;
  readonly secret: string;
  /** The name of the fleet. By it two fleets on one Speech resource have a webhook each. */
  readonly fleet: string;
}

/** The events that end the waits of steps. */
const events = {
  datasetCompletion: true,
  modelCompletion: true,
  evaluationCompletion: true,
  endpointCompletion: true,
} as const;

const displayName = 'speechops';
const fleetProperty = 'speechops-fleet';
const digestProperty = 'speechops-digest';

/**
 * The fleet's webhook on a Speech resource. A webhook that differs is changed; a new one is made when there is none or its
 * challenge has failed. Two processes must not do this at the same time.
 */
export async function ensureWebhook(
  webhooks: EntityCollection<WebHook, NewWebHook>,
  wanted: WantedWebhook,
  options: { readonly signal?: AbortSignal } = {},
): Promise<WebHook> {
  const body = bodyOf(wanted);
  const named = await webhooks.list({ ...options, filter: `displayName eq '${displayName}'` });
  const own = named.filter(
    ({ customProperties, webUrl }) => customProperties?.[fleetProperty] === wanted.fleet || webUrl === wanted.url,
  );
  const kept = own.find(({ status }) => status !== 'Failed');
  // The service does not challenge a failed webhook again. A second one, made because the answer to the first creation was lost,
  // sends every event twice.
  for (const other of own) if (other !== kept) await webhooks.delete(other.self, options);
  if (kept === undefined) return await webhooks.create(body, options);
  return isAsWanted(kept, body) ? kept : await webhooks.update(kept.self, body, options);
}

function bodyOf({ url, secret, fleet }: WantedWebhook): NewWebHook {
  return {
    displayName,
    description: 'Wakes the runs of SpeechOps workers that wait for the service.',
    customProperties: { [fleetProperty]: fleet, [digestProperty]: digestOf(url, secret) },
    webUrl: url,
    events,
    properties: { secret },
  };
}

/**
 * The service does not show the secret, so a changed secret is noticed by this digest. The digest is too short to find the secret
 * by trial.
 */
function digestOf(url: string, secret: string): string {
  return createHash('sha256')
    .update(JSON.stringify([url, secret]))
    .digest('hex')
    .slice(0, 8);
}

function isAsWanted(webhook: WebHook, body: NewWebHook): boolean {
  const properties = [fleetProperty, digestProperty];
  return (
    URL.parse(webhook.webUrl)?.href === URL.parse(body.webUrl)?.href &&
    Object.keys(events).every((name) => webhook.events[name] === true) &&
    properties.every((name) => webhook.customProperties?.[name] === body.customProperties?.[name])
  );
}
