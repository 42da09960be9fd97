import type { ErrorObject } from 'ajv/dist/2020.js';
import { environmentSchema } from '../../schemas/documents.ts';
import type { JsonSchema } from '../../schemas/index.ts';
import { completeEnvironmentSchema } from '../../schemas/settled-environment.ts';
import { compileSchema } from '../../workflows/document/schema/compile-schema.ts';

/** What the schemas of environments say about a value: every fault, with the part of the schema that it breaks. */
export interface EnvironmentValidators {
  /** The document as it is written. */
  document(value: unknown): readonly ErrorObject[];
  /** One environment with everything that it inherits. */
  complete(value: unknown): readonly ErrorObject[];
}

/** The compiled schemas; compiling takes longer than reading a document. */
export function environmentValidators(): EnvironmentValidators {
  return (compiled ??= {
    document: compileSchema(environmentSchema as JsonSchema),
    complete: compileSchema(completeEnvironmentSchema()),
  });
}

let compiled: EnvironmentValidators | undefined;
