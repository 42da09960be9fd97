import { describe, expect, it } from 'vitest';
import { Faults } from '../../../emulator/state/faults.ts';
import { makeClip } from '../recognition/make-clip.ts';
import { wavOf } from '../acoustic-zip.ts';
import { pathOf, startClient } from '../client.ts';
import { wardNotes } from '../recognition/spoken-texts.ts';

const project = { displayName: 'P', locale: 'en-US' };

describe('faults', () => {
  it('answer with a status and Retry-After as often as they were ordered', async () => {
    const client = await startClient();
    await client.addFault({
      operation: 'Projects_Create',
      kind: 'status',
      status: 429,
      retryAfterSeconds: 3,
      count: 2,
    });
    for (const _ of [1, 2]) {
      const answer = await client.post('/projects', project);
      expect(answer).toMatchObject({ status: 429, body: { code: 'TooManyRequests', innerError: null } });
      expect(answer.headers.get('retry-after')).toBe('3');
    }
    expect((await client.post('/projects', project)).status).toBe(201);
    expect((await client.get('/projects')).body.values).toHaveLength(1);
    const [account] = (await client.control('GET', '/faults')).body.faults;
    expect(account).toMatchObject({ id: 1, operation: 'Projects_Create', kind: 'status', hits: 2, seen: 2 });
  });

  it('answer with any code', async () => {
    const client = await startClient();
    await client.addFault({ operation: '*', kind: 'status', status: 503, code: 'ServiceUnavailable' });
    expect(await client.get('/projects')).toMatchObject({ status: 503, body: { code: 'ServiceUnavailable' } });
    expect((await client.control('DELETE', '/faults')).status).toBe(204);
    expect((await client.get('/projects')).status).toBe(200);
  });

  it('cut the connection before the service acts', async () => {
    const client = await startClient();
    await client.addFault({ operation: 'Projects_Create', kind: 'cut', count: 1 });
    await expect(client.post('/projects', project)).rejects.toThrow('fetch failed');
    expect((await client.get('/projects')).body.values).toEqual([]);
    expect((await client.control('GET', '/requests')).body.operations['Projects_Create']).toEqual({ cut: 1 });
  });

  it('lose the answer after the service has acted', async () => {
    const client = await startClient();
    await client.addFault({ operation: 'Projects_Create', kind: 'lost', count: 1 });
    await expect(client.post('/projects', project)).rejects.toThrow('fetch failed');
    expect((await client.get('/projects')).body.values).toHaveLength(1);
    expect((await client.control('GET', '/requests')).body.operations['Projects_Create']).toEqual({ lost: 1 });
  });

  it('break answers off in the middle', async () => {
    const client = await startClient();
    await client.addFault({ operation: 'Projects_Create', kind: 'truncated', count: 1 });
    await expect(client.post('/projects', project)).rejects.toThrow(/terminated|fetch failed/);
    const { values } = (await client.get('/projects')).body;
    expect(values).toHaveLength(1);
    await client.addFault({ operation: 'Projects_Delete', kind: 'truncated', count: 1 });
    await expect(client.delete(values[0].self)).rejects.toThrow('fetch failed');
    expect((await client.get('/projects')).body.values).toEqual([]);
    const { operations } = (await client.control('GET', '/requests')).body;
    expect(operations).toMatchObject({ Projects_Create: { truncated: 1 }, Projects_Delete: { truncated: 1 } });
  });

  it('slow requests down', async () => {
    const client = await startClient();
    await client.addFault({ operation: 'Projects_List', kind: 'slow', delayMilliseconds: 400, count: 1 });
    const answered: string[] = [];
    const slow = client.get('/projects').then(({ status }) => answered.push(`slow ${status}`));
    await client.get('/projects/locales').then(({ status }) => answered.push(`other ${status}`));
    await slow;
    expect(answered).toEqual(['other 200', 'slow 200']);
  });

  it.each([
    ['Datasets_Create', async (client) => client.text(wardNotes)],
    ['Models_Create', async (client) => client.model([await client.text(wardNotes)])],
    ['Endpoints_Create', async (client) => client.finished((await client.create('/endpoints', project)).self)],
  ] satisfies [string, (client: Awaited<ReturnType<typeof startClient>>) => Promise<unknown>][])(
    'let the object of %s end as Failed',
    async (operation, make) => {
      const client = await startClient();
      await client.addFault({ operation, kind: 'entity-failed', code: 'Broken', message: 'on purpose' });
      expect(await make(client)).toMatchObject({
        status: 'Failed',
        properties: { error: { code: 'Broken', message: 'on purpose' } },
      });
    },
  );

  it('reach recognition and files only by name', async () => {
    const client = await startClient();
    const dataset = await client.text(wardNotes);
    const [{ links }] = (await client.get(`${pathOf(dataset.self)}/files`)).body.values;
    await client.addFault({ operation: '*', kind: 'status', status: 500 });
    expect((await fetch(links.contentUrl)).status).toBe(200);
    await client.addFault({ operation: 'ReadFile', kind: 'status', status: 503, count: 1 });
    expect((await fetch(links.contentUrl)).status).toBe(503);
    await client.addFault({ operation: 'Recognise', kind: 'status', status: 429, count: 1 });
    const url = `${client.emulator.url}/speech/recognition/conversation/cognitiveservices/v1?language=en-US`;
    const headers = { 'Ocp-Apim-Subscription-Key': client.emulator.key };
    const init = { method: 'POST', headers, body: Buffer.from(wavOf(makeClip('a.wav', 'hello'))) };
    expect((await fetch(url, init)).status).toBe(429);
    expect((await fetch(url, init)).status).toBe(200);
  });

  it('hit a share of the calls, the same ones for the same seed', () => {
    const hits = [1, 1, 2].map((seed) => {
      const faults = new Faults();
      faults.add({ operation: '*', kind: 'status', rate: 0.2, seed });
      return Array.from({ length: 1000 }, () => (faults.takeForCall('Projects_List') ? 'x' : '.')).join('');
    });
    expect(hits[0]).toBe(hits[1]);
    expect(hits[0]).not.toBe(hits[2]);
    expect(hits[0]?.replaceAll('.', '').length).toBeGreaterThan(150);
    expect(hits[0]?.replaceAll('.', '').length).toBeLessThan(250);
  });

  it('last as long as they are ordered to, from their first hit on', () => {
    let now = 1000;
    const faults = new Faults(() => now);
    faults.add({ operation: 'Projects_List', kind: 'status', lastsMilliseconds: 500 });
    const isHitAt = (time: number): boolean => {
      now = time;
      return faults.takeForCall('Projects_List') !== undefined;
    };
    expect([9000, 9001, 9499, 9500, 9501].map(isHitAt)).toEqual([true, true, true, false, false]);
  });

  it.each([
    [{ operation: 'Datasets_Make', kind: 'cut' }, "Unknown operation 'Datasets_Make'"],
    [{ operation: '*', kind: 'explode' }, "Unknown kind 'explode' of fault: allowed are status, cut, lost"],
    [{ operation: '*', kind: 'cut', rate: 20 }, 'rate must be a number from 0 to 1'],
    [{ operation: '*', kind: 'cut', count: 0 }, 'count must be a whole number from 1'],
    [{ operation: '*', kind: 'cut', lastsMilliseconds: -1 }, 'lastsMilliseconds must be a number from 0'],
    [{ operation: '*', kind: 'cut', times: 3 }, "Unknown member 'times' of a fault"],
    ['cut', 'A fault must be a JSON object'],
  ])('are refused when %j', async (order, message) => {
    const client = await startClient();
    const answer = await client.control('POST', '/faults', order);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain(message);
  });
});

describe('the control API', () => {
  it('moves the clock', async () => {
    const client = await startClient();
    const before = (await client.control('GET', '/clock')).body;
    const after = (await client.control('POST', '/clock', { advanceSeconds: 3600, speed: 0.000002 })).body;
    expect(Date.parse(after.now) - Date.parse(before.now)).toBe(3_600_000);
    expect(after.speed).toBe(0.000002);
    for (const body of [{}, { advanceSeconds: -1 }, { speed: 0 }, { speed: 'fast' }, { seconds: 1 }]) {
      expect((await client.control('POST', '/clock', body)).status).toBe(400);
    }
  });

  it('takes times with which everything can still be told, and refuses others as a whole', async () => {
    const client = await startClient();
    const { self } = await client.create('/projects', project);
    const before = (await client.control('GET', '/clock')).body;
    for (const body of [{ advanceSeconds: 1e300 }, { speed: 7, advanceSeconds: 1e12 }, { speed: 1e300 }]) {
      const answer = await client.control('POST', '/clock', body);
      expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining('allowed is a number') } });
    }
    expect((await client.control('GET', '/clock')).body).toEqual(before);
    const toTheEnd = Math.floor((Date.UTC(3000, 0, 1) - Date.parse(before.now)) / 1000) - 1;
    expect((await client.control('POST', '/clock', { advanceSeconds: toTheEnd })).body.now).toMatch(
      /^2999-12-31T23:59:5/,
    );
    expect((await client.get(self)).body.displayName).toBe('P');
    const dataset = await client.text(wardNotes, {}).catch((error: unknown) => error);
    expect(String(dataset)).not.toContain('500');
    for (const path of [
      '/projects',
      '/datasets',
      '/models',
      '/models/base',
      '/evaluations',
      '/endpoints',
      '/webhooks',
    ]) {
      expect([path, (await client.get(path)).status]).toEqual([path, 200]);
    }
    const endpoint = await client.create('/endpoints', project);
    expect(endpoint.createdDateTime).toMatch(/^2999-12-31T23:59:5\dZ$/);
  });

  it('counts how the calls of each operation ended', async () => {
    const client = await startClient();
    await client.create('/projects', project);
    await client.post('/projects', {});
    await client.get('/projects');
    expect((await client.control('GET', '/requests')).body).toEqual({
      operations: { Projects_Create: { '201': 1, '400': 1 }, Projects_List: { '200': 1 } },
    });
    await client.control('DELETE', '/requests');
    expect((await client.control('GET', '/requests')).body).toEqual({ operations: {} });
  });

  it('empties the resource', async () => {
    const client = await startClient();
    const dataset = await client.text(wardNotes);
    await client.create('/models', { ...project, datasets: [dataset] });
    await client.addFault({ operation: 'Projects_List', kind: 'cut' });
    expect((await client.control('POST', '/reset')).status).toBe(204);
    for (const collection of ['projects', 'datasets', 'models', 'evaluations', 'endpoints']) {
      expect((await client.get(`/${collection}`)).body).toEqual({ values: [] });
    }
    expect((await client.model([await client.text(wardNotes)])).status).toBe('Succeeded');
  });

  it('refuses audio it cannot use', async () => {
    const client = await startClient();
    const type = { 'content-type': 'audio/wav' };
    const silent = await client.control('POST', '/audio', wavOf(makeClip('a', 'hi')), type);
    expect(silent.body.error).toContain('transcript is missing');
    const text = await client.control('POST', '/audio?transcript=hi', Buffer.from('no audio'), type);
    expect(text).toMatchObject({ status: 400, body: { error: expect.stringContaining('is not a RIFF/WAVE file') } });
  });

  it.each([
    ['without', {}],
    ['with an empty', { 'Ocp-Apim-Subscription-Key': '' }],
    ['with the well-known', { 'Ocp-Apim-Subscription-Key': 'local-key' }],
  ])('is closed %s key, whatever the account says of keys', async (_, headers) => {
    const client = await startClient();
    await client.create('/projects', project);
    expect((await client.control('POST', '/account', { disableLocalAuth: true })).status).toBe(200);
    for (const [method, path] of [
      ['GET', '/clock'],
      ['POST', '/reset'],
      ['GET', '/nothing'],
    ] as const) {
      const answer = await fetch(`${client.emulator.url}/_emulator${path}`, { method, headers });
      expect([answer.status, await answer.text()]).toEqual([
        401,
        '{"error":"Send the emulator\'s key as header Ocp-Apim-Subscription-Key"}',
      ]);
    }
    await client.control('POST', '/account', { disableLocalAuth: false });
    expect((await client.get('/projects')).body.values).toHaveLength(1);
  });

  it.each(['constructor', '__proto__', 'toString'])('does not take %s for something of the account', async (name) => {
    const client = await startClient();
    const answer = await client.control('POST', '/account', JSON.parse(`{"${name}":{}}`));
    expect(answer).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining(`${name} cannot be changed`) },
    });
  });

  it('is closed to web pages', async () => {
    const client = await startClient();
    const answer = await client.control('POST', '/reset', undefined, { origin: 'https://example.com' });
    expect(answer.status).toBe(403);
  });
});
