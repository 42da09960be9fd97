import type { Client, Pool } from 'pg';
import type { Heard } from '../../engine/retries/wait-pauses.ts';
import { answerMilliseconds, ownConnection } from '../../store/own-connection.ts';
import { every } from '../../time/every.ts';
import { sleepInBackground } from '../../time/sleep.ts';

/**
 * Passes on events of objects of a Speech resource from the worker that hears them to all workers of a database: NOTIFY, and
 * LISTEN on a connection of its own. Events are missed while that connection is lost, so all listeners are woken when it is lost
 * and when it is back.
 */
export class EntityEvents {
  readonly #pool: Pool;
  readonly #listeners = new Map<string, Set<AbortController>>();
  readonly #stop = new AbortController();
  #keeping: Promise<void> | undefined;
  #isListening = false;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Begins to listen, and does so again after the connection was lost. */
  open(): void {
    this.#keeping ??= this.#keepListening();
  }

  /** Whether the connection stands, so that no event is missed now. */
  get isListening(): boolean {
    return this.#isListening;
  }

  next(entityId: string): Heard {
    const controller = new AbortController();
    const listeners = this.#listeners.get(entityId) ?? new Set();
    this.#listeners.set(entityId, listeners.add(controller));
    return {
      signal: controller.signal,
      end: () => {
        listeners.delete(controller);
        if (listeners.size === 0 && this.#listeners.get(entityId) === listeners) this.#listeners.delete(entityId);
      },
    };
  }

  /** Tells all workers that something happened to an object; rejects when the database does not take it. */
  async tell(entityId: string): Promise<void> {
    await this.#pool.query('SELECT pg_notify($1, $2)', [channel, entityId]);
  }

  /** Wakes all listeners of this worker, because events may have been missed. */
  wakeAll(): void {
    for (const listeners of this.#listeners.values()) this.#wake(listeners);
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('The worker stops listening'));
    await this.#keeping;
  }

  async #keepListening(): Promise<void> {
    const listen = async (): Promise<void> => {
      const client = ownConnection(this.#pool);
      await this.#listenOn(client).catch(() => undefined);
      if (this.#isListening) {
        this.#isListening = false;
        this.wakeAll();
      }
      // A connection that hangs may never finish ending.
      await Promise.race([client.end().catch(() => undefined), sleepInBackground(1000)]);
    };
    await every(retryMilliseconds, listen, { signal: this.#stop.signal });
  }

  /** Listens until the connection is lost: an event says so, or the database does not answer any more. */
  async #listenOn(client: Client): Promise<void> {
    const cut = new AbortController();
    const ended = AbortSignal.any([cut.signal, this.#stop.signal]);
    client.on('error', () => cut.abort()).on('end', () => cut.abort());
    client.on('notification', ({ payload = '' }) => this.#wake(this.#listeners.get(payload)));
    await client.connect();
    await client.query(`LISTEN ${channel}`);
    this.#isListening = true;
    this.wakeAll();
    for (;;) {
      await sleepInBackground(heartbeatMilliseconds, ended);
      const answered = client.query('SELECT 1').then(() => true);
      if ((await Promise.race([answered, sleepInBackground(answerMilliseconds)])) !== true) return;
    }
  }

  #wake(listeners: Iterable<AbortController> = []): void {
    for (const listener of listeners) listener.abort();
  }
}

const channel = 'speechops_entity_events';
const heartbeatMilliseconds = 5000;
const retryMilliseconds = 1000;
