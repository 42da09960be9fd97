import { describe, expect, test } from 'vitest';
import { ServiceError } from '../../../workflows/engine/ports.ts';
import type { EntityFile } from '../../../workflows/plan/speech-entities.ts';
import { createSpeechClient } from '../../../workflows/speech/speech-client.ts';
import { baseModel, dataset, endpoint, file, ids, model, nextLink, notFound, project, selfOf } from './answers.ts';
import { clientOf, rejectionOf, startScriptedService } from './scripted-service.ts';

describe('listing', () => {
  test('goes through all pages on its own endpoint, in the order of the service', async () => {
    await using service = await startScriptedService(
      { body: { values: [{ ...dataset, displayName: 'a' }], '@nextLink': nextLink('datasets', 'skip=1&top=1') } },
      { body: { values: [{ ...dataset, displayName: 'b' }], '@nextLink': nextLink('datasets', 'skip=2&top=1') } },
      { body: { values: [{ ...dataset, displayName: 'c' }], '@nextLink': null } },
    );
    const datasets = await clientOf(service).datasets.list();
    expect(datasets.map(({ displayName }) => displayName)).toEqual(['a', 'b', 'c']);
    expect(service.requests.map(({ url }) => url)).toEqual([
      '/speechtotext/datasets?api-version=2025-10-15',
      '/speechtotext/datasets?skip=1&top=1&api-version=2025-10-15',
      '/speechtotext/datasets?skip=2&top=1&api-version=2025-10-15',
    ]);
  });

  test('sends the filter percent-encoded, a space as %20', async () => {
    await using service = await startScriptedService({ body: { values: [] } });
    const filter = "displayName eq 'R&D + é' and status ne 'Failed'";
    expect(await clientOf(service).models.list({ filter })).toEqual([]);
    const { url } = service.last();
    expect(url).toContain('?filter=displayName%20eq%20%27R%26D%20%2B%20%C3%A9%27%20and%20status%20ne%20%27Failed%27&');
    expect(new URL(url, service.endpoint).searchParams.get('filter')).toBe(filter);
  });

  test('ends with an error when the pages go in a circle', async () => {
    const circle = { body: { values: [dataset], '@nextLink': nextLink('datasets', 'skip=1') } };
    await using service = await startScriptedService(circle, circle, circle, circle);
    const error = await rejectionOf(clientOf(service).datasets.list());
    expect(error).toMatchObject({ name: 'ServiceError', code: 'EndlessPages', outcome: 'refused' });
    expect(service.requests).toHaveLength(2);
  });

  test('refuses a next link that leaves the API', async () => {
    await using service = await startScriptedService({
      body: { values: [], '@nextLink': 'https://evil.example/collect?x=1' },
    });
    const error = await rejectionOf(clientOf(service).datasets.list());
    expect(error).toBeInstanceOf(ServiceError);
    expect(String(error)).toContain('/collect is not below /speechtotext');
    expect(service.requests).toHaveLength(1);
  });

  test('asks again when a page is cut, and again when it is another page than the API has', async () => {
    await using service = await startScriptedService(
      { body: '{"values":[{"self":"htt' },
      { body: { values: [dataset] }, ending: 'truncated' },
      { body: '<html>Sign in to the guest network</html>' },
      { body: { values: [{ displayName: 'no self' }] } },
      { body: { values: [dataset] } },
    );
    expect(await clientOf(service).datasets.list()).toHaveLength(1);
    expect(service.requests).toHaveLength(5);
  });
});

describe('reading', () => {
  test('follows self with its own query on the endpoint of the client, with key and api-version', async () => {
    await using service = await startScriptedService({ body: dataset }, { body: dataset }, { body: dataset });
    const { datasets } = clientOf(service);
    await datasets.get(`${selfOf(`datasets/${ids.dataset}`)}&sasLifetimeMinutes=5`);
    await datasets.get(`https://evil.example/speechtotext/datasets/${ids.dataset}`);
    await datasets.get(ids.dataset);
    const path = `/speechtotext/datasets/${ids.dataset}?api-version=2025-10-15`;
    expect(service.requests.map(({ url }) => url)).toEqual([`${path}&sasLifetimeMinutes=5`, path, path]);
    for (const { headers } of service.requests) {
      expect(headers['ocp-apim-subscription-key']).toBe('the-secret-key-of-the-test');
      expect(headers['user-agent']).toMatch(/^speechops /);
    }
  });

  test('leaves out null members at any depth and keeps unknown members and values', async () => {
    await using service = await startScriptedService({
      body: {
        ...dataset,
        status: 'Paused',
        kind: 'Video',
        description: null,
        customProperties: { a: null, b: 'c' },
        properties: { error: null, acceptedLineCount: 0, weather: { rain: null, wind: [null, 1, { x: null }] } },
      },
    });
    const read = await clientOf(service).datasets.get(ids.dataset);
    expect(read).toStrictEqual({
      ...dataset,
      status: 'Paused',
      kind: 'Video',
      customProperties: { b: 'c' },
      properties: { acceptedLineCount: 0, weather: { wind: [1, {}] } },
    });
  });

  test('gives undefined for an object that the service does not know', async () => {
    await using service = await startScriptedService({ status: 404, body: notFound });
    expect(await clientOf(service).projects.get(ids.project)).toBeUndefined();
  });

  test.each([
    ['the gateway', { error: { code: '404', message: 'Resource not found' } }],
    ['another server', { statusCode: 404, error: 'Not Found', message: 'Route not found' }],
    ['a proxy', '<html><title>404 Not Found</title></html>'],
    ['nobody', ''],
  ])('does not take a 404 of %s for the word of the service', async (_, body) => {
    await using service = await startScriptedService({ status: 404, body });
    const error = await rejectionOf(clientOf(service).projects.get(ids.project));
    expect(error).toMatchObject({ status: 404, outcome: 'refused' });
    expect(String(error)).toContain('check SPEECHOPS_ENDPOINT');
  });

  test('reads base models where they are, and a model by the URL of a base model', async () => {
    await using service = await startScriptedService(
      { body: baseModel },
      { body: baseModel },
      { body: { values: [] } },
    );
    const { baseModels, models } = clientOf(service);
    await baseModels.get(ids.baseModel);
    await models.get(baseModel.self);
    await baseModels.list({ filter: "locale eq 'en-US'" });
    const path = `/speechtotext/models/base/${ids.baseModel}`;
    expect(service.calls()).toEqual([`GET ${path}`, `GET ${path}`, 'GET /speechtotext/models/base']);
  });

  test.each(['', '../keys', 'a b', 'datasets/1', 'https://evil.example/', 'https://evil.example/secrets/1'])(
    'refuses %j as a reference without sending anything',
    async (reference) => {
      await using service = await startScriptedService();
      const error = await rejectionOf(clientOf(service).datasets.get(reference));
      expect(error).toMatchObject({ name: 'ServiceError', attempts: 0, outcome: 'refused' });
      expect(service.requests).toHaveLength(0);
    },
  );

  test('refuses the URL of an object of another kind', async () => {
    await using service = await startScriptedService();
    const error = await rejectionOf(clientOf(service).datasets.delete(model.self));
    expect(String(error)).toContain('it must be one of /speechtotext/datasets');
    expect(service.requests).toHaveLength(0);
  });
});

describe('changing', () => {
  test('creates with the body as given and gives the created object', async () => {
    await using service = await startScriptedService({
      status: 201,
      headers: { Location: project.self },
      body: project,
    });
    const created = await clientOf(service).projects.create({ displayName: 'Call centre', locale: 'en-US' });
    expect(created).toEqual(project);
    expect(service.calls()).toEqual(['POST /speechtotext/projects']);
    expect(service.last().headers['content-type']).toBe('application/json');
    expect(JSON.parse(service.last().body.toString())).toEqual({ displayName: 'Call centre', locale: 'en-US' });
  });

  test('updates an endpoint with the name that the update has for logging', async () => {
    await using service = await startScriptedService({ body: endpoint }, { body: endpoint });
    const { endpoints } = clientOf(service);
    await endpoints.update(endpoint.self, { model: { self: model.self }, properties: { loggingEnabled: true } });
    expect(JSON.parse(service.last().body.toString())).toEqual({
      model: { self: model.self },
      properties: { contentLoggingEnabled: true },
    });
    await endpoints.update(endpoint.self, { model: { self: model.self } });
    expect(JSON.parse(service.last().body.toString())).toEqual({ model: { self: model.self } });
    expect(service.calls()).toEqual(Array(2).fill(`PATCH /speechtotext/endpoints/${ids.endpoint}`));
  });

  test('deleting succeeds also when there is nothing to delete', async () => {
    await using service = await startScriptedService({ status: 204 }, { status: 404, body: notFound });
    const { datasets } = clientOf(service);
    await datasets.delete(dataset.self);
    await datasets.delete(ids.dataset);
    expect(service.calls()).toEqual(Array(2).fill(`DELETE /speechtotext/datasets/${ids.dataset}`));
  });
});

describe('files', () => {
  test('are listed over all pages', async () => {
    const path = `datasets/${ids.dataset}/files`;
    await using service = await startScriptedService(
      { body: { values: [file], '@nextLink': nextLink(path, 'skip=1') } },
      { body: { values: [{ ...file, name: 'audio.wav' }] } },
    );
    const files = await clientOf(service).datasets.files(dataset.self);
    expect(files.map(({ name }) => name)).toEqual(['report.json', 'audio.wav']);
    expect(service.calls()).toEqual(Array(2).fill(`GET /speechtotext/${path}`));
  });

  test('are read from contentUrl, with the key only on the endpoint itself', async () => {
    await using service = await startScriptedService({ body: '{"a":\n1}' });
    await using storage = await startScriptedService({ status: 503 }, { body: 'from storage' });
    const { readFile } = clientOf(service);
    expect(await readFile(fileAt(`${service.endpoint}/files/1?sig=x`))).toBe('{"a":\n1}');
    expect(service.last().headers['ocp-apim-subscription-key']).toBe('the-secret-key-of-the-test');
    expect(await readFile(fileAt(`${storage.endpoint}/report.json?sv=1&sig=a%2Fb`))).toBe('from storage');
    expect(storage.last().url).toBe('/report.json?sv=1&sig=a%2Fb');
    for (const { headers } of storage.requests) expect(headers).not.toHaveProperty('ocp-apim-subscription-key');
  });

  test('that are gone are told as files, and objects that are gone are not', async () => {
    await using service = await startScriptedService({ status: 404 }, { status: 404 });
    const { readFile, datasets } = clientOf(service);
    const gone = await rejectionOf(readFile(fileAt(`${service.endpoint}/files/1?sig=x`)));
    expect(gone).toMatchObject({ status: 404, isFile: true });
    expect(await rejectionOf(datasets.list())).toMatchObject({ status: 404, isFile: false });
  });

  test('are not read over plain http from elsewhere, nor without a contentUrl', async () => {
    await using service = await startScriptedService();
    const { readFile } = clientOf(service);
    expect(String(await rejectionOf(readFile(fileAt('http://169.254.169.254/metadata?x=1'))))).toContain(
      'is not https',
    );
    expect(String(await rejectionOf(readFile({ ...file, links: {} })))).toContain('has no links.contentUrl');
  });
});

describe('the endpoint', () => {
  const credential = { key: 'the-secret-key-of-the-test' };

  test.each([
    'https://westus.api.cognitive.microsoft.com',
    'https://westus.api.cognitive.microsoft.com/sts/v1.0/issuetoken',
    'https://call-centre.cognitiveservices.azure.com/',
    ' https://call-centre.cognitiveservices.azure.com ',
    'http://localhost:8080',
    'http://[::1]:8080',
  ])('may be %s', (url) => {
    expect(createSpeechClient({ endpoint: url, credential })).toHaveProperty('datasets');
  });

  test.each([
    '',
    'westus',
    'wss://westus.stt.speech.microsoft.com',
    'file:///etc/passwd',
    'https://user:hunter2@example.com',
    'https://example.com/other?code=hunter2',
    'https://call-centre.cognitiveservices.azure.com/?subscription-key=hunter2',
    'https://call-centre.cognitiveservices.azure.com/#hunter2',
    'https://cаll-centre.cognitiveservices.azure.com',
    'https://xn--cll-centre-wkj.cognitiveservices.azure.com',
    'http://example.com',
    'http://127.0.0.1.example.com',
  ])('may not be %j', (url) => {
    const make = () => createSpeechClient({ endpoint: url, credential });
    expect(make).toThrow(/^Check SPEECHOPS_ENDPOINT: /);
    expect(make).not.toThrow('hunter2');
  });

  test.each(['/speechtotext', '/speechtotext/v3.2', '/speechtotext/v3.2/models?a=b', '/other'])(
    'may not have the path %s, and the address to use is said',
    (path) => {
      const url = `https://call-centre.cognitiveservices.azure.com${path}`;
      const advice = path.includes('?')
        ? 'without a query'
        : `set it to https://call-centre.cognitiveservices.azure.com, without the path ${path}`;
      expect(() => createSpeechClient({ endpoint: url, credential })).toThrow(advice);
    },
  );

  test.each(['', '  ', 'two words', 'naïve'])('is not used with the key %j', (key) => {
    expect(() =>
      createSpeechClient({ endpoint: 'https://a.cognitiveservices.azure.com', credential: { key } }),
    ).toThrow('Check SPEECHOPS_KEY');
  });
});

function fileAt(contentUrl: string): EntityFile {
  return { ...file, links: { contentUrl } };
}

describe('the time of the service', () => {
  const date = 'Sat, 15 Jan 2028 00:00:00 GMT';

  test('is that of its last good answer, and goes on from there', async () => {
    const values = { body: { values: [] } };
    await using service = await startScriptedService(
      { ...values, headers: { date } },
      { status: 400, body: notFound, headers: { date: 'Sat, 15 Jan 2050 00:00:00 GMT' } },
      { ...values, headers: { date: 'not a date' } },
    );
    const client = clientOf(service);
    expect(client.serviceTime?.()).toBeUndefined();
    await client.datasets.list();
    await rejectionOf(client.datasets.list());
    await client.datasets.list();
    const after = (client.serviceTime?.()?.getTime() ?? 0) - Date.parse(date);
    expect(after).toBeGreaterThan(0);
    expect(after).toBeLessThan(3_600_000);
  });

  test('is not told by another host', async () => {
    await using storage = await startScriptedService({ body: 'text', headers: { date } });
    await using service = await startScriptedService();
    const client = clientOf(service);
    const elsewhere: EntityFile = { ...file, links: { contentUrl: `${storage.endpoint}/report` } };
    await client.readFile(elsewhere);
    expect(client.serviceTime?.()).toBeUndefined();
  });
});
