import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { documentSchema, type JsonSchema, type StepKind, stepSchemas } from '../../schemas/index.ts';
import { settledSchema } from '../../schemas/settled-schema.ts';

/** What a schema says about a value: every fault, each with the part of the schema that it breaks. */
export interface Validators {
  document(value: unknown): readonly ErrorObject[];
  settings(kind: StepKind, value: unknown): readonly ErrorObject[];
  /** Settings as a step gets them. */
  settled(kind: StepKind, value: unknown): readonly ErrorObject[];
}

/** The compiled schemas. Compiled when first asked for, because that takes longer than reading a pipeline. */
export function validators(): Validators {
  return (compiled ??= compile());
}

let compiled: Validators | undefined;

/** What a schema of another part says about a value. */
export function compileSchema(schema: JsonSchema): (value: unknown) => readonly ErrorObject[] {
  const validate = newAjv().compile(schema);
  return (value) => faults(validate, value);
}

function newAjv(): Ajv2020 {
  const ajv = new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true });
  for (const annotation of [
    'x-type',
    'x-default-from',
    'x-present-with',
    'x-uses-resource',
    'x-takes-secrets',
    'x-required',
  ])
    ajv.addKeyword(annotation);
  return ajv;
}

/** Of the step kinds only those that a pipeline uses. */
function compile(): Validators {
  // The settings refer to it.
  const ajv = newAjv().addSchema(documentSchema);
  const settings = new Map<StepKind, ValidateFunction>();
  const settled = new Map<StepKind, ValidateFunction>();
  const compiledFor = (kind: StepKind, of: typeof settings, schemaOf: (schema: JsonSchema) => JsonSchema) => {
    const known = of.get(kind) ?? ajv.compile(schemaOf(stepSchemas[kind] as JsonSchema));
    of.set(kind, known);
    return known;
  };
  return {
    document: (value) => faults(ajv.getSchema(documentSchema.$id) ?? ajv.compile(documentSchema), value),
    settings: (kind, value) =>
      faults(
        compiledFor(kind, settings, (schema) => schema),
        value,
      ),
    settled: (kind, value) => faults(compiledFor(kind, settled, settledSchema), value),
  };
}

function faults(validate: ValidateFunction, value: unknown): readonly ErrorObject[] {
  return validate(value) ? [] : (validate.errors ?? []);
}
