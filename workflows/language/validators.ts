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

function compile(): Validators {
  const ajv = newAjv();
  const document = ajv.compile(documentSchema);
  const settings = new Map<string, ValidateFunction>();
  const settled = new Map<string, ValidateFunction>();
  for (const [kind, schema] of Object.entries(stepSchemas)) {
    settings.set(kind, ajv.compile(schema));
    settled.set(kind, ajv.compile(settledSchema(schema as JsonSchema)));
  }
  return {
    document: (value) => faults(document, value),
    settings: (kind, value) => faults(settings.get(kind), value),
    settled: (kind, value) => faults(settled.get(kind), value),
  };
}

function faults(validate: ValidateFunction | undefined, value: unknown): readonly ErrorObject[] {
  return validate === undefined || validate(value) ? [] : (validate.errors ?? []);
}
