import { randomNumbers } from '../test/workflows/scoring/random-numbers.ts';

/** What was said and what was recognised, word by word. */
export interface WordTexts {
  readonly reference: readonly string[];
  readonly hypothesis: readonly string[];
}

/** The sets: many utterances, one recording of hours, and recordings of twenty minutes. */
export const scoreSets = {
  a: { title: '10,000 x 20 words', pairs: 10_000, words: 20 },
  b: { title: '1 x 20,000 words', pairs: 1, words: 20_000 },
  c: { title: '100 x 3,000 words', pairs: 100, words: 3000 },
} as const;

/** Of 100 words so many are left out, replaced, or followed by another, each. */
const errorsOfAKind = 5;
const different = 5000;

/** The texts of a set, the same every time: words as frequent as Zipf's law has it, 15 % of them recognised wrong. */
export function textsOf(set: keyof typeof scoreSets): readonly WordTexts[] {
  const random = randomNumbers(20);
  const sums: number[] = [];
  for (let rank = 1; rank <= different; rank += 1) sums.push((sums.at(-1) ?? 0) + 1 / rank);
  const all = sums.at(-1)!;
  const word = (): string => {
    const drawn = (random.below(2 ** 24) / 2 ** 24) * all;
    return nameOf(sums.findIndex((sum) => sum > drawn));
  };
  const { pairs, words } = scoreSets[set];
  return Array.from({ length: pairs }, () => {
    const reference = Array.from({ length: words === 20 ? 10 + random.below(21) : words }, word);
    const hypothesis = reference.flatMap((said) => {
      const drawn = random.below(100);
      if (drawn < errorsOfAKind) return [];
      if (drawn < 2 * errorsOfAKind) return [word()];
      return drawn < 3 * errorsOfAKind ? [said, word()] : [said];
    });
    return { reference, hypothesis };
  });
}

/** Frequent words are short ones. */
function nameOf(rank: number): string {
  const syllables = ['ba', 'ne', 'ti', 'lo', 'ru', 'ka', 'mi', 'so', 'pe', 'da', 'gu', 'ri', 'fa', 'no', 'te', 'la'];
  let name = '';
  for (let left = rank + 1; left > 0; left = Math.floor(left / 16)) name += syllables[left % 16];
  return name;
}
