import type { JsonSchema } from '../../../schemas/index.ts';
import { compileSchema } from './compile-schema.ts';
import type { Findings } from '../diagnostics/diagnostics.ts';
import { plainValue } from '../yaml/plain-value.ts';
import { quoteName } from '../quote-name.ts';
import { readDocument, type SourceMap } from '../yaml/read-document.ts';
import { reportFaults } from './report-faults.ts';

/** A text that is what its schema says, as nodes that know where they stand and as plain data. */
export interface ReadBySchema<Document> {
  readonly root: SourceMap;
  readonly document: Document;
}

/**
 * The document that a text is, by a schema without expressions; undefined when it is none, or has faults, which are reported. `what` names
 * the whole of it: `the settings`. A text that is no mapping may be refused without a finding.
 */
export function readBySchema<Document>(
  text: string,
  { schema, what, findings }: { readonly schema: JsonSchema; readonly what: string; readonly findings: Findings },
): ReadBySchema<Document> | undefined {
  const root = readDocument(text, findings, { what, keys: schema.required ?? [] });
  if (root?.kind !== 'map') return undefined;
  const plain = plainValue(root);
  const faults = compileSchema(schema)(plain);
  const describe = (path: readonly string[]): string => (path.length === 0 ? what : quoteName(path.join('.')));
  reportFaults(faults, { root, findings, renames: new Map(), describe });
  return faults.length === 0 && findings.errors() === 0 ? { root, document: plain as unknown as Document } : undefined;
}
