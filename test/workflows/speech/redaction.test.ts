import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { cpuOf, leastSeconds, mostTimes, pieces } from '../../cpu-of.ts';
import type { SpeechPort } from '../../../workflows/engine/ports.ts';
import { createRedactor, redactForms } from '../../../workflows/speech/redaction.ts';
import { dataset, endpoint, file, ids } from './answers.ts';
import { clientOf, type ReceivedRequest, rejectionOf, type Reply, startScriptedService } from './scripted-service.ts';

const key = 'k3y/with+signs=0123456789abcdef';
const signature = 'c2lnbmF0dXJl';
const webhookSecret = 'not for anybody to see';
const sasPath = `/container/report.json?sv=2024-11-04&se=2030&sp=r&sig=${signature}%3D`;

describe('whatever a noisy service says', () => {
  test.each(noises())('no secret is in errors, their causes, or the log: %s', async (_, reply) => {
    const said: unknown[] = [];
    for (const call of calls) {
      await using service = await startScriptedService(reply, reply);
      const tell = (told: object) => said.push(told);
      const observer = { afterAttempt: tell, afterRequest: tell };
      const client = clientOf(service, { credential: { key }, maxRetries: 1, observer });
      const error = await rejectionOf(call(client, service.endpoint));
      expect(error).toMatchObject({ name: 'ServiceError' });
      said.push(error);
      expect(service.last().headers['ocp-apim-subscription-key'], 'the service knows it').toBe(key);
    }
    const printed = said.flatMap((thing) => everythingOf(thing).split('\n'));
    for (const secret of [key, encodeURIComponent(key), signature, webhookSecret]) {
      expect(printed.filter((line) => line.includes(secret))).toEqual([]);
    }
  });
});

describe('redact', () => {
  const redactor = createRedactor();
  redactor.learn(key);
  redactor.learn('short');

  test.each([
    [`key ${key}, again ${encodeURIComponent(key)}`, 'key ***, again ***'],
    [
      'GET https://a.blob.core.windows.net/c/b?sv=1&sig=x%2By failed',
      'GET https://a.blob.core.windows.net/c/b?*** failed',
    ],
    ['the query sv=1&sig=abc%3D&se=2', 'the query sv=1&sig=***&se=2'],
    ['PUT /datasets/1?x=1&sig%3Dabc', 'PUT /datasets/1?***'],
    ['a%20sig%3Dabc b%3Fsig%3Dabc design=1', 'a%20sig%3D*** b%3Fsig%3D*** design=1'],
    ['Is it there? Or /a/b? No', 'Is it there? Or /a/b? No'],
    ['connect https://user:hunter2@proxy:8080', 'connect https://***@proxy:8080'],
    ['connect https://user:hunter@2@proxy/a@b', 'connect https://***@proxy/a@b'],
    ['Authorization: Bearer abcdefghijklmnopqrstuvwxyz012345', 'Authorization: Bearer ***'],
    ['token eyJhbGciOi.eyJhdWQiOi.c2ln', 'token ***'],
    ['a bearer token is needed', 'a bearer token is needed'],
    ['a short word', 'a short word'],
    ['two\nlines \u001b[31mred\u0007', 'two lines [31mred'],
  ])('%j becomes %j', (text, expected) => {
    expect(redactor.redact(text)).toBe(expected);
  });

  test.each([
    ['/'.repeat(1_000_000)],
    ['/?'.repeat(500_000)],
    ['eyJ-'.repeat(250_000)],
    ['://a'.repeat(250_000)],
    ['sig='.repeat(250_000)],
    ['bearer '.repeat(140_000)],
    [`bearer${' '.repeat(1_000_000)}`],
    ['a'.repeat(1_000_000)],
  ])('reads a long text once: %.20s', (text) => {
    const read = (part: string): unknown => [redactor.redact(part), redactForms(part)];
    const bound =
      mostTimes *
      Math.max(
        cpuOf(() => pieces(text).map(read)),
        leastSeconds,
      );
    expect(cpuOf(() => read(text), bound)).toBeLessThan(bound);
  });

  test.each([
    ['a key', key],
    ['a signature', `https://a/b?sv=1&sig=${signature}`],
    ['a password', 'https://user:hunter2hunter2@proxy'],
    ['a token', 'eyJhbGciOi.eyJhdWQiOi.c2lnc2lnc2ln'],
  ])('shows no part of %s where a long text is cut', (_, secret) => {
    for (let before = 16_384 - secret.length - 2; before <= 16_386; before += 1) {
      // What is redacted is short, so that the cut is shown.
      const text = `https://a/b?${'x'.repeat(before - 20)} said ${secret} and more`;
      const shown = redactor.redact(text);
      for (const part of ['k3y/with', 'hunter2', signature.slice(0, 6), 'eyJh']) expect(shown).not.toContain(part);
      expect(shown.startsWith('https://a/b?***')).toBe(true);
    }
  });

  test.each([
    ['a/b?c?d e?f/g', 'a/b?*** e?f/g'],
    ['/a? b', '/a? b'],
    ['x eyJ.a.b', 'x eyJ.a.b'],
    ['x eyJhb.eyJhc.eyJhd.eyJhe', 'x ***.eyJhe'],
    ['a.eyJhb.b.c/d', 'a.***/d'],
  ])('%j becomes %j, too', (text, expected) => expect(redactor.redact(text)).toBe(expected));

  test('keeps text readable in length', () => {
    expect(redactor.redact('word '.repeat(1000)).length).toBeLessThanOrEqual(501);
  });

  test('forgets the oldest tokens, not the newest', () => {
    const busy = createRedactor();
    for (let time = 0; time < 100; time += 1) busy.learn(`token number ${time}`);
    expect(busy.redact('token number 99')).toBe('***');
  });
});

const withContent = {
  displayName: 'Calls',
  locale: 'en-US',
  kind: 'Acoustic',
  contentUrl: `https://a.blob.core.windows.net${sasPath}`,
};

const withSecret = {
  displayName: 'speechops',
  webUrl: 'https://speechops.example.com/webhooks',
  events: {},
  properties: { secret: webhookSecret },
};

const calls: readonly ((client: SpeechPort, endpoint: string) => Promise<unknown>)[] = [
  (client) => client.projects.list({ filter: `displayName eq '${key}' and sig=${signature}` }),
  (client) => client.datasets.get(dataset.self),
  (client) => client.datasets.create(withContent),
  (client) => client.datasets.update(ids.dataset, withContent),
  (client) => client.models.delete(ids.model),
  async (client) => await client.webhooks?.create(withSecret),
  async (client) => await client.webhooks?.update(ids.webhook, withSecret),
  (client) => client.datasets.uploadContent(ids.dataset, oneByte()),
  (client, at) => client.readFile({ ...file, links: { contentUrl: at + sasPath } }),
  (client, at) => {
    const links = { webSocket: `${at.replace('http', 'ws')}/v2?sig=${signature}` };
    return client.recognise(new Uint8Array(1), { channel: 'rest', endpoint: { ...endpoint, links } });
  },
];

/** Everything the service got, said in every place of an answer that a client may look at. */
function noises(): [string, Reply][] {
  return [
    [
      'as its own error',
      (got) => ({ status: 400, headers: loud(got), body: { code: noise(got), message: noise(got) } }),
    ],
    [
      'as the gateway',
      (got) => ({ status: 401, headers: loud(got), body: { error: { code: '401', message: noise(got) } } }),
    ],
    ['as a proxy', (got) => ({ status: 502, body: `<html><title>${noise(got)}</title>${noise(got)}</html>` })],
    [
      'as a storage',
      (got) => ({ status: 403, body: `<Error><Code>${key}</Code><Message>${noise(got)}</Message></Error>` }),
    ],
    ['cutting the line', 'cut'],
  ];
}

function noise({ url, headers, body }: ReceivedRequest): string {
  const sent = headers['ocp-apim-subscription-key'];
  return `${sent} ${url} http://x${url} Ocp-Apim-Subscription-Key: ${sent} sig=${signature} ${body.toString().slice(0, 2000)}`;
}

function loud(got: ReceivedRequest): Record<string, string> {
  const value = encodeURIComponent(noise(got)).slice(0, 1000);
  return { 'x-ms-request-id': key, 'x-noise': value, location: `/x?${value}` };
}

function everythingOf(value: unknown): string {
  const parts = [String(value), JSON.stringify(value), inspect(value, { depth: Infinity, showHidden: true })];
  if (value instanceof Error) parts.push(String(value.stack), everythingOf(value.cause));
  return parts.join('\n');
}

async function* oneByte(): AsyncGenerator<Uint8Array, void, void> {
  yield new Uint8Array(1);
}
