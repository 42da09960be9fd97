import type { CheckedSet } from '../check/checked-set.ts';
import type { WordCounts } from './word-counts.ts';

/** What people want to know of a set besides its faults. */
export interface SetStatistics {
  /** That the service counts. */
  readonly lines: number;
  /** Of the recordings that the service takes; absent for text. */
  readonly recordings?: RecordingStatistics;
  /** All that occur in the lines that the service takes. */
  readonly words: number;
  readonly differentWords: number;
  /** Absent where no text was given to hold the words against. */
  readonly outOfVocabulary?: OutOfVocabulary;
}

export interface RecordingStatistics {
  readonly count: number;
  readonly hours: number;
  /** In seconds. */
  readonly shortest: number;
  readonly median: number;
  readonly longest: number;
  /** How many are shorter than so many seconds and not shorter than the one before; the last have no end. */
  readonly durations: readonly { readonly below?: number; readonly count: number }[];
}

/** The words of a set that a text does not have: a model that is trained with that text has not seen them. */
export interface OutOfVocabulary {
  /** All that occur. */
  readonly words: number;
  /** Of all words of the set, 0..1. */
  readonly share: number;
  readonly differentWords: number;
  /** The most frequent. */
  readonly examples: readonly { readonly word: string; readonly count: number }[];
}

/** The statistics of a checked set, whose words were counted; `known` are those of the text that they are held against. */
export function statisticsOf(
  { lines, recordings }: Pick<CheckedSet, 'lines' | 'recordings'>,
  { counts, known }: { readonly counts: WordCounts; readonly known?: WordCounts | undefined },
): SetStatistics {
  const { vocabulary, words } = counts;
  return {
    lines,
    ...(recordings.length === 0 ? {} : { recordings: durationsOf(recordings.map(({ seconds }) => seconds)) }),
    words,
    differentWords: vocabulary.length,
    ...(known === undefined ? {} : { outOfVocabulary: unknownTo(known, { vocabulary, words }) }),
  };
}

/** In seconds: an utterance, a sentence, a turn, what training takes, and what tests alone take. */
const steps = [1, 5, 10, 20, 40];

function durationsOf(seconds: readonly number[]): RecordingStatistics {
  const ordered = seconds.toSorted((a, b) => a - b);
  const at = (share: number): number => ordered[Math.round(share * (ordered.length - 1))] ?? 0;
  const durations = [...steps, undefined].map((below, index) => {
    const from = steps[index - 1] ?? 0;
    const count = ordered.filter((one) => one >= from && (below === undefined || one < below)).length;
    return { ...(below === undefined ? {} : { below }), count };
  });
  return {
    count: ordered.length,
    hours: ordered.reduce((sum, one) => sum + one, 0) / 3600,
    shortest: at(0),
    median: at(0.5),
    longest: at(1),
    durations,
  };
}

const mostExamples = 20;

function unknownTo(
  known: WordCounts,
  { vocabulary, words }: Pick<WordCounts, 'vocabulary' | 'words'>,
): OutOfVocabulary {
  const unknown = vocabulary.filter(([word]) => !known.has(word));
  const occurring = unknown.reduce((sum, [, count]) => sum + count, 0);
  return {
    words: occurring,
    share: words === 0 ? 0 : occurring / words,
    differentWords: unknown.length,
    examples: unknown.slice(0, mostExamples).map(([word, count]) => ({ word, count })),
  };
}
