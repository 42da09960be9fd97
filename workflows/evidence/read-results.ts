import { resultsSchema } from '../../schemas/index.ts';
import type { ResultsDocument } from '../../schemas/types.gen.ts';
import { compileSchema } from '../document/compile-schema.ts';

/** The document that a text is, or why it is none as the end of a sentence. */
export function readResults(text: string): { readonly results: ResultsDocument } | { readonly fault: string } {
  const value = parsed(text);
  if (value === undefined) return { fault: 'it is no JSON' };
  const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  if (version !== undefined && version !== known)
    return { fault: `it has version ${JSON.stringify(version)}, and this program reads version ${known}` };
  const [fault] = compileSchema(resultsSchema)(value);
  if (fault === undefined) return { results: value as ResultsDocument };
  const place = fault.instancePath === '' ? '' : `${fault.instancePath} `;
  return { fault: `it is not what schemas/results.schema.json says: ${place}${fault.message}` };
}

const known: ResultsDocument['version'] = 1;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
