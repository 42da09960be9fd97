import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startEmulator } from '../../../../emulator/start-emulator.ts';
import { builtProvider } from '../../../../stacks/provider/build-provider.ts';
import { customspeechProvider } from '../../../../stacks/provider/customspeech-provider.ts';
import { decodeObject, encodeObject } from '../../../../stacks/provider/schema/encoding.ts';
import { objectOf, type Schema } from '../../../../stacks/provider/schema/schema.ts';
import { type ObjectValue, unknown } from '../../../../stacks/provider/schema/value.ts';
import { PluginProcess } from './plugin-process.ts';

const { schema: providerSchema, resources, dataSources } = customspeechProvider({});
const projects = { typeName: 'customspeech_project', schema: schemaOf('customspeech_project') };

beforeAll(async () => void (await builtProvider()));

interface Answer {
  readonly diagnostics: readonly {
    readonly severity: number;
    readonly summary: string;
    readonly detail: string;
    readonly attribute?: { readonly steps: readonly object[] };
  }[];
  readonly newState?: { readonly msgpack: Uint8Array };
  readonly plannedState?: { readonly msgpack: Uint8Array };
  readonly upgradedState?: { readonly msgpack: Uint8Array };
  readonly state?: { readonly msgpack: Uint8Array };
  readonly private?: Uint8Array;
  readonly deferred?: { readonly reason: number };
  readonly importedResources?: readonly {
    readonly state: { readonly msgpack: Uint8Array };
    readonly private: Uint8Array;
  }[];
}

describe('the provider protocol', () => {
  it('validates with the path of what is wrong', async () => {
    const { plugin } = await configured();
    const config = { display_name: 'P', locale: 'en-US', custom_properties: { 'speechops-x': '1', fine: unknown } };
    const answer = await plugin.call<Answer>('validateResourceConfig', {
      ...named(projects),
      config: value(projects.schema, config),
    });
    expect(answer.diagnostics).toMatchObject([
      {
        severity: 1,
        summary: 'Choose another key',
        attribute: { steps: [{ attributeName: 'custom_properties' }, { elementKeyString: 'speechops-x' }] },
      },
    ]);
  });

  it('steers no terminal with what a configuration says', async () => {
    const { plugin } = await configured();
    const config = {
      display_name: 'P',
      locale: 'en\u001B[2J\u202E',
      custom_properties: { 'speechops-\u001B[31m': '1' },
    };
    const answer = await plugin.call<Answer>('validateResourceConfig', {
      ...named(projects),
      config: value(projects.schema, config),
    });
    expect(answer.diagnostics.length).toBeGreaterThan(0);
    for (const { summary, detail } of answer.diagnostics) expect(summary + detail).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(JSON.stringify(answer.diagnostics)).toContain('u202E');
  });

  it('finds what is missing and what may not be set', async () => {
    const { plugin } = await configured();
    const config = value(projects.schema, { locale: 'en-US', id: 'mine' });
    const { diagnostics } = await plugin.call<Answer>('validateResourceConfig', { ...named(projects), config });
    expect(diagnostics.map(({ summary, detail }) => `${summary}: ${detail}`)).toEqual([
      'Leave id out: The provider sets it',
      'Set display_name: It is required',
    ]);
  });

  it('plans, applies, reads and deletes', async () => {
    const { plugin } = await configured();
    const config = objectOf(projects.schema, { display_name: 'P', locale: 'en-US' });
    const planned = await plugin.call<Answer>('planResourceChange', {
      ...named(projects),
      priorState: value(projects.schema, undefined),
      proposedNewState: value(projects.schema, config),
      config: value(projects.schema, config),
    });
    expect(decoded(projects.schema, planned.plannedState)).toMatchObject({ display_name: 'P', id: unknown });
    const applied = await plugin.call<Answer>('applyResourceChange', {
      ...named(projects),
      priorState: value(projects.schema, undefined),
      plannedState: planned.plannedState,
      config: value(projects.schema, config),
    });
    expect(applied.diagnostics).toEqual([]);
    const read = await plugin.call<Answer>('readResource', { ...named(projects), currentState: applied.newState });
    expect(decoded(projects.schema, read.newState)).toEqual(decoded(projects.schema, applied.newState));
    const deletion = {
      ...named(projects),
      priorState: applied.newState,
      plannedState: value(projects.schema, undefined),
      config: value(projects.schema, undefined),
    };
    expect(
      decoded(projects.schema, (await plugin.call<Answer>('applyResourceChange', deletion)).newState),
    ).toBeUndefined();
    const gone = await plugin.call<Answer>('readResource', { ...named(projects), currentState: applied.newState });
    expect(gone.diagnostics).toEqual([]);
    expect(decoded(projects.schema, gone.newState)).toBeUndefined();
    // What is gone already is deleted.
    expect((await plugin.call<Answer>('applyResourceChange', deletion)).diagnostics).toEqual([]);
  });

  it('marks what was imported until it is read, and then shows all of it', async () => {
    const { plugin, emulator } = await configured();
    const { self } = await create(emulator, {
      displayName: 'P',
      locale: 'en-US',
      customProperties: { a: '1', 'speechops-pipeline': 'p' },
    });
    const { importedResources = [] } = await plugin.call<Answer>('importResourceState', {
      ...named(projects),
      id: self,
    });
    const [imported] = importedResources;
    const read = await plugin.call<Answer>('readResource', {
      ...named(projects),
      currentState: imported?.state,
      private: imported?.private,
    });
    expect(decoded(projects.schema, read.newState)).toMatchObject({ display_name: 'P', custom_properties: { a: '1' } });
    expect(read.private).toHaveLength(0);
  });

  it('defers reading where it may while its own configuration is not known, and says so where it may not', async () => {
    const plugin = await started();
    const config = value(providerSchema, { endpoint: unknown, key: 'abcdef123456' });
    expect((await plugin.call<Answer>('configureProvider', { config })).diagnostics).toEqual([]);
    const currentState = value(projects.schema, { id: '41dbf782-7d4c-4acb-ba62-998c340c10d8' });
    const reading = { ...named(projects), currentState };
    const mayDefer = { clientCapabilities: { deferralAllowed: true } };
    const deferred = await plugin.call<Answer>('readResource', { ...reading, ...mayDefer });
    expect(deferred).toMatchObject({ deferred: { reason: 2 }, diagnostics: [] });
    expect(decoded(projects.schema, deferred.newState)).toMatchObject({ id: '41dbf782-7d4c-4acb-ba62-998c340c10d8' });
    const refused = await plugin.call<Answer>('readResource', reading);
    expect(refused.diagnostics).toMatchObject([
      { summary: 'Configure the provider to read this customspeech_project' },
    ]);
    const models = schemaOf('customspeech_models');
    const asking = { typeName: 'customspeech_models', config: value(models, { locale: 'en-US' }) };
    const data = await plugin.call<Answer>('readDataSource', { ...asking, ...mayDefer });
    expect(data.deferred).toEqual({ reason: 2 });
    expect(decoded(models, data.state)).toMatchObject({ locale: 'en-US', models: unknown });
    expect((await plugin.call<Answer>('readDataSource', asking)).diagnostics).toHaveLength(1);
  });

  it('does nothing more after it was asked to stop', async () => {
    const { plugin } = await configured();
    await plugin.call('stopProvider');
    const state = value(projects.schema, { id: '41dbf782-7d4c-4acb-ba62-998c340c10d8' });
    const { diagnostics } = await plugin.call<Answer>('readResource', { ...named(projects), currentState: state });
    expect(diagnostics).toMatchObject([{ severity: 1, summary: 'Interrupted' }]);
  });

  it('reads stored states', async () => {
    const { plugin } = await configured();
    const json = Buffer.from(JSON.stringify({ id: 'x', display_name: 'P', gone: 1 }));
    const answer = await plugin.call<Answer>('upgradeResourceState', {
      ...named(projects),
      version: 0,
      rawState: { json },
    });
    expect(decoded(projects.schema, answer.upgradedState)).toEqual(
      objectOf(projects.schema, { id: 'x', display_name: 'P' }),
    );
  });

  it('answers whatever comes with a diagnostic and goes on', async () => {
    const { plugin } = await configured();
    const requests: readonly (readonly [string, object])[] = [
      ['readResource', { typeName: 'toString', currentState: value(projects.schema, {}) }],
      ['readResource', { ...named(projects), currentState: { msgpack: Uint8Array.of(0x81, 0xa1) } }],
      ['planResourceChange', { ...named(projects), config: { json: Buffer.from('{}') } }],
      ['upgradeResourceState', { ...named(projects), rawState: { json: Buffer.from('{') } }],
      ['readDataSource', {}],
    ];
    for (const [method, request] of requests) {
      const { diagnostics } = await plugin.call<Answer>(method, request);
      expect(diagnostics).toHaveLength(1);
      expect(`${diagnostics[0]?.summary}${diagnostics[0]?.detail}`).not.toMatch(/\n|\bat \w+ \(/);
    }
    expect(await plugin.call('getProviderSchema')).toHaveProperty('resourceSchemas');
  });
});

async function started(): Promise<PluginProcess> {
  const plugin = await PluginProcess.start();
  onTestFinished(async () => await plugin[Symbol.asyncDispose]());
  return plugin;
}

async function configured() {
  const emulator = await startEmulator();
  onTestFinished(async () => await emulator.close());
  const plugin = await started();
  const config = value(providerSchema, { endpoint: emulator.url, key: emulator.key });
  expect((await plugin.call<Answer>('configureProvider', { config })).diagnostics).toEqual([]);
  return { plugin, emulator };
}

async function create(
  emulator: { readonly url: string; readonly key: string },
  project: object,
): Promise<{ readonly self: string }> {
  const answer = await fetch(`${emulator.url}/speechtotext/projects?api-version=2025-10-15`, {
    method: 'POST',
    headers: { 'Ocp-Apim-Subscription-Key': emulator.key, 'Content-Type': 'application/json' },
    body: JSON.stringify(project),
  });
  return (await answer.json()) as { readonly self: string };
}

function schemaOf(typeName: string): Schema {
  const found = { ...resources, ...dataSources }[typeName];
  if (found === undefined) throw new Error(`no ${typeName}`);
  return found.schema;
}

function named({ typeName }: { readonly typeName: string }) {
  return { typeName };
}

function value(schema: Schema, object: ObjectValue | undefined) {
  return { msgpack: encodeObject(schema, object) };
}

function decoded(schema: Schema, dynamic: { readonly msgpack: Uint8Array } | undefined): ObjectValue | undefined {
  return decodeObject(schema, dynamic?.msgpack ?? Uint8Array.of(0xc0));
}
