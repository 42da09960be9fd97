import type { Pool } from 'pg';
import type { WebHook } from '../../plan/speech-entities.ts';
import type { EntityCollection, NewWebHook } from '../../engine/ports.ts';
import { askedMilliseconds } from '../../engine/retries/unanswered.ts';
import { ensureWebhook } from './ensure-webhook.ts';
import { oneAtATime } from '../../store/one-at-a-time.ts';
import { sleepInBackground } from '../../time/sleep.ts';

export interface KeptWebhook {
  readonly pool: Pool;
  /** The name of the Speech resource among all workers. */
  readonly resource: string;
  readonly webhooks: EntityCollection<WebHook, NewWebHook>;
  readonly url: string;
  readonly secret: string;
  /** Called at first and after each change: with undefined when the service calls back, else with the reason why not. */
  readonly onChange: (reason: string | undefined) => void;
  readonly signal: AbortSignal;
}

/**
 * Keeps the fleet's webhook on a Speech resource until the signal is aborted. Checks it every five minutes, a faulty one every
 * minute.
 */
export async function keepWebhook(kept: KeptWebhook): Promise<void> {
  const { signal, onChange } = kept;
  let told: string | undefined | null = null;
  while (!signal.aborted) {
    const { reason, untilNext } = await look(kept);
    if (signal.aborted) return;
    if (reason !== told) onChange(reason);
    told = reason;
    await sleepInBackground(untilNext, signal).catch(() => undefined);
  }
}

/**
 * Makes or checks the webhook. `reason`: why the service does not call back, if so. `untilNext`: milliseconds until the next
 * check.
 */
async function look(kept: KeptWebhook): Promise<{ readonly reason: string | undefined; readonly untilNext: number }> {
  const { pool, resource, webhooks, url, secret, signal } = kept;
  try {
    const { rows } = await pool.query<{ readonly fleet: string }>(fleetName);
    const wanted = { url, secret, fleet: rows[0]?.fleet ?? '' };
    const ensured = await oneAtATime(pool, `webhook ${resource}`, () => ensureWebhook(webhooks, wanted, { signal }));
    const { status, properties } = await challenged(kept, ensured);
    if (status === 'Succeeded') return { reason: undefined, untilNext: checkMilliseconds };
    return { reason: properties?.error?.message ?? `its status is ${status}`, untilNext: retryMilliseconds };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { reason, untilNext: Math.max(retryMilliseconds, askedMilliseconds(error)) };
  }
}

/** The webhook after the service has challenged it, or after half a minute. */
async function challenged({ webhooks, signal }: KeptWebhook, ensured: WebHook): Promise<WebHook> {
  let webhook = ensured;
  for (let reading = 0; reading < mostReadings && !isSettled(webhook); reading += 1) {
    await sleepInBackground(readMilliseconds, signal);
    webhook = (await webhooks.get(webhook.self, { signal })) ?? webhook;
  }
  return webhook;
}

function isSettled({ status }: WebHook): boolean {
  return status === 'Succeeded' || status === 'Failed';
}

/** The same name for all workers of a database, and another one for every other database. */
const fleetName = `SELECT md5(system_identifier || ' ' || current_database()) AS fleet FROM pg_control_system()`;
const checkMilliseconds = 300_000;
const retryMilliseconds = 60_000;
const readMilliseconds = 1000;
const mostReadings = 30;
