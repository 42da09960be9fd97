import { pricesSchema } from '../../schemas/documents.ts';
import type { JsonSchema, PricesDocument } from '../../schemas/index.ts';
import { createFindings, type Findings } from '../document/diagnostics/diagnostics.ts';
import { readBySchema } from '../document/schema/read-by-schema.ts';

/** What the service bills, as a text says, with what is wrong with it; without prices where something is. */
export interface ReadPrices {
  readonly prices?: PricesDocument;
  readonly findings: Findings;
}

/** Reads the text of `prices.yaml`; `schemas/prices.schema.json` describes it. Never throws. */
export function readPrices(text: string, { path }: { readonly path: string }): ReadPrices {
  const findings = createFindings(path, text);
  const read = readBySchema<PricesDocument>(text, { schema: pricesSchema as JsonSchema, what: 'the prices', findings });
  if (read === undefined) reportNoMapping(text, { what: 'the prices', findings });
  return { ...(read === undefined ? {} : { prices: read.document }), findings };
}

/** Reports a text that is no mapping, of which nothing was said yet. */
export function reportNoMapping(
  text: string,
  { what, findings }: { readonly what: string; readonly findings: Findings },
): void {
  if (findings.errors() > 0) return;
  const actual = text.trimStart().startsWith('-') ? 'a list' : 'text';
  const expected = 'a mapping of keys to values';
  findings.report('wrong-type', { start: 0, end: 1 }, { key: what, expected, actual, quotable: false });
}
