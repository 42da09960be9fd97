import { stepsOf } from './alignment-steps.ts';
import type { UtteranceScore } from './score-utterances.ts';

/** Which words are mistaken for which, missed and made up, most frequent first; equals in the order of their characters. */
export interface ErrorPatterns {
  readonly confusions: readonly { readonly reference: string; readonly hypothesis: string; readonly count: number }[];
  /** Words of the references that were deleted or substituted. */
  readonly missed: readonly {
    readonly word: string;
    readonly count: number;
    readonly deleted: number;
    readonly substituted: number;
  }[];
  /** Words that were recognised where nothing was said; a substituted word is no inserted one. */
  readonly inserted: readonly { readonly word: string; readonly count: number }[];
}

/** The error patterns of all utterances together. */
export function errorPatterns(utterances: readonly UtteranceScore[]): ErrorPatterns {
  const confusions = new Map<string, { reference: string; hypothesis: string; count: number }>();
  const missed = new Map<string, { word: string; count: number; deleted: number; substituted: number }>();
  const inserted = new Map<string, { word: string; count: number }>();
  for (const utterance of utterances) {
    if (/^C*$/.test(utterance.operations)) continue;
    for (const step of stepsOf(utterance)) {
      if (step.kind === 'correct') continue;
      if (step.kind === 'inserted') {
        entryOf(inserted, step.hypothesis, { word: step.hypothesis, count: 0 }).count += 1;
        continue;
      }
      const word = entryOf(missed, step.reference, { word: step.reference, count: 0, deleted: 0, substituted: 0 });
      word.count += 1;
      word[step.kind] += 1;
      if (step.kind === 'deleted') continue;
      const { reference, hypothesis } = step;
      // No word has a space in it.
      entryOf(confusions, `${reference} ${hypothesis}`, { reference, hypothesis, count: 0 }).count += 1;
    }
  }
  return { confusions: mostFirst(confusions), missed: mostFirst(missed), inserted: mostFirst(inserted) };
}

function entryOf<T>(entries: Map<string, T>, key: string, first: T): T {
  const entry = entries.get(key) ?? first;
  entries.set(key, entry);
  return entry;
}

function mostFirst<T extends { readonly count: number }>(entries: ReadonlyMap<string, T>): readonly T[] {
  return [...entries]
    .toSorted(([one, first], [other, second]) => second.count - first.count || (one < other ? -1 : 1))
    .map(([, entry]) => entry);
}
