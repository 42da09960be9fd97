import { wordsOf } from '../check/texts/utterance-words.ts';

/** How often which words occur in a set. Memory is bounded: words that come after a million different ones are counted, and not told apart. */
export class WordCounts {
  readonly #counts = new Map<string, number>();
  /** All that occur, with those that are not told apart. */
  words = 0;

  add(text: string): void {
    for (const word of wordsOf(text)) {
      this.words += 1;
      const count = this.#counts.get(word);
      if (count !== undefined) this.#counts.set(word, count + 1);
      else if (this.#counts.size < mostDifferent) this.#counts.set(word, 1);
    }
  }

  has(word: string): boolean {
    return this.#counts.has(word);
  }

  /** The different words with how often each occurs, the most frequent first, then in the order of the alphabet. */
  get vocabulary(): readonly (readonly [word: string, count: number])[] {
    return [...this.#counts].toSorted(([a, of], [b, than]) => than - of || (a < b ? -1 : 1));
  }
}

const mostDifferent = 1_000_000;
