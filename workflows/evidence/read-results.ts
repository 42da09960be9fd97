import { resultsSchema } from '../../schemas/index.ts';
import type { ResultsDocument, ResultsRate, ResultsRecognised, ResultsSet } from '../../schemas/types.gen.ts';
import { compileSchema } from '../document/compile-schema.ts';

/**
 * The document that a text is, or why it is none as the end of a sentence. Parts that a later program has added are left as they are.
 * A document that contradicts itself is none: reports would show what nobody has measured.
 */
export function readResults(text: string): { readonly results: ResultsDocument } | { readonly fault: string } {
  const value = parsed(text);
  if (value === undefined) return { fault: 'it is no JSON' };
  const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  if (version !== undefined && version !== known)
    return { fault: `it has version ${JSON.stringify(version)}, and this program reads version ${known}` };
  const fault = compileSchema(resultsSchema)(value).find(({ keyword }) => keyword !== 'additionalProperties');
  if (fault === undefined) {
    const results = value as ResultsDocument;
    const contradiction = results.sets.flatMap(contradictionsIn)[0];
    return contradiction === undefined ? { results } : { fault: `it contradicts itself: ${contradiction}` };
  }
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
