import { environmentSchema, type JsonSchema } from '../schemas/index.ts';

const marker = /<!-- Made from schemas\/environment\.schema\.json[^\n]*-->\n/;

/** The page about environments with its list of inputs made anew from the schema. */
export function environmentPage(page: string): string {
  const [head = ''] = page.split(marker);
  const line = marker.exec(page)?.[0] ?? '';
  const { $defs } = environmentSchema as JsonSchema;
  const parts = Object.entries($defs ?? {}).filter(([, { properties }]) => properties !== undefined);
  const document = { name: '', schema: environmentSchema as JsonSchema };
  const sections = [document, ...parts.map(([name, schema]) => ({ name, schema }))].map(section);
  return `${head}${line}\n${sections.join('\n')}`;
}

function section({ name, schema }: { readonly name: string; readonly schema: JsonSchema }): string {
  const title = name === '' ? 'The document' : `\`${name}\``;
  return [`### ${title}\n`, `${schema.description}\n`, ...table(rows(schema, []))].join('\n');
}

function table(body: readonly string[]): readonly string[] {
  return ['| key | what | takes | default |', '|---|---|---|---|', ...body, ''];
}

/** A row for every property; those of mappings inside follow under their whole path. */
function rows(schema: JsonSchema, path: readonly string[]): readonly string[] {
  const required = new Set([...(schema.required ?? []), ...(schema['x-required'] ?? [])]);
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const whole = [...path, key].join('.');
    const cells = [
      `\`${whole}\``,
      property.description ?? '',
      takes(property),
      required.has(key) ? 'must be given' : standard(property),
    ];
    const row = `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
    return [row, ...inside(property).flatMap(([name, part]) => rows(part, [...path, `${key}${name}`]))];
  });
}

function inside(property: JsonSchema): readonly (readonly [suffix: string, schema: JsonSchema])[] {
  if (property.properties !== undefined) return [['', property]];
  if (property.items?.properties !== undefined) return [['[]', property.items]];
  const { additionalProperties: other } = property;
  return typeof other === 'object' && other.properties !== undefined ? [['.<name>', other]] : [];
}

function takes(property: JsonSchema): string {
  if (property.$ref !== undefined) return reference(property.$ref);
  if (property.enum !== undefined) return property.enum.map((value) => `\`${String(value)}\``).join(', ');
  const { additionalProperties: other, minimum, maximum } = property;
  if (property.type === 'object') {
    if (typeof other !== 'object') return 'the keys below';
    return `a mapping of names to ${other.$ref === undefined ? (other.properties ? 'the keys below' : 'texts') : reference(other.$ref)}`;
  }
  if (property.type === 'array')
    return `a list of ${property.items?.type === 'string' ? 'texts' : `${nameOf(property.items?.type)}s`}`;
  const bounds = [
    ...(minimum === undefined ? [] : [`from ${String(minimum)}`]),
    ...(maximum === undefined ? [] : [`to ${String(maximum)}`]),
  ];
  return [nameOf(property.type), ...bounds].join(' ');
}

/** Small definitions are told in place. */
function reference(path: string): string {
  const name = path.slice('#/$defs/'.length);
  const schema = (environmentSchema as JsonSchema).$defs?.[name];
  return schema?.properties === undefined && schema !== undefined ? takes(schema) : `[\`${name}\`](#${name})`;
}

function nameOf(type: JsonSchema['type']): string {
  const names: Readonly<Record<string, string>> = {
    string: 'text',
    number: 'number',
    integer: 'whole number',
    boolean: '`true` or `false`',
    object: 'mapping',
  };
  return names[String(type)] ?? String(type);
}

function standard({ default: value }: JsonSchema): string {
  if (value === undefined) return '';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value).replaceAll(',', ', ')}\``;
}
