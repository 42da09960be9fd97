import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { documentSchema, type JsonSchema, type StepKindName, stepSchemas } from '../../schemas/index.ts';
import { faults, newAjv } from '../document/compile-schema.ts';
import { resolvedSchema } from '../../schemas/resolved-schema.ts';

/** What a schema says about a value: every fault, each with the part of the schema that it breaks. */
export interface Validators {
  document(value: unknown): readonly ErrorObject[];
  settings(kind: StepKindName, value: unknown): readonly ErrorObject[];
  /** Settings as a step gets them. */
  settled(kind: StepKindName, value: unknown): readonly ErrorObject[];
}

/** The compiled schemas. Compiled when first asked for, because that takes longer than reading a pipeline. */
export function validators(): Validators {
  return (compiled ??= compile());
}

let compiled: Validators | undefined;

/** Of the step kinds only those that a pipeline uses. */
function compile(): Validators {
  // The settings refer to it.
  const ajv = newAjv().addSchema(documentSchema);
  const settings = new Map<StepKindName, ValidateFunction>();
  const settled = new Map<StepKindName, ValidateFunction>();
  let document: ValidateFunction | undefined;
  const compiledFor = (kind: StepKindName, of: typeof settings, schemaOf: (schema: JsonSchema) => JsonSchema) => {
    const known = of.get(kind) ?? ajv.compile(schemaOf(stepSchemas[kind] as JsonSchema));
    of.set(kind, known);
    return known;
  };
  return {
    document(value) {
      // For every reference the validator copies the faults that it has found so far: in place there is none.
      document ??= newAjv().compile(inPlace(documentSchema) as JsonSchema);
      return faults(document, value);
    },
    settings: (kind, value) =>
      faults(
        compiledFor(kind, settings, (schema) => schema),
        value,
      ),
    settled: (kind, value) => faults(compiledFor(kind, settled, resolvedSchema), value),
  };
}

/** The schema with its definitions where it refers to them. */
function inPlace(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(inPlace);
  if (schema === null || typeof schema !== 'object') return schema;
  const { $ref, $defs: _, ...rest } = schema as { readonly $ref?: string; readonly $defs?: unknown };
  const definitions: Readonly<Record<string, unknown>> = documentSchema.$defs;
  const definition = $ref === undefined ? {} : (inPlace(definitions[$ref.slice('#/$defs/'.length)]) as object);
  return { ...definition, ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, inPlace(value)])) };
}
