import type { ResultsUtterance } from '../../../schemas/types.gen.ts';
import { scoreResults } from '../../../workflows/evidence/score-results.ts';
import type { Score } from '../../../workflows/scoring/score-utterances.ts';
import type { ComparedTexts } from './measured-answer.ts';
import type { MeasuredTexts } from './measured-texts.ts';

/** What is exported: a test set as models recognised it. */
export interface Exported {
  readonly texts: MeasuredTexts;
  readonly compared: ComparedTexts;
  /** When, as an ISO date-time, and by which version. */
  readonly now: string;
  readonly program: string;
}

/** The files that a test set can be exported as, by their names: utterances as a table, the evidence, and texts as sclite reads them. */
export function exportNames({ ordered }: Pick<ComparedTexts, 'ordered'>): readonly string[] {
  return ['utterances.csv', 'results.json', 'reference.trn', ...ordered.map((_, index) => `model-${sides[index]}.trn`)];
}

const sides = ['a', 'b', 'c', 'd'] as const;

/** The content of an exported file; undefined where there is none of this name. */
export function exportOf(name: string, exported: Exported): string | undefined {
  const { ordered } = exported.compared;
  if (!exportNames({ ordered }).includes(name)) return undefined;
  if (name === 'utterances.csv') return csvOf(exported);
  if (name === 'results.json') return resultsOf(exported);
  const at = sides.findIndex((side) => name === `model-${side}.trn`);
  const score = ordered[Math.max(at, 0)]?.score;
  return score && trnOf(score, { side: at < 0 ? 'reference' : 'hypothesis' });
}

function resultsOf({ compared, now, program }: Exported): string {
  const { ordered, comparison, speakerOf, seed, set } = compared;
  const results = scoreResults(
    {
      score: ordered[0]!.score,
      files: { references: set.title, hypotheses: set.model, against: set.against },
      comparison,
      speakerOf,
    },
    { made: { finishedAt: now, program: `speechops ${program}` }, seed },
  );
  return `${JSON.stringify(results, undefined, 2)}\n`;
}

function csvOf({ texts, compared }: Exported): string {
  const { set, others, ordered, uncertainty } = compared;
  const columns = ['recording', 'group', 'transcript', 'reference', 'uncertainty'];
  const ofModel = ['recognised', 'errors', 'substitutions', 'deletions', 'insertions'];
  const header = [...columns, ...ordered.flatMap(({ name }) => ofModel.map((column) => `${name}: ${column}`))];
  const rows = set.utterances.map((utterance, index) => [
    utterance.id,
    utterance.group ?? '',
    texts.lines[index]?.text ?? '',
    utterance.reference,
    uncertainty[index] ?? '',
    ...recognisedOf(
      utterance,
      others.map((heard) => heard[index]),
    ).flatMap(({ text, operations }) => {
      const [substitutions, deletions, insertions] = ['S', 'D', 'I'].map(
        (letter) => operations.split(letter).length - 1,
      ) as [number, number, number];
      return [text, substitutions + deletions + insertions, substitutions, deletions, insertions];
    }),
  ]);
  return [header, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

function recognisedOf(
  { recognised, against }: ResultsUtterance,
  others: readonly (ResultsUtterance['recognised'] | undefined)[],
): readonly ResultsUtterance['recognised'][] {
  return [recognised, against, ...others].filter((one) => one !== undefined);
}

/**
 * As RFC 4180 has it: commas between cells, and quotes around one that has a comma, a quote or a line end. Programs for tables take a text that begins
 * like a formula for one: it gets an apostrophe before it. Where the language of the person writes decimals with a comma, such programs take a semicolon
 * or a tab for the end of a cell, whatever quotes stand around it: what would begin one there is treated alike.
 */
function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = value.replaceAll(/(^|[;\t\r\n]["\s]*)(?=[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20])/g, "$1'");
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Texts as sclite reads them, in the words that were scored: `text (id)`. An id has no spaces and parentheses there, and a text none of the
 * marks that sclite reads in it.
 */
function trnOf({ utterances }: Score, { side }: { readonly side: 'reference' | 'hypothesis' }): string {
  const taken = new Set<string>();
  return utterances
    .map((utterance, index) => {
      const plain = utterance.id.replaceAll(/[\s()]/g, '_');
      const id = taken.has(plain) ? `${plain}_${index}` : plain;
      taken.add(id);
      const words = utterance[side].map((word) => word.replaceAll(/[(){}]/g, '_'));
      return `${words.join(' ')} (${id})\n`;
    })
    .join('');
}
