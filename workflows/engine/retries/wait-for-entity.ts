import type { WorkedEntity } from '../../plan/speech-entities.ts';
import type { ServiceError } from '../ports.ts';
import type { ClockPort } from '../../time/clock.ts';
import { isUnanswered, pauseAfter, reasonOfEnd } from './unanswered.ts';
import { type Heard, WaitPauses } from './wait-pauses.ts';

/** The callbacks of a Speech resource. An event is only a hint: the step reads what has happened. */
export interface Callbacks {
  /** Whether every end of work is called back, as far as is known. */
  readonly isActive: boolean;
  /** Listens for the next event of an object. */
  next(reference: string): Heard;
}

/** An object as it was read; undefined when the service does not know it. */
export interface Reading<E> {
  readonly entity: E | undefined;
  /** How long the service asks to be left alone. */
  readonly retryAfterMilliseconds?: number | undefined;
}

/**
 * The first reading that `until` accepts (default: its status is Succeeded or Failed); undefined when the object is gone. A
 * service that does not answer, or is overloaded, is asked again for up to an hour, because its work continues meanwhile. Rejects
 * with other errors of `read`, and with the reason of the signal; but when a time limit ends the wait while the service does not
 * answer, with the error that says why not.
 */
export async function waitForEntity<E extends Pick<WorkedEntity, 'status'>>(
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
  let trouble: ServiceError | undefined;
  for (;;) {
    // Listening begins before the reading, so that no event after it is missed.
    const heard = callbacks?.of.next(callbacks.reference);
    try {
      const reading = await read();
      const wasInTrouble = trouble !== undefined;
      trouble = undefined;
      signal?.throwIfAborted();
      if (wasInTrouble) onTrouble?.('the service answers again');
      const { entity, retryAfterMilliseconds: askedMilliseconds } = reading;
      if (entity === undefined) return undefined;
      onRead?.(entity);
      if (until(entity)) return entity;
      await pauses.afterAnswer({ isCalledBack: callbacks?.of.isActive === true, askedMilliseconds, heard, signal });
    } catch (error) {
      trouble = isUnanswered(error) ? error : trouble;
      if (signal?.aborted) throw reasonOfEnd(signal, trouble);
      if (trouble === undefined || trouble !== error) throw error;
      const pause = pauses.afterFailure(trouble.retryAfterSeconds);
      if (pause === undefined) throw error;
      onTrouble?.(`${trouble.message}; asking again in ${Math.ceil(pause / 1000)} s`);
      await pauseAfter(trouble, {
        milliseconds: pause,
        sleep: async (milliseconds) => await pauses.untilRepeated(milliseconds, { heard, signal }),
        signal,
      });
    } finally {
      heard?.end();
    }
  }
}

function isFinished({ status }: Pick<WorkedEntity, 'status'>): boolean {
  return status === 'Succeeded' || status === 'Failed';
}
