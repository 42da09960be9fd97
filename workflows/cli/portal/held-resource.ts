import type { Ports } from '../../engine/ports.ts';
import { sleep, unlessAborted } from '../../time/sleep.ts';
import type { Connection } from '../connect/connection.ts';

/** How long a connection is held. */
export interface HoldLimits {
  /** It is closed when nobody has used it for so long. */
  readonly idleMilliseconds: number;
  /**
   * It is closed when it has been open for so long, whoever uses it, and stays closed for a moment: another process that wants what only
   * one may have gets it then. @default Infinity
   */
  readonly mostMilliseconds?: number;
  /** How long users have to come to an end after that, and then the other process to take what was closed. @default 1 s and 0.6 s */
  readonly graceMilliseconds?: number;
  readonly pauseMilliseconds?: number;
}

/** A connection that many share: opened when it is first used, and closed as its limits say. */
export class HeldConnection {
  readonly #open: () => Promise<Connection>;
  readonly #limits: Required<HoldLimits>;
  #turn: Turn | undefined;
  /** The end of the connection before: two at once would be in each other's way. */
  #closed: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(open: () => Promise<Connection>, limits: HoldLimits) {
    this.#open = open;
    this.#limits = { mostMilliseconds: Infinity, graceMilliseconds: 1000, pauseMilliseconds: 600, ...limits };
  }

  /**
   * What `act` answers. When its turn ends before, its signal is aborted, and it is called again on the next connection: what it has to keep for that it
   * keeps outside of itself. Rejects when it has not come to an end in {@link mostTurns} turns.
   */
  async borrow<T>(act: (ports: Ports, turn: AbortSignal, connection: Connection) => Promise<T>): Promise<T> {
    for (let turns = 1; turns <= mostTurns; turns += 1) {
      const turn = (this.#turn ??= this.#begin());
      const done = await this.#during(turn, act);
      if ('value' in done) return done.value;
    }
    throw new Error('Ask for less: it takes longer than the portal may have the Speech resource');
  }

  /** Lets it go, whoever uses it; the next use opens it again. */
  async close(): Promise<void> {
    if (this.#turn !== undefined) {
      this.#turn.isClosed = true;
      this.#end(this.#turn);
    }
    await this.#closed;
  }

  #begin(): Turn {
    const opening = this.#closed.then(async () => await this.#open());
    const turn: Turn = { opening, ended: new AbortController(), users: new Set(), isClosed: false };
    const { mostMilliseconds } = this.#limits;
    if (Number.isFinite(mostMilliseconds)) void this.#endAfter(turn, mostMilliseconds);
    return turn;
  }

  async #endAfter(turn: Turn, milliseconds: number): Promise<void> {
    const connection = await turn.opening.catch(() => undefined);
    if (connection === undefined || this.#turn !== turn) return;
    turn.timer = setTimeout(() => this.#end(turn, this.#limits), milliseconds);
  }

  async #during<T>(
    turn: Turn,
    act: (ports: Ports, turn: AbortSignal, connection: Connection) => Promise<T>,
  ): Promise<{ readonly value: T } | { readonly isEnded: true }> {
    const { signal } = turn.ended;
    const using = Promise.withResolvers<undefined>();
    clearTimeout(this.#timer);
    turn.users.add(using.promise);
    try {
      const connection = await this.#opened(turn);
      signal.throwIfAborted();
      const acting = act(connection.ports, signal, connection);
      await settledOrAborted(acting, signal);
      // Who does not listen to the signal is left alone with a connection that answers no more.
      if (!signal.aborted || (await settlesWithin(acting, this.#limits.graceMilliseconds)))
        return { value: await acting };
      throw signal.reason;
    } catch (error) {
      if (signal.aborted && !turn.isClosed) return { isEnded: true };
      throw error;
    } finally {
      using.resolve(undefined);
      turn.users.delete(using.promise);
      const isIdle = this.#turn === turn && turn.users.size === 0;
      if (isIdle && Number.isFinite(this.#limits.idleMilliseconds))
        this.#timer = setTimeout(() => this.#end(turn), this.#limits.idleMilliseconds);
    }
  }

  async #opened(turn: Turn): Promise<Connection> {
    try {
      return await turn.opening;
    } catch (error) {
      // Another attempt opens it anew.
      if (this.#turn === turn) this.#turn = undefined;
      throw error;
    }
  }

  #end(turn: Turn, { pauseMilliseconds = 0 }: { readonly pauseMilliseconds?: number } = {}): void {
    if (this.#turn !== turn) return;
    this.#turn = undefined;
    clearTimeout(this.#timer);
    clearTimeout(turn.timer);
    turn.ended.abort(new Error('The portal has let the Speech resource go'));
    const users = Promise.all(turn.users);
    const hasUsers = turn.users.size > 0;
    this.#closed = (async () => {
      const connection = await turn.opening.catch(() => undefined);
      if (hasUsers) await settlesWithin(users, this.#limits.graceMilliseconds);
      await connection?.close().catch(() => undefined);
      if (pauseMilliseconds > 0) await sleep(pauseMilliseconds);
    })();
  }
}

/** Some minutes of the embedded emulator. */
const mostTurns = 120;

interface Turn {
  readonly opening: Promise<Connection>;
  readonly ended: AbortController;
  /** Each is there until it has come to an end. */
  readonly users: Set<Promise<undefined>>;
  /** Whether it was ended for good: nothing is begun anew then. */
  isClosed: boolean;
  timer?: NodeJS.Timeout;
}

/** Leaves no listener behind: a signal may last as long as the portal. */
async function settledOrAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  await unlessAborted(work, signal).catch(() => undefined);
}

async function settlesWithin(work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const waited = new AbortController();
  const settled = work.then(
    () => true,
    () => true,
  );
  const late = sleep(milliseconds, waited.signal).then(
    () => false,
    () => true,
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    waited.abort();
  }
}
