import { normaliseText, type NormalisationProfile } from './normalise-text.ts';

/** What is counted: words, or characters (code points without white space) for languages that put no space between words. */
export type ScoringUnit = 'word' | 'char';

/** How texts become the units that are compared. */
export interface Tokenisation {
  readonly profile: NormalisationProfile;
  readonly unit: ScoringUnit;
}

/**
 * The units of a text, first one first. Words end at a space or a tab and nowhere else, as in sclite: not at a no-break
 * space and not at an ideographic space. Characters are code points; spaces and tabs are left out.
 */
export function tokenise(text: string, how: Tokenisation): readonly string[] {
  const words = normaliseText(text, how.profile)
    .split(/[ \t]+/)
    .filter((word) => word !== '');
  return how.unit === 'word' ? words : words.flatMap((word) => [...word]);
}
