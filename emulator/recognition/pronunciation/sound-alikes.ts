import { type EnglishLexicon } from './english-lexicon.ts';
import { letterToSound } from './letter-to-sound.ts';
import { parsePhones } from './phones.ts';
import { PronunciationTrie, type SoundMatch, type TrieWord } from './pronunciation-trie.ts';

/** What else a word may be heard as, best first. */
export interface SoundAlike {
  readonly words: readonly string[];
  /** How far it sounds from the word; see `phones.ts`. */
  readonly cost: number;
}

/**
 * Finds what a word is heard as by somebody who knows the words of the given tiers: one word or up to four in a row
 * whose pronunciation is near (`metoprolol`: "may top role owl"). Never an alternative that holds the word itself.
 */
export class SoundAlikes {
  readonly #lexicon: EnglishLexicon;
  readonly #trie: PronunciationTrie;
  readonly #known = new Map<string, readonly SoundAlike[]>();

  constructor(lexicon: EnglishLexicon, tiers: readonly number[]) {
    this.#lexicon = lexicon;
    this.#trie = new PronunciationTrie(trieWords(lexicon, tiers));
  }

  /** At most {@link CHOICES} alternatives, cheapest first; equal costs by the text. Empty when nothing is near. */
  of(word: string): readonly SoundAlike[] {
    let alikes = this.#known.get(word);
    if (alikes === undefined) {
      if (this.#known.size >= REMEMBERED) this.#known.clear();
      alikes = this.#find(word);
      this.#known.set(word, alikes);
    }
    return alikes;
  }

  #find(word: string): readonly SoundAlike[] {
    const phones = parsePhones(this.#lexicon.pronunciation(word) ?? letterToSound(word)).slice(0, LONGEST);
    for (const slack of [6, 14]) {
      const found = segment(phones, { trie: this.#trie, slack, without: word });
      if (found.length > 0) return found;
    }
    return [];
  }
}

const CHOICES = 6;
const REMEMBERED = 20_000;
/** Longer words are heard by their beginning: the search is quadratic in the phones. */
const LONGEST = 24;
const MOST_WORDS = 4;
const NEXT_WORD = 9;
const SLACK_PER_PHONE = 2;
/** An alternative this much worse than the best is not one. */
const MARGIN = 9;
const TIER_COST: Readonly<Record<number, number>> = { 10: 0, 20: 1, 35: 3 };

function trieWords(lexicon: EnglishLexicon, tiers: readonly number[]): readonly TrieWord[] {
  const words: TrieWord[] = [];
  for (const word of lexicon.pronounced) {
    const tier = lexicon.tierOf.get(word);
    if (tier === undefined || !tiers.includes(tier) || (word.length === 1 && word !== 'a' && word !== 'i')) continue;
    const phones = parsePhones(lexicon.pronunciation(word) ?? '');
    // A lone vowel fits anywhere; without a price every word would end in "a".
    const cost = (TIER_COST[tier] ?? 5) + (phones.length === 1 ? 5 : phones.length === 2 ? 2 : 0);
    words.push({ word, phones, cost });
  }
  return words;
}

interface Beginning {
  readonly words: readonly string[];
  readonly cost: number;
}

function segment(
  phones: readonly number[],
  options: { readonly trie: PronunciationTrie; readonly slack: number; readonly without: string },
): readonly SoundAlike[] {
  const best: Beginning[][] = phones.map(() => []);
  best.unshift([{ words: [], cost: 0 }]);
  for (let start = 0; start < phones.length; start++) {
    const before = cheapest(best[start] as Beginning[]);
    if (before.length === 0) continue;
    const matches = options.trie.match(phones, { start, slack: options.slack, slackPerPhone: SLACK_PER_PHONE });
    for (const match of cheapestPerEnd(matches, options.without)) {
      const there = best[match.end] as Beginning[];
      for (const { words, cost } of before) {
        if (words.length === MOST_WORDS) continue;
        const joined = cost + match.cost + (words.length === 0 ? 0 : NEXT_WORD);
        there.push({ words: [...words, match.word], cost: joined });
      }
    }
  }
  const whole = cheapest(best.at(-1) as Beginning[]).filter(({ words }) => words.length > 0);
  return whole.filter(({ cost }) => cost <= (whole[0] as Beginning).cost + MARGIN).slice(0, CHOICES);
}

const BEAM = 12;

function cheapest(beginnings: readonly Beginning[]): readonly Beginning[] {
  return beginnings
    .toSorted((a, b) => a.cost - b.cost || compareText(a.words.join(' '), b.words.join(' ')))
    .slice(0, BEAM);
}

function cheapestPerEnd(matches: readonly SoundMatch[], without: string): readonly SoundMatch[] {
  const kept: SoundMatch[] = [];
  for (const sameEnd of Map.groupBy(matches, (match) => match.end).values()) {
    const ordered = sameEnd.toSorted((a, b) => a.cost - b.cost || compareText(a.word, b.word));
    kept.push(...ordered.filter(({ word }) => word !== without).slice(0, BEAM));
  }
  return kept;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
