import { parseDuration } from '../../../workflows/document/durations.ts';
import { DiagnosticError, errorDiagnostic, type Report } from '../schema/diagnostic.ts';
import type { Operation } from '../schema/resource.ts';
import type { Attribute, Attributes, Schema } from '../schema/schema.ts';
import { isObject, type ObjectValue, textOf, type Value } from '../schema/value.ts';

/** The block `timeouts` that every resource takes. */
export const timeoutsBlock: NonNullable<Schema['blocks']> = {
  timeouts: {
    description: 'How long an operation may take, as 90s, 30m or 1h30m',
    attributes: {
      create: timeout('How long creating may take, until the service has finished its work on the object'),
      update: timeout('How long an update may take, until the service has finished its work on the object'),
      delete: timeout('How long deleting may take, with the wait for work that is under way'),
    } satisfies Record<Operation, Attribute> as Attributes,
  },
};

function timeout(description: string): Attribute {
  return { type: 'string', presence: 'optional', description, check: checkTimeout };
}

/** Timers of more than 24 days end at once. */
const longestSeconds = 24 * 86_400;

function checkTimeout(value: Value, report: Report): void {
  const seconds = typeof value === 'string' ? parseDuration(value) : undefined;
  if (seconds === undefined || seconds > longestSeconds) {
    report(`Write a duration such as 90s, 30m or 1h30m, at most 24d: it is ${JSON.stringify(value)}`);
  }
}

/**
 * Runs one operation with a signal that is aborted when `stopped` is, or when the time in the object's `timeouts` has passed;
 * the signal's reason then says so.
 */
export async function withDeadline<T>(
  run: (signal: AbortSignal) => Promise<T>,
  options: {
    readonly operation: Operation;
    readonly state: ObjectValue;
    readonly standardSeconds: number;
    readonly stopped: AbortSignal;
  },
): Promise<T> {
  const { operation, state, standardSeconds, stopped } = options;
  const timeouts = state['timeouts'] ?? null;
  const written = isObject(timeouts) ? textOf(timeouts, operation) : undefined;
  const seconds = (written === undefined ? undefined : parseDuration(written)) ?? standardSeconds;
  const late = new AbortController();
  const timer = setTimeout(() => {
    const time = written ?? `${Math.round(standardSeconds / 60)}m`;
    const problem = `Raise timeouts.${operation}: ${time} have passed and it is not done; what exists by now is in the state`;
    late.abort(new DiagnosticError([errorDiagnostic(problem)]));
  }, seconds * 1000);
  try {
    return await run(AbortSignal.any([stopped, late.signal]));
  } finally {
    clearTimeout(timer);
  }
}
