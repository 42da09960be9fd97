import { describe, expect, it } from 'vitest';
import { startEmulator } from '../../../emulator/start-emulator.ts';
import { startClient } from '../client.ts';

describe('the request chain', () => {
  it.each([
    ['missing', null, 'is required'],
    ['another', '2024-11-15', "'2024-11-15' is not supported"],
  ])('refuses a %s api-version', async (_name, version, message) => {
    const client = await startClient();
    const answer = await client.get('/projects', { version });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'InvalidRequest', innerError: { code: 'InvalidParameter' } });
    expect(answer.body.message).toContain(message);
  });

  it('answers a wrong or missing key as the gateway does', async () => {
    const client = await startClient({ key: 'the-right-key' });
    for (const key of [null, 'the-wrong-key']) {
      const answer = await client.get('/projects', { key });
      expect(answer.status).toBe(401);
      expect(answer.body.error.code).toBe('401');
      expect(answer.body.error.message).toMatch(/^Access denied due to invalid subscription key/);
    }
    expect((await client.get('/projects')).status).toBe(200);
  });

  it('dates its answers by its own clock, also when it refuses', async () => {
    const client = await startClient({ speed: 1e-6 });
    await client.advance(1000 * 86_400);
    const { now } = (await client.control('GET', '/clock')).body as { readonly now: string };
    const date = new Date(Math.floor(Date.parse(now) / 1000) * 1000).toUTCString();
    for (const path of ['/projects', '/projects/00000000-0000-0000-0000-000000000000'])
      expect((await client.get(path)).headers.get('date')).toBe(date);
  });

  it('serialises the null members of errors', async () => {
    const client = await startClient();
    const answer = await client.get('/projects/00000000-0000-0000-0000-000000000000');
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({
      code: 'NotFound',
      details: null,
      message: 'The specified entity cannot be found.',
      target: null,
      innerError: null,
    });
  });

  it('admits 100 requests in 10 seconds of the clock and says when to come again', async () => {
    const client = await startClient({ speed: 1e-6 });
    for (let index = 0; index < 100; index++) expect((await client.get('/projects/locales')).status).toBe(200);
    await client.control('POST', '/clock', { speed: 0.5 });
    const refused = await client.get('/projects/locales');
    expect(refused.status).toBe(429);
    expect(refused.body).toMatchObject({ code: 'TooManyRequests', innerError: null });
    expect(refused.headers.get('retry-after')).toBe('20');
    await client.advance(10.1);
    expect((await client.get('/projects/locales')).status).toBe(200);
  });

  it('refuses bodies it cannot read in the words of the service', async () => {
    const client = await startClient();
    const typed = await client.post('/projects', {}, { headers: { 'content-type': 'text/plain' } });
    expect(typed).toMatchObject({ status: 415, body: { code: 'UnsupportedMediaType' } });
    const listed = await client.post('/projects', []);
    expect(listed).toMatchObject({ status: 400, body: { innerError: { code: 'InvalidRequestBodyFormat' } } });
    const empty = await client.api('POST', '/projects', { headers: { 'content-type': 'application/json' } });
    expect(empty).toMatchObject({ status: 400, body: { innerError: { code: 'EmptyRequest' } } });
    const url = `${client.emulator.url}/speechtotext/projects?api-version=2025-10-15`;
    const headers = { 'Ocp-Apim-Subscription-Key': client.emulator.key, 'content-type': 'application/json' };
    const broken = await fetch(url, { method: 'POST', headers, body: '{"displayName":' });
    expect(await broken.json()).toMatchObject({ innerError: { code: 'InvalidRequestBodyFormat' } });
  });

  it('takes forms where a form is wanted, and nowhere else', async () => {
    const client = await startClient();
    expect(await client.post('/transcriptions:transcribe', {})).toMatchObject({
      status: 415,
      body: { message: expect.stringContaining('multipart/form-data') },
    });
    const url = `${client.emulator.url}/speechtotext/projects?api-version=2025-10-15`;
    const headers = { 'Ocp-Apim-Subscription-Key': client.emulator.key };
    const answer = await fetch(url, { method: 'POST', headers, body: new FormData() });
    expect(answer.status).toBe(415);
  });

  it('refuses addresses that are none', async () => {
    const client = await startClient();
    const answer = await client.get('/projects/%ff');
    expect(answer).toMatchObject({ status: 400, body: { code: 'InvalidRequest', innerError: null } });
  });

  it('takes the last of a parameter that is given twice', async () => {
    const client = await startClient();
    const url = `${client.emulator.url}/speechtotext/projects?api-version=1&api-version=2025-10-15`;
    const headers = { 'Ocp-Apim-Subscription-Key': client.emulator.key };
    expect((await fetch(url, { headers })).status).toBe(200);
  });

  it('does not know other paths, nor ids that are no UUIDs', async () => {
    const client = await startClient();
    for (const path of ['/nothing', '/projects/1', '/datasets/not-an-id/files']) {
      expect(await client.get(path)).toMatchObject({ status: 404, body: { code: 'NotFound' } });
    }
    const copy = await client.get('/operations/models/copy/00000000-0000-0000-0000-000000000000');
    expect(copy).toMatchObject({ status: 404, body: { code: 'NotFound' } });
  });
});

describe('startEmulator', () => {
  it('refuses hosts that other machines can reach', async () => {
    await expect(startEmulator({ host: '0.0.0.0' })).rejects.toThrow('Cannot listen on 0.0.0.0: only loopback');
  });

  it('fails with EADDRINUSE when the port is taken', async () => {
    const client = await startClient();
    const port = Number(new URL(client.emulator.url).port);
    await expect(startEmulator({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('does not answer any more once it is closed', async () => {
    const emulator = await startEmulator();
    await emulator.close();
    await expect(fetch(emulator.url)).rejects.toThrow('fetch failed');
  });
});
