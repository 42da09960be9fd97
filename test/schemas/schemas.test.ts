import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import bundle from '../../schemas/pipeline.schema.json' with { type: 'json' };
import {
  environmentSchema,
  dataSchema,
  driftSchema,
  lifecycleSchema,
  lockSchema,
  approvalsSchema,
  planSchema,
  policiesSchema,
  pricesSchema,
  releaseSchema,
  resultsSchema,
  runSchema,
  rulesSchema,
  settingsSchema,
} from '../../schemas/documents.ts';
import { documentSchema, type JsonSchema, stepSchemas, takesType } from '../../schemas/index.ts';
import { inlineReferences } from '../../schemas/inline-references.ts';
import { resolvedSchema } from '../../schemas/resolved-schema.ts';
import { generatedFiles } from '../../scripts/generate-schemas.ts';

const annotations = [
  'x-type',
  'x-default-from',
  'x-present-with',
  'x-uses-resource',
  'x-measured-output',
  'x-measures',
  'x-trains',
  'x-served',
  'x-asks-person',
  'x-needs',
  'x-terms',
  'x-manifest',
  'x-needs-unless',
  'x-needs-default',
  'x-value-needs',
  'x-heard',
  'x-dataset-kinds',
  'x-kinds-apart',
  'x-kinds-by-locale',
  'x-kind-from',
  'x-locale-from',
  'x-evidence',
  'x-takes-secrets',
  'x-taken-back',
  'x-pattern-of',
  'x-required',
  'patternErrorMessage',
];
const written: Readonly<Record<string, JsonSchema>> = {
  document: documentSchema as JsonSchema,
  run: runSchema as JsonSchema,
  data: dataSchema as JsonSchema,
  lock: lockSchema as JsonSchema,
  drift: driftSchema as JsonSchema,
  lifecycle: lifecycleSchema as JsonSchema,
  plan: planSchema as JsonSchema,
  approvals: approvalsSchema as JsonSchema,
  policies: policiesSchema as JsonSchema,
  prices: pricesSchema as JsonSchema,
  release: releaseSchema as JsonSchema,
  results: resultsSchema as JsonSchema,
  environment: environmentSchema as JsonSchema,
  rules: rulesSchema as JsonSchema,
  settings: settingsSchema as JsonSchema,
  ...stepSchemas,
};

function newAjv(): Ajv2020 {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  for (const annotation of annotations) ajv.addKeyword(annotation);
  return ajv;
}

describe('generated files', () => {
  it('are what the schemas give', async () => {
    for (const [path, text] of Object.entries(await generatedFiles())) {
      expect(await readFile(new URL(`../../${path}`, import.meta.url), 'utf8'), `npm run schemas: ${path}`).toBe(text);
    }
  });
});

describe.each(Object.entries(written))('the schema %s', (name, schema) => {
  const ajv = newAjv();
  if (name !== 'document') ajv.addSchema(documentSchema);
  ajv.addSchema(schema);
  const parts = [['', schema] as const, ...Object.entries(schema.$defs ?? {})].map(([part, definition]) => ({
    part,
    definition,
  }));

  it.each(parts)('has valid examples in $part', ({ part, definition }) => {
    const validate = ajv.getSchema(
      part === '' ? (schema['$id'] as string) : `${schema['$id'] as string}#/$defs/${part}`,
    );
    const examples = definition['examples'] as readonly unknown[];
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(validate?.(example), JSON.stringify([example, validate?.errors])).toBe(true);
  });

  it('describes every property and refuses unknown ones', () => {
    for (const object of objectsIn(schema)) {
      expect(object.additionalProperties, object.description).toBeDefined();
      for (const [key, property] of Object.entries(object.properties ?? {}))
        expect(property.description, key).toMatch(/\.$/);
    }
  });

  it('has defaults that it allows itself', () => {
    for (const object of objectsIn(schema)) {
      for (const [key, property] of Object.entries(object.properties ?? {})) {
        if (property.default === undefined) continue;
        expect(ajv.validate(inlineReferences(property, schema), property.default), key).toBe(true);
        expect(object.required ?? [], key).not.toContain(key);
      }
    }
  });
});

describe('the bundle for editors', () => {
  // What an editor knows besides JSON Schema.
  const validate = new Ajv2020({ allowUnionTypes: true, keywords: ['patternErrorMessage'] }).compile(bundle);

  it('says in words what a text must be that has a pattern', () => {
    const told = new Map(Object.entries(bundle.$defs as Readonly<Record<string, JsonSchema>>));
    for (const name of ['id', 'locale', 'pipeline-locale', 'rate', 'duration', 'expression'])
      expect(told.get(name)?.['patternErrorMessage'], name).toMatch(/^Write /);
  });

  it.each(Object.entries(stepSchemas))(
    'takes the examples of %s, and expressions where values are not free text',
    (uses, schema) => {
      for (const example of schema.examples)
        expect(validate(pipeline({ uses, with: example })), JSON.stringify(validate.errors)).toBe(true);
      const properties = Object.entries(schema.properties as Record<string, JsonSchema>).filter(
        ([, property]) => !takesType(property, 'object') && !takesType(property, 'array'),
      );
      const expressions = Object.fromEntries(properties.map(([key]) => [key, '${{ inputs.x }}']));
      expect(
        validate(pipeline({ uses, with: { ...schema.examples[0], ...expressions } })),
        JSON.stringify(validate.errors),
      ).toBe(true);
    },
  );

  it.each([
    [{ uses: 'upload', with: { kind: 'Acoustic', from: 'a', form: 'b' } }],
    [{ uses: 'upload', with: { kind: 'Acustic', from: 'a' } }],
    [{ uses: 'upload' }],
    [{ uses: 'uplaod', with: {} }],
    [{ uses: 'swap', with: { endpoint: 'a', model: 'b', verify: { audio: 'c', 'max-wer': 20 } } }],
    [{ uses: 'train', with: { datasets: ['a'], weight: '30' } }],
  ])('refuses %j', (step) => {
    expect(validate(pipeline(step))).toBe(false);
  });
});

it('resolvedSchema makes defaults required and units numbers', () => {
  const settled = resolvedSchema(stepSchemas.swap as JsonSchema);
  expect(settled.required).toEqual(['endpoint', 'create', 'model', 'strategy', 'min-days-left', 'settle-timeout']);
  expect(settled.properties?.['settle-timeout']).toMatchObject({ type: 'number' });
  expect(settled.properties?.['verify']?.properties?.['max-wer']).toMatchObject({ type: 'number', maximum: 1 });
});

function pipeline(step: object): object {
  return { name: 'x', locale: 'en-US', steps: [{ id: 'a', ...step }] };
}

/** Every part of a schema that describes an object with named properties. */
function objectsIn(schema: JsonSchema): readonly JsonSchema[] {
  const parts = [
    ...Object.values(schema.$defs ?? {}),
    ...Object.values(schema.properties ?? {}),
    ...(schema.items ? [schema.items] : []),
  ];
  const inside = parts.flatMap(objectsIn);
  return takesType(schema, 'object') && schema.properties !== undefined ? [schema, ...inside] : inside;
}
