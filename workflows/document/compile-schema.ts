import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonSchema } from '../../schemas/index.ts';

/** What a schema says about a value: every fault, each with the part of the schema that it breaks. */
export function compileSchema(schema: JsonSchema): (value: unknown) => readonly ErrorObject[] {
  const validate = newAjv().compile(schema);
  return (value) => faults(validate, value);
}

/** A compiler that knows the annotations of our schemas. */
export function newAjv(): Ajv2020 {
  // Our schemas are held against their own schema by a test: to compile that one is a quarter of a short command's time.
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    allowUnionTypes: true,
    validateSchema: false,
    meta: false,
  });
  for (const annotation of [
    'x-type',
    'x-default-from',
    'x-present-with',
    'x-uses-resource',
    'x-measures',
    'x-asks-person',
    'x-needs',
    'x-heard',
    'x-dataset-kinds',
    'x-kind-from',
    'x-takes-secrets',
    'x-required',
  ])
    ajv.addKeyword(annotation);
  return ajv;
}

/** What a compiled schema says about a value. */
export function faults(validate: ValidateFunction, value: unknown): readonly ErrorObject[] {
  return validate(value) ? [] : (validate.errors ?? []);
}
