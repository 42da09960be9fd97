import { normaliseText, type NormalisationProfile } from './normalise-text.ts';
import { Vocabulary } from './vocabulary.ts';

/** What is counted: words, or characters (code points without white space) for languages that put no space between words. */
export type ScoringUnit = 'word' | 'char';

/** How texts become the units that are compared. */
export interface Tokenisation {
  readonly profile: NormalisationProfile;
  readonly unit: ScoringUnit;
}

/**
 * Adds the units of a text to a vocabulary, first one first. Words end at a space or a tab and nowhere else, as in sclite: not at a
 * no-break space and not at an ideographic space. Characters are code points; spaces and tabs are left out.
 */
export function addTokens(vocabulary: Vocabulary, text: string, how: Tokenisation): void {
  const normalised = normaliseText(text, how.profile);
  if (how.unit === 'word') return vocabulary.addText(normalised);
  for (const character of normalised) {
    if (character !== ' ' && character !== '\t') vocabulary.addWord(character);
  }
  return undefined;
}

/** The units of a text, as {@link addTokens} has them. */
export function tokenise(text: string, how: Tokenisation): readonly string[] {
  const vocabulary = new Vocabulary();
  addTokens(vocabulary, text, how);
  return vocabulary.wordsAt(0, vocabulary.length);
}
