import { inlineReferences } from './inline-references.ts';
import { environmentSchema, type JsonSchema } from './index.ts';

/**
 * The schema of an environment once everything is in place that it inherits: what may be missing while `extends` can
 * still bring it is required now.
 */
export function settledEnvironment(): JsonSchema {
  return required(inlineReferences({ $ref: '#/$defs/environment' }, environmentSchema as JsonSchema));
}

function required(schema: JsonSchema): JsonSchema {
  const { 'x-required': keys, properties, additionalProperties, ...rest } = schema;
  return {
    ...rest,
    ...(keys === undefined ? {} : { required: keys }),
    ...(properties === undefined ? {} : { properties: eachProperty(properties) }),
    ...(additionalProperties === undefined
      ? {}
      : {
          additionalProperties:
            typeof additionalProperties === 'boolean' ? additionalProperties : required(additionalProperties),
        }),
  };
}

function eachProperty(properties: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, required(schema)]));
}
