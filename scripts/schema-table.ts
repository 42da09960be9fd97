import { type JsonSchema, takesType } from '../schemas/index.ts';

/** What stands in a table for a `$ref`: a link, or what the schema takes. */
export type TellReference = (path: string) => string;

/** The lines of a Markdown table with a row for every property of a schema, those of mappings inside under their whole path. */
export function settingsTable(schema: JsonSchema, tellReference: TellReference): readonly string[] {
  return markdownTable(['key', 'what', 'takes', 'default'], rows(schema, { path: [], tellReference }));
}

/** The lines of a Markdown table, and an empty one. */
export function markdownTable(head: readonly string[], body: readonly (readonly string[])[]): readonly string[] {
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [row(head), `|${'---|'.repeat(head.length)}`, ...body.map(row), ''];
}

/** What a schema takes, in words; `tellReference` tells what it refers to. */
export function takes(property: JsonSchema, tellReference: TellReference): string {
  if (property.$ref !== undefined) return tellReference(property.$ref);
  const meaning = meanings[property['x-type'] ?? ''];
  if (meaning !== undefined) return meaning;
  if (property.enum !== undefined) return property.enum.map((value) => `\`${String(value)}\``).join(', ');
  const { additionalProperties: other, minimum, maximum, items } = property;
  if (takesType(property, 'object') && takesType(property, 'array'))
    return 'a mapping of the keys below, or a list of such';
  if (property.type === 'object') {
    if (property.properties !== undefined) return 'the keys below';
    if (typeof other !== 'object') return 'a mapping';
    return `a mapping of names to ${other.$ref === undefined ? (other.properties ? 'the keys below' : plural(other)) : tellReference(other.$ref)}`;
  }
  if (property.type === 'array') {
    if (items?.properties !== undefined) return 'a list of mappings of the keys below';
    if (items?.$ref !== undefined) return `a list of ${tellReference(items.$ref).replace(/^a mapping/, 'mappings')}`;
    return `a list of ${items === undefined ? 'values' : plural(items)}`;
  }
  const bounds = [
    ...(minimum === undefined ? [] : [`from ${String(minimum)}`]),
    ...(maximum === undefined ? [] : [`to ${String(maximum)}`]),
  ];
  return [nameOf(property.type), ...bounds].join(' ');
}

/** Texts that are more than texts, by their `x-type`. */
const meanings: Readonly<Record<string, string>> = {
  dataset: 'a dataset',
  model: 'a model',
  'base-model': 'a base model',
  'model-in-use': 'an endpoint or a model',
  path: 'a path',
  'path-or-url': 'a path or a URL',
  file: 'a file',
  folder: 'a folder',
  'output-folder': 'a folder',
  measurement: "an `evaluate` step's id, or an expression",
};

interface Place {
  readonly path: readonly string[];
  readonly tellReference: TellReference;
}

function rows(schema: JsonSchema, { path, tellReference }: Place): readonly (readonly string[])[] {
  const required = new Set([...(schema.required ?? []), ...(schema['x-required'] ?? [])]);
  const { properties, additionalProperties: other } = schema;
  // Beside names that mean something: whatever names a person gives.
  const others = properties !== undefined && typeof other === 'object' ? [['<name>', other] as const] : [];
  return [...others, ...Object.entries(properties ?? {})].flatMap(([key, property]) => [
    [
      `\`${[...path, key].join('.')}\``,
      property.description ?? '',
      takes(property, tellReference),
      required.has(key) ? 'must be given' : standard(property),
    ],
    ...inside(property).flatMap(([name, part]) => rows(part, { path: [...path, `${key}${name}`], tellReference })),
  ]);
}

function inside(property: JsonSchema): readonly (readonly [suffix: string, schema: JsonSchema])[] {
  if (property.properties !== undefined) return [['', property]];
  if (property.items?.properties !== undefined) return [['[]', property.items]];
  const { additionalProperties: other } = property;
  return typeof other === 'object' && other.properties !== undefined ? [['.<name>', other]] : [];
}

function plural({ type, enum: values, 'x-type': meaning = '' }: JsonSchema): string {
  if (meanings[meaning] !== undefined) return `${meaning}s`;
  if (values !== undefined) return values.map((value) => `\`${String(value)}\``).join(', ');
  return [type ?? 'value']
    .flat()
    .map((name) => (name === 'boolean' ? nameOf(name) : `${nameOf(name)}s`))
    .join(', ');
}

function nameOf(type: JsonSchema['type']): string {
  const names: Readonly<Record<string, string>> = {
    string: 'text',
    number: 'number',
    integer: 'whole number',
    boolean: '`true` or `false`',
    object: 'mapping',
  };
  return [type ?? '']
    .flat()
    .map((name) => names[name] ?? name)
    .join(', ');
}

function standard({ default: value, 'x-default-from': from }: JsonSchema): string {
  if (value === undefined) return from === undefined ? '' : (defaultsFrom[from] ?? `that of \`${from}\``);
  return `\`${typeof value === 'string' ? value : JSON.stringify(value).replaceAll(',', ', ')}\``;
}

const defaultsFrom: Readonly<Record<string, string>> = { id: "the step's id", locale: "the pipeline's locale" };
