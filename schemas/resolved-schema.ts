import { inlineReferences } from './inline-references.ts';
import { type JsonSchema, takesType } from './index.ts';

/**
 * The schema of the settings as a step gets them, from the schema of `with` as a person writes it: what has a default is
 * always there, rates are numbers between 0 and 1, durations are numbers of seconds, and
 * a measurement is the rate that it found.
 */
export function resolvedSchema(schema: JsonSchema): JsonSchema {
  const { $id: _id, $defs: _defs, examples: _examples, ...rest } = inlineReferences(schema);
  return settledObject(rest);
}

function settledObject(schema: JsonSchema): JsonSchema {
  const properties = Object.entries(schema.properties ?? {});
  const names = properties.map(([name]) => name);
  const isAlwaysThere = ([name, property]: readonly [string, JsonSchema]): boolean => {
    const { default: value, 'x-default-from': from } = property;
    // What another setting gives is there when that is.
    const isGiven = from !== undefined && (from === name || !names.includes(from));
    return schema.required?.includes(name) || value !== undefined || isGiven;
  };
  return {
    ...schema,
    required: properties.filter(isAlwaysThere).map(([name]) => name),
    properties: Object.fromEntries(properties.map(([name, property]) => [name, settledProperty(property)])),
  };
}

function settledProperty(property: JsonSchema): JsonSchema {
  const { description = '' } = property;
  if (property['x-type'] === 'rate') {
    return { type: 'number', description: `${description} As 0..1.`, minimum: 0, maximum: 1 };
  }
  if (property['x-type'] === 'duration') {
    return { type: 'number', description: `${description} In seconds.`, exclusiveMinimum: 0 };
  }
  if (property['x-type'] === 'measurement') {
    return { type: 'number', description: `${description} As the rate that it found.`, minimum: 0 };
  }
  const settled = takesType(property, 'object') ? settledObject(property) : property;
  return settled.items === undefined ? settled : { ...settled, items: settledProperty(settled.items) };
}
