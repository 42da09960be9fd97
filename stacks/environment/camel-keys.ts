import { completeEnvironmentSchema } from '../../schemas/settled-environment.ts';
import type { JsonSchema } from '../../schemas/index.ts';
import type { PlainValue } from '../../workflows/document/yaml/plain-value.ts';
import { camelCase, type Environment } from './environment.ts';

/** The environment that a document says, which fits the schema. Names that people choose stay as they are. */
export function camelKeys(document: PlainValue): Environment {
  return withCamelKeys(document, completeEnvironmentSchema()) as unknown as Environment;
}

function withCamelKeys(value: PlainValue, schema: JsonSchema): PlainValue {
  if (Array.isArray(value)) {
    const items: readonly PlainValue[] = value;
    return items.map((item) => withCamelKeys(item, schema.items ?? {}));
  }
  if (typeof value !== 'object' || value === null) return value;
  const { properties = {}, additionalProperties } = schema;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]: readonly [string, PlainValue]) => {
      const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
      const other = typeof additionalProperties === 'object' ? additionalProperties : {};
      return [known === undefined ? key : camelCase(key), withCamelKeys(part, known ?? other)];
    }),
  );
}
