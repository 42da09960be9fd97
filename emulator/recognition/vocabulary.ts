import type { BaseGeneration } from './base-generations.ts';
import { englishLexicon, type EnglishDialect, type EnglishLexicon } from './pronunciation/english-lexicon.ts';
import { stableDraw } from './stable-hash.ts';

/** What a base generation knows of the words of its locale. */
export interface Vocabulary {
  /** How much harder than a common word this one is to hear: 1 or more; undefined for a word the generation lacks. */
  rarity(word: string): number | undefined;
  /** A spelling that does not tell how it is spoken, so that text alone hardly teaches it: `ieee`, `h2o`, `xkcd`. */
  isOddlySpelled(word: string): boolean;
}

/** The vocabulary of a generation: by word lists for English, by a rule on the length of words for other languages. */
export function vocabularyOf(generation: BaseGeneration): Vocabulary {
  const dialect = englishDialect(generation.locale);
  return dialect === undefined ? vocabularyByRule(generation) : englishVocabulary(generation, englishLexicon(dialect));
}

/** The word list to use for a locale; undefined when it is not English. */
export function englishDialect(locale: string): EnglishDialect | undefined {
  const [language, region] = locale.toLowerCase().split('-');
  if (language !== 'en') return undefined;
  if (region === 'us' || region === 'ph') return 'american';
  if (region === 'ca') return 'canadian';
  return region === 'au' || region === 'nz' ? 'australian' : 'british';
}

/** By SCOWL tier. */
const RARITY: Readonly<Record<number, number>> = { 10: 1, 20: 1.6, 35: 2.4 };
/** Spoken names are mostly recognised, but worse than words. */
const NAME_RARITY = 4;

function englishVocabulary(generation: BaseGeneration, lexicon: EnglishLexicon): Vocabulary {
  const known = new Set(generation.vocabularyTiers);
  const rarity = (word: string): number | undefined => {
    const tier = lexicon.tierOf.get(word);
    if (tier !== undefined) return known.has(tier) ? (RARITY[tier] ?? NAME_RARITY) : undefined;
    const apostrophe = word.indexOf("'");
    if (apostrophe > 0) return contraction(word, apostrophe);
    if (word.length === 1 || /^\d+$/u.test(word)) return RARITY[20];
    // SCOWL leaves out names; the ones in the pronouncing dictionary that it does not rank are names.
    return lexicon.pronunciation(word) === undefined ? undefined : NAME_RARITY;
  };
  const contraction = (word: string, apostrophe: number): number | undefined => {
    const stem = word.slice(0, apostrophe);
    const negated = word.endsWith("n't");
    // The list has no contractions: "don't" is as common as "do", "customer's" as "customer".
    return rarity(negated && lexicon.tierOf.has(stem.slice(0, -1)) ? stem.slice(0, -1) : stem);
  };
  return {
    rarity,
    isOddlySpelled: (word) => lexicon.pronunciation(word) === undefined && isUnpronounceable(word),
  };
}

/** The part of the words of each length that a generation knows, longest length first. */
const KNOWN_SHARE = [
  { from: 12, share: 0.6, rarity: 2.4 },
  { from: 9, share: 0.85, rarity: 2 },
  { from: 6, share: 0.96, rarity: 1.6 },
  { from: 0, share: 0.995, rarity: 1 },
] as const;
/** A Han character is a word's worth of meaning: it counts as a word of this length. */
const HAN_LENGTH = 9;

/**
 * Without a word list, which words are known is drawn for each word: most short ones, fewer of the long ones, because
 * words of a trade are long. The draw is the language's, so that a later generation knows what an earlier one knew.
 */
function vocabularyByRule(generation: BaseGeneration): Vocabulary {
  const language = generation.locale.slice(0, 2);
  const isSmall = generation.vocabularyTiers.length < 3;
  return {
    rarity: (word) => {
      const length = /^\p{sc=Han}/u.test(word) ? HAN_LENGTH : word.length;
      const { share, rarity } = KNOWN_SHARE.find(({ from }) => length >= from) ?? KNOWN_SHARE[0];
      const known = isSmall ? 1 - (1 - share) * 1.6 : share;
      return stableDraw('vocabulary', language, word) < known ? rarity : undefined;
    },
    isOddlySpelled: (word) => /\d/u.test(word) && /\p{L}/u.test(word),
  };
}

function isUnpronounceable(word: string): boolean {
  if (/^\d+$/u.test(word)) return false;
  return /\d/u.test(word) || !/[aeiouy]/u.test(word) || /[^aeiouy']{5}/u.test(word) || /([aeiou])\1\1/u.test(word);
}
