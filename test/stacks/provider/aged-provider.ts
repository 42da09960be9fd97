import { servePlugin } from '../../../stacks/provider/plugin/serve-plugin.ts';
import type { ProviderDefinition, Resource } from '../../../stacks/provider/schema/resource.ts';
import type { Attribute, Schema } from '../../../stacks/provider/schema/schema.ts';

/**
 * A provider of one resource that lives in the state alone, in two ages: with `AGE=old` its schema is of version 0 and has
 * `title` and `minutes`, with `AGE=new` it is of version 2 and has `name` and `seconds`.
 */
const given = (type: 'string' | 'number'): Attribute => ({ type, presence: 'required', description: '' });

const old: Schema = { version: 0, description: '', attributes: { title: given('string'), minutes: given('number') } };
const young: Schema = { version: 2, description: '', attributes: { name: given('string'), seconds: given('number') } };

const note: Resource<undefined> = {
  schema: process.env['AGE'] === 'old' ? old : young,
  upgrades: [
    ({ title, ...rest }) => ({ ...rest, name: title }),
    ({ minutes, ...rest }) => ({ ...rest, seconds: Number(minutes) * 60 }),
  ],
  timeoutSeconds: { create: 60, update: 60, delete: 60 },
  importState: (id) => ({ name: id }),
  read: async (state) => state,
  create: async (planned) => planned,
  update: async ({ planned }) => planned,
  delete: async () => undefined,
};

const provider: ProviderDefinition<undefined> = {
  schema: { version: 0, description: '', attributes: {} },
  resources: { aged_note: note },
  dataSources: {},
  configure: async () => undefined,
};

await servePlugin(provider, { args: ['--reattach'], env: process.env, source: 'speechops.internal/test/aged' });
