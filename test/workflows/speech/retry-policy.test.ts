import { createHttpHeaders, createPipelineRequest, type PipelineResponse, RestError } from '@azure/core-rest-pipeline';
import { describe, expect, test } from 'vitest';
import { backOff, retryAfterMilliseconds, retryDelay } from '../../../workflows/speech/retry-policy.ts';

describe('retryAfterMilliseconds', () => {
  const now = Date.parse('2026-02-01T12:00:00Z');

  test.each([
    ['0', 0],
    ['1', 1000],
    [' 17 ', 17_000],
    ['Sun, 01 Feb 2026 12:01:30 GMT', 90_000],
    ['Sun, 01 Feb 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    ['-5 apples', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads %j as %s', (header, expected) => {
    expect(retryAfterMilliseconds(header, now)).toBe(expected);
  });
});

describe('retryDelay', () => {
  const always = { repetition: 'always', maxRetries: 5, delayMilliseconds: 100 } as const;
  const create = { ...always, repetition: 'when-not-acted' } as const;

  test('is what Retry-After asks for, and at most a tenth more', () => {
    for (const options of [always, create]) {
      const delay = retryDelay({ retryCount: 4, response: responseOf(429, '2') }, options);
      expect(delay).toBeGreaterThanOrEqual(2000);
      expect(delay).toBeLessThanOrEqual(2200);
    }
    expect(retryDelay({ retryCount: 0, response: responseOf(503, '0') }, always)).toBe(0);
  });

  test('is not shorter than a back-off for a service that asks again and again for less than it needs', () => {
    for (const asked of ['0', '0.1', new Date(0).toUTCString()]) {
      const delay = retryDelay({ retryCount: 4, response: responseOf(429, asked) }, always);
      expect(delay).toBeGreaterThanOrEqual(800);
      expect(delay).toBeLessThanOrEqual(1600);
    }
  });

  test('is nothing when Retry-After asks for more than five minutes', () => {
    const delay = (asked: string) => retryDelay({ retryCount: 0, response: responseOf(429, asked) }, create);
    expect(delay('300')).toBeGreaterThanOrEqual(300_000);
    expect(delay('301')).toBeUndefined();
  });

  test('doubles without Retry-After, up to 5 s', () => {
    for (const [retryCount, most] of [
      [0, 100],
      [1, 200],
      [3, 800],
      [20, 5000],
    ] as const) {
      const delay = retryDelay({ retryCount, response: responseOf(500) }, always);
      expect(delay).toBeGreaterThanOrEqual(most / 2);
      expect(delay).toBeLessThanOrEqual(most);
    }
    expect(new Set(Array.from({ length: 20 }, () => backOff(3, 100))).size).toBeGreaterThan(1);
  });

  test.each([
    ['ECONNREFUSED', 0, true, true],
    ['ECONNREFUSED', 4, true, true],
    ['ECONNREFUSED', 5, false, false],
    ['EAI_AGAIN', 4, true, true],
    ['ENOTFOUND', 1, true, true],
    ['ENOTFOUND', 2, false, false],
    ['ECONNRESET', 0, true, false],
    ['ETIMEDOUT', 0, true, false],
    [RestError.PARSE_ERROR, 0, true, false],
    ['CERT_HAS_EXPIRED', 0, false, false],
    ['SELF_SIGNED_CERT_IN_CHAIN', 0, false, false],
  ])('after %s, repetition %i: idempotent %s, create %s', (code, retryCount, isRepeated, isCreateRepeated) => {
    const responseError = new RestError('failed', { code });
    expect(retryDelay({ retryCount, responseError }, always) !== undefined).toBe(isRepeated);
    expect(retryDelay({ retryCount, responseError }, create) !== undefined).toBe(isCreateRepeated);
  });

  test('is nothing for answers that stay the same', () => {
    for (const status of [200, 302, 400, 401, 403, 404, 409, 501]) {
      expect(retryDelay({ retryCount: 0, response: responseOf(status, '1') }, always)).toBeUndefined();
    }
  });
});

function responseOf(status: number, retryAfter?: string): PipelineResponse {
  const headers = createHttpHeaders(retryAfter === undefined ? {} : { 'Retry-After': retryAfter });
  return { status, headers, request: createPipelineRequest({ url: 'https://example.com' }) };
}
