import { tmpdir } from 'node:os';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { App, Testing, TerraformOutput, TerraformStack } from 'cdktf';
import { describe, expect, it } from 'vitest';
import { CustomspeechBaseModel } from '../../../../stacks/provider/constructs/customspeech-base-model.ts';
import { CustomspeechDataset } from '../../../../stacks/provider/constructs/customspeech-dataset.ts';
import { CustomspeechEndpoint } from '../../../../stacks/provider/constructs/customspeech-endpoint.ts';
import { CustomspeechEndpoints } from '../../../../stacks/provider/constructs/customspeech-endpoints.ts';
import { CustomspeechModel } from '../../../../stacks/provider/constructs/customspeech-model.ts';
import { CustomspeechModels } from '../../../../stacks/provider/constructs/customspeech-models.ts';
import { CustomspeechProject } from '../../../../stacks/provider/constructs/customspeech-project.ts';
import { CustomspeechProvider } from '../../../../stacks/provider/constructs/customspeech-provider.ts';
import { hasTerraform, TerraformWorld } from '../terraform.ts';

const common = {
  displayName: 'N',
  locale: 'en-US',
  description: 'D',
  customProperties: { camelCase: 'stays' },
  timeouts: { create: '1h' },
};

/** One of each, with everything that its props can say. */
function fullStack(): { readonly stack: TerraformStack; readonly objects: Readonly<Record<string, object>> } {
  const stack = new TerraformStack(Testing.app({ outdir: tmpdir() }), 'speech');
  new CustomspeechProvider(stack, 'provider', { endpoint: 'http://127.0.0.1:9', key: 'abcdef' });
  const project = new CustomspeechProject(stack, 'project', { ...common, foundryProjectName: 'F' });
  const base = new CustomspeechBaseModel(stack, 'base', { locale: 'en-US', dataKinds: ['Language'] });
  const dataset = new CustomspeechDataset(stack, 'dataset', {
    ...common,
    project: project.self,
    kind: 'Language',
    contentUrl: 'https://example.org/text.txt',
    contentFile: 'text.txt',
    textNormalizationKind: 'None',
  });
  const model = new CustomspeechModel(stack, 'model', {
    ...common,
    project: project.self,
    baseModel: base.self,
    datasets: [dataset.self],
    customModelWeightPercent: 40,
  });
  const endpoint = new CustomspeechEndpoint(stack, 'endpoint', {
    ...common,
    project: project.self,
    model: model.self,
    contentLoggingEnabled: true,
    lifecycle: { preventDestroy: true },
  });
  const filters = { locale: 'en-US', displayName: 'N', status: 'Succeeded', project: project.self } as const;
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
      provider: { customspeech: [{ endpoint: 'http://127.0.0.1:9', key: 'abcdef' }] },
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
  readonly provider: Readonly<Record<string, readonly object[]>>;
  readonly resource: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly data: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}

describe.skipIf(!hasTerraform)('the constructs, with Terraform', { timeout: 300_000 }, () => {
  it('have every argument and every attribute of the provider, and no others', async () => {
    await using world = await TerraformWorld.open('');
    const { provider_schemas: schemas } = JSON.parse(
      await world.must('providers', 'schema', '-json'),
    ) as ProviderSchemas;
    const ours = Object.values(schemas)[0];
    const { stack, objects } = fullStack();
    const types = [...Object.keys(ours?.resource_schemas ?? {}), ...Object.keys(ours?.data_source_schemas ?? {})];
    expect(
      Object.keys(objects)
        .map((name) => `customspeech_${name}`)
        .toSorted(),
    ).toEqual(types.toSorted());
    const synthesised = JSON.parse(Testing.synth(stack)) as Synthesised;
    const settings = Object.keys(synthesised.provider['customspeech']?.[0] ?? {});
    expect(settings.toSorted()).toEqual(Object.keys(ours?.provider.block.attributes ?? {}).toSorted());
    for (const [name, object] of Object.entries(objects)) {
      const type = `customspeech_${name}`;
      const block = (ours?.resource_schemas[type] ?? ours?.data_source_schemas[type])?.block;
      const attributes = Object.entries(block?.attributes ?? {});
      const writable = attributes.filter(([, { required, optional }]) => required === true || optional === true);
      const written = Object.values(synthesised.resource[type] ?? synthesised.data[type] ?? {})[0] ?? {};
      const arguments_ = Object.keys(written).filter((key) => key !== '//' && key !== 'lifecycle');
      expect(arguments_.toSorted(), type).toEqual(
        [...writable.map(([key]) => key), ...Object.keys(block?.block_types ?? {})].toSorted(),
      );
      const readable = attributes.filter(([key]) => !writable.some(([other]) => other === key));
      for (const [key] of readable) {
        const getter = key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
        expect(object, `${type}.${getter}`).toHaveProperty(getter);
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
    await world.must('init', '-input=false');
    await world.apply();
    const [made] = await world.objects('endpoints');
    const bases = await world.objects('models/base', "locale eq 'en-US'");
    const older = bases.findLast(({ self }) => self !== made?.model?.self);
    await world.request('PATCH', made?.self ?? '', { model: { self: older?.self } });
    expect((await world.plan()).output).toMatch(/No changes|without changing any real infrastructure/);
  });
});

interface ProviderSchemas {
  readonly provider_schemas: Readonly<
    Record<
      string,
      Readonly<
        Record<'resource_schemas' | 'data_source_schemas', Readonly<Record<string, { readonly block: Block }>>>
      > & { readonly provider: { readonly block: Block } }
    >
  >;
}

interface Block {
  readonly attributes: Readonly<Record<string, { readonly required?: boolean; readonly optional?: boolean }>>;
  readonly block_types?: Readonly<Record<string, unknown>>;
}
