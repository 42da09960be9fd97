import { Ajv2020, type ErrorObject, type Options } from 'ajv/dist/2020.js';
import type { JsonSchema } from '../../../schemas/index.ts';

/** What a schema says about a value: every fault, each with the part of the schema that it breaks. */
export function compileSchema(schema: JsonSchema): (value: unknown) => readonly ErrorObject[] {
  const validate = newAjv().compile(schema);
  return (value) => (validate(value) ? [] : (validate.errors ?? []));
}

/** A compiler that knows the annotations of our schemas. */
export function newAjv(options: Options = {}): Ajv2020 {
  // Our schemas are held against their own schema by a test: to compile that one is a quarter of a short command's time.
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    allowUnionTypes: true,
    validateSchema: false,
    meta: false,
    ...options,
  });
  for (const annotation of [
    'x-type',
    'x-default-from',
    'x-present-with',
    'x-uses-resource',
    'x-measured-output',
    'x-measures',
    'x-trains',
    'x-served',
    'x-asks-person',
    'x-needs',
    'x-needs-default',
    'x-value-needs',
    'x-heard',
    'x-terms',
    'x-manifest',
    'x-needs-unless',
    'x-dataset-kinds',
    'x-kinds-apart',
    'x-kinds-by-locale',
    'x-kind-from',
    'x-locale-from',
    'x-evidence',
    'x-takes-secrets',
    'x-taken-back',
    'x-pattern-of',
    'x-required',
    'patternErrorMessage',
  ])
    ajv.addKeyword(annotation);
  return ajv;
}
