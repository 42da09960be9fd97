import type { ErrorObject } from 'ajv/dist/2020.js';
import type { StepKindName } from '../../schemas/index.ts';
import * as compiled from '../../schemas/validators.gen.ts';

/** As ajv compiles them. */
interface Validate {
  (value: unknown): boolean;
  readonly errors?: readonly ErrorObject[] | null;
}

const validators = compiled as unknown as Readonly<Record<string, Validate | undefined>>;

/** What the schema says about a document, the settings of its steps aside: every fault, each with the part that it breaks. */
export function documentFaults(value: unknown): readonly ErrorObject[] {
  return faults('document', value);
}

/** The same about the settings of a step as they are written. */
export function settingsFaults(kind: StepKindName, value: unknown): readonly ErrorObject[] {
  return faults(kind, value);
}

/** The same about the settings as the step gets them. */
export function settledFaults(kind: StepKindName, value: unknown): readonly ErrorObject[] {
  return faults(`${kind}Settled`, value);
}

function faults(name: string, value: unknown): readonly ErrorObject[] {
  const validate = validators[name];
  if (validate === undefined) throw new Error(`Run npm run schemas: there is no compiled schema ${name}`);
  return validate(value) ? [] : (validate.errors ?? []);
}
