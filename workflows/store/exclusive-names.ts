import type { LivenessLock } from './liveness-lock.ts';
import { sleepInBackground } from '../time/sleep.ts';

export interface Claim {
  readonly runId: string;
  readonly signal: AbortSignal;
  /** Told again and again while another run has the name, and which one where it is known. What it throws ends waiting. */
  onBusy(holder: string | undefined): Promise<void> | void;
}

/**
 * Names that one run at a time may have: among all processes of a database, or within this process where the store is its
 * own. Session advisory locks on the connection that shows that this process lives, so that they are free when it dies.
 */
export class ExclusiveNames {
  readonly #liveness: LivenessLock | undefined;
  readonly #holders = new Map<string, { readonly runId: string }>();
  /** The runs for which names are being asked: to the server everybody in this process is the same. */
  readonly #asked = new Map<string, string>();

  constructor(liveness: LivenessLock | undefined) {
    this.#liveness = liveness;
  }

  /** The outcome of `act`, done while this run alone has the name. Rejects with the signal's reason. */
  async alone<T>(name: string, claim: Claim & { act(): Promise<T> }): Promise<T> {
    const holder = await this.#take(name, claim);
    try {
      return await claim.act();
    } finally {
      // After it was lost and taken by another run the name is not this one's to free.
      if (this.#holders.get(name) === holder) await this.#free(name);
    }
  }

  /**
   * Takes every name again after the connection was lost, and tells of each run whose name another process has taken
   * meanwhile, as soon as that is known. Rejects when the connection is lost again: what was told stays true.
   */
  async takeAgain(onTaken: (runId: string) => void): Promise<void> {
    for (const [name, holder] of this.#holders) {
      const isTaken = await this.#ask(name, holder.runId);
      const isStillWanted = this.#holders.get(name) === holder;
      if (isTaken && !isStillWanted) await this.#liveness?.ask(freeName, [name]);
      if (isTaken || !isStillWanted) continue;
      this.#holders.delete(name);
      onTaken(holder.runId);
    }
  }

  async #take(name: string, { runId, signal, onBusy }: Claim): Promise<object> {
    for (;;) {
      signal.throwIfAborted();
      if (!this.#holders.has(name) && !this.#asked.has(name)) {
        this.#asked.set(name, runId);
        const isTaken = await this.#ask(name, runId).catch(() => false);
        this.#asked.delete(name);
        const holder = { runId };
        if (isTaken) this.#holders.set(name, holder);
        if (isTaken && !signal.aborted) return holder;
        if (isTaken) await this.#free(name);
      }
      const here = this.#holders.get(name)?.runId ?? this.#asked.get(name);
      await onBusy(here ?? (await this.#holderOf(name)));
      await sleepInBackground(lookEveryMilliseconds * (0.75 + Math.random() / 2), signal);
    }
  }

  async #ask(name: string, runId: string): Promise<boolean> {
    if (this.#liveness === undefined) return true;
    const rows = await this.#liveness.ask<{ readonly taken: boolean }>(takeName, [name, runId]);
    return rows[0]?.taken === true;
  }

  async #free(name: string): Promise<void> {
    // A name that cannot be freed goes with its connection.
    await this.#liveness?.ask(freeName, [name]).catch(() => undefined);
    this.#holders.delete(name);
  }

  async #holderOf(name: string): Promise<string | undefined> {
    const rows = await this.#liveness?.ask<{ readonly run_id: string }>(findHolder, [name]).catch(() => undefined);
    return rows?.[0]?.run_id;
  }
}

const lookEveryMilliseconds = 1000;

const nameKey = `hashtextextended('speechops name ' || $1::text, 0)`;
/** The lock decides; who has it is noted for whoever waits. */
const takeName = `
  WITH answer AS MATERIALIZED (SELECT pg_try_advisory_lock(${nameKey}) AS taken),
  noted AS (
    INSERT INTO speechops.name_holders (name, run_id) SELECT $1, $2 FROM answer WHERE taken
    ON CONFLICT (name) DO UPDATE SET run_id = excluded.run_id
  )
  SELECT taken FROM answer`;
const freeName = `SELECT pg_advisory_unlock(${nameKey})`;
const findHolder = 'SELECT run_id FROM speechops.name_holders WHERE name = $1';
