import type { Redactor } from './redaction.ts';
import { pathTemplate } from './references.ts';

/** Is asked and told about requests. What it is told is for logs and measurements: nothing in it is secret. */
export interface RequestObserver {
  /**
   * Resolves when an attempt may be sent. Asked before every attempt that the resource counts against its limit of requests,
   * repetitions and uploaded blocks included; recognition and files in a storage are not counted. The time limit of the
   * attempt does not run meanwhile. What it rejects with is what the request fails with.
   */
  readonly beforeAttempt?: (attempt: NextAttempt) => Promise<void>;
  /** Asked after that, when the request is signed and nothing is left but to send it. What is said above holds for it, too. */
  readonly beforeSending?: () => Promise<void>;
  readonly afterAttempt?: (line: RequestLine) => void;
  /** The request is answered or given up. */
  readonly afterRequest?: (outcome: RequestOutcome) => void;
}

export interface NextAttempt {
  /** Of the Speech resource. */
  readonly origin: string;
  /** It reads one object, as waits do again and again: requests that get work begun or done may go before it. */
  readonly canWait: boolean;
  readonly signal?: AbortSignal | undefined;
}

interface Requested {
  readonly method: string;
  readonly host: string;
  /** The path with `{id}` for what names an object: one of a few dozen. */
  readonly template: string;
  /** Absent when no answer came; then `code` says why. */
  readonly status?: number;
  readonly code?: string;
  readonly milliseconds: number;
}

/** One attempt of one request. */
export interface RequestLine extends Requested {
  /** Without the query. */
  readonly path: string;
  /** 1 for the first. */
  readonly attempt: number;
}

/** One request with all its attempts; `status`, `code` and `requestId` are those of the last one. */
export interface RequestOutcome extends Requested {
  /** 0 when it was given up before anything was sent. */
  readonly attempts: number;
  /** By which the service knows it. */
  readonly requestId?: string;
  readonly startedAt: Date;
  readonly isFailure: boolean;
}

/** What is known of the attempts of a request so far. */
export interface Attempts {
  readonly attempts: number;
  /** How the last one ended. */
  readonly last?: { readonly status?: number; readonly code?: string };
  readonly requestId?: string;
}

/** Tells an observer, when it is called, what became of a request that begins now. */
export function requestReporter(
  request: { readonly method: string; readonly url: URL },
  of: { readonly attempts: Attempts; readonly redactor: Redactor; readonly observer: RequestObserver },
): (end: { readonly isFailure: boolean }) => void {
  const { method, url } = request;
  const startedAt = new Date();
  const started = performance.now();
  return ({ isFailure }) => {
    const { attempts, last, requestId } = of.attempts;
    of.observer.afterRequest?.({
      method,
      host: url.host,
      template: pathTemplate(url),
      ...last,
      attempts,
      // The service says it, and may say anything.
      ...(requestId === undefined ? {} : { requestId: of.redactor.redact(requestId) }),
      startedAt,
      milliseconds: Math.round(performance.now() - started),
      isFailure,
    });
  };
}
