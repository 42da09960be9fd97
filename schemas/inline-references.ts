import { documentSchema, type JsonSchema } from './index.ts';

/** What a `$ref` to a shared definition starts with. */
export const SHARED_DEFINITIONS = '/schemas/document.schema.json#/$defs/';

/** The same schema with what each `$ref` names in its place. What stands beside a `$ref` wins. Made once of each whole schema: none changes. */
export function inlineReferences(schema: JsonSchema, root?: JsonSchema): JsonSchema {
  if (root !== undefined) return inlined(schema, root);
  let whole = made.get(schema);
  if (whole === undefined) {
    whole = inlined(schema, schema);
    made.set(schema, whole);
  }
  return whole;
}

/** Gone with the schemas. */
const made = new WeakMap<JsonSchema, JsonSchema>();

function inlined(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const { $ref, ...rest } = schema;
  const { propertyNames: _, ...whole }: JsonSchema = {
    ...($ref === undefined ? {} : definition($ref, root)),
    ...rest,
  };
  return {
    ...whole,
    ...(whole.properties ? { properties: eachProperty(whole.properties, root) } : {}),
    ...(whole.items ? { items: inlined(whole.items, root) } : {}),
    ...(typeof whole.additionalProperties === 'object'
      ? { additionalProperties: inlined(whole.additionalProperties, root) }
      : {}),
  };
}

/** The same schema with what each `$ref` to a definition of its own names in its place; those to shared definitions stay. */
export function inlineOwnReferences(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (_, value: JsonSchema | null) => {
    if (value?.$ref?.startsWith(OWN_DEFINITIONS) !== true) return value;
    const { $ref, ...rest } = value;
    const { examples: _examples, ...whole }: JsonSchema = definition($ref, schema) ?? {};
    return { ...whole, ...rest };
  }) as JsonSchema;
}

const OWN_DEFINITIONS = '#/$defs/';

function definition(reference: string, root: JsonSchema): JsonSchema | undefined {
  if (reference.startsWith(OWN_DEFINITIONS)) return root.$defs?.[reference.slice(OWN_DEFINITIONS.length)];
  return (documentSchema as JsonSchema).$defs?.[reference.slice(SHARED_DEFINITIONS.length)];
}

function eachProperty(properties: Readonly<Record<string, JsonSchema>>, root: JsonSchema): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, inlined(schema, root)]));
}
