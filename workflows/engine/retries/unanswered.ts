import { ServiceError } from '../ports.ts';
import { type ClockPort } from '../../time/clock.ts';
import { longestAskedMilliseconds } from './repeat-pauses.ts';

/**
 * Whether the same request may be answered later: no readable answer came, or one of a service in trouble. A refusal (401, 403,
 * 404 and the like) is an answer. A request that was not even tried will not be answered later, either.
 */
export function isUnanswered(error: unknown): error is ServiceError {
  if (!(error instanceof ServiceError) || error.attempts === 0) return false;
  const { status } = error;
  return status === undefined || status < 400 || status >= 500 || status === 408 || status === 429;
}

/**
 * Whether the service understood and refused, so that repeating the same will not help. Credentials and overload are failures of
 * the world.
 */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof ServiceError) || error.status === undefined) return false;
  return error.status >= 400 && error.status < 500 && ![401, 403, 408, 429].includes(error.status);
}

/**
 * The error with which a request or a wait rejects after its signal was aborted: the reason of the signal, or `unanswered` when a
 * time limit ended it, because then the service did not keep to the time.
 */
export function reasonOfEnd(signal: AbortSignal, unanswered: ServiceError | undefined): unknown {
  const reason: unknown = signal.reason;
  const isTimeLimit = reason instanceof DOMException && reason.name === 'TimeoutError';
  return isTimeLimit && unanswered !== undefined ? unanswered : reason;
}

/** The milliseconds, at most an hour, for which this error asks that the service be left alone; 0 when it does not ask. */
export function askedMilliseconds(error: unknown): number {
  const { retryAfterSeconds = 0 } = error instanceof ServiceError ? error : {};
  return Math.min(retryAfterSeconds * 1000, longestAskedMilliseconds);
}

/** Waits before a request without an answer is repeated; rejects with {@link reasonOfEnd} when the signal is aborted. */
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
