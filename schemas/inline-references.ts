import { documentSchema, type JsonSchema } from './index.ts';

/** What a `$ref` to a shared definition starts with. */
export const SHARED_DEFINITIONS = '/schemas/document.schema.json#/$defs/';

/** The same schema with what each `$ref` names in its place. What stands beside a `$ref` wins. */
export function inlineReferences(schema: JsonSchema, root: JsonSchema = schema): JsonSchema {
  const { $ref, ...rest } = schema;
  const { propertyNames: _, ...whole }: JsonSchema = {
    ...($ref === undefined ? {} : definition($ref, root)),
    ...rest,
  };
  return {
    ...whole,
    ...(whole.properties ? { properties: eachProperty(whole.properties, root) } : {}),
    ...(whole.items ? { items: inlineReferences(whole.items, root) } : {}),
    ...(typeof whole.additionalProperties === 'object'
      ? { additionalProperties: inlineReferences(whole.additionalProperties, root) }
      : {}),
  };
}

function definition(reference: string, root: JsonSchema): JsonSchema | undefined {
  const local = '#/$defs/';
  if (reference.startsWith(local)) return root.$defs?.[reference.slice(local.length)];
  return (documentSchema as JsonSchema).$defs?.[reference.slice(SHARED_DEFINITIONS.length)];
}

function eachProperty(properties: Readonly<Record<string, JsonSchema>>, root: JsonSchema): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, inlineReferences(schema, root)]));
}
