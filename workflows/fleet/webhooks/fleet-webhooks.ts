import type { Pool } from 'pg';
import type { Callbacks } from '../../engine/retries/wait-for-entity.ts';
import { entityId } from '../../plan/identity.ts';
import type { WebHook } from '../../plan/speech-entities.ts';
import type { EntityCollection, NewWebHook } from '../../engine/ports.ts';
import { EntityEvents } from './entity-events.ts';
import { keepWebhook } from './keep-webhook.ts';

export interface FleetWebhooksOptions {
  /** The address that Speech resources call; one of the workers answers there. */
  readonly url: string;
  readonly secret: string;
  readonly onEvent: (event: WebhookEvent) => void;
}

/** Whether a Speech resource calls back; else `reason` says why not. */
export interface WebhookEvent {
  readonly kind: 'webhook';
  readonly resource: string;
  readonly isActive: boolean;
  readonly reason: string | undefined;
}

/**
 * The webhooks of a fleet's Speech resources. A callback that reaches one worker wakes the steps on all workers that wait for its
 * object.
 */
export class FleetWebhooks {
  readonly #pool: Pool;
  readonly #options: FleetWebhooksOptions;
  readonly #events: EntityEvents;
  readonly #begun = Promise.withResolvers<void>();
  readonly #stop = new AbortController();
  readonly #keeping = new Map<string, Promise<void>>();
  readonly #active = new Set<string>();

  constructor(pool: Pool, options: FleetWebhooksOptions) {
    this.#pool = pool;
    this.#options = options;
    this.#events = new EntityEvents(pool);
  }

  /** To be called when this worker can answer the challenge of a webhook: begins to listen and to look after webhooks. */
  begin(): void {
    this.#events.open();
    this.#begun.resolve();
  }

  /** The callbacks of a Speech resource. From now on its webhook is looked after. */
  of(resource: string, webhooks: EntityCollection<WebHook, NewWebHook>): Callbacks {
    if (!this.#keeping.has(resource)) this.#keeping.set(resource, this.#keep(resource, webhooks));
    const isActive = (): boolean => this.#active.has(resource) && this.#events.isListening;
    return {
      get isActive() {
        return isActive();
      },
      next: (reference) => this.#events.next(entityId(reference)),
    };
  }

  /** Wakes the steps that wait for an object, on all workers; rejects when the database does not take it. */
  async tell(entity: string): Promise<void> {
    await this.#events.tell(entity);
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('The worker leaves'));
    this.#begun.resolve();
    await Promise.all(this.#keeping.values());
    await this.#events.close();
  }

  async #keep(resource: string, webhooks: EntityCollection<WebHook, NewWebHook>): Promise<void> {
    await this.#begun.promise;
    const { url, secret, onEvent } = this.#options;
    await keepWebhook({
      pool: this.#pool,
      resource,
      webhooks,
      url,
      secret,
      signal: this.#stop.signal,
      onChange: (reason) => {
        const isActive = reason === undefined;
        if (isActive) this.#active.add(resource);
        else this.#active.delete(resource);
        // An event may have been missed, or no more events may come: so each waiting step reads its object now.
        this.#events.wakeAll();
        onEvent({ kind: 'webhook', resource, isActive, reason });
      },
    });
  }
}
