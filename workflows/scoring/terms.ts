import type { Term } from './readers/term-list.ts';
import type { UtteranceScore } from './score-utterances.ts';
import { tokenise, type Tokenisation } from './tokenise.ts';

export interface TermCounts {
  /** Said and recognised, in any of its variants. */
  readonly hits: number;
  /** Said and not recognised where it was said. */
  readonly misses: number;
  /** Recognised where it was not said. */
  readonly falseAlarms: number;
}

export interface TermScore extends TermCounts {
  readonly name: string;
}

export interface TermScores {
  /** One for each term, in the order of the list. */
  readonly terms: readonly TermScore[];
  readonly total: TermCounts;
  /** Misses and false alarms for each time that a term was said; null when none was said. */
  readonly termErrorRate: number | null;
  /** How often terms were said in each utterance, in their order, and how often they were missed there or recognised without being said. */
  readonly utterances: readonly { readonly said: number; readonly errors: number }[];
}

/**
 * How often each term was recognised where it was said. Terms are compared as the profile writes them, in whole words. A term is a hit
 * when one of its variants was recognised among the words that are aligned with it, those inserted right before and behind it
 * included (`co codamol` for `cocodamol`). The same term elsewhere in the utterance is a miss and a false alarm, because something
 * else was said there. Where variants overlap the longest counts, and no word counts twice for one term. Throws a RangeError for a term of
 * which the profile leaves nothing.
 */
export function scoreTerms(
  utterances: readonly UtteranceScore[],
  { terms, ...how }: Tokenisation & { readonly terms: readonly Term[] },
): TermScores {
  const scores = terms.map(({ name }) => ({ name, hits: 0, misses: 0, falseAlarms: 0 }));
  const index = new VariantIndex(terms, how);
  const byUtterance = utterances.map(({ operations, reference, hypothesis }) => {
    const counts = { said: 0, errors: 0 };
    const said = index.occurrencesIn(reference);
    const heard = index.occurrencesIn(hypothesis);
    if (said.size === 0 && heard.size === 0) return counts;
    const places = said.size === 0 ? undefined : placesOf(operations);
    for (const [term, spans] of said) {
      const score = scores[term]!;
      const recognised = heard.get(term) ?? [];
      counts.said += spans.length;
      for (const span of spans) {
        const place = { from: places!.first[span.from]!, until: places!.end[span.until - 1]! };
        const hit = recognised.findIndex(({ from, until }) => from >= place.from && until <= place.until);
        if (hit === -1) {
          score.misses += 1;
          counts.errors += 1;
        } else {
          score.hits += 1;
          recognised.splice(hit, 1);
        }
      }
    }
    // What is left was recognised where it was not said.
    for (const [term, spans] of heard) {
      scores[term]!.falseAlarms += spans.length;
      counts.errors += spans.length;
    }
    return counts;
  });
  const total = { hits: 0, misses: 0, falseAlarms: 0 };
  for (const { hits, misses, falseAlarms } of scores) {
    total.hits += hits;
    total.misses += misses;
    total.falseAlarms += falseAlarms;
  }
  const said = total.hits + total.misses;
  const termErrorRate = said === 0 ? null : (total.misses + total.falseAlarms) / said;
  return { terms: scores, total, termErrorRate, utterances: byUtterance };
}

/** Words from one place until before another. */
interface Span {
  readonly from: number;
  readonly until: number;
}

/** Finds terms in words by the first word of their variants. */
class VariantIndex {
  readonly #byFirst = new Map<string, { readonly term: number; readonly words: readonly string[] }[]>();

  constructor(terms: readonly Term[], how: Tokenisation) {
    for (const [term, { variants, line }] of terms.entries()) {
      for (const variant of variants) {
        const words = tokenise(variant, how);
        const [first] = words;
        if (first === undefined) {
          throw new RangeError(
            `${line}: Write the term in words: profile ${how.profile} leaves nothing of "${variant}"`,
          );
        }
        const same = this.#byFirst.get(first) ?? [];
        same.push({ term, words });
        this.#byFirst.set(first, same);
      }
    }
    for (const same of this.#byFirst.values()) same.sort((one, other) => other.words.length - one.words.length);
  }

  /** Where each term is, first one first; no two places of one term overlap. */
  occurrencesIn(words: readonly string[]): Map<number, Span[]> {
    const found = new Map<number, Span[]>();
    for (const [from, word] of words.entries()) {
      for (const { term, words: wanted } of this.#byFirst.get(word) ?? []) {
        const spans = found.get(term) ?? [];
        if ((spans.at(-1)?.until ?? 0) > from) continue;
        if (!wanted.every((other, offset) => words[from + offset] === other)) continue;
        spans.push({ from, until: from + wanted.length });
        found.set(term, spans);
      }
    }
    return found;
  }
}

/**
 * For each word of the reference the words of the hypothesis that can be its own: from behind the one that is aligned with a word
 * before it, until before the one that is aligned with a word behind it.
 */
function placesOf(operations: string): { readonly first: readonly number[]; readonly end: readonly number[] } {
  const partners: (number | undefined)[] = [];
  let heard = 0;
  for (const operation of operations) {
    if (operation !== 'I') partners.push(operation === 'D' ? undefined : heard);
    if (operation !== 'D') heard += 1;
  }
  const first: number[] = [];
  let behind = 0;
  for (const partner of partners) {
    first.push(behind);
    if (partner !== undefined) behind = partner + 1;
  }
  const end: number[] = [];
  let before = heard;
  for (const partner of partners.toReversed()) {
    end.push(before);
    if (partner !== undefined) before = partner;
  }
  return { first, end: end.toReversed() };
}
