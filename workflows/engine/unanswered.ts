import { ServiceError } from './ports.ts';
import { type ClockPort } from '../time/clock.ts';
import { longestAskedMilliseconds } from './repeat-pauses.ts';

/**
 * Whether the same request may be answered later: there was no answer that could be read, or one of a service in trouble. An
 * answer that says no (401, 403, 404 and the like) stays one, and a request that was not even tried will not be.
 */
export function isUnanswered(error: unknown): error is ServiceError {
  if (!(error instanceof ServiceError) || error.attempts === 0) return false;
  const { status } = error;
  return status === undefined || status < 400 || status >= 500 || status === 408 || status === 429;
}

/** Whether the service understood and said no: repeating the same will not help. Credentials and overload are the world's. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof ServiceError) || error.status === undefined) return false;
  return error.status >= 400 && error.status < 500 && ![401, 403, 408, 429].includes(error.status);
}

/**
 * What a request or a wait rejects with whose signal was aborted: the signal's reason; or `unanswered`, why there had been no
 * answer until then, when a time limit ended it, because then the service is what did not keep to the time.
 */
export function reasonOfEnd(signal: AbortSignal, unanswered: ServiceError | undefined): unknown {
  const reason: unknown = signal.reason;
  const isTimeLimit = reason instanceof DOMException && reason.name === 'TimeoutError';
  return isTimeLimit && unanswered !== undefined ? unanswered : reason;
}

/** The milliseconds, at most an hour, for which the service asks to be left alone by what failed so; 0 when it does not ask. */
export function askedMilliseconds(error: unknown): number {
  const { retryAfterSeconds = 0 } = error instanceof ServiceError ? error : {};
  return Math.min(retryAfterSeconds * 1000, longestAskedMilliseconds);
}

/** Waits before what failed so is tried again; rejects with {@link reasonOfEnd} when the signal is aborted. */
export async function pauseAfter(
  unanswered: ServiceError,
  options: {
    readonly milliseconds: number;
    readonly sleep: ClockPort['sleep'];
    readonly signal?: AbortSignal | undefined;
  },
): Promise<void> {
  const { milliseconds, sleep, signal } = options;
  try {
    await sleep(milliseconds, signal);
  } catch (error) {
    throw signal?.aborted === true ? reasonOfEnd(signal, unanswered) : error;
  }
}
