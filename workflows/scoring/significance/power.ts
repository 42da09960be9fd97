/** The part of the words that two models recognise differently, as a rule of thumb. */
const changing = 0.06;
/** How much less errors say that come together in utterances. */
const designEffect = 1.5;
/** 1.96 for 5 %, two-sided, and 0.84 for a power of 80 %. */
const deviations = 1.96 + 0.84;

/**
 * The smallest difference of two word error rates, as a part of 1, that a test set of so many words shows in four of five cases. A rule
 * of thumb for a paired test at 5 %: sets whose models differ on more words show less.
 */
export function smallestDifference(words: number): number {
  return deviations * Math.sqrt((changing * designEffect) / words);
}

/** How many words a test set needs to show such a difference, as {@link smallestDifference} has it. */
export function wordsFor(difference: number): number {
  return Math.ceil((changing * designEffect * deviations ** 2) / difference ** 2);
}

/** A number of words as a person plans with it: two digits that count, rounded up. */
export function aboutWords(count: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(count, 1))) - 1);
  return Math.ceil(count / step) * step;
}

/** What a test set of so many words can show: `942 words show differences of 2.7 points or more; for 1 point add about 6200 words`. */
export function powerInWords(words: number): string {
  const shows = `${words} words show differences of ${(smallestDifference(words) * 100).toFixed(1)} points or more`;
  const more = wordsFor(0.01) - words;
  return more > 0 ? `${shows}; for 1 point add about ${aboutWords(more)} words` : shows;
}
