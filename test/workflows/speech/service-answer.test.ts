import { describe, expect, test } from 'vitest';
import { readJson, readProblem } from '../../../workflows/speech/service-answer.ts';

describe('readJson', () => {
  test('leaves out null, and nothing else', () => {
    expect(readJson('{"a":null,"b":0,"c":false,"d":"","e":[null,[null]],"f":{"g":null}}')).toStrictEqual({
      b: 0,
      c: false,
      d: '',
      e: [[]],
      f: {},
    });
    expect(readJson('null')).toBeUndefined();
  });

  test('gives undefined for what is not JSON, or too deep to read', () => {
    expect(readJson('{"a":')).toBeUndefined();
    expect(readJson('')).toBeUndefined();
    expect(readJson('['.repeat(1_000_000) + ']'.repeat(1_000_000))).toBeUndefined();
  });

  test('does not let an answer change what objects are', () => {
    const read = readJson('{"__proto__":{"isAdmin":true},"self":"x"}') as Record<string, unknown>;
    expect(read['isAdmin']).toBeUndefined();
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });
});

describe('readProblem', () => {
  test.each([
    [
      'the error of the service with the innermost code',
      '{"code":"InvalidRequest","message":"outer","innerError":{"code":"InvalidPayload","message":"m","innerError":{"code":"InvalidLocale","message":null}}}',
      { code: 'InvalidLocale', message: 'm', fromService: true },
    ],
    [
      'the error of the service with nulls',
      '{"code":"InvalidRequest","details":null,"message":"m","target":null,"innerError":{"code":null,"innerError":null}}',
      { code: 'InvalidRequest', message: 'm', fromService: true },
    ],
    [
      'the error of the gateway',
      '{"error":{"code":"401","message":"Access denied","innererror":{"code":"Expired"}}}',
      { code: 'Expired', message: 'Access denied', fromService: false },
    ],
    [
      'a number for a code',
      '{"error":{"code":429,"message":"Slow down"}}',
      { code: '429', message: 'Slow down', fromService: false },
    ],
    [
      'a page of a proxy by its title',
      '<!doctype html><html><head><title> 502 Bad\n Gateway </title><style>a{}</style></head><body>…</body></html>',
      { code: undefined, message: '502 Bad Gateway', fromService: false },
    ],
    [
      'an error of blob storage',
      '<?xml version="1.0"?><Error><Code>AuthenticationFailed</Code><Message>Server failed to authenticate.\nRequestId:1</Message></Error>',
      { code: 'AuthenticationFailed', message: 'Server failed to authenticate.', fromService: false },
    ],
    [
      'plain text',
      'upstream connect error',
      { code: undefined, message: 'upstream connect error', fromService: false },
    ],
    ['a JSON text', '"nope"', { code: undefined, message: '"nope"', fromService: false }],
    ['nothing', '', { code: undefined, message: undefined, fromService: false }],
  ])('reads %s', (_, text, expected) => {
    expect(readProblem(text)).toStrictEqual(expected);
  });

  test('keeps the text of a large page short', () => {
    const { message = '' } = readProblem(`<body>${'<p>word</p>'.repeat(100_000)}</body>`);
    expect(message.length).toBeGreaterThan(0);
    expect(message.length).toBeLessThanOrEqual(120);
  });
});
