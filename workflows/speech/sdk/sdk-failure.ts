import type { FailureFacts } from '../failure.ts';
import { internalError } from '../recognise.ts';

/** What the SDK says when it gives up. */
export interface SdkTrouble {
  /** The name of its CancellationErrorCode. */
  readonly code: string;
  /** Its text, which can hold addresses with keys in them. */
  readonly details: string;
}

/** The connection has ended, and the SDK does not say why. */
export const lostConnection: SdkTrouble = { code: 'ConnectionFailure', details: 'The connection was lost: ECONNRESET' };

/** CancellationErrorCode of the SDK, which is not loaded for its names. */
export const sdkErrorNames: Readonly<Record<number, string>> = {
  1: 'AuthenticationFailure',
  2: 'BadRequestParameters',
  3: 'TooManyRequests',
  4: 'ConnectionFailure',
  5: 'ServiceTimeout',
  6: internalError,
  7: 'RuntimeError',
  8: 'Forbidden',
};

/**
 * What a trouble of the SDK means in the words of HTTP, so that callers treat it as one of short audio: a refusal has a status below
 * 500, and what the service did not answer has none.
 */
export function sdkFailureFacts({
  code,
  details,
}: SdkTrouble): Pick<FailureFacts, 'status' | 'code' | 'problem' | 'detail' | 'mayHaveActed'> {
  const refused = /Unexpected server response: (\d{3})/.exec(details)?.[1];
  if (refused !== undefined) {
    const status = Number(refused);
    // The SDK drops the body of the answer.
    const name = namesOfStatuses[status];
    const problem = name === undefined ? undefined : { code: name, message: undefined, fromService: false };
    return { status, problem, detail: details, mayHaveActed: status >= 500 };
  }
  const system = /\b(E[A-Z]{3,}(?:_[A-Z]+)*|CERT_[A-Z_]+|[A-Z_]*(?:SIGNED_CERT|LEAF_SIGNATURE)[A-Z_]*)\b/.exec(
    details,
  )?.[1];
  if (system !== undefined) return { code: system, detail: details, mayHaveActed: true };
  const closed = /^(.*?)\s*websocket error code: (\d{4})$/s.exec(details);
  if (closed?.[2] === '1007') {
    const message = closed[1] === '' ? undefined : closed[1];
    // The service closes so, too, when there are too many recognitions at a time.
    const status = /quota|too many/i.test(message ?? '') ? statuses.TooManyRequests : statuses.BadRequestParameters;
    return { status, problem: { code, message, fromService: true }, detail: details, mayHaveActed: false };
  }
  const status = Object.hasOwn(statuses, code) ? statuses[code as keyof typeof statuses] : undefined;
  if (status !== undefined) {
    return { status, problem: { code, message: details, fromService: true }, detail: details, mayHaveActed: false };
  }
  return { code: closed?.[2] === undefined ? code : `WebSocket${closed[2]}`, detail: details, mayHaveActed: true };
}

/** Statuses of the errors that the service tells within a recognition. */
const statuses = {
  BadRequestParameters: 400,
  AuthenticationFailure: 401,
  Forbidden: 403,
  TooManyRequests: 429,
} as const;

const namesOfStatuses: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  429: 'TooManyRequests',
  500: 'InternalServerError',
  503: 'ServiceUnavailable',
};
