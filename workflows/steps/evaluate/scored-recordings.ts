import { counted } from '../../document/counted.ts';
import { formatRate } from '../../document/rates.ts';
import type { MeasuredSide, Measurement } from '../../plan/measurements.ts';
import { type Reader, scoresIn } from '../test-set.ts';

/** One model in an evaluation: where it was measured, and what the service says of all recordings together. */
export interface MeasuredModel {
  readonly side: MeasuredSide;
  readonly measurement: Measurement;
}

/** The models of a pair where an evaluation measured them. */
export interface MeasuredSides {
  readonly model: MeasuredModel;
  readonly against?: MeasuredModel;
}

/** What a model recognised in one recording. */
export interface ScoredRecording {
  readonly text: string;
  /** How it aligns with what was said, as letters `C`, `S`, `D` and `I`. */
  readonly alignment: string;
}

/**
 * What the model recognised in each recording, by name, or why these are not the results that the service has counted: the evaluation
 * is partial, or tells too little. `recordings` is how many the dataset has; undefined when the service does not tell.
 */
export async function scoredRecordings(
  { side, measurement: { counts, wer } }: MeasuredModel,
  recordings: number | undefined,
  context: Reader,
): Promise<ReadonlyMap<string, ScoredRecording> | string> {
  const found = await scoresIn(side, context);
  const { displayName } = side.evaluation;
  if (found.size === 0) return `evaluation ${displayName} has no files of what was recognised`;
  const scored = new Map<string, ScoredRecording>();
  for (const [name, { text = '', alignment }] of found) {
    if (alignment === undefined) return `evaluation ${displayName} does not say which words of ${name} were recognised`;
    scored.set(name, { text, alignment });
  }
  if (recordings !== undefined && scored.size < recordings)
    return `evaluation ${displayName} is partial: it has results of ${scored.size} of ${recordings} recordings`;
  const [said, made] = [wordsIn, errorsIn].map((count) =>
    sum([...scored.values()].map(({ alignment }) => count(alignment))),
  );
  if (counts === undefined) {
    const rate = (made ?? 0) / Math.max(1, said ?? 0);
    return Math.abs(rate - wer) > 0.01
      ? `the files of evaluation ${displayName} have a word error rate of ${formatRate(rate, [wer])}, the evaluation ${formatRate(wer, [rate])}`
      : scored;
  }
  const errors = counts.substitutions + counts.deletions + counts.insertions;
  const isFar = (one: number | undefined, other: number): boolean => Math.abs((one ?? 0) - other) > counts.words / 100;
  return isFar(said, counts.words) || isFar(made, errors)
    ? `the files of evaluation ${displayName} have ${counted(made ?? 0, 'error')} in ${counted(said ?? 0, 'word')}, the evaluation ${errors} in ${counts.words}`
    : scored;
}

/** The words that were said, by an alignment. */
export function wordsIn(alignment: string): number {
  return alignment.replaceAll('I', '').length;
}

/** The errors of an alignment. */
export function errorsIn(alignment: string): number {
  return alignment.replaceAll('C', '').length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
