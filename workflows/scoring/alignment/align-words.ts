import { Vocabulary } from '../vocabulary.ts';
import { type Alignment, alignTexts } from './align-texts.ts';

/**
 * The alignment of two sequences of words that NIST SCTK's sclite chooses: the cheapest where a substitution costs 4 and a
 * deletion or an insertion 3, and among equally cheap ones the same one. Words are equal when they are the same text.
 *
 * It does not minimise the number of errors: `a b c k l` against `k l x y z` has 6 here and 5 by Levenshtein's distance.
 */
export function alignWords(reference: readonly string[], hypothesis: readonly string[]): Alignment {
  const vocabulary = new Vocabulary();
  for (const word of reference) vocabulary.addWord(word);
  for (const word of hypothesis) vocabulary.addWord(word);
  const [alignment] = alignTexts(vocabulary, [{ from: 0, middle: reference.length, until: vocabulary.length }]);
  return alignment!;
}
