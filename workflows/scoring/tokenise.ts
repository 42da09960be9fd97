import { displayTokens } from './display-tokens.ts';
import { normaliseText, type NormalisationProfile } from './normalise-text.ts';
import { Vocabulary } from './vocabulary.ts';

/**
 * What is counted: words; characters without white space for languages that put no space between words; or the tokens of text as it is
 * displayed, where capitals and punctuation count.
 */
export type ScoringUnit = 'word' | 'char' | 'token';

/** How texts become the units that are compared. */
export interface Tokenisation {
  readonly profile: NormalisationProfile;
  readonly unit: ScoringUnit;
  /** What makes two ways of writing equal in place of the profile alone, see `textNormaliserOf` for rules that extend the profile. */
  readonly normalise?: (text: string) => string;
}

/**
 * Adds the units of a text to a vocabulary, first one first. Words end at a space or a tab and nowhere else, as in sclite: not at a
 * no-break space and not at an ideographic space. Characters are what a reader takes for one (grapheme clusters of Unicode's annex
 * 29: a letter with its vowel signs and accents, an emoji with its modifiers); spaces and tabs are left out.
 */
export function addTokens(vocabulary: Vocabulary, text: string, how: Tokenisation): void {
  const normalised = how.normalise?.(text) ?? normaliseText(text, how.profile);
  if (how.unit === 'word') return vocabulary.addText(normalised);
  if (how.unit === 'token') return addAll(vocabulary, displayTokens(normalised));
  for (const character of charactersOf(normalised)) {
    if (character !== ' ' && character !== '\t') vocabulary.addWord(character);
  }
  return undefined;
}

function addAll(vocabulary: Vocabulary, tokens: readonly string[]): void {
  for (const token of tokens) vocabulary.addWord(token);
}

/** The units of a text, as {@link addTokens} has them. */
export function tokenise(text: string, how: Tokenisation): readonly string[] {
  const vocabulary = new Vocabulary();
  addTokens(vocabulary, text, how);
  return vocabulary.wordsAt(0, vocabulary.length);
}

/** What is counted in a locale: characters where writing puts no space between words (`ja-JP`, `th-TH`), else words. */
export function unitOfLocale(locale: string): ScoringUnit {
  const [language = ''] = locale.toLowerCase().split(/[-_]/);
  return unspaced.has(language) ? 'char' : 'word';
}

const unspaced: ReadonlySet<string> = new Set(['ja', 'zh', 'yue', 'th', 'km', 'lo', 'my']);

/** The characters of a text as a reader counts them, white space included. */
export function* charactersOf(text: string): Generator<string> {
  if (simple.test(text)) return yield* text;
  for (const { segment } of graphemes.segment(text)) yield segment;
}

/**
 * Texts in which every code point is a character of its own: no marks, no joiners, no letters that melt into one syllable. Counting them
 * takes about half as long. Latin, Greek and Cyrillic with composed accents, kana, Chinese characters and whole Korean syllables.
 */
const simple =
  /^[\t\u0020-\u02ff\u0391-\u0481\u3000-\u3029\u3030-\u3096\u309b-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff01-\uff9d]*$/u;

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
