import { request } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import type { Session } from '../../portal/api/overview.ts';
import { refusalOf } from '../../portal/server/access.ts';
import { testToken } from './portal-on.ts';
import { startTestPortal } from './start-test-portal.ts';

/** An answer to headers that `fetch` does not let anybody write. */
async function answerTo(
  port: number,
  { path = '/api/overview', headers = {} }: { readonly path?: string; readonly headers?: Record<string, string> },
): Promise<{ readonly status: number; readonly body: string }> {
  return await new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.on('error', reject).end();
  });
}

const bearer = { authorization: `Bearer ${testToken}` };

describe('access to the portal', () => {
  it('is for who has the token', async () => {
    const { url, ask } = await startTestPortal();
    expect((await ask('overview')).status).toBe(200);
    for (const authorization of ['', 'Bearer ', 'Bearer wrong', `Basic ${testToken}`]) {
      const refused = await fetch(`${url}/api/overview`, { headers: { authorization } });
      expect(refused.status).toBe(401);
      expect(await refused.json()).toEqual({ error: expect.stringContaining('has the token that this browser lacks') });
    }
  });

  it('is for who has the token, however the address is written', async () => {
    const { port } = await startTestPortal();
    for (const path of [
      '/%61pi/overview',
      '/api%2Foverview',
      '//api/overview',
      '/API/overview',
      `http://127.0.0.1:${port}/api/overview`,
      'http://evil.example/api/overview',
      '/api/overview?ticket=1.x',
      '/./api/overview',
    ]) {
      const { body } = await answerTo(port, { path });
      expect([path, body]).toEqual([path, expect.not.stringContaining('readOnly')]);
    }
    const encoded = await answerTo(port, { path: '/%61pi/overview', headers: bearer });
    expect(encoded.body).toContain('readOnly');
  });

  it('serves the page to everybody on this machine, with nothing of the person in it', async () => {
    const { url } = await startTestPortal();
    const page = await fetch(`${url}/emulator/testing`);
    const html = await page.text();
    expect(page.status).toBe(200);
    expect(html).not.toContain(testToken);
    expect(page.headers.get('cache-control')).toBe('no-store');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'");
    expect(policy).toContain(`'nonce-${/content="([^"]+)"/.exec(html)?.[1]}'`);
    expect(await (await fetch(`${url}/assets/page.js`)).text()).toBe('/* the page */');
    expect((await fetch(`${url}/assets/other.js`)).status).toBe(404);
    expect((await fetch(`${url}/assets/..%2findex.html`)).status).toBeGreaterThanOrEqual(400);
  });

  it('is refused under the name of somebody else, who could have let it lead here', async () => {
    const { port } = await startTestPortal();
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1:${port + 1}`])
      for (const path of ['/', '/api/overview'])
        expect(await answerTo(port, { path, headers: { ...bearer, host } })).toMatchObject({ status: 421 });
    expect(await answerTo(port, { headers: { ...bearer, host: `localhost:${port}` } })).toMatchObject({ status: 200 });
  });

  it('is refused to pages of other origins, whatever they know', async () => {
    const { port } = await startTestPortal();
    const others = [
      { origin: 'https://evil.example' },
      { origin: `http://127.0.0.1:${port + 1}` },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of others)
      for (const path of ['/', '/api/overview', '/assets/page.js'])
        expect(await answerTo(port, { path, headers: { ...bearer, ...headers } })).toMatchObject({ status: 403 });
    const own = { ...bearer, origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' };
    expect(await answerTo(port, { headers: own })).toMatchObject({ status: 200 });
  });

  it('is opened by who follows a link of elsewhere, and shows nothing without the token', async () => {
    const { port } = await startTestPortal();
    const followed = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect(await answerTo(port, { path: '/emulator/runs', headers: followed })).toMatchObject({ status: 200 });
    for (const path of ['/api/overview', '/api/overview?ticket=x'])
      expect(await answerTo(port, { path, headers: { ...followed, ...bearer } })).toMatchObject({ status: 403 });
    const framed = { ...followed, 'sec-fetch-dest': 'iframe' };
    expect(await answerTo(port, { path: '/', headers: framed })).toMatchObject({ status: 403 });
  });

  it('is at the standard port under a name without one, as browsers write it', () => {
    const rules = { token: testToken, sessionKey: 'key', allowedHosts: [], readOnly: false };
    const at = (localPort: number, headers: Record<string, string>) =>
      refusalOf(
        { headers, method: 'GET', url: '/', socket: { localPort }, routeOptions: {} } as unknown as FastifyRequest,
        rules,
      )?.status;
    for (const host of ['127.0.0.1', 'localhost', 'localhost:80']) {
      expect(at(80, { host, origin: `http://${host}` })).toBeUndefined();
    }
    expect(at(7271, { host: 'localhost' })).toBe(421);
    expect(at(80, { host: 'evil.example' })).toBe(421);
  });

  it('is kept by a browser as a key that is of this portal alone, and not as the token', async () => {
    const [one, other] = [await startTestPortal(), await startTestPortal({ readOnly: true })];
    const { key } = (await (await one.ask('session', { method: 'POST' })).json()) as Session;
    expect(key).not.toContain(testToken);
    const authorization = `Bearer ${key}`;
    expect((await one.ask('overview', { headers: { authorization } })).status).toBe(200);
    expect((await other.ask('overview', { headers: { authorization } })).status).toBe(401);
    expect((await other.ask('session', { method: 'POST' })).status).toBe(200);
    expect((await fetch(`${one.url}/api/session`, { method: 'POST' })).status).toBe(401);
  });

  it('answers at once to who asks what a stream would be like', async () => {
    const { ask } = await startTestPortal();
    expect((await ask('events', { method: 'HEAD' })).status).toBe(404);
  });

  it('changes nothing where it is read-only', async () => {
    const { ask } = await startTestPortal({ readOnly: true });
    const refused = await ask('resources/here/corrections', { method: 'POST' });
    expect(refused.status).toBe(403);
    expect(await refused.json()).toEqual({ error: expect.stringContaining('read-only') });
    expect((await ask('refresh', { method: 'POST' })).status).toBe(200);
    expect(await (await ask('overview')).json()).toMatchObject({ readOnly: true, person: 'Ada' });
  });

  it('takes the name of the person from the proxy, and nobody whom it has not named', async () => {
    const { ask } = await startTestPortal({ trustHeader: 'X-Forwarded-User', allowedHosts: ['portal.example'] });
    const named = await ask('overview', { headers: { 'x-forwarded-user': 'Grace' } });
    expect(await named.json()).toMatchObject({ person: 'Grace' });
    // As a proxy writes it, and not as Node reads it.
    const bytes = Buffer.from('Jürgen', 'utf8').toString('latin1');
    const foreign = await ask('overview', { headers: { 'x-forwarded-user': bytes } });
    expect(await foreign.json()).toMatchObject({ person: 'Jürgen' });
    const unnamed = await ask('overview');
    expect(unnamed.status).toBe(401);
    expect(await unnamed.json()).toEqual({ error: 'Sign in at the proxy: it has sent no name in X-Forwarded-User' });
  });

  it('answers under the name that a proxy serves it by', async () => {
    const { port } = await startTestPortal({ allowedHosts: ['portal.example'] });
    const headers = { ...bearer, host: 'portal.example', origin: 'https://portal.example' };
    expect(await answerTo(port, { headers })).toMatchObject({ status: 200 });
  });

  it('has its stream of changes end with the portal', async () => {
    const { ask, close } = await startTestPortal();
    const stream = await ask('events');
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    const text = stream.text();
    await close();
    expect(await text).toBe(': connected\n\n');
  });
});
