import { createHash } from 'node:crypto';
import type { WebHook } from '../../plan/speech-entities.ts';
import type { EntityCollection, NewWebHook } from '../../engine/ports.ts';

export interface WantedWebhook {
  /** Where the service calls back. */
  readonly url: string;
  readonly secret: string;
  /** The name of the fleet, so that two fleets on one Speech resource leave each other's webhook alone. */
  readonly fleet: string;
}

/** The ends of all work that steps wait for. */
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
 * The fleet's webhook on a Speech resource: the one that is there, changed where it differs, or a new one when there is none or
 * its challenge has failed. Two processes must not do this at the same time.
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
  // A failed one is not challenged again, and a second one, whose creation looked lost, tells everything twice.
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

/** The service does not show the secret, so a change of it is known by this. So short that nobody can tell a secret by it. */
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
