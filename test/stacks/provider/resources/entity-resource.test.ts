import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type EmulatorOptions, startEmulator } from '../../../../emulator/start-emulator.ts';
import { redeployments } from '../../../../emulator/state/redeployment.ts';
import { customspeechProvider } from '../../../../stacks/provider/customspeech-provider.ts';
import type { CustomSpeechClient } from '../../../../stacks/provider/resources/customspeech-client.ts';
import { finishPlan, planChange } from '../../../../stacks/provider/schema/plan-change.ts';
import type { Resource } from '../../../../stacks/provider/schema/resource.ts';
import { objectOf } from '../../../../stacks/provider/schema/schema.ts';
import { type ObjectValue, unknown } from '../../../../stacks/provider/schema/value.ts';
import { Client } from '../../../emulator/client.ts';
import { controlEmulator } from '../../../emulator/control-emulator.ts';

/** The resources of the provider on an emulated service, as Terraform would use them. */
async function open({ speed = 6000, ...options }: EmulatorOptions = {}) {
  const emulator = await startEmulator({ speed, ...options });
  onTestFinished(async () => await emulator.close());
  const provider = customspeechProvider({});
  const config = { endpoint: emulator.url, key: emulator.key };
  const client = await provider.configure(config, { log: () => undefined });
  const resource = (name: string): Resource<CustomSpeechClient> => {
    const found = provider.resources[`customspeech_${name}`];
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  const service = new Client(emulator);
  return {
    service,
    resource,
    faults: async (...orders: readonly object[]): Promise<void> => {
      await controlEmulator(emulator, '/faults', { body: orders });
    },
    /** Plans and applies a configuration: the new state, and whose change takes another object. */
    async apply(
      name: string,
      given: ObjectValue,
      {
        prior,
        signal = new AbortController().signal,
        keep = () => undefined,
      }: {
        readonly prior?: ObjectValue;
        readonly signal?: AbortSignal;
        readonly keep?: (state: ObjectValue) => void;
      } = {},
    ) {
      const { schema, plan, create, update } = resource(name);
      const configured = objectOf(schema, given);
      const bySchema = planChange(schema, { prior, config: configured });
      const whole = (await plan?.(bySchema, { config: configured, prior })) ?? bySchema;
      const { planned, replacing } = finishPlan(schema, { planned: whole, prior });
      const context = { client, signal, keep };
      const state = prior === undefined ? await create(planned, context) : await update({ prior, planned }, context);
      return { state, replacing };
    },
    async read(name: string, state: ObjectValue) {
      const signal = new AbortController().signal;
      return await resource(name).read(state, { client, signal, isImported: false });
    },
    async remove(name: string, state: ObjectValue): Promise<void> {
      const signal = new AbortController().signal;
      await resource(name).delete(state, { client, signal, keep: () => undefined });
    },
  };
}

const project = { display_name: 'P', locale: 'en-US' };
const endpoint = { display_name: 'E', locale: 'en-US' };

describe('creating', () => {
  it.each([
    [{ kind: 'lost', count: 1 }],
    [{ kind: 'truncated', count: 1 }],
    [{ kind: 'cut', count: 2 }],
    [{ kind: 'status', status: 500, count: 2 }],
    [{ kind: 'status', status: 429, retryAfterSeconds: 0, count: 3 }],
  ])('makes one object when the answer is %o', async (fault) => {
    const { apply, faults, service } = await open();
    await faults({ operation: 'Projects_Create', ...fault });
    const { state } = await apply('project', project);
    const { values } = (await service.get('/projects')).body;
    expect(values).toMatchObject([{ self: state['self'], displayName: 'P' }]);
  });

  it('shows no signature that the service repeats in its reason', async () => {
    const { apply, faults } = await open();
    const url = 'https://a.blob.core.windows.net/data/terms.txt?sv=2024&sig=abcdef';
    const message = `Cannot download ${url}`;
    await faults({ operation: 'Endpoints_Create', kind: 'entity-failed', message, count: 1 });
    await expect(apply('endpoint', endpoint)).rejects.toThrow(
      'the service failed it: Cannot download https://a.blob.core.windows.net/data/terms.txt?*** [',
    );
  });

  it('says where to look when the service gives no reason', async () => {
    const { apply, faults } = await open();
    await faults({ operation: 'Endpoints_Create', kind: 'entity-failed', message: '', count: 1 });
    await expect(apply('endpoint', endpoint)).rejects.toThrow(
      /the service failed it and gave no reason \[\w+\]; see http:\/\/127\.0\.0\.1:\d+\/speechtotext\/endpoints\//,
    );
  });

  it('gives up with the reason when the service stays away, and leaves nothing', async () => {
    const { apply, faults, service } = await open();
    await faults({ operation: 'Projects_Create', kind: 'status', status: 503 });
    await expect(apply('project', project)).rejects.toThrow('503');
    expect((await service.get('/projects')).body.values).toEqual([]);
  }, 300_000);

  it('repeats nothing when nobody knows whether it was created', async () => {
    const { apply, faults, service } = await open();
    await faults(
      { operation: 'Projects_Create', kind: 'lost', count: 1 },
      { operation: 'Projects_List', kind: 'status', status: 403, count: 1 },
    );
    await expect(apply('project', project)).rejects.toThrow(
      /may have acted.*looking whether it was created failed too/,
    );
    expect((await service.get('/projects')).body.values).toHaveLength(1);
  });

  it('remembers the object before it waits for it', async () => {
    const { apply, service } = await open({ speed: 1 });
    const stopped = new AbortController();
    const kept: ObjectValue[] = [];
    const creating = apply('endpoint', endpoint, {
      signal: stopped.signal,
      keep(state) {
        kept.push(state);
        stopped.abort(new Error('stopped'));
      },
    });
    await expect(creating).rejects.toThrow('stopped');
    const { values } = (await service.get('/endpoints')).body;
    expect(kept).toMatchObject([{ self: values[0].self, status: 'NotStarted' }]);
  });
});

describe.each(redeployments)('updating on a service whose redeployment is %s', (redeployment) => {
  it('waits for another deployment before it asks for its own', async () => {
    // The other one takes a fifth of a second.
    const { apply, service } = await open({ speed: 1500, redeployment });
    const { state } = await apply('endpoint', endpoint);
    const bases = await service.baseModels();
    const [second, third] = [bases.at(-2).self, bases.at(-3).self];
    await service.patch(`/endpoints/${String(state['id'])}`, { model: { self: second } });
    const updated = await apply('endpoint', { ...endpoint, model: third }, { prior: state });
    expect(updated.state).toMatchObject({ model: third, status: 'Succeeded' });
    expect((await service.get(`/endpoints/${String(state['id'])}`)).body.model.self).toBe(third);
  });

  it('lets its model be deleted when another one has taken its place', async () => {
    const { service, apply, remove } = await open({ redeployment });
    const datasets = [await service.text(['some words']), await service.text(['other words'])];
    const models = await Promise.all(
      datasets.map(
        async ({ self }, index) =>
          (await apply('model', { display_name: `M${index}`, locale: 'en-US', datasets: [self] })).state,
      ),
    );
    const given = { display_name: 'E', locale: 'en-US' };
    const [before, after] = models.map((model) => model['self'] as string);
    const { state: prior } = await apply('endpoint', { ...given, model: before ?? '' });
    await expect(remove('model', models[0] ?? {})).rejects.toThrow('Change or delete the endpoint E first');
    await apply('endpoint', { ...given, model: after ?? '' }, { prior });
    await remove('model', models[0] ?? {});
    expect((await service.get('/models')).body.values).toHaveLength(1);
  });

  it('does not mind a pipeline that swaps the model at the same time', async () => {
    const { apply, service, read } = await open({ redeployment });
    const { state } = await apply('endpoint', endpoint);
    const bases = await service.baseModels();
    await service.patch(`/endpoints/${String(state['id'])}`, { model: { self: bases.at(-2).self } });
    const updated = await apply('endpoint', { ...endpoint, description: 'Live' }, { prior: state });
    expect(updated.state).toMatchObject({ description: 'Live', model: state['model'] });
    expect(await read('endpoint', updated.state)).toMatchObject({ model: bases.at(-2).self });
  });

  it('fails when the endpoint ends with another model, as far as it says so, and keeps what is', async () => {
    const { apply, faults, service, read } = await open({ redeployment });
    const { state } = await apply('endpoint', endpoint);
    const bases = await service.baseModels();
    const older = bases.at(-2).self;
    await faults({ operation: 'Endpoints_Update', kind: 'wrong-model', count: 1 });
    const updated = apply('endpoint', { ...endpoint, model: older }, { prior: state });
    if (redeployment === 'at-once') expect((await updated).state).toMatchObject({ model: older });
    else await expect(updated).rejects.toThrow(/ended the deployment/);
    expect(await read('endpoint', state)).toMatchObject({ model: redeployment === 'at-once' ? older : state['model'] });
  });
});

describe('updating', () => {
  it('takes out of the project what is configured without one', async () => {
    const { apply, service } = await open();
    const { state } = await apply('project', project);
    const { state: inside } = await apply('endpoint', { ...endpoint, project: state['self'] ?? null });
    const { state: outside } = await apply('endpoint', endpoint, { prior: inside });
    expect(outside['project']).toBeNull();
    expect((await service.get('/endpoints')).body.values[0]).not.toHaveProperty('project');
  });

  it('takes a reference with another host for the same', async () => {
    const { apply, service } = await open();
    const { state } = await apply('project', project);
    const { state: before } = await apply('endpoint', { ...endpoint, project: state['self'] ?? null });
    const elsewhere = String(state['self']).replace(/127\.0\.0\.1:\d+/, 'westeurope.api.cognitive.microsoft.com');
    const again = await apply('endpoint', { ...endpoint, project: elsewhere }, { prior: before });
    expect(again.state).toEqual(before);
    expect(await service.get('/endpoints')).toMatchObject({ body: { values: [{ project: { self: state['self'] } }] } });
  });
});

describe('an endpoint', () => {
  it('says when the model expires that it serves now, whoever put it there', async () => {
    const { apply, service, read } = await open();
    const { state } = await apply('endpoint', endpoint);
    const bases = await service.baseModels();
    const expiryOf = (self: unknown): string =>
      bases.find((base: { readonly self: string }) => base.self === self).properties.deprecationDates
        .transcriptionDateTime;
    expect(state['model_expires_date_time']).toBe(expiryOf(state['model']));
    const older = bases.at(-2).self;
    await service.patch(`/endpoints/${String(state['id'])}`, { model: { self: older } });
    const based = await apply('endpoint', { ...endpoint, description: 'Based' }, { prior: state });
    expect(await read('endpoint', based.state)).toMatchObject({
      model: older,
      model_expires_date_time: expiryOf(older),
    });
    expect(expiryOf(older)).not.toBe(state['model_expires_date_time']);

    const folder = await mkdtemp(path.join(tmpdir(), 'speechops-dataset-'));
    onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
    const file = path.join(folder, 'terms.txt');
    await writeFile(file, 'word error rate\n');
    const named = { display_name: 'N', locale: 'en-US' };
    const { state: dataset } = await apply('dataset', { ...named, kind: 'Language', content_file: file });
    const { state: model } = await apply('model', { ...named, datasets: [dataset['self'] ?? null] });
    const trained = await apply('endpoint', { ...endpoint, model: model['self'] ?? null }, { prior: state });
    expect(trained.state).toMatchObject({ model_expires_date_time: model['expires_date_time'] });
    expect(model['expires_date_time']).toMatch(/^20\d\d-/);
  });
});

describe('deleting', () => {
  it('waits until the service has finished with the object', async () => {
    const { apply, remove, service } = await open();
    const { state } = await apply('endpoint', endpoint);
    const bases = await service.baseModels();
    await service.patch(`/endpoints/${String(state['id'])}`, { model: { self: bases.at(-2).self } });
    await remove('endpoint', state);
    expect((await service.get('/endpoints')).body.values).toEqual([]);
  });

  it('is done when the object is gone already', async () => {
    const { apply, remove, read } = await open();
    const { state } = await apply('endpoint', endpoint);
    await remove('endpoint', state);
    await remove('endpoint', state);
    expect(await read('endpoint', state)).toBeUndefined();
  });
});

describe('a dataset', () => {
  it('is uploaded, and known by its content', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'speechops-dataset-'));
    onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
    const file = path.join(folder, 'terms.txt');
    await writeFile(file, 'word error rate\nbase model\n');
    const { apply } = await open();
    const given = { display_name: 'D', locale: 'en-US', kind: 'Language', content_file: file };
    const { state } = await apply('dataset', given);
    expect(state).toMatchObject({ status: 'Succeeded', accepted_line_count: 2, content_url: null });
    await writeFile(file, 'other words\n');
    expect((await apply('dataset', given, { prior: state })).replacing).toEqual([[{ name: 'content_digest' }]]);
  });

  it('that was imported takes the file that is configured, without another upload', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'speechops-dataset-'));
    onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
    const file = path.join(folder, 'terms.txt');
    await writeFile(file, 'word error rate\n');
    const { apply, service } = await open();
    const given = { display_name: 'D', locale: 'en-US', kind: 'Language', content_file: file };
    const { state } = await apply('dataset', given);
    const imported = { ...state, content_file: null, content_digest: null };
    const again = await apply('dataset', given, { prior: imported });
    expect(again.replacing).toEqual([]);
    expect(again.state).toEqual(state);
    expect((await service.get('/datasets')).body.values).toHaveLength(1);
  });

  it('that was imported takes the URL that is configured when the service tells none', async () => {
    const { apply, read, service } = await open();
    const text = createServer((_, response) => void response.end('word error rate\n')).listen(0, '127.0.0.1');
    onTestFinished(() => void text.close());
    await once(text, 'listening');
    const content_url = `http://127.0.0.1:${(text.address() as AddressInfo).port}/terms.txt`;
    const given = { display_name: 'D', locale: 'en-US', kind: 'Language', content_url };
    const { state } = await apply('dataset', given);
    const again = await apply('dataset', given, { prior: { ...state, content_url: null } });
    expect(again.replacing).toEqual([]);
    expect(again.state).toEqual(state);
    expect(await read('dataset', again.state)).toEqual(state);
    expect((await service.get('/datasets')).body.values).toHaveLength(1);
    const other = { ...given, content_url: `${content_url}.other` };
    expect((await apply('dataset', other, { prior: state })).replacing).toEqual([[{ name: 'content_url' }]]);
  });

  it('from a URL is another one when the content has changed, and where it can be told', async () => {
    const { apply } = await open();
    let etag: string | undefined = '"1"';
    const text = createServer((_, response) => {
      if (etag !== undefined) response.setHeader('ETag', etag);
      response.writeHead(etag === undefined ? 403 : 200).end('word error rate\n');
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void text.close());
    await once(text, 'listening');
    const url = `http://127.0.0.1:${(text.address() as AddressInfo).port}/terms.txt?set=train`;
    const given = { display_name: 'D', locale: 'en-US', kind: 'Language' };
    const planned = async (content_url: string): Promise<unknown> =>
      (await apply('dataset', { ...given, content_url }, { prior: state })).replacing;
    const { state } = await apply('dataset', { ...given, content_url: url });
    expect(state['content_mark']).toBe('{"etag":"\\"1\\""}');
    expect(await planned(`${url}&sv=1&sig=2`)).toEqual([]);
    expect(await planned(url.replace('train', 'test'))).toEqual([[{ name: 'content_url' }]]);
    etag = undefined;
    expect(await planned(url)).toEqual([]);
    etag = '"2"';
    expect(await planned(url)).toEqual([[{ name: 'content_mark' }]]);
  });

  const dataset = customspeechProvider({}).resources['customspeech_dataset'];
  const text = { display_name: 'D', locale: 'en-US', kind: 'Language' };

  it.each<[string, ObjectValue, ObjectValue | undefined, ObjectValue]>([
    ['a URL', { content_url: 'https://a/b' }, undefined, { content_url: 'https://a/b', content_digest: null }],
    ['an unknown URL', { content_url: unknown }, undefined, { content_url: unknown, content_digest: null }],
    ['an unknown file', { content_file: unknown }, undefined, { content_url: unknown, content_digest: unknown }],
    [
      'one of two that are unknown',
      { content_url: unknown, content_file: unknown },
      undefined,
      { content_url: unknown, content_digest: unknown },
    ],
    [
      'nothing, when it was imported',
      {},
      { content_url: 'https://a/b', content_digest: null },
      { content_url: 'https://a/b', content_digest: null },
    ],
    [
      'nothing any more, when it came from a file',
      {},
      { content_url: null, content_digest: 'abc' },
      { content_url: null, content_digest: 'abc' },
    ],
    [
      'a URL, when it came from a file',
      { content_url: 'https://a/b' },
      { content_url: null, content_digest: 'abc' },
      { content_url: 'https://a/b', content_digest: null },
    ],
  ])('is planned with %s as its content', async (_, given, before, expected) => {
    if (dataset?.plan === undefined) throw new Error('no plan');
    const config = objectOf(dataset.schema, { ...text, ...given });
    const prior = before && objectOf(dataset.schema, { ...text, ...before });
    const planned = await dataset.plan(planChange(dataset.schema, { prior, config }), { config, prior });
    expect({ content_url: planned['content_url'], content_digest: planned['content_digest'] }).toEqual(expected);
  });
});
