import type { RealTime } from './clock.ts';

/** What goes wrong. Times are real, because faults are about the connection and not about the service's work. */
export type FaultKind = keyof typeof faultKinds;

/**
 * Every kind of fault, what it does, and which operations it can hit: `any`, those that `create` or change an object the
 * service then works on, or a `swap` of an endpoint's model.
 */
export const faultKinds = {
  status: { hits: 'any', does: 'answers with an HTTP status and does nothing' },
  cut: { hits: 'any', does: 'cuts the connection before acting' },
  lost: { hits: 'any', does: 'acts, then cuts the connection without answering' },
  slow: { hits: 'any', does: 'waits before acting' },
  truncated: { hits: 'any', does: 'acts, then cuts the connection in the middle of the answer' },
  'entity-failed': { hits: 'create', does: 'lets the object end as Failed' },
  'wrong-model': { hits: 'swap', does: 'lets a swap end as Succeeded with the previous model still there' },
} as const;

const createOperations: ReadonlySet<string> = new Set([
  'Datasets_Create',
  'Models_Create',
  'Models_Copy',
  'Transcriptions_Submit',
  'Evaluations_Create',
  'Endpoints_Create',
  'Endpoints_Update',
]);

/** An order for faults. Without `count`, `lastsMilliseconds` and `rate` it hits every time; with both, `rate` of the calls until `count` hits. */
export interface FaultOrder {
  /** An operation id of the API definition, `Recognise`, `ReadFile`, `DeliverEvent`, or `*` for all of the definition. */
  readonly operation: string;
  readonly kind: FaultKind;
  /** For `status`: the HTTP status, 400 to 599; default 500. */
  readonly status?: number;
  /** For `status`: sent as Retry-After. */
  readonly retryAfterSeconds?: number;
  /** For `status` and `entity-failed`: the error code. */
  readonly code?: string;
  /** For `entity-failed`: the error message. */
  readonly message?: string;
  /** For `slow`: real milliseconds; default 1000. */
  readonly delayMilliseconds?: number;
  readonly count?: number;
  /** The fault is over so long after its first hit. */
  readonly lastsMilliseconds?: number;
  /** 0..1. */
  readonly rate?: number;
  /** Of the draws for `rate`; default 1. */
  readonly seed?: number;
}

/** An order as it stands: how often it was considered and how often it hit. */
export interface FaultAccount extends FaultOrder {
  readonly id: number;
  readonly seen: number;
  readonly hits: number;
}

interface Entry {
  readonly id: number;
  readonly order: FaultOrder;
  readonly draw: () => number;
  /** Real milliseconds since 1970. */
  firstHit?: number;
  seen: number;
  hits: number;
}

/** The faults in waiting, in the order they were asked for. Of the faults that would hit a call only the first does. */
export class Faults {
  #entries: Entry[] = [];
  #lastId = 0;
  readonly #real: RealTime;

  constructor(real: RealTime = Date.now) {
    this.#real = real;
  }

  add(order: FaultOrder): FaultAccount {
    const entry = { id: ++this.#lastId, order, draw: seededDraws(order.seed ?? 1), seen: 0, hits: 0 };
    this.#entries.push(entry);
    return account(entry);
  }

  /** The fault of the connection that hits this call of an operation, counted as a hit; undefined when none does. */
  takeForCall(operation: string): FaultOrder | undefined {
    return this.#take(operation, (order) => faultKinds[order.kind].hits === 'any');
  }

  /** The fault that hits the object which this call has made the service work on, counted as a hit. */
  takeForObject(operation: string): FaultOrder | undefined {
    return this.#take(operation, (order) => faultKinds[order.kind].hits !== 'any');
  }

  #take(operation: string, isWanted: (order: FaultOrder) => boolean): FaultOrder | undefined {
    for (const entry of this.#entries) {
      if (!isWanted(entry.order) || !concerns(entry.order, operation) || isSpent(entry, this.#real())) continue;
      entry.seen++;
      if (entry.order.rate !== undefined && entry.draw() >= entry.order.rate) continue;
      entry.hits++;
      entry.firstHit ??= this.#real();
      return entry.order;
    }
    return undefined;
  }

  list(): readonly FaultAccount[] {
    return this.#entries.map(account);
  }

  clear(): void {
    this.#entries = [];
  }
}

function concerns(order: FaultOrder, operation: string): boolean {
  const named = order.operation === '*' ? operation.includes('_') : order.operation === operation;
  if (!named) return false;
  const { hits } = faultKinds[order.kind];
  if (hits === 'create') return createOperations.has(operation);
  return hits === 'any' || operation === 'Endpoints_Update';
}

function isSpent({ order, hits, firstHit }: Entry, now: number): boolean {
  const { count, lastsMilliseconds } = order;
  if (count !== undefined && hits >= count) return true;
  return lastsMilliseconds !== undefined && firstHit !== undefined && now - firstHit >= lastsMilliseconds;
}

function account({ id, order, seen, hits }: Entry): FaultAccount {
  return { id, ...order, seen, hits };
}

/** Evenly spread numbers in 0..1 that are the same for the same seed (mulberry32). */
export function seededDraws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
