import { describe, expect, it } from 'vitest';
import { readRequest } from '../../../../workflows/cli/runs/control-request.ts';

const decision = { approved: true, by: 'ann', at: '2026-01-02T03:04:05.000Z' };
const decide = (changed: object): string =>
  JSON.stringify({ method: 'decide', params: { runId: 'a', stepId: 'ok', decision: { ...decision, ...changed } } });

describe('readRequest', () => {
  it.each([
    { method: 'runs', params: { limit: 3 } },
    { method: 'runs', params: {} },
    { method: 'details', params: { runId: 'a' } },
    { method: 'log', params: { runId: 'a', limit: 0, after: 7 } },
    { method: 'cancel', params: { runId: 'a' } },
    { method: 'decide', params: { runId: 'a', stepId: 'ok', decision } },
    {
      method: 'decide',
      params: { runId: 'a', stepId: 'ok', decision: { ...decision, comment: 'heard it', isUnsure: true } },
    },
  ])('answers what is well formed: $method $params', (request) => {
    const { method, params } = readRequest(JSON.stringify(request));
    expect({ method, params }).toEqual(request);
  });

  it('passes on nothing that it does not know', () => {
    expect(readRequest('{"method":"runs","params":{"limit":1,"runIds":["x"]},"more":1}').params).toEqual({ limit: 1 });
    expect(readRequest(decide({ question: 9 }))).toMatchObject({ params: { decision } });
  });

  it.each([
    ['no request', 'Send a JSON object'],
    ['null', 'Send a JSON object'],
    ['[]', 'Send a JSON object'],
    ['{}', 'Use the same version of speechops'],
    ['{"method":"toString"}', 'Use the same version of speechops'],
    ['{"method":"details"}', 'Correct runId'],
    ['{"method":"details","params":{"runId":["a"]}}', 'Correct runId'],
    ['{"method":"cancel","params":{"runId":{"toString":1}}}', 'Correct runId'],
    ['{"method":"cancel","params":{"runId":""}}', 'Correct runId'],
    ...['details', 'log', 'cancel', 'decide'].map((method) => [
      JSON.stringify({ method, params: { runId: ' \t', stepId: 'ok', decision } }),
      'Correct runId',
    ]),
    ['{"method":"cancel","params":{"runId":"a\\u0000"}}', 'Correct runId'],
    [`{"method":"cancel","params":{"runId":"${'x'.repeat(1001)}"}}`, 'Correct runId'],
    ['{"method":"log","params":{"runId":"a","limit":-5}}', 'Correct limit'],
    ['{"method":"log","params":{"runId":"a","after":"1"}}', 'Correct after'],
    ['{"method":"runs","params":{"limit":1e9}}', 'Correct limit'],
    ['{"method":"decide","params":{"runId":"a","stepId":"ok","decision":null}}', 'Correct decision'],
    ['{"method":"decide","params":{"runId":"a","decision":{}}}', 'Correct stepId'],
    [decide({ approved: 'yes' }), 'Correct decision'],
    [decide({ by: '' }), 'Correct by'],
    [decide({ at: 7 }), 'Correct at'],
    [decide({ comment: {} }), 'Correct decision'],
    [decide({ isUnsure: 1 }), 'Correct decision'],
  ])('refuses %s', (line, message) => {
    expect(() => readRequest(line)).toThrow(message);
  });
});
