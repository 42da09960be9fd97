import { createHash } from 'node:crypto';
import { type IdGenerator, RandomIdGenerator } from '@opentelemetry/sdk-trace-base';

/** The id of a run's trace: the same in every process that executes a part of the run. */
export function traceIdOf(runId: string): string {
  return digest(['run', runId], 16);
}

/** The id of a span that several processes have to name alike. */
export function spanIdOf(parts: readonly string[]): string {
  return digest(parts, 8);
}

function digest(parts: readonly string[], bytes: number): string {
  return createHash('sha256')
    .update(JSON.stringify(['speechops', ...parts]))
    .digest('hex')
    .slice(0, 2 * bytes);
}

/** Gives ids to spans: those that are asked for with {@link DerivedIds.give}, else random ones. */
export class DerivedIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #given: { readonly traceId: string; readonly spanId: string } | undefined;

  /** The span that `start` starts gets these ids; the trace id counts for a span without a parent alone. */
  give<T>(ids: { readonly traceId: string; readonly spanId: string }, start: () => T): T {
    this.#given = ids;
    try {
      return start();
    } finally {
      this.#given = undefined;
    }
  }

  generateTraceId(): string {
    return this.#given?.traceId ?? this.#random.generateTraceId();
  }

  generateSpanId(): string {
    return this.#given?.spanId ?? this.#random.generateSpanId();
  }
}
