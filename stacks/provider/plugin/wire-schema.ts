import {
  type Attribute,
  type Attributes,
  type Block,
  descriptionOf,
  type Schema,
  type Shape,
} from '../schema/schema.ts';

/** A schema as Terraform's plugin protocol 6 sends it. */
export function wireSchema({ version, ...block }: Schema) {
  return { version, block: { version, ...wireBlock(block) } };
}

function wireBlock({ description, attributes, blocks = {} }: Block): object {
  return {
    attributes: wireAttributes(attributes),
    blockTypes: Object.entries(blocks).map(([typeName, block]) => ({
      typeName,
      nesting: nesting[block.nesting ?? 'single'],
      // 0 is any number.
      minItems: block.minItems ?? 0,
      maxItems: block.maxItems ?? 0,
      block: wireBlock(block),
    })),
    description,
  };
}

const nesting = { single: 1, list: 2, set: 3, map: 4 } as const;

function wireAttributes(attributes: Attributes): readonly object[] {
  return Object.entries(attributes).map(([name, attribute]) => ({
    name,
    description: descriptionOf(attribute),
    required: attribute.presence === 'required',
    optional: attribute.presence.startsWith('optional'),
    // Terraform lets a provider fill in only what is computed, a default too.
    computed: attribute.presence.endsWith('computed') || attribute.default !== undefined,
    sensitive: attribute.sensitive === true,
    ...wireType(attribute),
  }));
}

/** Objects, and lists, sets and maps of them, are sent with all that is said of their attributes. */
function wireType({ type }: Attribute): object {
  if (typeof type === 'object') {
    if ('object' in type) return { nestedType: { nesting: nesting.single, attributes: wireAttributes(type.object) } };
    for (const [kind, element] of Object.entries(type) as ['list' | 'set' | 'map', Shape][]) {
      if (typeof element !== 'object' || !('object' in element)) continue;
      return { nestedType: { nesting: nesting[kind], attributes: wireAttributes(element.object) } };
    }
  }
  return { type: Buffer.from(JSON.stringify(typeJson(type))) };
}

function typeJson(type: Shape): unknown {
  if (typeof type === 'string') return type;
  if ('object' in type) {
    return ['object', Object.fromEntries(Object.entries(type.object).map(([name, one]) => [name, typeJson(one.type)]))];
  }
  return Object.entries(type).flatMap(([kind, element]) => [kind, typeJson(element as Shape)]);
}
