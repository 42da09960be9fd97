import type { ErrorObject } from 'ajv/dist/2020.js';
import { inlineReferences } from '../../schemas/inline-references.ts';
import { type JsonSchema, type StepKindName, stepSchemas, takesType } from '../../schemas/index.ts';
import { parseDuration } from '../document/durations.ts';
import type { PlainValue } from '../document/yaml/plain-value.ts';
import { quoteName } from '../document/quote-name.ts';
import { parseRate } from '../document/rates.ts';
import { settledFaults } from './validators.ts';

/**
 * The settings of a step as the step gets them, from its `with` after evaluation: rates and durations that an expression
 * gave as text become numbers, and everything is checked once more, because only now every value is known. A setting that a plan
 * of an earlier version does not have gets its default. With `partial` settings may be missing. `problems` are sentences without a full stop; the settings are only good when there are none.
 */
export function resolveSettings(
  kind: StepKindName,
  values: Readonly<Record<string, PlainValue>>,
  options: { readonly partial?: boolean } = {},
): { readonly with: Readonly<Record<string, PlainValue>>; readonly problems: readonly string[] } {
  const schema = inlineReferences(stepSchemas[kind] as JsonSchema);
  const settled = convert(values, schema, { withDefaults: options.partial !== true });
  const faults = settledFaults(kind, settled).filter(
    ({ keyword, instancePath }) => !(options.partial === true && keyword === 'required' && instancePath === ''),
  );
  return { with: settled, problems: faults.slice(0, mostProblems).map(explain) };
}

function defaultsOf({ properties = {} }: JsonSchema): Readonly<Record<string, PlainValue>> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, { default: value }]) =>
      value === undefined ? [] : [[name, value as PlainValue]],
    ),
  );
}

function convert(
  values: Readonly<Record<string, PlainValue>>,
  schema: JsonSchema,
  options: { readonly withDefaults: boolean },
): Record<string, PlainValue> {
  const all = options.withDefaults ? { ...defaultsOf(schema), ...values } : values;
  return Object.fromEntries(
    Object.entries(all).map(([name, value]) => [name, convertValue(value, schema.properties?.[name] ?? {}, options)]),
  );
}

function convertValue(value: PlainValue, schema: JsonSchema, options: { readonly withDefaults: boolean }): PlainValue {
  if (schema['x-type'] === 'rate' && typeof value === 'string') return parseRate(value) ?? value;
  if (schema['x-type'] === 'duration' && typeof value === 'string') return parseDuration(value) ?? value;
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : value.map((item: PlainValue) => convertValue(item, items, options));
  }
  if (takesType(schema, 'object') && typeof value === 'object' && value !== null) {
    return convert(value as Readonly<Record<string, PlainValue>>, schema, options);
  }
  return value;
}

/** Who has corrected these tries again. */
const mostProblems = 20;

/** A value as a message repeats it: the beginning of a long one. */
function shown(value: unknown): string {
  const text = JSON.stringify(typeof value === 'string' ? value.slice(0, longestShown + 1) : value) ?? 'nothing';
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}

const longestShown = 200;

function explain({ instancePath, keyword, params, message, data }: ErrorObject): string {
  const key = instancePath.slice(1).replaceAll('/', '.');
  if (keyword === 'required') return `\`${key ? `${key}.` : ''}${params['missingProperty']}\` is missing`;
  const limits =
    keyword === 'enum' ? `must be one of ${(params['allowedValues'] as readonly string[]).join(', ')}` : message;
  return `${quoteName(key || 'with')} ${limits}, and is ${shown(data)}`;
}
