import type { JsonSchema } from '../../../schemas/index.ts';
import { compileSchema } from './compile-schema.ts';

/**
 * The JSON document of a version that a text is, or why it is none as the end of a sentence. Where `mayHaveMore`, parts that a later program
 * has added are left as they are.
 */
export function readJsonDocument<T extends { readonly version: number }>(
  text: string,
  of: {
    readonly schema: JsonSchema;
    /** The file that has the schema, for people. */
    readonly file: string;
    readonly version: T['version'];
    readonly mayHaveMore?: boolean;
  },
): { readonly document: T } | { readonly fault: string } {
  const { schema, file, version, mayHaveMore = false } = of;
  const value = parsed(text);
  if (value === undefined) return { fault: 'it is no JSON' };
  const said = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  if (said !== undefined && said !== version)
    return { fault: `it has version ${JSON.stringify(said)}, and this program reads version ${version}` };
  const faults = compileSchema(schema)(value);
  const fault = faults.find(({ keyword }) => !mayHaveMore || keyword !== 'additionalProperties');
  if (fault === undefined) return { document: value as T };
  const place = fault.instancePath === '' ? '' : `${fault.instancePath} `;
  return { fault: `it is not what ${file} says: ${place}${fault.message}` };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
