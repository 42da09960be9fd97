import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acousticZip, recordings } from './acoustic-zip.ts';
import { pathOf, startClient } from './client.ts';
import { everyday } from './recognition/spoken-texts.ts';

const text = { displayName: 'text', locale: 'en-US', kind: 'Language' };

describe('a dataset with contentUrl', () => {
  it('goes from NotStarted over Running to Succeeded as the clock passes', async () => {
    const client = await startClient();
    const contentUrl = await serve('\uFEFFthe patient takes metoprolol\nthe nurse came\n');
    const created = await client.post('/datasets', { ...text, contentUrl });
    expect(created.headers.has('retry-after')).toBe(false);
    expect(created.body).toMatchObject({
      status: 'NotStarted',
      contentUrl,
      lastActionDateTime: created.body.createdDateTime,
    });
    expect(created.body.properties).toEqual({ textNormalizationKind: 'Default' });
    await client.control('POST', '/clock', { speed: 1 });
    const waiting = await client.get(created.body.self);
    expect(waiting.body.status).toBe('NotStarted');
    expect(Number(waiting.headers.get('retry-after'))).toBeGreaterThan(50);
    await client.advance(6);
    const running = await client.get(created.body.self);
    expect(running.body.status).toBe('Running');
    expect(running.body.properties).not.toHaveProperty('acceptedLineCount');
    expect(Number((await client.get('/datasets')).headers.get('retry-after'))).toBeGreaterThan(40);
    await client.advance(60);
    const done = await client.get(created.body.self);
    expect(done.headers.has('retry-after')).toBe(false);
    expect(done.body).toMatchObject({
      status: 'Succeeded',
      properties: { acceptedLineCount: 2, rejectedLineCount: 0, durationMilliseconds: 0 },
    });
    expect(Date.parse(done.body.lastActionDateTime) - Date.parse(created.body.createdDateTime)).toBe(60_000);
  });

  it.each([
    ['answers 404', async () => await serve('', 404), 'it answered 404'],
    [
      'cannot be reached',
      async () => 'http://127.0.0.1:9/secret?sig=abc',
      'Cannot download the content from http://127.0.0.1:9/secret:',
    ],
  ])('ends as Failed when the address %s', async (_name, address, message) => {
    const client = await startClient();
    const created = await client.create('/datasets', { ...text, contentUrl: await address() });
    const failed = await client.finished(created.self);
    expect(failed).toMatchObject({ status: 'Failed', properties: { error: { code: 'DataImportFailed' } } });
    expect(failed.properties.error.message).toContain(message);
    expect(failed.properties.error.message).not.toContain('sig=');
  });

  it('ends as Failed when the content is larger than the price tier takes', async () => {
    const client = await startClient({ sku: 'F0' });
    const contentUrl = await serve(`\uFEFF${'word\tw er d\n'.repeat(100)}`);
    const created = await client.create('/datasets', { ...text, kind: 'Pronunciation', contentUrl });
    const failed = await client.finished(created.self);
    expect(failed.properties.error.message).toContain('larger than 1024 bytes');
  });

  it.each(['ftp://host/file', 'file:///etc/passwd', 'not an address'])('is refused for %s', async (contentUrl) => {
    const client = await startClient();
    expect(await client.post('/datasets', { ...text, contentUrl })).toMatchObject({
      status: 400,
      body: { target: 'contentUrl' },
    });
  });

  it('takes no blocks', async () => {
    const client = await startClient();
    const created = await client.create('/datasets', { ...text, contentUrl: await serve('\uFEFFhello there\n') });
    expect(created.links).not.toHaveProperty('uploadBlocks');
    const answer = await client.api('PUT', `${pathOf(created.self)}/blocks`, {
      query: { blockid: 'AAAA' },
      body: Buffer.from('x'),
    });
    expect(answer.status).toBe(409);
  });
});

describe('a dataset with blocks', () => {
  it('waits for them, joins those that are committed in the order of the list, and is imported', async () => {
    const client = await startClient();
    const created = await client.create('/datasets', text);
    const path = pathOf(created.self);
    for (const link of ['commitBlocks', 'listBlocks', 'uploadBlocks'])
      expect(created.links[link]).toContain(`${path}/blocks`);
    await client.advance(100_000);
    const waiting = await client.get(created.self);
    expect(waiting.body.status).toBe('NotStarted');
    expect(waiting.headers.has('retry-after')).toBe(false);

    const put = (blockid: string, content: string) =>
      client.api('PUT', `${path}/blocks`, { query: { blockid }, body: Buffer.from(content) });
    expect((await put('Yg==', 'and the second\n')).status).toBe(201);
    expect((await put('YQ==', 'replaced\n')).status).toBe(201);
    expect((await put('YQ==', '\uFEFFthe first line\n')).status).toBe(201);
    expect((await put('Yw==', 'left out\n')).status).toBe(201);
    expect((await client.get(`${path}/blocks`)).body).toEqual({
      committedBlocks: [],
      uncommittedBlocks: [
        { name: 'YQ==', size: 18 },
        { name: 'Yg==', size: 15 },
        { name: 'Yw==', size: 9 },
      ],
    });
    const list = [
      { kind: 'Latest', id: 'YQ==' },
      { kind: 'Uncommitted', id: 'Yg==' },
    ];
    expect((await client.post(`${path}/blocks:commit`, list)).status).toBe(200);
    expect((await client.get(`${path}/blocks`)).body).toEqual({
      committedBlocks: [
        { name: 'YQ==', size: 18 },
        { name: 'Yg==', size: 15 },
      ],
      uncommittedBlocks: [],
    });
    const done = await client.finished(created.self);
    expect(done).toMatchObject({ status: 'Succeeded', properties: { acceptedLineCount: 2 } });
    expect(done.links).not.toHaveProperty('commitBlocks');
    const files = (await client.get(`${path}/files`)).body.values;
    const data = files.find((file: { kind: string }) => file.kind === 'LanguageData');
    const content = Buffer.from(await (await fetch(data.links.contentUrl)).arrayBuffer());
    expect(content.toString()).toBe('\uFEFFthe first line\nand the second\n');
    expect((await client.post(`${path}/blocks:commit`, list)).status).toBe(409);
  });

  it('takes blocks of 8 MiB and no larger', async () => {
    const client = await startClient();
    const { self } = await client.create('/datasets', text);
    const block = randomBytes(8 * 1024 ** 2 + 1);
    const put = (body: Buffer) => client.api('PUT', `${pathOf(self)}/blocks`, { query: { blockid: 'AAAA' }, body });
    expect((await put(block.subarray(1))).status).toBe(201);
    expect(await put(block)).toMatchObject({ status: 400, body: { innerError: { code: 'InvalidPayload' } } });
    const { body } = await client.get(`${pathOf(self)}/blocks`);
    expect(body.uncommittedBlocks).toEqual([{ name: 'AAAA', size: 8 * 1024 ** 2 }]);
  });

  it.each(['', 'not base64!', 'AAA', Buffer.alloc(65).toString('base64')])(
    'refuses the block id %j',
    async (blockid) => {
      const client = await startClient();
      const { self } = await client.create('/datasets', text);
      const answer = await client.api('PUT', `${pathOf(self)}/blocks`, { query: { blockid }, body: Buffer.from('x') });
      expect(answer).toMatchObject({ status: 400, body: { target: 'blockid' } });
    },
  );

  it('refuses ids of another length, and lists that name what is not there', async () => {
    const client = await startClient();
    const { self } = await client.create('/datasets', text);
    const path = pathOf(self);
    await client.api('PUT', `${path}/blocks`, { query: { blockid: 'AAAA' }, body: Buffer.from('x') });
    const longer = await client.api('PUT', `${path}/blocks`, {
      query: { blockid: 'AAAAAAAA' },
      body: Buffer.from('x'),
    });
    expect(longer.body.message).toContain("same length; another one is 'AAAA'");
    for (const entry of [
      { kind: 'Latest', id: 'BBBB' },
      { kind: 'Committed', id: 'AAAA' },
      { kind: 'Newest', id: 'AAAA' },
      null,
    ]) {
      expect((await client.post(`${path}/blocks:commit`, [entry])).status).toBe(400);
    }
    expect((await client.post(`${path}/blocks:commit`, [])).status).toBe(400);
    expect((await client.get(self)).body.status).toBe('NotStarted');
  });
});

describe('a dataset', () => {
  it('of audio counts and reports its lines', async () => {
    const client = await startClient();
    const clips = recordings('call', everyday.slice(0, 3));
    const silent = { ...clips[0], name: 'unknown.wav', transcript: '' } as (typeof clips)[0];
    const dataset = await client.dataset({ kind: 'Acoustic' }, acousticZip([...clips, silent]));
    expect(dataset.status).toBe('Succeeded');
    expect(dataset.properties).toMatchObject({ acceptedLineCount: 3 });
    const seconds = clips.reduce((sum, clip) => sum + clip.samples.length / clip.sampleRate, 0);
    expect(dataset.properties.durationMilliseconds).toBe(seconds * 1000);
    const files = (await client.get(`${pathOf(dataset.self)}/files`)).body.values;
    expect(files.map((file: { kind: string }) => file.kind)).toEqual(['DatasetReport', 'AcousticDataArchive']);
    const one = (await client.get(files[0].self)).body;
    expect(one).toMatchObject({ name: 'report.json', kind: 'DatasetReport' });
    const report = await (await fetch(one.links.contentUrl)).text();
    expect(report).toHaveLength(one.properties.size);
    expect(JSON.parse(report)).toBeInstanceOf(Array);
  });

  it('ends as Failed when nothing of it is accepted', async () => {
    const client = await startClient();
    const dataset = await client.dataset({ kind: 'Acoustic' }, 'this is no zip file');
    expect(dataset).toMatchObject({ status: 'Failed', properties: { error: { code: 'DataImportFailed' } } });
  });

  it.each([
    [{ ...text, kind: 'Poetry' }, 'kind'],
    [{ displayName: 'x', locale: 'en-US' }, 'kind'],
    [{ ...text, properties: { textNormalizationKind: 'Some' } }, 'properties.textNormalizationKind'],
  ])('is refused when %j', async (body, target) => {
    const client = await startClient();
    expect(await client.post('/datasets', body)).toMatchObject({ status: 400, body: { target } });
  });

  it('is filtered by kind, status and date', async () => {
    const client = await startClient();
    const first = await client.text(['good morning everyone']);
    await client.create('/datasets', { ...text, kind: 'Pronunciation' });
    const found = async (filter: string) => (await client.get('/datasets', { query: { filter } })).body.values.length;
    expect(await found("kind eq 'Language' and status eq 'Succeeded'")).toBe(1);
    expect(await found(`createdDateTime gt ${first.createdDateTime}`)).toBe(1);
    expect(await found(`lastActionDateTime le ${first.lastActionDateTime}`)).toBe(1);
    const refused = await client.get('/datasets', { query: { filter: "size eq '1'" } });
    expect(refused).toMatchObject({
      status: 400,
      body: { innerError: { code: 'UnsupportedFilter' }, target: 'filter' },
    });
  });

  it('is patched, moved to a project and out of it again', async () => {
    const client = await startClient();
    const project = await client.create('/projects', { displayName: 'P', locale: 'en-US' });
    const { self } = await client.create('/datasets', text);
    const moved = await client.patch(self, { displayName: 'new', project: { self: project.self } });
    expect(moved.body).toMatchObject({ displayName: 'new', project: { self: project.self } });
    expect((await client.patch(self, { project: null })).body).not.toHaveProperty('project');
    expect((await client.patch(self, { kind: 'Acoustic' })).body.innerError.code).toBe('UnsupportedDelta');
  });

  it('is deleted in a terminal status only, and deleting it again is no error', async () => {
    const client = await startClient();
    const created = await client.create('/datasets', { ...text, contentUrl: await serve('\uFEFFhello there\n') });
    const refused = await client.delete(created.self);
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'Conflict', innerError: { code: 'DeleteNotAllowed' } },
    });
    await client.finished(created.self);
    expect((await client.delete(created.self)).status).toBe(204);
    expect((await client.delete(created.self)).status).toBe(204);
    expect((await client.get(created.self)).status).toBe(404);
  });

  it('is one of two on F0', async () => {
    const client = await startClient({ sku: 'F0' });
    await client.create('/datasets', text);
    const { self } = await client.create('/datasets', text);
    expect((await client.post('/datasets', text)).body.innerError.code).toBe('QuotaViolation');
    expect((await client.delete(self)).status).toBe(204);
    await client.create('/datasets', text);
  });

  it('is one of 500 on S0', async () => {
    const client = await startClient();
    for (let index = 0; index < 500; index++) {
      if (index % 90 === 0) await client.advance(11);
      await client.create('/datasets', text);
    }
    expect((await client.post('/datasets', text)).body.message).toContain('500 datasets');
  });

  it('lists the locales of each kind', async () => {
    const client = await startClient();
    const { body } = await client.get('/datasets/locales');
    expect(Object.keys(body).toSorted()).toEqual([
      'Acoustic',
      'AudioFiles',
      'Language',
      'LanguageMarkdown',
      'OutputFormatting',
      'Pronunciation',
    ]);
    expect(body.Acoustic).toContain('en-US');
    for (const kind of ['projects', 'models', 'evaluations', 'endpoints']) {
      expect((await client.get(`/${kind}/locales`)).body).toContain('de-DE');
    }
  });
});

describe('addresses of files', () => {
  it('expire with their signature', async () => {
    const client = await startClient();
    const dataset = await client.text(['good morning everyone']);
    const files = await client.get(`${pathOf(dataset.self)}/files`, { query: { sasLifetimeMinutes: 5 } });
    const [{ links }] = files.body.values;
    const url = new URL(links.contentUrl);
    expect([...url.searchParams.keys()]).toEqual(['sp', 'se', 'sig']);
    expect((await fetch(url)).status).toBe(200);
    const later = new URL(url);
    later.searchParams.set('se', '2099-01-01T00:00:00Z');
    expect((await fetch(later)).status).toBe(403);
    expect((await fetch(`${url.origin}${url.pathname}`)).status).toBe(403);
    await client.advance(301);
    const expired = await fetch(url);
    expect(expired.status).toBe(403);
    expect(await expired.text()).toContain('AuthenticationFailed');
  });

  it('refuse a lifetime that is none', async () => {
    const client = await startClient();
    const dataset = await client.text(['good morning everyone']);
    for (const sasLifetimeMinutes of ['0', 'long']) {
      const answer = await client.get(`${pathOf(dataset.self)}/files`, { query: { sasLifetimeMinutes } });
      expect(answer).toMatchObject({ status: 400, body: { innerError: { code: 'InvalidSasValidityDuration' } } });
    }
  });

  it('are filtered and paged as other lists', async () => {
    const client = await startClient();
    const dataset = await client.text(['good morning everyone']);
    const path = `${pathOf(dataset.self)}/files`;
    expect((await client.get(path, { query: { filter: "kind eq 'DatasetReport'" } })).body.values).toHaveLength(1);
    const first = (await client.get(path, { query: { top: 1, sasLifetimeMinutes: 5 } })).body;
    expect(first['@nextLink']).toContain('sasLifetimeMinutes=5');
    expect((await client.get(first['@nextLink'])).body.values[0].name).toBe('data.txt');
  });
});

/** The address at which a server answers with this content. */
async function serve(content: string, status = 200): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(status);
    response.end(content);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/data?sv=1`;
}
