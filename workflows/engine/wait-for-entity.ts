import type { WorkedEntity } from '../plan/speech-entities.ts';
import type { Callbacks } from './fleet/fleet-webhooks.ts';
import { ServiceError, type ClockPort } from './ports.ts';
import { WaitPauses } from './wait-pauses.ts';

/** An object as it was read, undefined when the service does not know it. */
export interface Reading<E> {
  readonly entity: E | undefined;
  /** How long the service asks to stay away. */
  readonly retryAfterMilliseconds?: number | undefined;
}

/**
 * The first reading that `until` accepts (default: its status is Succeeded or Failed); undefined when the object is gone. A
 * service that does not answer, or is overloaded, is asked again for up to an hour: what is waited for goes on meanwhile. Throws
 * what `read` throws otherwise, and the signal's reason.
 */
export async function waitForEntity<E extends WorkedEntity>(
  read: () => Promise<Reading<E>>,
  options: {
    /** The shortest pause between two readings. */
    readonly pollMilliseconds: number;
    readonly sleep: ClockPort['sleep'];
    readonly until?: ((entity: E) => boolean) | undefined;
    readonly onRead?: ((entity: E) => void) | undefined;
    readonly onTrouble?: ((message: string) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
    /** Wakes the wait in place of reading again and again. */
    readonly callbacks?: { readonly of: Callbacks; readonly reference: string } | undefined;
  },
): Promise<E | undefined> {
  const { until = isFinished, onRead, onTrouble, signal, callbacks } = options;
  const pauses = new WaitPauses(options);
  let isInTrouble = false;
  for (;;) {
    // Before the reading, so that nothing is missed that happens after it.
    const heard = callbacks?.of.next(callbacks.reference);
    try {
      const reading = await read();
      signal?.throwIfAborted();
      if (isInTrouble) onTrouble?.('the service answers again');
      isInTrouble = false;
      const { entity, retryAfterMilliseconds: askedMilliseconds } = reading;
      if (entity === undefined) return undefined;
      onRead?.(entity);
      if (until(entity)) return entity;
      await pauses.afterAnswer({ isCalledBack: callbacks?.of.isActive === true, askedMilliseconds, heard, signal });
    } catch (error) {
      signal?.throwIfAborted();
      if (!isPassing(error)) throw error;
      const { retryAfterSeconds } = error;
      const pause = pauses.afterFailure(retryAfterSeconds === undefined ? undefined : retryAfterSeconds * 1000);
      if (pause === undefined) throw error;
      isInTrouble = true;
      onTrouble?.(`${error.message}; asking again in ${Math.ceil(pause / 1000)} s`);
      await pauses.untilRepeated(pause, { heard, signal });
    } finally {
      heard?.end();
    }
  }
}

function isFinished({ status }: WorkedEntity): boolean {
  return status === 'Succeeded' || status === 'Failed';
}

/**
 * Whether the same request may be answered later: there was no answer that could be read, or one of a service in trouble. An
 * answer that says no (401, 403, 404 and the like) stays one, and a request that was not even tried will not be.
 */
function isPassing(error: unknown): error is ServiceError {
  if (!(error instanceof ServiceError) || error.attempts === 0) return false;
  const { status } = error;
  return status === undefined || status < 400 || status >= 500 || status === 408 || status === 429;
}
