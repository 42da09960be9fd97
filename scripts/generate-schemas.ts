import { readFile, writeFile } from 'node:fs/promises';
import { compile } from 'json-schema-to-typescript';
import {
  approvalsSchema,
  dataSchema,
  driftSchema,
  environmentSchema,
  lifecycleSchema,
  lockSchema,
  planSchema,
  policiesSchema,
  pricesSchema,
  releaseSchema,
  resultsSchema,
  rulesSchema,
  runSchema,
  settingsSchema,
} from '../schemas/documents.ts';
import { documentSchema, type JsonSchema, stepSchemas, takesType } from '../schemas/index.ts';
import { inlineOwnReferences, inlineReferences, SHARED_DEFINITIONS } from '../schemas/inline-references.ts';
import { completeEnvironmentSchema, settledPartSchema, settledTitle } from '../schemas/settled-environment.ts';
import { resolvedSchema } from '../schemas/resolved-schema.ts';
import { camelCase } from '../stacks/environment/environment.ts';
import { environmentPage } from './environment-page.ts';
import { pipelinePage } from './pipeline-page.ts';
import { validatorsModule } from './validators-module.ts';

/**
 * The files that are made from the hand-written schemas, by their path in the repository: the bundle for editors, the
 * TypeScript types, the compiled schemas, the list of inputs in the page about environments, and the tables in the page
 * about pipelines.
 */
export async function generatedFiles(): Promise<Readonly<Record<string, string>>> {
  return {
    'schemas/pipeline.schema.json': `${JSON.stringify(editorBundle(), undefined, 2)}\n`,
    'schemas/types.gen.ts': await types(),
    'schemas/validators.gen.ts': validatorsModule(),
    'docs/environment.md': environmentPage(await page('environment')),
    'docs/pipeline.md': pipelinePage(await page('pipeline')),
  };
}

async function page(name: string): Promise<string> {
  return await readFile(new URL(`../docs/${name}.md`, import.meta.url), 'utf8');
}

const kinds: readonly (readonly [string, JsonSchema])[] = Object.entries(stepSchemas);

/** One schema in which editors find everything: the settings of a step are chosen by its `uses`. */
function editorBundle(): JsonSchema {
  const { $id: _, $defs, ...document } = documentSchema as JsonSchema;
  const { step, ...definitions } = $defs ?? {};
  const settings = kinds.map(([kind, schema]) => {
    const {
      $schema: _schema,
      $id: _id,
      $defs: _outputs,
      title: _title,
      examples: _examples,
      ...rest
    } = inlineOwnReferences(schema);
    return [kind, withExpressions({ ...rest, description: `${schema.description} ${outputsOf(schema)}` })] as const;
  });
  return {
    ...document,
    $defs: {
      ...Object.fromEntries(Object.entries(definitions).map(([name, schema]) => [name, withoutAnnotations(schema)])),
      expression: {
        description: 'A value that is computed when the run knows it.',
        type: 'string',
        pattern: '\\$\\{\\{[\\s\\S]*\\}\\}',
        patternErrorMessage: 'Write an expression: ${{ inputs.name }}.',
      },
      step: {
        ...step,
        properties: {
          ...step?.properties,
          uses: { ...step?.properties?.['uses'], description: whatKindsDo(step), enum: kinds.map(([kind]) => kind) },
        },
        allOf: settings.map(([kind, schema]) => ({
          if: { properties: { uses: { const: kind } }, required: ['uses'] },
          // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
          then: {
            properties: { with: { $ref: `#/$defs/${kind}` } },
            ...(schema.required?.length ? { required: ['with'] } : {}),
          },
        })),
      },
      ...Object.fromEntries(settings),
    },
  };
}

/** What editors show beside `uses`. */
function whatKindsDo(step: JsonSchema | undefined): string {
  const lines = kinds.map(([kind, { description }]) => `- \`${kind}\`: ${description}`);
  return [`${step?.properties?.['uses']?.description}\n`, ...lines].join('\n');
}

function outputsOf(schema: JsonSchema): string {
  const names = Object.keys(schema.$defs?.['outputs']?.properties ?? {});
  return `Outputs: ${names.map((name) => `\`${name}\``).join(', ')}.`;
}

/** The same schema, where every value that is not free text may also be an expression. */
function withExpressions(schema: JsonSchema): JsonSchema {
  return {
    ...withoutAnnotations(schema),
    properties: Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([name, property]) => [name, settingWithExpression(property)]),
    ),
  };
}

function settingWithExpression(property: JsonSchema): JsonSchema {
  if (property.type === 'object') return withExpressions(property);
  if (takesType(property, 'array') && property.items?.properties !== undefined)
    return { ...(property.properties ? withExpressions(property) : property), items: withExpressions(property.items) };
  const isFreeText = property.type === 'string' && property.enum === undefined;
  if (isFreeText) return withoutAnnotations(property);
  const { description, default: standard, ...rest } = property;
  return {
    ...(description === undefined ? {} : { description }),
    ...(standard === undefined ? {} : { default: standard }),
    anyOf: [withoutAnnotations(rest), { $ref: '#/$defs/expression' }],
  };
}

/** Leaves out what only SpeechOps reads, and points into the bundle. */
function withoutAnnotations(schema: JsonSchema): JsonSchema {
  const rest: JsonSchema = Object.fromEntries(Object.entries(schema).filter(([keyword]) => !keyword.startsWith('x-')));
  if (rest.items) return { ...rest, items: withoutAnnotations(rest.items) };
  return rest.$ref?.startsWith(SHARED_DEFINITIONS)
    ? { ...rest, $ref: `#/$defs/${rest.$ref.slice(SHARED_DEFINITIONS.length)}` }
    : rest;
}

async function types(): Promise<string> {
  const parts = [
    '/* Made from the schemas by scripts/generate-schemas.ts. Change those, then `npm run schemas`. */',
    await typesOf(documentSchema as JsonSchema),
    await typesOf(runSchema as JsonSchema),
    await typesOf(dataSchema as JsonSchema),
    await typesOf(lockSchema as JsonSchema),
    await typesOf(driftSchema as JsonSchema),
    await typesOf(lifecycleSchema as JsonSchema),
    await typesOf(planSchema as JsonSchema),
    await typesOf(approvalsSchema as JsonSchema),
    await typesOf(policiesSchema as JsonSchema),
    await typesOf(pricesSchema as JsonSchema),
    await typesOf(releaseSchema as JsonSchema),
    await typesOf(resultsSchema as JsonSchema),
    await typesOf(asInTypeScript(completeEnvironmentSchema())),
    await typesOf(asInTypeScript(settledPartSchema('environment'))),
    settledParts(),
    await typesOf(rulesSchema as JsonSchema),
    await typesOf(settingsSchema as JsonSchema),
  ];
  for (const [, schema] of kinds) {
    parts.push(await typesOf({ ...resolvedSchema(schema), title: `${schema.title}With` }));
    parts.push(await typesOf(schema.$defs?.['outputs'] ?? {}));
  }
  for (const [name, description, suffix] of [
    [
      'StepWith',
      'The settings of each step kind as a step gets them: defaults applied, expressions evaluated, rates as 0..1, durations in seconds.',
      'With',
    ],
    ['StepOutputs', 'The outputs of each step kind.', 'Outputs'],
  ] as const) {
    const members = kinds.map(([kind, schema]) => `  ${kind}: ${schema.title}${suffix};\n`).join('');
    parts.push(`/**\n * ${description}\n */\nexport interface ${name} {\n${members}}\n`);
  }
  return parts
    .join('\n')
    .replaceAll(/\n *\*\n *\* @minItems.*/g, '')
    .replaceAll(/^( +)(['\w-]+\??: |\[k: string\])/gm, '$1readonly $2')
    .replaceAll('string[]', 'readonly string[]')
    .replaceAll(/\b(number|[A-Z]\w*)\[\]/g, 'readonly $1[]')
    .replaceAll(againOnItsOwn, '')
    .replaceAll(/^( +readonly (?:\[k: string\]|[^:]+): (?:readonly )?[A-Z][A-Za-z]+)\d+(?=[[;])/gm, '$1');
}

/** A definition that several properties refer to becomes a type for each of them: `ResultsRate1` is `ResultsRate`. */
const againOnItsOwn = /\/\*\*\n( \*[^\n]*\n)* \*\/\nexport interface [A-Z]\w*?\d+ \{\n[^}]*\n\}\n/g;

/** The schema of what `environment.yaml` says as TypeScript has it: keys in camelCase, and defaults in the words. */
function asInTypeScript(schema: JsonSchema): JsonSchema {
  const { title, properties, additionalProperties, items } = schema;
  const described = Object.entries(properties ?? {}).map(([key, property]) => {
    const { default: standard } = property;
    const words = (property.description ?? '').replaceAll(/`[a-z]+(-[a-z]+)+`/g, (name) => camelCase(name));
    const description = standard === undefined ? words : `${words}\n\n@default ${literal(standard)}`;
    return [camelCase(key), asInTypeScript({ ...property, description })] as const;
  });
  return {
    ...schema,
    ...(title === undefined ? {} : { title: title.replace(/Document$/, 'Settings') }),
    ...(schema.required === undefined ? {} : { required: schema.required.map((key) => camelCase(key)) }),
    ...(properties === undefined ? {} : { properties: Object.fromEntries(described) }),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: asInTypeScript(additionalProperties) } : {}),
    ...(items === undefined ? {} : { items: asInTypeScript(items) }),
  };
}

function literal(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll(/"([^"']*)"/g, "'$1'")
    .replaceAll(',', ', ');
}

/** The types of the parts of an environment by the names that the schema has for them. */
function settledParts(): string {
  const members = Object.entries((environmentSchema as JsonSchema).$defs ?? {}).flatMap(([name, { title }]) =>
    title === undefined ? [] : [`  '${name}': ${settledTitle(title)};\n`],
  );
  const description =
    'The parts of an environment with their defaults in place, by the names that the schema has for them.';
  return `/**\n * ${description}\n */\nexport interface SettledParts {\n${members.join('')}}\n`;
}

function typesOf(schema: JsonSchema): Promise<string> {
  const plain = JSON.parse(JSON.stringify(withoutIds(inlineReferences(schema)))) as Parameters<typeof compile>[0];
  return compile(plain, schema.title ?? 'Schema', {
    bannerComment: '',
    style: { singleQuote: true, printWidth: 120 },
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
  });
}

function withoutIds(schema: JsonSchema): JsonSchema {
  const { $id: _id, $defs: _defs, $schema: _schema, ...rest } = schema;
  return rest;
}

/** Writes the files, or with `--check` says which are not what the schemas give. */
async function main(arguments_: readonly string[]): Promise<void> {
  const root = new URL('../', import.meta.url);
  for (const [path, text] of Object.entries(await generatedFiles())) {
    const file = new URL(path, root);
    if (!arguments_.includes('--check')) await writeFile(file, text);
    else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
      process.stderr.write(`${path} is not what the schemas give: run \`npm run schemas\`\n`);
      process.exitCode = 1;
    }
  }
}

if (import.meta.main) await main(process.argv.slice(2));
