import { readFile } from 'node:fs/promises';
import { format } from 'oxfmt';
import { customspeechProvider } from '../stacks/provider/customspeech-provider.ts';
import type { Attribute, Attributes, Schema, Shape } from '../stacks/provider/schema/schema.ts';

/** The constructs of the Terraform provider for CDKTF as its schemas give them: texts, by path in the repository. */
export async function constructFiles(): Promise<Readonly<Record<string, string>>> {
  const { schema, resources, dataSources } = customspeechProvider({});
  const texts = [
    constructOf('customspeech_provider', { kind: 'provider', schema }),
    ...Object.entries(resources).map(([type, resource]) => constructOf(type, { kind: 'resource', ...resource })),
    ...Object.entries(dataSources).map(([type, source]) => constructOf(type, { kind: 'data source', ...source })),
  ];
  const style = JSON.parse(await readFile(new URL('../.oxfmtrc.json', import.meta.url), 'utf8')) as object;
  const formatted = texts.map(async ({ path, text }) => {
    const { code, errors } = await format(path, text, { ...style, ignorePatterns: [] });
    if (errors.length > 0) throw new Error(`Correct the text made for ${path}: ${JSON.stringify(errors)}`);
    return [path, code] as const;
  });
  return Object.fromEntries(await Promise.all(formatted));
}

/** The class by hand that each kind of construct extends; what Terraform itself takes is a prop of it. */
const bases = {
  provider: { base: 'CustomspeechConnection', file: './_customspeech-connection.ts' },
  resource: { base: 'CustomspeechObject', file: './_customspeech-object.ts' },
  'data source': { base: 'CustomspeechLookup', file: './_customspeech-lookup.ts' },
} as const;

function constructOf(
  type: string,
  { kind, schema }: { readonly kind: keyof typeof bases; readonly schema: Schema },
): { readonly path: string; readonly text: string } {
  const { base, file } = bases[kind];
  const [name, properties] = [pascalCase(type), `${pascalCase(type)}Props`];
  const all = Object.entries(schema.attributes);
  const given = all.filter(([, { presence }]) => presence !== 'computed');
  const made = all.filter(([, { presence }]) => presence === 'computed');
  const unknownBlock = Object.keys(schema.blocks ?? {}).find((block) => block !== 'timeouts');
  if (unknownBlock !== undefined) throw new Error(`Teach the generator the block ${unknownBlock} of ${type}`);
  const isOptional = given.every(([, { presence }]) => presence !== 'required');
  const changedByOthers = given.flatMap(([attribute, { changedBy }]) => (changedBy === undefined ? [] : [attribute]));
  const options = [
    `type: '${type}', props`,
    ...(changedByOthers.length === 0 ? [] : [`changedByOthers: ${literal(changedByOthers)}`]),
  ];
  const getters = made.map(([attribute, about]) => getterOf(attribute, about));
  return {
    path: `stacks/provider/constructs/${type.replaceAll('_', '-')}.ts`,
    text: `// Made from the provider's schemas by scripts/generate-provider-reference.ts. Change those, then run it.
${getters.some((getter) => getter.includes('IResolvable')) ? "import type { IResolvable } from 'cdktf';\n" : ''}import type { Construct } from 'constructs';
import { ${base}, type ${base}Props } from '${file}';

export interface ${properties} extends ${base}Props {
${given.map(([attribute, about]) => propertyOf(attribute, about)).join('\n')}
}

${comment([aboutClass(kind, schema)])}
export class ${name} extends ${base} {
  constructor(scope: Construct, id: string, props: ${properties}${isOptional ? ' = {}' : ''}) {
    super(scope, id, ${kind === 'provider' ? 'props' : `{ ${options.join(', ')} }`});
  }
${getters.map((getter) => `\n${getter}`).join('\n')}
}
`,
  };
}

function aboutClass(kind: keyof typeof bases, { description }: Schema): string {
  if (kind === 'provider') {
    return `The provider \`customspeech\` in a stack: ${description.charAt(0).toLowerCase()}${description.slice(1)}`;
  }
  return inTypeScript(kind === 'resource' ? description : `${description} Looked up when Terraform plans.`);
}

function propertyOf(name: string, attribute: Attribute): string {
  const { type, presence, default: standard, whenLeftOut = 'none', replaces, kept, changedBy, oneOf } = attribute;
  const sentences = [
    `${attribute.description}.`,
    ...(replaces === true ? ['A change makes another object.'] : []),
    ...(kept === undefined ? [] : ['A change is refused.']),
    ...(changedBy === undefined ? [] : [`Later values are not applied: ${changedBy} change it.`]),
  ];
  const left = standard === undefined ? inTypeScript(whenLeftOut) : literal(standard);
  return [
    comment([inTypeScript(sentences.join(' '), oneOf), ...(presence === 'required' ? [] : [`@default ${left}`])], '  '),
    `  readonly ${camelCase(name)}${presence === 'required' ? '' : '?'}: ${typeOf(type, oneOf)};`,
  ].join('\n');
}

function typeOf(type: Shape, oneOf: readonly string[] | undefined): string {
  if (type === 'bool') return 'boolean';
  if (type === 'string' && oneOf !== undefined) return oneOf.map((text) => literal(text)).join(' | ');
  if (typeof type === 'string') return type;
  if ('map' in type) return `Readonly<Record<string, ${typeOf(type.map, oneOf)}>>`;
  if ('object' in type) throw new Error('Teach the generator to take objects');
  return `readonly (${typeOf('list' in type ? type.list : type.set, oneOf)})[]`;
}

function getterOf(name: string, { type, description, oneOf }: Attribute): string {
  const { result, method } = reading(type);
  const members = Object.keys(membersOfList(type)).map((member) => `\`${member}\``);
  const how = `Each has ${members.join(', ')}: read them with Terraform's functions (\`Fn.lookupNested\`, \`Fn.length\`).`;
  const sentences = [inTypeScript(`${description}.`, oneOf), ...(members.length === 0 ? [] : [how])];
  return `${comment([sentences.join(' ')], '  ')}\n  get ${camelCase(name)}(): ${result} {\n    return this.${method}('${name}');\n  }`;
}

/** What CDKTF gives for an attribute of a type, and how it is asked for it. */
function reading(type: Shape): { readonly result: string; readonly method: string } {
  if (type === 'string') return { result: 'string', method: 'getStringAttribute' };
  if (type === 'number') return { result: 'number', method: 'getNumberAttribute' };
  if (type === 'bool') return { result: 'IResolvable', method: 'getBooleanAttribute' };
  if ('list' in type && type.list === 'string') return { result: 'string[]', method: 'getListAttribute' };
  if ('list' in type) return { result: 'IResolvable', method: 'interpolationForAttribute' };
  throw new Error(`Teach the generator to read ${JSON.stringify(type)}`);
}

/** The attributes of the objects of which a list consists; none of another type. */
export function membersOfList(type: Shape): Attributes {
  return typeof type === 'object' && 'list' in type && typeof type.list === 'object' && 'object' in type.list
    ? type.list.object
    : {};
}

/** A description with the names that things have in TypeScript, and what is code in it marked as such, `words` too. */
function inTypeScript(text: string, words: readonly string[] = []): string {
  const isCode = (word: string): boolean => /^[a-z]/.test(word) || words.includes(word);
  return text
    .replaceAll(/\b[a-z]+(_[a-z]+)+\b/g, (name) => `\`${camelCase(name)}\``)
    .replaceAll(/\b(?:self|[a-z]{2}-[A-Z]{2}|[A-Z]\w*)\b/g, (word) => (isCode(word) ? `\`${word}\`` : word));
}

/** A doc comment: one line where it fits, and else a tag begins a line of its own. */
function comment(parts: readonly string[], indent = ''): string {
  const line = `${indent}/** ${parts.join(' ')} */`;
  if (line.length <= width) return line;
  const lines = parts.flatMap((part) => wrapped(part, width - indent.length - 3));
  return [`${indent}/**`, ...lines.map((one) => `${indent} * ${one}`), `${indent} */`].join('\n');
}

const width = 120;

function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function literal(value: unknown): string {
  return JSON.stringify(value).replaceAll('"', "'");
}

function camelCase(name: string): string {
  return name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function pascalCase(name: string): string {
  return camelCase(`_${name}`);
}
