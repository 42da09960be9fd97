import { documentSchema, type JsonSchema, stepSchemas } from '../schemas/index.ts';
import { inlineOwnReferences } from '../schemas/inline-references.ts';
import { functions } from '../workflows/expressions/expression-syntax.ts';
import { nameOfValueType, typeOfSchema } from '../workflows/expressions/value-type.ts';
import { markdownTable, settingsTable, takes } from './schema-table.ts';

const end = '<!-- End -->';
const placeOfNewKinds = '<!-- Further step kinds -->';

/**
 * The page about pipelines with its tables made anew: of keys and step kinds from the schemas, of functions from the expressions.
 * A step kind without a section gets one, after the others.
 */
export function pipelinePage(page: string): string {
  const missing = Object.keys(stepSchemas).filter((kind) => !page.includes(beginOf(`uses: ${kind}`)));
  const sections = missing.map((kind) => `### \`${kind}\`\n\n${beginOf(`uses: ${kind}`)}\n${end}\n\n`);
  const whole = page.replace(placeOfNewKinds, () => `${sections.join('')}${placeOfNewKinds}`);
  return Object.entries(parts()).reduce((text, [name, lines]) => {
    const begin = beginOf(name);
    const [before = '', ...after] = text.split(`${begin}\n`);
    const rest = after.join(`${begin}\n`);
    const at = rest.indexOf(end);
    if (at < 0) throw new Error(`Write ${begin} and ${end} into docs/pipeline.md: the part has no place`);
    return `${before}${begin}\n\n${lines.join('\n').trimEnd()}\n\n${rest.slice(at)}`;
  }, whole);
}

function beginOf(name: string): string {
  return `<!-- Made from the schemas by \`npm run schemas\`: ${name} -->`;
}

/** The lines of each part of the page by its name. */
function parts(): Readonly<Record<string, readonly string[]>> {
  const { $defs, ...document } = documentSchema as JsonSchema;
  const tables = Object.entries($defs ?? {}).flatMap(([name, schema]) =>
    schema.properties === undefined ? [] : [`### \`${name}\`\n`, `${schema.description}\n`, ...keys(schema)],
  );
  const kinds = Object.entries(stepSchemas).map(
    ([kind, schema]) => [`uses: ${kind}`, kindLines(inlineOwnReferences(schema))] as const,
  );
  return {
    keys: ['### The document\n', ...keys(document), ...tables],
    ...Object.fromEntries(kinds),
    functions: functionLines(),
  };
}

function keys(schema: JsonSchema): readonly string[] {
  return settingsTable(schema, reference);
}

function kindLines(schema: JsonSchema): readonly string[] {
  const outputs = schema.$defs?.['outputs'];
  const required = new Set(outputs?.required);
  const rows = Object.entries(outputs?.properties ?? {}).map(([name, output]) => [
    `\`${name}\``,
    output.description ?? '',
    output['x-type'] === 'rate' ? 'a rate, as a fraction' : nameOfValueType(typeOfSchema(output)),
    presence(output, required.has(name)),
  ]);
  return [
    `${schema.description}\n`,
    'Settings, under `with`:\n',
    ...keys(schema),
    'Outputs:\n',
    ...markdownTable(['output', 'what', 'type', 'when'], rows),
  ];
}

function presence({ 'x-present-with': key }: JsonSchema, isAlways: boolean): string {
  if (key !== undefined) return `with \`${key}\``;
  return isAlways ? 'always' : 'where it is known';
}

/** What the library of GitHub's expressions says of each: how it is called, an empty line, what it gives. */
function functionLines(): readonly string[] {
  const rows = [...functions.values()].map(({ name, description }) => {
    const [call = '', ...what] = description.split('\n\n');
    const [, parameters = ''] = /\(\s*(.*?)\s*\)/.exec(call) ?? [];
    return [`\`${name}(${parameters})\``, what.join(' ').replaceAll(/\s+/g, ' ')];
  });
  return markdownTable(['function', 'what it gives'], rows);
}

/** Small definitions are told in place, with an example; the others have a table of their own. */
function reference(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const schema = (documentSchema as JsonSchema).$defs?.[name];
  if (schema?.properties !== undefined) return `[\`${name}\`](#${name})`;
  if (schema?.type === 'array') return takes(schema, reference);
  const type = schema?.['x-type'];
  if (type === undefined) return 'a mapping of names to values';
  const [example] = (schema?.['examples'] ?? []) as readonly unknown[];
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type.replaceAll('-', ' ')}, as in \`${String(example)}\``;
}
