import type { DataSource, ProviderDefinition, Resource } from '../../../stacks/provider/schema/resource.ts';
import {
  type Attributes,
  isComputed,
  membersOf,
  objectOf,
  type Schema,
} from '../../../stacks/provider/schema/schema.ts';
import {
  isList,
  isObject,
  mapObject,
  type ObjectValue,
  textOf,
  unknown,
  type Value,
} from '../../../stacks/provider/schema/value.ts';
import { armTypes } from './arm-bodies.ts';
import { ArmClient } from './arm-client.ts';
import { armObject } from './arm-object.ts';
import { azureDataSources, azureResources, type AzureType, fillIn } from './azure-types.ts';
import { keptKeys, type KeptKeys } from './kept-keys.ts';
import { guidOf, hashOf, withMadeUpValues } from './made-up-value.ts';
import { readAzurermSchema } from './read-azurerm-schema.ts';

/** What a configured stand-in knows of Azure. */
interface Cloud {
  readonly subscription: string;
  readonly env: NodeJS.ProcessEnv;
  readonly keys: KeptKeys;
  /** Where objects are, when a host of Azure is named. */
  readonly arm: ArmClient | undefined;
  /** Whether what is deleted and kept for a time is purged. */
  readonly isPurging: boolean;
}

/**
 * A stand-in for `hashicorp/azurerm` with its schema: objects are in the state only (but for keys, which Azure shows on
 * the account that they encrypt), and what Azure would set is made up. Where ARM_METADATA_HOSTNAME of `env` names a host, objects
 * are in the Azure Resource Manager of that one instead, to which the stand-in signs in.
 * `SPEECHOPS_STANDIN_ENDPOINT` and `SPEECHOPS_STANDIN_KEY` of `env` become those of every Cognitive Services account; private
 * endpoints are refused as often as the file `SPEECHOPS_STANDIN_NOT_READY` has lines.
 */
export function azurermProvider(env: NodeJS.ProcessEnv): ProviderDefinition<Cloud> {
  return {
    schema: providerSchema(),
    resources: mapTypes(azureResources, resource),
    dataSources: mapTypes(azureDataSources, dataSource),
    async configure(config) {
      const subscription = textOf(config, 'subscription_id') ?? env['ARM_SUBSCRIPTION_ID'] ?? '';
      if (subscription === '') {
        throw new Error('Set subscription_id, or ARM_SUBSCRIPTION_ID: the provider azurerm 4 does not plan without it');
      }
      const { ARM_METADATA_HOSTNAME: host = '' } = env;
      const arm = host === '' ? undefined : await ArmClient.signIn(env, { host, subscription });
      return { subscription, env, keys: keptKeys(process.cwd()), arm, isPurging: isPurging(config) };
    },
  };
}

/** The feature `cognitive_account.purge_soft_delete_on_destroy`, which is on. */
function isPurging(config: ObjectValue): boolean {
  const [features] = listOf(config['features']);
  const [account] = listOf(features?.['cognitive_account']);
  return account?.['purge_soft_delete_on_destroy'] !== false;
}

function listOf(value: Value | undefined): readonly ObjectValue[] {
  return value !== undefined && isList(value) ? value.filter(isObject) : [];
}

/** The real provider checks by itself that there is one block `features`, so the generated code does not say it. */
function providerSchema(): Schema {
  const { blocks: { features, ...blocks } = {}, ...schema } = readAzurermSchema('provider');
  if (features === undefined) throw new Error('Correct the reader: the provider has no block features');
  return { ...schema, blocks: { ...blocks, features: { ...features, minItems: 1, maxItems: 1 } } };
}

function mapTypes<T>(
  types: Readonly<Record<string, AzureType>>,
  make: (typeName: string, type: AzureType) => T,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(types).map(([typeName, type]) => [typeName, make(typeName, type)]));
}

function resource(typeName: string, type: AzureType): Resource<Cloud> {
  const schema = schemaOf(typeName.replace('azurerm_', ''), type);
  const complete = async (
    object: ObjectValue,
    { client, isNew }: { readonly client: Cloud; readonly isNew: boolean },
  ): Promise<ObjectValue> => {
    const made = completed(object, { typeName, type, schema, cloud: client });
    const refusal = type.refusal?.(made, client.env);
    if (refusal !== undefined) throw new Error(refusal);
    if (client.arm !== undefined) return await armObject(client.arm, { typeName, schema }).write(made, { isNew });
    if (type.key !== undefined) client.keys.set(idOf(made), type.key(made));
    return made;
  };
  return {
    schema,
    timeoutSeconds: { create: 60, update: 60, delete: 60 },
    importState(id) {
      throw new Error(
        `Create ${typeName} with terraform apply: there is no Azure here from which ${id} could be imported`,
      );
    },
    async read(state, { client }) {
      if (client.arm !== undefined) return await armObject(client.arm, { typeName, schema }).read(state);
      return type.key ? state : client.keys.shownOn(state);
    },
    create: async (planned, { client }) => await complete(planned, { client, isNew: true }),
    update: async ({ planned }, { client }) => await complete(planned, { client, isNew: false }),
    async delete(state, { client }) {
      const { arm, isPurging: purges } = client;
      if (arm !== undefined) return await armObject(arm, { typeName, schema }).delete(state, { purges });
      if (type.key !== undefined) client.keys.set(idOf(state), undefined);
    },
  };
}

function idOf(object: ObjectValue): string {
  return textOf(object, 'id') ?? '';
}

function dataSource(typeName: string, type: AzureType): DataSource<Cloud> {
  const schema = schemaOf(typeName.replace('azurerm_', 'data-azurerm-'), type);
  const members = membersOf(schema);
  return {
    schema,
    async read(config, { client }) {
      const asked = mapObject(config, (value, name) => {
        const member = members[name];
        return value === null && member !== undefined && isComputed(member) ? unknown : value;
      });
      const found = completed(asked, { typeName, type, schema, cloud: client });
      if (client.arm === undefined || armTypes[typeName] === undefined) return found;
      const seen = await armObject(client.arm, { typeName, schema }).read(found);
      if (seen === undefined) throw new Error(`${idOf(found)} was not found`);
      return seen;
    },
  };
}

function schemaOf(name: string, { filled = {}, replaces = [] }: AzureType): Schema {
  const schema = readAzurermSchema(name.replaceAll('_', '-'));
  const { attributes } = schema;
  const always = ['name', 'location', 'resource_group_name'].filter((member) => member in attributes);
  const changed: Attributes = Object.fromEntries(
    Object.entries(attributes).map(([member, attribute]) => [
      member,
      {
        ...attribute,
        ...(isSecret.test(member) ? { sensitive: true } : {}),
        ...(member in filled && attribute.presence === 'optional'
          ? { presence: 'optional-computed', stable: true }
          : {}),
      },
    ]),
  );
  const missing = Object.keys(filled).filter((member) => !(member in attributes));
  if (missing.length > 0) throw new Error(`Correct azure-types.ts: azurerm ${name} has no ${missing.join(' and ')}`);
  return [...always, ...replaces].reduce(replacingBy, { ...schema, attributes: changed });
}

/** The block, or the schema, in which a change of the member at this path takes another object. */
function replacingBy<T extends Pick<Schema, 'attributes' | 'blocks'>>(block: T, path: string): T {
  const { attributes, blocks = {} } = block;
  const [member = '', ...rest] = path.split('.');
  const { [member]: attribute } = attributes;
  const { [member]: inner } = blocks;
  if (rest.length > 0 && inner !== undefined && inner.nesting !== 'set') {
    return { ...block, blocks: { ...blocks, [member]: replacingBy(inner, rest.join('.')) } };
  }
  if (rest.length > 0 || attribute === undefined) throw new Error(`Correct azure-types.ts: there is no ${path}`);
  return { ...block, attributes: { ...attributes, [member]: { ...attribute, replaces: true } } };
}

/** The generated code does not say it; the provider hides these. */
const isSecret = /(access_key|shared_key|connection_string|client_secret|password)$/;

function completed(
  planned: ObjectValue,
  options: { readonly typeName: string; readonly type: AzureType; readonly schema: Schema; readonly cloud: Cloud },
): ObjectValue {
  const { typeName, type, schema, cloud } = options;
  const own = [typeName, ...['name', 'scope', 'principal_id'].map((name) => textOf(planned, name) ?? '')].join('/');
  const known = { subscription: cloud.subscription, hash: hashOf(own), guid: guidOf(own) };
  let object = objectOf(schema, planned);
  for (const [name, fill] of Object.entries(type.filled ?? {})) {
    if (object[name] !== unknown) continue;
    const all = { ...known, ...object };
    object = { ...object, [name]: (typeof fill === 'string' ? fillIn(fill, all) : fill(all, cloud.env)) ?? null };
  }
  const id = object['id'] === unknown ? fillIn(type.id, { ...known, ...object }) : textOf(object, 'id');
  if (id === undefined) throw new Error(`Set what the id of ${typeName} is made of: ${type.id}`);
  return withMadeUpValues(membersOf(schema), { ...object, id }, { seed: id });
}
