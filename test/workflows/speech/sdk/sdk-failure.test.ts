import { describe, expect, test } from 'vitest';
import { ServiceError } from '../../../../workflows/engine/ports.ts';
import { isRefusal, isUnanswered } from '../../../../workflows/engine/retries/unanswered.ts';
import { serviceFailure } from '../../../../workflows/speech/failure.ts';
import { createRedactor } from '../../../../workflows/speech/redaction.ts';
import { sdkFailureFacts } from '../../../../workflows/speech/sdk/sdk-failure.ts';

const key = 'the-secret-key-of-the-test';
const url = `ws://127.0.0.1:1/stt/speech/universal/v2?cid=1&Ocp-Apim-Subscription-Key=${key}`;

describe('a failure of the SDK', () => {
  test.each([
    [
      'ConnectionFailure',
      `Unable to contact server. StatusCode: 1006, ${url} Reason:  Unexpected server response: 401`,
      401,
      'neither',
    ],
    [
      'ConnectionFailure',
      `Unable to contact server. StatusCode: 1006, ${url} Reason:  Unexpected server response: 429`,
      429,
      'unanswered',
    ],
    [
      'ConnectionFailure',
      `Unable to contact server. StatusCode: 1006, ${url} Reason:  Unexpected server response: 503`,
      503,
      'unanswered',
    ],
    [
      'ConnectionFailure',
      `Unable to contact server. StatusCode: 1006, ${url} Reason:  connect ECONNREFUSED 127.0.0.1:1`,
      undefined,
      'unanswered',
    ],
    [
      'ConnectionFailure',
      `Unable to contact server. StatusCode: 1006, ${url} Reason:  self-signed certificate DEPTH_ZERO_SELF_SIGNED_CERT`,
      undefined,
      'unanswered',
    ],
    ['BadRequestParameters', 'Invalid CID websocket error code: 1007', 400, 'refusal'],
    ['BadRequestParameters', 'Quota exceeded websocket error code: 1007', 429, 'unanswered'],
    ['ConnectionFailure', 'Gone websocket error code: 1011', undefined, 'unanswered'],
    ['ConnectionFailure', ' websocket error code: 1006', undefined, 'unanswered'],
    ['TooManyRequests', '', 429, 'unanswered'],
    ['Forbidden', '', 403, 'neither'],
    ['RuntimeError', `websocket send error: Websocket not ready ${url}`, undefined, 'unanswered'],
  ])('%s (%s) has status %s and is %s', (code, details, status, kind) => {
    const redactor = createRedactor();
    redactor.learn(key);
    const at = new URL('http://127.0.0.1:1/stt/speech/universal/v2?cid=1');
    const base = {
      purpose: 'recognise',
      method: 'GET',
      url: at,
      endpoint: at,
      signedWith: 'key',
      attempts: 1,
    } as const;
    const error = serviceFailure({ ...base, ...sdkFailureFacts({ code, details }) }, redactor);
    expect(error).toBeInstanceOf(ServiceError);
    expect(error.status).toBe(status);
    expect(isUnanswered(error)).toBe(kind === 'unanswered');
    expect(isRefusal(error)).toBe(kind === 'refusal');
    expect(`${error.message} ${String(error.cause)} ${JSON.stringify(error)}`).not.toContain(key);
  });
});
