import type { JsonSchema, SettledParts } from '../../schemas/index.ts';
import { settledPartSchema } from '../../schemas/settled-environment.ts';
import { camelCase, type Environment } from './environment.ts';

/** An environment in which everything that has a default in the schema is there. */
export type SettledEnvironment = SettledParts['environment'];

/** The environment with the schema's defaults for everything that it does not say. */
export function settledEnvironment(environment: Environment): SettledEnvironment {
  return withDefaults('environment', environment);
}

/** Properties of which the optional ones that the part has in the schema are as they are once defaults are in place. */
export type Settled<Name extends keyof SettledParts, Props extends object> = Omit<Props, Filled<Name, Props>> &
  Pick<SettledParts[Name], Filled<Name, Props>>;

type Filled<Name extends keyof SettledParts, Props extends object> = OptionalKeys<Props> & keyof SettledParts[Name];

type OptionalKeys<Props> = { [Key in keyof Props]-?: undefined extends Props[Key] ? Key : never }[keyof Props];

/**
 * Properties of a construct with the schema's defaults for those that are not given: the same that its part of
 * environment.yaml has.
 */
export function withDefaults<Name extends keyof SettledParts, Props extends object>(
  part: Name,
  props: Props,
): Settled<Name, Props> {
  return filled(props, schemaOf(part)) as Settled<Name, Props>;
}

/** The schema of a part, which is made once: making that of a whole environment takes milliseconds. */
function schemaOf(part: keyof SettledParts): JsonSchema {
  const schema = schemas.get(part) ?? settledPartSchema(part);
  schemas.set(part, schema);
  return schema;
}

const schemas = new Map<keyof SettledParts, JsonSchema>();

function filled(value: unknown, schema: JsonSchema): unknown {
  if (Array.isArray(value)) return value.map((item) => filled(item, schema.items ?? {}));
  if (!isPlain(value)) return value;
  const { properties = {}, additionalProperties: other } = schema;
  const named = Object.entries(properties).flatMap(([key, property]) => {
    const name = camelCase(key);
    const { [name]: given = property.default } = value;
    return given === undefined ? [] : [[name, filled(given, property)] as const];
  });
  const chosen =
    typeof other === 'object'
      ? Object.entries(value).map(([name, given]) => [name, filled(given, other)] as const)
      : [];
  return { ...value, ...Object.fromEntries([...named, ...chosen]) };
}

/** Whether it is a mapping of the document, and not a construct or what Terraform knows later. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
