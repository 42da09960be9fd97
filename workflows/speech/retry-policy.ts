import {
  isRestError,
  type PipelinePolicy,
  type PipelineRequest,
  type PipelineResponse,
  type RestError,
  type SendRequest,
} from '@azure/core-rest-pipeline';
import type { ClockPort } from '../time/clock.ts';
import { longestBackOffMilliseconds } from '../engine/retries/repeat-pauses.ts';

/**
 * When a request is sent again: `always` after whatever may pass (it is idempotent), `when-not-acted` only after failures
 * that prove that the service did nothing, `never` at most once.
 */
export type Repetition = 'always' | 'when-not-acted' | 'never';

export interface RetryOptions {
  readonly repetition: Repetition;
  /** The first back-off; it doubles with every further one, up to 5 s. */
  readonly delayMilliseconds: number;
}

/**
 * A policy that sends a request again after 408, 429, 500, 502, 503, 504, lost connections and unreadable answers, as far as
 * its {@link Repetition} allows: five times at least, and until the pauses add up to the patience. A pause is as long as
 * Retry-After asks, else an exponential back-off with jitter. Rejects with the signal's reason when it is aborted.
 */
export function speechRetryPolicy(
  options: RetryOptions & {
    readonly maxRetries: number;
    readonly patienceMilliseconds: number;
    readonly sleep: ClockPort['sleep'];
    readonly signal?: AbortSignal | undefined;
  },
): PipelinePolicy {
  const maxRetries = options.repetition === 'never' ? 0 : options.maxRetries;
  return {
    name: 'speechRetryPolicy',
    async sendRequest(request, next) {
      let waited = 0;
      for (let retryCount = 0; ; retryCount += 1) {
        const { response, responseError } = await attempt(request, next);
        options.signal?.throwIfAborted();
        const isPatient = retryCount < fewRepetitions || waited < options.patienceMilliseconds;
        const isLast = retryCount >= maxRetries || !isPatient;
        const delay = isLast ? undefined : retryDelay({ retryCount, response, responseError }, options);
        if (delay !== undefined) {
          await options.sleep(delay, options.signal);
          waited += delay;
        } else if (response !== undefined && responseError === undefined) return response;
        else throw responseError;
      }
    },
  };
}

interface Attempted {
  readonly response?: PipelineResponse | undefined;
  readonly responseError?: RestError | undefined;
}

async function attempt(request: PipelineRequest, next: SendRequest): Promise<Attempted> {
  try {
    return { response: await next(request) };
  } catch (error) {
    if (!isRestError(error)) throw error;
    return { response: error.response, responseError: error };
  }
}

/** Milliseconds until the next attempt, or undefined when there is to be none. */
export function retryDelay(
  outcome: Attempted & { readonly retryCount: number },
  { repetition, delayMilliseconds }: RetryOptions,
): number | undefined {
  const { retryCount, response, responseError } = outcome;
  const asked = response && retryAfterMilliseconds(response.headers.get('retry-after'));
  if (responseError ? !isPassing(responseError, repetition, retryCount) : !mayPass(response?.status, repetition)) {
    return undefined;
  }
  if (asked === undefined) return backOff(retryCount, delayMilliseconds);
  if (asked > longestRetryAfterMilliseconds) return undefined;
  // A service that asks for less than it needs is believed once.
  const least = retryCount === 0 ? 0 : backOff(retryCount, delayMilliseconds);
  return Math.max(asked * (1 + Math.random() / 10), least);
}

/** Milliseconds to wait before repetition number `retryCount` (from 0): doubling from the first delay to at most 5 s, half of it random. */
export function backOff(retryCount: number, delayMilliseconds: number): number {
  return Math.min(delayMilliseconds * 2 ** retryCount, longestBackOffMilliseconds) * (0.5 + Math.random() / 2);
}

/** What Retry-After asks for: seconds or an HTTP date. Undefined when it is absent or says neither. */
export function retryAfterMilliseconds(header: string | undefined, now: number = Date.now()): number | undefined {
  if (header === undefined || header.trim() === '') return undefined;
  const milliseconds = /^\d+(\.\d+)?$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}

/** Failures to connect: nothing of the request was sent. */
export function isNeverConnected(code: string | undefined): boolean {
  return code !== undefined && (unreachable.has(code) || isCertificateCode(code));
}

/** Failures to trust the other side's certificate (names from OpenSSL as Node reports them). */
export function isCertificateCode(code: string): boolean {
  return /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_CERT)/.test(code);
}

/** Code of an answer that was not read to its end, because it is too long. */
export const answerTooLarge = 'AnswerTooLarge';

const unreachable = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);
const passingStatuses = new Set([408, 429, 500, 502, 503, 504]);
/** Of any request; and all where nothing may ever answer, because that is to be said soon. */
const fewRepetitions = 5;
/** Being asked to stay away for longer than this is a failure to report, not a pause. */
const longestRetryAfterMilliseconds = 300_000;

function mayPass(status: number | undefined, repetition: Repetition): boolean {
  if (status === undefined) return false;
  return repetition === 'always' ? passingStatuses.has(status) : status === 429;
}

function isPassing({ code }: RestError, repetition: Repetition, retryCount: number): boolean {
  if (code !== undefined && isCertificateCode(code)) return false;
  if (code === answerTooLarge) return false;
  // A name that does not exist is mostly a typing error: say so soon.
  if (code === 'ENOTFOUND') return retryCount < 2;
  if (isNeverConnected(code)) return retryCount < fewRepetitions;
  return repetition === 'always';
}
