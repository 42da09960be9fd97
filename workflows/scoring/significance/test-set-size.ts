/** Fewer decide nothing: intervals of so few are too narrow (see docs/measuring.md). */
export const fewest = { utterances: 50, words: 700, groups: 20 } as const;

/** How much there is in a test set, or has to be. */
export interface TestSetSize {
  /** Of the references. */
  readonly words: number;
  readonly utterances: number;
}

/** A test set that is not measured yet, as its transcript and the names of its recordings tell. */
export interface LocalTestSet extends TestSetSize {
  /** What each speaker says; absent where the names tell no speakers. */
  readonly speakers?: readonly TestSetSize[];
}

/** How large a test set has to be that is asked for so many words. Fewer than usual ask for fewer utterances, too, in the same proportion. */
export function sizeAsked(minWords: number): TestSetSize {
  const utterances = Math.ceil((minWords * fewest.utterances) / fewest.words);
  return { words: minWords, utterances: Math.min(fewest.utterances, utterances) };
}

/** Whether a test set has less than is asked for. */
export function isTooSmall({ words, utterances }: TestSetSize, asked: TestSetSize): boolean {
  return words < asked.words || utterances < asked.utterances;
}

/** The largest number of words that may be asked for so that a test set is not too small. */
export function largestBound({ words, utterances }: TestSetSize): number {
  if (utterances >= fewest.utterances) return words;
  return Math.min(words, Math.floor((utterances * fewest.words) / fewest.utterances));
}

/** What a person does where a test set is too small, as the end of a sentence. */
export function whatToDo(size: TestSetSize, asked: TestSetSize): string {
  const [lacking, what] =
    size.words < asked.words ? [asked.words - size.words, 'word'] : [asked.utterances - size.utterances, 'recording'];
  return `set \`min-words: ${largestBound(size)}\` to lower the bound, or add about ${lacking} ${what}${lacking === 1 ? '' : 's'}`;
}
