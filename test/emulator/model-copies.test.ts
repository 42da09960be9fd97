import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { acousticZip, recordings } from './acoustic-zip.ts';
import { type Client, idOf, pathOf, startClient } from './client.ts';
import { ward, wardNotes } from './recognition/spoken-texts.ts';

const west = { name: 'west', location: 'westeurope' };
const east = { name: 'east', location: 'eastus' };

describe('a model that is copied to another resource', () => {
  it('recognises there as it does here', async () => {
    const { source, target, model } = await trained();
    const authorization = await authorized(target, source);
    expect(authorization).toMatchObject({
      targetResourceRegion: 'eastus',
      targetResourceId: target.emulator.resourceId,
      targetResourceEndpoint: `${target.emulator.url}/`,
      sourceResourceId: source.emulator.resourceId,
    });
    const begun = await source.post(`${pathOf(model.self)}:copy`, authorization);
    expect(begun).toMatchObject({ status: 202, body: { status: 'NotStarted' } });
    expect(begun.headers.get('operation-location')).toBe(begun.body.self);
    expect(Number(begun.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await source.delete(model.self)).body.innerError.code).toBe('InUseViolation');

    const operation = await source.finished(begun.body.self);
    expect(operation).toMatchObject({ id: idOf(begun.body.self), status: 'Succeeded' });
    const { link } = operation.result;
    expect(link).toContain(`${target.emulator.url}/speechtotext/models/`);
    const copied = (await target.get(link)).body;
    expect(copied).toMatchObject({
      displayName: model.displayName,
      status: 'Succeeded',
      properties: { customModelWeightPercent: 60 },
    });
    expect(idOf(copied.baseModel.self)).toBe(idOf(model.baseModel.self));
    for (const absent of ['datasets', 'customProperties']) expect(copied).not.toHaveProperty(absent);

    // The source may forget it then.
    expect((await source.delete(model.self)).status).toBe(204);
    const [copy, base] = await errorRates(target, [link, copied.baseModel.self]);
    expect(copy).toBeLessThan(base / 2);
  });

  it('takes what is being sent before it refuses it, so that the answer arrives', async () => {
    const { target } = await trained();
    const url = `${target.emulator.url}/customspeech-copies/${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}`;
    for (let tries = 0; tries < 5; tries += 1) {
      const sent = request(`${url}/${randomUUID()}`, {
        method: 'PUT',
        agent: false,
        headers: { 'content-type': 'application/octet-stream' },
      });
      const answered = once(sent, 'response');
      await pipeline(Readable.from(Array.from({ length: 200 }, () => Buffer.alloc(65_536))), sent);
      const [answer] = (await answered) as [IncomingMessage];
      expect([answer.statusCode, await json(answer)]).toMatchObject([403, { code: 'Forbidden' }]);
    }
  });

  it('needs an authorization that is for this source, known to the target and not expired', async () => {
    const { source, target, model } = await trained();
    const path = `${pathOf(model.self)}:copy`;
    const authorization = await authorized(target, source);
    const other = { ...authorization, sourceResourceId: target.emulator.resourceId };
    expect((await source.post(path, other)).body.innerError.code).toBe('InvalidSourceAzureResourceId');
    const invented = { ...authorization, id: '00000000-0000-4000-8000-00000000abcd' };
    const { self } = (await source.post(path, invented)).body;
    const failed = await source.finished(self);
    expect(failed).toMatchObject({ status: 'Failed', error: { code: 'Forbidden' } });
    expect(failed.error.message).toContain('has given no such authorization');
    await target.advance(24 * 3600);
    const late = (await source.post(path, authorization)).body;
    expect(await source.finished(late.self)).toMatchObject({
      status: 'Failed',
      error: { code: 'ModelCopyAuthorizationExpired' },
    });
    expect((await target.get('/models')).body.values).toEqual([]);
  });

  it('takes no other place that calls itself the target, and no model in training', async () => {
    const { source, target, model } = await trained();
    const authorization = await authorized(target, source);
    const elsewhere = { ...authorization, targetResourceEndpoint: 'http://10.0.0.1/' };
    const { self } = (await source.post(`${pathOf(model.self)}:copy`, elsewhere)).body;
    expect((await source.finished(self)).error.message).toContain('private network');
    const young = await source.create('/models', {
      displayName: 'young',
      locale: 'en-US',
      datasets: [await source.text(wardNotes)],
    });
    const refused = await source.post(`${pathOf(young.self)}:copy`, await authorized(target, source));
    expect(refused.body.innerError.code).toBe('InvalidModel');
  });

  it('fails when a fault wants that, and is not at the target then', async () => {
    const { source, target, model } = await trained();
    await source.addFault({ operation: 'Models_Copy', kind: 'entity-failed', code: 'Forbidden', message: 'No room' });
    const { self } = (await source.post(`${pathOf(model.self)}:copy`, await authorized(target, source))).body;
    expect(await source.finished(self)).toMatchObject({ status: 'Failed', error: { message: 'No room' } });
    expect((await target.get('/models')).body.values).toEqual([]);
  });
});

it.each([{}, { sourceResourceId: 'west' }])('an authorization for %j is refused', async (body) => {
  const client = await startClient();
  expect((await client.post('/models:authorizecopy', body)).status).toBe(400);
});

it('manifests of base and custom models name files that can be read for as long as is asked for', async () => {
  const client = await startClient();
  const model = await client.model([await client.text(wardNotes)]);
  for (const each of [model, (await client.baseModels()).at(-1)]) {
    const { body } = await client.get(each.links.manifest, { query: { sasLifetimeMinutes: 10 } });
    expect(body.model.self).toBe(each.self);
    const [{ name, contentUrl }] = body.modelFiles;
    expect(name).toBe('model.json');
    expect(await (await fetch(contentUrl)).json()).toMatchObject({ simulated: true, locale: 'en-US' });
    await client.advance(601);
    expect((await fetch(contentUrl)).status).toBe(403);
  }
  expect((await client.get('/models/00000000-0000-4000-8000-00000000abcd/manifest')).status).toBe(404);
});

async function trained() {
  const source = await startClient({ account: west });
  const target = await startClient({ account: east });
  const model = await source.model([await source.text(wardNotes)], {
    properties: { customModelWeightPercent: 60 },
    customProperties: { digest: 'abc' },
  });
  return { source, target, model };
}

async function authorized(target: Client, source: Client) {
  const { body } = await target.post('/models:authorizecopy', { sourceResourceId: source.emulator.resourceId });
  return body;
}

/** Word error rates of two models on the same recordings. */
async function errorRates(client: Client, models: readonly [string, string]): Promise<readonly [number, number]> {
  const dataset = await client.dataset({ kind: 'Acoustic' }, acousticZip(recordings('ward', ward)));
  const { self } = await client.create('/evaluations', {
    displayName: 'e',
    locale: 'en-US',
    dataset: { self: dataset.self },
    model1: { self: models[0] },
    model2: { self: models[1] },
  });
  const { wordErrorRate1, wordErrorRate2 } = (await client.finished(self)).properties;
  return [wordErrorRate1, wordErrorRate2];
}
