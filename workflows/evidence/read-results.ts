import { resultsSchema } from '../../schemas/documents.ts';
import type { JsonSchema } from '../../schemas/index.ts';
import type { ResultsDocument, ResultsRate, ResultsRecognised, ResultsSet } from '../../schemas/types.gen.ts';
import { readJsonDocument } from '../document/schema/read-json-document.ts';

/**
 * The document that a text is, or why it is none as the end of a sentence. Parts that a later program has added are left as they are.
 * A document that contradicts itself is none: reports would show what nobody has measured.
 */
export function readResults(text: string): { readonly results: ResultsDocument } | { readonly fault: string } {
  const read = readJsonDocument<ResultsDocument>(text, {
    schema: resultsSchema as JsonSchema,
    file: 'schemas/results.schema.json',
    version: known,
    mayHaveMore: true,
  });
  if ('fault' in read) return read;
  const contradiction = read.document.sets.flatMap(contradictionsIn)[0];
  return contradiction === undefined
    ? { results: read.document }
    : { fault: `it contradicts itself: ${contradiction}` };
}

const known: ResultsDocument['version'] = 1;

function contradictionsIn(set: ResultsSet, index: number): readonly string[] {
  const place = `/sets/${index}`;
  const rates = [
    [`${place}/rate`, set.rate],
    [`${place}/againstRate`, set.againstRate],
    ...set.slices.flatMap(({ rate, againstRate }, at) => [
      [`${place}/slices/${at}/rate`, rate] as const,
      [`${place}/slices/${at}/againstRate`, againstRate] as const,
    ]),
  ] as const;
  const turned = ({ low, high }: Partial<ResultsRate> = {}): boolean =>
    low !== undefined && high !== undefined && low > high;
  return [
    ...rates.flatMap(([where, rate]) => (turned(rate) ? [`${where} has an interval that ends before it begins`] : [])),
    ...set.utterances.flatMap(({ reference, recognised, against }, at) =>
      ([['recognised', recognised] as const, ['against', against] as const] as const).flatMap(([side, heard]) => {
        const fault = heard === undefined ? undefined : faultOfAlignment({ reference, ...heard }, set);
        return fault === undefined ? [] : [`${place}/utterances/${at}/${side} has ${fault}`];
      }),
    ),
  ];
}

/** Undefined where the steps are those of the texts, and where that cannot be told from texts alone. */
function faultOfAlignment(
  { reference, text, operations }: ResultsRecognised & { readonly reference: string },
  { unit, marks = [] }: Pick<ResultsSet, 'unit' | 'marks'>,
): string | undefined {
  // Letters may join into one character, optional words stand beside nothing, and what was masked may have been several words.
  if (unit === 'char' || marks.includes('optionalWords')) return undefined;
  const sides = [
    ['said', reference, 'I'],
    ['recognised', text, 'D'],
  ] as const;
  for (const [what, words, without] of sides) {
    if (words.includes('***')) continue;
    const inText = words.split(' ').filter((word) => word !== '').length;
    const inSteps = [...operations].filter((operation) => operation !== without).length;
    if (inText !== inSteps) return `operations for ${inSteps} ${what} ${unit}s, and its text has ${inText}`;
  }
  return undefined;
}
