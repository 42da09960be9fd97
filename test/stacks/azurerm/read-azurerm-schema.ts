import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  type Attribute,
  type Block,
  membersOf,
  type Presence,
  type Schema,
  type Shape,
} from '../../../stacks/provider/schema/schema.ts';

/**
 * The schema that a folder of `@cdktf/provider-azurerm` was generated from: `cognitive-account` is a resource type,
 * `data-azurerm-client-config` a data source, `provider` the provider itself. What the generated code does not tell is left
 * out: defaults, which optional attributes the provider fills in, and what is sensitive.
 */
export function readAzurermSchema(folder: string): Schema {
  const file = createRequire(import.meta.url).resolve(`@cdktf/provider-azurerm/lib/${folder}/index.js`);
  const [code = ''] = readFileSync(file, 'utf8').split('//# sourceMappingURL=');
  const name = /^class (\w+) extends cdktf\.Terraform(?:Resource|DataSource|Provider) \{$/m.exec(code)?.[1];
  if (name === undefined)
    throw new Error(`Read a file that cdktf generated: ${file} has no resource, data source or provider`);
  return { version: 0, ...blockOf(code, name) };
}

const description = 'As in the provider hashicorp/azurerm';

/** What can be configured: `bypass: { value: …(struct.bypass), isBlock: false, type: "simple", storageClassType: "string" }`. */
const argumentPattern =
  /^ +(\w+): \{\n +value: .*(?:struct\.|this\._)(\w+).*,\n +isBlock: (true|false),\n +type: "(\w+)",\n +storageClassType: "(\w+)",\n/gm;

/** What only the provider sets: `// endpoint - computed: true, optional: false, …` before a getter, */
const computedPattern = /^ +\/\/ (\w+) - computed: true, optional: false, .*\n +get \w+\(\) \{\n +return (.*);$/gm;

/** and before `this._identity = new …List(this, "identity", false)` what has parts: a block, or else an attribute. */
const partsPattern =
  /^ +\/\/ (\w+) - computed: (true|false), optional: (true|false), .*\n +this\.\w+ = new (\S+)\(this, "\w+"(?:, (true|false))?\);$/gm;

/** The members of one of the generated structs; a resource, a data source and the provider are one, too. */
function blockOf(code: string, name: string): Block {
  const body = classBody(code, `${name}OutputReference`) ?? classBody(code, name) ?? '';
  const attributes: Record<string, Attribute> = {};
  const blocks: Record<string, Block> = {};
  for (const [, member = '', computed, optional, type = '', isSet] of body.matchAll(partsPattern)) {
    if (computed === 'false') continue;
    const shape =
      type === 'cdktf.StringMap' ? { map: 'string' as const } : partShape(code, type, { isSet: isSet === 'true' });
    attributes[member] = attribute(shape, optional === 'true' ? 'optional-computed' : 'computed');
  }
  for (const [, member = '', getter = ''] of body.matchAll(computedPattern)) {
    attributes[member] ??= attribute(getterShape(getter), 'computed');
  }
  for (const [, member = '', property = '', isBlock, kind = '', storage = ''] of argumentsOf(code, { name, body })) {
    if (member in attributes || isMeta(name, member)) continue;
    // A struct of the provider's configuration has no class and no word on what it needs.
    const isRequired =
      body !== '' && !body.includes(` reset${property.charAt(0).toUpperCase()}${property.slice(1)}() {`);
    if (isBlock === 'true') blocks[member] = nestedBlock(code, { kind, storage, isRequired });
    else attributes[member] = attribute(plainShape(kind, storage), isRequired ? 'required' : 'optional');
  }
  const id = attributes['id'];
  if (id?.presence === 'optional' && classBody(code, name) === body)
    attributes['id'] = attribute('string', 'optional-computed');
  return { description, attributes, blocks };
}

/** The provider's alias is Terraform's own and in no schema. */
function isMeta(name: string, member: string): boolean {
  return name === 'AzurermProvider' && member === 'alias';
}

function classBody(code: string, name: string): string | undefined {
  return new RegExp(`^class ${name} extends .*\\{\\n([\\s\\S]*?)^\\}`, 'm').exec(code)?.[1];
}

function argumentsOf(
  code: string,
  { name, body }: { readonly name: string; readonly body: string },
): Iterable<readonly string[]> {
  const own = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  const struct = new RegExp(`^function ${own}ToHclTerraform\\(struct\\) \\{\\n([\\s\\S]*?)^\\}`, 'm').exec(code)?.[1];
  return (struct ?? body).matchAll(argumentPattern);
}

function nestedBlock(
  code: string,
  { kind, storage, isRequired }: { readonly kind: string; readonly storage: string; readonly isRequired: boolean },
): Block {
  if (kind === 'struct') return blockOf(code, storage);
  if (kind !== 'list' && kind !== 'set') throw new Error(`Teach the reader this kind of block: ${kind} of ${storage}`);
  const element = storage.replace(/List$/, '');
  // Of what there can be only one, cdktf gives the parts without an index.
  const isOne = classBody(code, `${element}OutputReference`)?.includes(
    '(terraformResource, terraformAttribute, false, 0)',
  );
  return {
    ...blockOf(code, element),
    nesting: kind,
    ...(isRequired ? { minItems: 1 } : {}),
    ...(isOne === true ? { maxItems: 1 } : {}),
  };
}

function attribute(type: Shape, presence: Presence): Attribute {
  // Azure keeps what it has once given an object.
  return presence.endsWith('computed')
    ? { type, presence, description, stable: true }
    : { type, presence, description };
}

function partShape(code: string, type: string, { isSet }: { readonly isSet: boolean }): Shape {
  const object = { object: membersOf(blockOf(code, type.replace(/(List|OutputReference)$/, ''))) };
  return isSet ? { set: object } : { list: object };
}

function plainShape(kind: string, storage: string): Shape {
  const plain = storage === 'boolean' ? 'bool' : plainTypes[storage.replace(/(List|Map)$/, '')];
  if (plain === undefined) throw new Error(`Teach the reader this type: ${kind} of ${storage}`);
  if (kind === 'list') return { list: plain };
  if (kind === 'set') return { set: plain };
  return kind === 'map' ? { map: plain } : plain;
}

const plainTypes: Readonly<Record<string, 'string' | 'number' | 'bool'>> = {
  string: 'string',
  number: 'number',
  boolean: 'bool',
};

/** `this.getStringAttribute('id')`, `cdktf.Fn.tolist(this.getListAttribute('ids'))` for a set. */
function getterShape(getter: string): Shape {
  const [, of = ''] = /this\.get(\w*?)Attribute\(/.exec(getter) ?? [];
  const [, element = '', kind = ''] = /^(String|Number|Boolean|)(List|Map|)$/.exec(of) ?? [];
  if (of === '') throw new Error(`Teach the reader this getter: ${getter}`);
  const storage = (element || 'String').toLowerCase();
  return plainShape(getter.includes('Fn.tolist') ? 'set' : kind.toLowerCase(), storage);
}
