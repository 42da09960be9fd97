import { inlineReferences } from './inline-references.ts';
import { environmentSchema } from './documents.ts';
import type { JsonSchema } from './index.ts';

/**
 * The schema of an environment once everything is in place that it inherits: what may be missing while `extends` can
 * still bring it is required now.
 */
export function completeEnvironmentSchema(): JsonSchema {
  return completePart('environment');
}

/**
 * The schema of a part of an environment, such as `account` or `role-grant`, once defaults are in place, too: what has a
 * default is always there, and the keys that decide which environments and parts there are have done their work.
 */
export function settledPartSchema(name: string): JsonSchema {
  return eachObject(completePart(name), ({ title, ...schema }) => {
    const { extends: _extends, abstract: _abstract, enabled: _enabled, ...properties } = schema.properties ?? {};
    const always = Object.entries(properties).filter(([, property]) => property.default !== undefined);
    return {
      ...schema,
      ...(title === undefined ? {} : { title: settledTitle(title) }),
      ...(schema.properties === undefined ? {} : { properties }),
      required: [...(schema.required ?? []), ...always.map(([key]) => key)],
    };
  });
}

/** What the type of a part is called once defaults are in place. */
export function settledTitle(title: string): string {
  return `Settled${title.replace(/Document$/, '')}`;
}

function completePart(name: string): JsonSchema {
  const part = inlineReferences({ $ref: `#/$defs/${name}` }, environmentSchema as JsonSchema);
  return eachObject(part, ({ 'x-required': keys, ...schema }) => ({
    ...schema,
    ...(keys === undefined ? {} : { required: keys }),
  }));
}

function eachObject(schema: JsonSchema, change: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const { properties, additionalProperties, items } = schema;
  return change({
    ...schema,
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, property]) => [name, eachObject(property, change)]),
          ),
        }),
    ...(typeof additionalProperties === 'object'
      ? { additionalProperties: eachObject(additionalProperties, change) }
      : {}),
    ...(items === undefined ? {} : { items: eachObject(items, change) }),
  });
}
