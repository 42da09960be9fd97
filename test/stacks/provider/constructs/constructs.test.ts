import { tmpdir } from 'node:os';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  App,
  DefaultTokenResolver,
  StringConcat,
  Testing,
  type TerraformMetaArguments,
  TerraformDataSource,
  TerraformOutput,
  TerraformResource,
  TerraformStack,
  Token,
  Tokenization,
} from 'cdktf';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  CustomspeechBaseModel,
  type CustomspeechBaseModelProps,
} from '../../../../stacks/provider/constructs/customspeech-base-model.ts';
import {
  CustomspeechDataset,
  type CustomspeechDatasetProps,
} from '../../../../stacks/provider/constructs/customspeech-dataset.ts';
import {
  CustomspeechEndpoint,
  type CustomspeechEndpointProps,
} from '../../../../stacks/provider/constructs/customspeech-endpoint.ts';
import {
  CustomspeechEndpoints,
  type CustomspeechEndpointsProps,
} from '../../../../stacks/provider/constructs/customspeech-endpoints.ts';
import {
  CustomspeechModel,
  type CustomspeechModelProps,
} from '../../../../stacks/provider/constructs/customspeech-model.ts';
import {
  CustomspeechModels,
  type CustomspeechModelsProps,
} from '../../../../stacks/provider/constructs/customspeech-models.ts';
import {
  CustomspeechProject,
  type CustomspeechProjectProps,
} from '../../../../stacks/provider/constructs/customspeech-project.ts';
import {
  CustomspeechProvider,
  type CustomspeechProviderProps,
} from '../../../../stacks/provider/constructs/customspeech-provider.ts';
import { hasTerraform, TerraformWorld } from '../terraform.ts';

const common = {
  displayName: 'N',
  locale: 'en-US',
  description: 'D',
  customProperties: { camelCase: 'stays' },
  timeouts: { create: '1h', update: '2h', delete: '3h' },
};

/** All props but Terraform's own: one that is left out does not compile. */
type Every<Props> = Required<Omit<Props, keyof TerraformMetaArguments>>;

/** One of each, with everything that its props can say. */
function fullStack(): { readonly stack: TerraformStack; readonly objects: Readonly<Record<string, object>> } {
  const stack = new TerraformStack(Testing.app({ outdir: tmpdir() }), 'speech');
  new CustomspeechProvider(stack, 'provider', {
    endpoint: 'http://127.0.0.1:9',
    key: 'abcdef',
    tenantId: '00000000-0000-4000-8000-000000000003',
  } satisfies Omit<Every<CustomspeechProviderProps>, 'alias'>);
  const project = new CustomspeechProject(stack, 'project', {
    ...common,
    foundryProjectName: 'F',
  } satisfies Every<CustomspeechProjectProps>);
  const base = new CustomspeechBaseModel(stack, 'base', {
    locale: 'en-US',
    dataKinds: ['Language'],
  } satisfies Every<CustomspeechBaseModelProps>);
  const dataset = new CustomspeechDataset(stack, 'dataset', {
    ...common,
    project: project.self,
    kind: 'Language',
    contentUrl: 'https://example.org/text.txt',
    contentFile: 'text.txt',
    textNormalizationKind: 'None',
  } satisfies Every<CustomspeechDatasetProps>);
  const model = new CustomspeechModel(stack, 'model', {
    ...common,
    project: project.self,
    baseModel: base.self,
    datasets: [dataset.self],
    customModelWeightPercent: 40,
  } satisfies Every<CustomspeechModelProps>);
  const endpoint = new CustomspeechEndpoint(stack, 'endpoint', {
    ...common,
    project: project.self,
    model: model.self,
    contentLoggingEnabled: true,
    lifecycle: { preventDestroy: true },
  } satisfies Every<CustomspeechEndpointProps> & TerraformMetaArguments);
  const filters = {
    locale: 'en-US',
    displayName: 'N',
    status: 'Succeeded',
    project: project.self,
  } as const satisfies Every<CustomspeechModelsProps> & Every<CustomspeechEndpointsProps>;
  const models = new CustomspeechModels(stack, 'models', filters);
  const endpoints = new CustomspeechEndpoints(stack, 'endpoints', filters);
  return { stack, objects: { project, dataset, model, endpoint, base_model: base, models, endpoints } };
}

describe('the constructs', () => {
  it('synthesise the provider with its exact version', () => {
    expect(JSON.parse(Testing.synth(fullStack().stack))).toMatchObject({
      terraform: {
        required_providers: {
          customspeech: {
            source: 'speechops.internal/azure/customspeech',
            version: expect.stringMatching(/^\d+\.\d+\.\d+/),
          },
        },
      },
      provider: {
        customspeech: [
          { endpoint: 'http://127.0.0.1:9', key: 'abcdef', tenant_id: '00000000-0000-4000-8000-000000000003' },
        ],
      },
    });
  });

  it('leave the model of an endpoint to the pipelines', () => {
    const synthesised = JSON.parse(Testing.synth(fullStack().stack)) as Synthesised;
    expect(synthesised.resource['customspeech_endpoint']).toMatchObject({
      endpoint: { lifecycle: { ignore_changes: ['model'], prevent_destroy: true } },
    });
  });

  it('keep the names of custom properties, and refer to each other by self', () => {
    const synthesised = JSON.parse(Testing.synth(fullStack().stack)) as Synthesised;
    expect(synthesised.resource['customspeech_model']).toMatchObject({
      model: {
        custom_properties: { camelCase: 'stays' },
        datasets: ['${customspeech_dataset.dataset.self}'],
        base_model: '${data.customspeech_base_model.base.self}',
      },
    });
  });
});

interface Synthesised {
  readonly provider: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  readonly resource: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly data: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}

describe.skipIf(!hasTerraform)('the constructs, with Terraform', { timeout: 300_000 }, () => {
  let provider: ProviderSchema;

  beforeAll(async () => {
    await using world = await TerraformWorld.open('');
    const { provider_schemas: schemas } = JSON.parse(await world.must('providers', 'schema', '-json')) as {
      readonly provider_schemas: Readonly<Record<string, ProviderSchema>>;
    };
    const [ours] = Object.values(schemas);
    if (ours === undefined) throw new Error('Install the provider: Terraform has no schema of it');
    provider = ours;
  });

  it('have every argument and every attribute of the provider, and no others', () => {
    const { stack, objects } = fullStack();
    const types = [...Object.keys(provider.resource_schemas), ...Object.keys(provider.data_source_schemas)];
    expect(
      Object.keys(objects)
        .map((name) => `customspeech_${name}`)
        .toSorted(),
    ).toEqual(types.toSorted());
    const synthesised = JSON.parse(Testing.synth(stack)) as Synthesised;
    const [settings = {}] = synthesised.provider['customspeech'] ?? [];
    expect(Object.keys(settings).toSorted()).toEqual(namesIn(provider.provider.block).toSorted());
    for (const [name, object] of Object.entries(objects)) {
      const type = `customspeech_${name}`;
      const block = blockOf(provider, type);
      expect(Object.keys(written(synthesised, type)).toSorted(), type).toEqual(namesIn(block).toSorted());
      expect(gettersOf(object).toSorted(), type).toEqual(readable(block).map(camelCase).toSorted());
    }
  });

  it('write each argument in the type that the provider takes', () => {
    const { stack, objects } = fullStack();
    const synthesised = JSON.parse(Testing.synth(stack)) as Synthesised;
    const [settings = {}] = synthesised.provider['customspeech'] ?? [];
    const wrong = [
      ...misfits('provider', { value: settings, block: provider.provider.block }),
      ...Object.keys(objects).flatMap((name) => {
        const type = `customspeech_${name}`;
        return misfits(type, { value: written(synthesised, type), block: blockOf(provider, type) });
      }),
    ];
    expect(wrong).toEqual([]);
  });

  it('read each attribute under its name, as a reference of the type that the provider gives', () => {
    const { stack, objects } = fullStack();
    const resolver = new DefaultTokenResolver(new StringConcat());
    for (const [name, object] of Object.entries(objects)) {
      const type = `customspeech_${name}`;
      const data = type in provider.data_source_schemas ? 'data.' : '';
      const block = blockOf(provider, type);
      for (const key of readable(block)) {
        const value = (object as Readonly<Record<string, unknown>>)[camelCase(key)];
        expect(referenceKind(value), `${type}.${key}`).toBe(expectedKind(block.attributes[key]?.type));
        const id = (object as { readonly friendlyUniqueId: string }).friendlyUniqueId;
        expect(Tokenization.resolve(value, { scope: stack, resolver, preparing: false })).toBe(
          `\${${data}${type}.${id}.${key}}`,
        );
      }
    }
  });

  it('make what they say, and leave a swapped model alone', async () => {
    await using world = await TerraformWorld.open('');
    const stack = new TerraformStack(new App({ outdir: world.folder }), 'speech');
    new CustomspeechProvider(stack, 'provider', { endpoint: world.emulator.url, key: world.emulator.key });
    const project = new CustomspeechProject(stack, 'project', { displayName: 'P', locale: 'en-US' });
    const base = new CustomspeechBaseModel(stack, 'base', { locale: 'en-US', dataKinds: ['Language'] });
    const endpoint = new CustomspeechEndpoint(stack, 'endpoint', {
      displayName: 'E',
      locale: 'en-US',
      project: project.self,
      model: base.self,
    });
    new TerraformOutput(stack, 'url', { value: endpoint.webSocketUrl });
    await writeFile(path.join(world.folder, 'cdk.tf.json'), Testing.synth(stack));
    await writeFile(path.join(world.folder, 'versions.tf'), '');
    await world.apply();
    const [made] = await world.objects('endpoints');
    const bases = await world.objects('models/base', "locale eq 'en-US'");
    const older = bases.findLast(
      ({ self, properties }) => self !== made?.model?.self && properties?.features?.supportsEndpoints === true,
    );
    await world.request('PATCH', made?.self ?? '', { model: { self: older?.self } });
    expect((await world.plan()).output).toMatch(/No changes|without changing any real infrastructure/);
  });
});

interface ProviderSchema {
  readonly provider: { readonly block: Block };
  readonly resource_schemas: Readonly<Record<string, { readonly block: Block }>>;
  readonly data_source_schemas: Readonly<Record<string, { readonly block: Block }>>;
}

interface Block {
  readonly attributes: Readonly<Record<string, SchemaAttribute>>;
  readonly block_types?: Readonly<Record<string, { readonly block: Block }>>;
}

interface SchemaAttribute {
  readonly type: SchemaType;
  readonly required?: boolean;
  readonly optional?: boolean;
}

/** As `terraform providers schema -json` writes types. */
type SchemaType =
  | 'string'
  | 'number'
  | 'bool'
  | readonly ['list' | 'set' | 'map', SchemaType]
  | readonly ['object', Readonly<Record<string, SchemaType>>];

function blockOf(provider: ProviderSchema, type: string): Block {
  const found = provider.resource_schemas[type] ?? provider.data_source_schemas[type];
  if (found === undefined) throw new Error(`Take another type: the provider has no ${type}`);
  return found.block;
}

/** What can be written in a block: arguments, and blocks in it. */
function namesIn({ attributes, block_types: blocks = {} }: Block): readonly string[] {
  return [...Object.keys(attributes).filter((key) => isWritable(attributes[key])), ...Object.keys(blocks)];
}

/** The attributes that only the provider sets. */
function readable({ attributes }: Block): readonly string[] {
  return Object.keys(attributes).filter((key) => !isWritable(attributes[key]));
}

function isWritable(attribute: SchemaAttribute | undefined): boolean {
  return attribute?.required === true || attribute?.optional === true;
}

/** The getters of a construct beside those that every construct of cdktf has. */
function gettersOf(object: object): readonly string[] {
  const prototype = Object.getPrototypeOf(object) as object;
  if (prototype === TerraformResource.prototype || prototype === TerraformDataSource.prototype) return [];
  const own = Object.entries(Object.getOwnPropertyDescriptors(prototype));
  return [...own.filter(([, { get }]) => get !== undefined).map(([name]) => name), ...gettersOf(prototype)];
}

/** What the only object of a type says, without what is Terraform's own. */
function written({ resource, data }: Synthesised, type: string): Readonly<Record<string, unknown>> {
  const [{ '//': _, lifecycle: _own, ...arguments_ } = {}] = Object.values(resource[type] ?? data[type] ?? {});
  return arguments_;
}

/** The arguments whose values do not have the types of the schema, and those of blocks that are not written whole. */
function misfits(
  place: string,
  { value, block }: { readonly value: Readonly<Record<string, unknown>>; readonly block: Block },
): readonly string[] {
  const names = namesIn(block);
  const missing = names.filter((name) => !(name in value)).map((name) => `${place}.${name} is not written`);
  const wrong = Object.entries(value).flatMap(([name, part]) => {
    const inside = block.block_types?.[name];
    if (inside !== undefined) {
      return misfits(`${place}.${name}`, { value: part as Readonly<Record<string, unknown>>, block: inside.block });
    }
    const type = block.attributes[name]?.type;
    if (fits(part, type)) return [];
    return [`${place}.${name} takes ${JSON.stringify(type)} and is ${JSON.stringify(part)}`];
  });
  return [...missing, ...wrong];
}

/** Whether a value is of a type as it stands: Terraform itself would make `40` of `"40"`, and the other way round. */
function fits(value: unknown, type: SchemaType | undefined): boolean {
  if (type === undefined) return false;
  if (typeof type === 'string') return typeof value === (type === 'bool' ? 'boolean' : type);
  if (type[0] === 'list' || type[0] === 'set') return Array.isArray(value) && value.every((one) => fits(one, type[1]));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(([key, part]) => fits(part, type[0] === 'object' ? type[1][key] : type[1]));
}

/** What cdktf gives for an attribute of a type: of lists of objects and of truth values a reference without a type. */
function expectedKind(type: SchemaType | undefined): string {
  if (type === 'string' || type === 'number') return type;
  if (Array.isArray(type) && JSON.stringify(type[1]) === '"string"') return `${type[0]} of strings`;
  return 'reference';
}

function referenceKind(value: unknown): string {
  if (typeof value === 'string' && Token.isUnresolved(value)) return 'string';
  if (typeof value === 'number' && Tokenization.reverseNumber(value) !== undefined) return 'number';
  if (Array.isArray(value) && Tokenization.reverseList(value as string[]) !== undefined) return 'list of strings';
  if (Tokenization.isResolvable(value)) return 'reference';
  return `no reference: ${String(value)}`;
}

function camelCase(key: string): string {
  return key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
