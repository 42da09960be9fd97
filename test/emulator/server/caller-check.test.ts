import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { startEmulator } from '../../../emulator/start-emulator.ts';
import { pathOf, startClient, type Client } from '../client.ts';

/** The answer to a request that is sent as it stands here, after which the connection is closed. */
async function exchange(client: Client, lines: readonly string[]): Promise<{ readonly status: number; body: string }> {
  const socket = connect(Number(new URL(client.emulator.url).port), '127.0.0.1');
  await once(socket, 'connect');
  const [first = '', ...others] = lines;
  socket.write([first, 'Connection: close', ...others, '', ''].join('\r\n'));
  const answer = await text(socket);
  return { status: Number(answer.split(' ')[1]), body: answer.slice(answer.indexOf('\r\n\r\n') + 4) };
}

function keyOf({ emulator }: Client): string {
  return `Ocp-Apim-Subscription-Key: ${emulator.key}`;
}

const projects = '/speechtotext/projects?api-version=2025-10-15';

describe('the host of a request', () => {
  it.each(['127.0.0.1:PORT', 'localhost:PORT', 'LOCALHOST:PORT', 'localhost.:PORT', '127.8.9.10:PORT', '[::1]:PORT'])(
    'may be %s',
    async (host) => {
      const client = await startClient();
      const named = host.replace('PORT', new URL(client.emulator.url).port);
      const lines = [`Host: ${named}`, keyOf(client)];
      const { status, body } = await exchange(client, [`GET ${projects} HTTP/1.1`, ...lines]);
      expect([status, body]).toEqual([200, '{"values":[]}']);
      expect((await exchange(client, [`GET http://${named}${projects} HTTP/1.1`, ...lines])).status).toBe(200);
    },
  );

  it.each([
    'evil.example',
    'evil.example:PORT',
    'localhost.evil.example:PORT',
    'evil.localhost:PORT',
    '127.0.0.1.evil.example:PORT',
    '127.0.0.1@evil.example:PORT',
    'evil.example@127.0.0.1:PORT',
    '127.0.0.1',
    '127.0.0.1:1',
    '127.0.0.1:PORT0',
    '127.0.0.1:PORT:PORT',
    '127.0.0.1:PORT, evil.example',
    '127.1:PORT',
    '127.0.0.999:PORT',
    '0.0.0.0:PORT',
    '10.0.0.1:PORT',
    '[::]:PORT',
    '[::ffff:127.0.0.1]:PORT',
    '',
  ])('must not be "%s"', async (host) => {
    const client = await startClient();
    const named = host.replaceAll('PORT', new URL(client.emulator.url).port);
    const answer = await exchange(client, [`GET ${projects} HTTP/1.1`, `Host: ${named}`, keyOf(client)]);
    expect(answer.status).toBe(421);
    expect(JSON.parse(answer.body)).toEqual({
      error: {
        code: 'HostNotAllowed',
        message: `Address the emulator as ${new URL(client.emulator.url).host}, or start it with --allowed-host for another name or port: this request names ${named || 'no single host'}`,
      },
    });
  });

  it('is looked at before everything else, on every path', async () => {
    const client = await startClient();
    const dataset = await client.text(['good morning everyone']);
    const [file] = (await client.get(`${pathOf(dataset.self)}/files`)).body.values;
    const signed = new URL(file.links.contentUrl);
    const { pathname } = new URL(dataset.self);
    const version = 'api-version=2025-10-15';
    const before = (await client.control('GET', '/clock')).body.now;
    for (const [method, path] of [
      ['GET', projects],
      ['POST', projects],
      ['GET', '/speechtotext/nothing'],
      ['PUT', `${pathname}/blocks?${version}&blockid=AAAA`],
      ['GET', `${signed.pathname}${signed.search}`],
      ['POST', '/speech/recognition/conversation/cognitiveservices/v1?language=en-US'],
      ['GET', '/_emulator/requests'],
      ['POST', '/_emulator/clock'],
      ['POST', '/_emulator/reset'],
      ['POST', `${client.emulator.resourceId}/listKeys?api-version=2025-09-01`],
      ['OPTIONS', projects],
      ['GET', '/'],
      ['GET', '/speechtotext/projects/%ff'],
    ] as const) {
      const content = '{"displayName":"evil","locale":"en-US","advanceSeconds":60}';
      const answer = await exchange(client, [
        `${method} ${path} HTTP/1.1`,
        'Host: evil.example',
        keyOf(client),
        `Authorization: Bearer ${client.emulator.managementToken}`,
        'Content-Type: application/json',
        `Content-Length: ${content.length}`,
        '',
        content,
      ]);
      expect([path, answer.status]).toEqual([path, 421]);
    }
    expect((await client.get('/projects')).body.values).toEqual([]);
    expect(Date.parse((await client.control('GET', '/clock')).body.now) - Date.parse(before)).toBeLessThan(60_000);
  });

  it('is one: neither none, nor two, nor another one in the target', async () => {
    const client = await startClient();
    const own = `Host: ${new URL(client.emulator.url).host}`;
    const evil = 'Host: evil.example';
    const key = keyOf(client);
    expect((await exchange(client, [`GET ${projects} HTTP/1.0`, key])).status).toBe(421);
    expect((await exchange(client, [`GET ${projects} HTTP/1.1`, key])).status).toBe(400);
    expect((await exchange(client, [`GET ${projects} HTTP/1.1`, own, evil, key])).status).not.toBe(200);
    expect((await exchange(client, [`GET ${projects} HTTP/1.1`, evil, own, key])).status).not.toBe(200);
    const target = `GET http://evil.example${projects} HTTP/1.1`;
    expect((await exchange(client, [target, own, key])).status).toBe(421);
    expect((await exchange(client, [target.replace('http', 'HTTP'), own, key])).status).toBe(421);
  });

  it('may be another one that the user allows, which then is in the links', async () => {
    const client = await startClient({ allowedHosts: ['speech.test', 'forwarded.test:8080', '127.0.0.1:8081'] });
    const { port } = new URL(client.emulator.url);
    const body = '{"displayName":"P","locale":"en-US"}';
    const create = async (host: string) =>
      await exchange(client, [
        `POST ${projects} HTTP/1.1`,
        `Host: ${host}`,
        keyOf(client),
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        '',
        body,
      ]);
    for (const host of [`speech.test:${port}`, 'Forwarded.test:8080', '127.0.0.1:8081', `127.0.0.1:${port}`]) {
      const answer = await create(host);
      expect([host, answer.status]).toEqual([host, 201]);
      expect(answer.body).toContain(`"self":"http://${host}/speechtotext/projects/`);
    }
    for (const host of ['speech.test', 'speech.test:8080', 'forwarded.test', '127.0.0.1:8080', 'a.speech.test:8080']) {
      expect([host, (await create(host)).status]).toEqual([host, 421]);
    }
  });

  it.each(['http://speech.test', 'a b', '', 'speech.test:port', '*'])('cannot be allowed as "%s"', async (place) => {
    await expect(startEmulator({ allowedHosts: [place] })).rejects.toThrow('it must be NAME or NAME:PORT');
  });
});

describe('a web page', () => {
  it.each(['http://evil.example', 'https://localhost.evil.example', 'http://127.0.0.1:1', 'null', 'file://'])(
    'of %s reads and changes nothing',
    async (origin) => {
      const client = await startClient();
      const refused = { status: 403, body: { error: { code: 'OriginNotAllowed' } } };
      expect(await client.control('GET', '/clock', undefined, { origin })).toMatchObject(refused);
      for (const [method, path] of [
        ['GET', projects],
        ['POST', projects],
        ['POST', '/speech/recognition/conversation/cognitiveservices/v1?language=en-US'],
        ['POST', `${client.emulator.resourceId}/listKeys?api-version=2025-09-01`],
      ] as const) {
        const headers = {
          origin,
          'ocp-apim-subscription-key': client.emulator.key,
          authorization: `Bearer ${client.emulator.managementToken}`,
        };
        const answer = await fetch(`${client.emulator.url}${path}`, { method, headers });
        expect([path, answer.status, await answer.json()]).toMatchObject([path, refused.status, refused.body]);
        expect(answer.headers.has('access-control-allow-origin')).toBe(false);
      }
    },
  );

  it('of a host that the user allows is let through, except to the control API', async () => {
    const client = await startClient({ allowedHosts: ['localhost:5173'] });
    const headers = { origin: 'http://localhost:5173' };
    expect((await client.get('/projects', { headers })).status).toBe(200);
    expect((await client.control('GET', '/clock', undefined, headers)).status).toBe(403);
  });
});
