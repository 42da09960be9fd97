import { partsOfTemplate, type TemplatePart } from '../structured-text.ts';
import {
  leastSequences,
  type SaidInTests,
  type SaidUtterance,
  sequencesIn,
  type TestUtterance,
} from './said-in-tests.ts';

/** An utterance of a test set that a sentence says, once its places are filled in. */
export interface SaidByTemplate<Place> {
  readonly at: Place;
  readonly said: TestUtterance;
  /** As it is filled in. */
  readonly sentence: string;
}

/**
 * Looks up sentences with places for the items of lists in what is said in test sets. Nothing is filled in at large: of each utterance
 * that has words of the sentence, the items are tried that it has, too, so that of long lists and many sentences little is kept. Of a
 * sentence the utterances are tried that have most pairs of its words, twenty at most.
 */
export class TemplatesInTests<Place> {
  readonly #tests: SaidInTests;
  readonly #kept: { readonly parts: readonly TemplatePart[]; readonly at: Place }[] = [];
  /** The items of each list that some utterance may have, by their first unit. */
  readonly #items = new Map<string, Map<string, Item[]>>();
  readonly #itemsOf = new Map<readonly string[], Map<string, readonly Item[]>>();
  /** The first item of each list. */
  readonly #first = new Map<string, string>();

  constructor(tests: SaidInTests) {
    this.#tests = tests;
  }

  addItem(list: string, text: string): void {
    const name = list.toLowerCase();
    if (!this.#first.has(name)) this.#first.set(name, text);
    const units = this.#tests.unitsOf(text);
    const [first, second] = units;
    if (first === undefined || !this.#tests.hasPair(first, second)) return;
    const items = this.#items.get(name) ?? new Map<string, Item[]>();
    this.#items.set(name, items);
    const known = items.get(first);
    const item = { text, units, numbers: this.#tests.numbersOf(units) };
    if (known === undefined) items.set(first, [item]);
    else if (known.length < mostItemsOfAUnit) known.push(item);
  }

  /** The utterance that a sentence without places says; one with places is looked up by {@link found}, when all lists are known. */
  addSentence(text: string, at: Place): TestUtterance | undefined {
    const parts = partsOfTemplate(text);
    if (parts.every((part) => typeof part === 'string')) return this.#tests.find(text);
    const pairs = pairsOf(this.#unitsBetween(parts));
    if (pairs.length === 0 || pairs.some(([one, other]) => this.#tests.hasPair(one, other)))
      this.#kept.push({ parts, at });
    return undefined;
  }

  /** What the sentences with places say. */
  *found(): Generator<SaidByTemplate<Place>> {
    for (const { parts, at } of this.#kept) {
      const found = this.#find(parts);
      if (found !== undefined) yield { at, ...found };
    }
  }

  #find(parts: readonly TemplatePart[]): Omit<SaidByTemplate<Place>, 'at'> | undefined {
    const texts = this.#unitsBetween(parts);
    const between = new Set(texts.flat());
    // A place in the middle of a word makes another word of its item.
    const numbers = isJoined(parts, this.#tests.unit) ? undefined : texts.map((units) => this.#tests.numbersOf(units));
    for (const utterance of this.#likely(parts, pairsOf(texts))) {
      if (!this.#canSay(parts, { units: utterance.units, between })) continue;
      if (numbers !== undefined && !this.#hasSequences({ parts, numbers }, utterance)) continue;
      for (const sentence of this.#filledIn(parts, utterance.units)) {
        const said = this.#tests.find(sentence);
        if (said !== undefined) return { said, sentence };
      }
    }
    return undefined;
  }

  /** The utterances that have most pairs in common with what stands between the places. */
  #likely(parts: readonly TemplatePart[], pairs: readonly Pair[]): readonly SaidUtterance[] {
    if (pairs.length === 0) return this.#tests.withItems(({ units }) => this.#hasItems(parts, units), mostTried);
    return this.#tests.withPairs(pairs, mostTried);
  }

  /** The units of each text that stands between the places. */
  #unitsBetween(parts: readonly TemplatePart[]): readonly (readonly string[])[] {
    return parts.flatMap((part) => (typeof part === 'string' ? [this.#tests.unitsOf(part)] : []));
  }

  /** Whether enough units of an utterance are between the places or in the items: most that have some in common do not. */
  #canSay(
    parts: readonly TemplatePart[],
    { units, between }: { readonly units: readonly string[]; readonly between: ReadonlySet<string> },
  ): boolean {
    const others = units.filter((unit) => !between.has(unit));
    const most = units.length - leastSequences(units.length - 2);
    if (others.length <= most) return true;
    const items = new Set(
      parts.flatMap((part) =>
        typeof part === 'string' ? [] : this.#itemsIn(part.list, units).flatMap((item) => item.units),
      ),
    );
    return others.filter((unit) => !items.has(unit)).length <= most;
  }

  /**
   * Whether the sentence has enough sequences of an utterance, where each may have the items that are best for it. `numbers`: of the units of
   * each text between the places.
   */
  #hasSequences(
    of: { readonly parts: readonly TemplatePart[]; readonly numbers: readonly (readonly number[])[] },
    { units, sequences }: SaidUtterance,
  ): boolean {
    const lacking = new Set(sequences);
    const texts = of.numbers.values();
    let ends: readonly (readonly number[])[] = [[]];
    for (const part of of.parts) {
      const choices = typeof part === 'string' ? [texts.next().value ?? []] : this.#numbersFor(part.list, units);
      const next = new Map<string, readonly number[]>();
      for (const choice of choices) {
        for (const end of ends) {
          const all = [...end, ...choice];
          for (const sequence of sequencesIn(all)) lacking.delete(sequence);
          const last = all.slice(-2);
          next.set(last.join(' '), last);
        }
      }
      ends = [...next.values()];
    }
    return sequences.length - lacking.size >= leastSequences(sequences.length);
  }

  #hasItems(parts: readonly TemplatePart[], units: readonly string[]): boolean {
    return parts.every((part) => typeof part === 'string' || this.#itemsIn(part.list, units).length > 0);
  }

  /** A sentence with the items that an utterance has, in few ways where it has several. */
  #filledIn(parts: readonly TemplatePart[], units: readonly string[]): readonly string[] {
    let texts = [''];
    for (const part of parts) {
      const choices = typeof part === 'string' ? [part] : this.#itemsIn(part.list, units).map(({ text }) => text);
      const filled = choices.length > 0 || typeof part === 'string' ? choices : [this.#instead(part.list)];
      texts = texts.flatMap((text) => filled.map((choice) => text + choice)).slice(0, mostWays);
    }
    return texts;
  }

  /** The numbers of the units of what may be in the place of a list. */
  #numbersFor(list: string, units: readonly string[]): readonly (readonly number[])[] {
    const items = this.#itemsIn(list, units);
    if (items.length > 0) return items.map(({ numbers }) => numbers);
    return [this.#tests.numbersOf(this.#tests.unitsOf(this.#instead(list)))];
  }

  /** The item that is in the place of what an utterance does not have. */
  #instead(list: string): string {
    return this.#first.get(list) ?? '';
  }

  /** The longest first. Of an utterance, which many sentences are compared with, they are looked for once. */
  #itemsIn(list: string, units: readonly string[]): readonly Item[] {
    const ofUtterance = this.#itemsOf.get(units) ?? new Map<string, readonly Item[]>();
    this.#itemsOf.set(units, ofUtterance);
    const known = ofUtterance.get(list);
    if (known !== undefined) return known;
    const items = this.#items.get(list);
    const found = units
      .flatMap((unit, at) =>
        (items?.get(unit) ?? []).filter((item) => item.units.every((one, index) => units[at + index] === one)),
      )
      .toSorted((a, b) => b.units.length - a.units.length)
      .slice(0, mostItems);
    ofUtterance.set(list, found);
    return found;
  }
}

/** Whether a place stands in the middle of a word, which its items are a part of then. */
function isJoined(parts: readonly TemplatePart[], unit: SaidInTests['unit']): boolean {
  if (unit !== 'word') return false;
  return parts.some((part, at) => {
    const next = parts[at + 1];
    if (next === undefined || (typeof part === 'string' && typeof next === 'string')) return false;
    if (typeof part === 'string') return /[^\s\p{P}]$/u.test(part);
    return typeof next === 'string' ? /^[^\s\p{P}]/u.test(next) : true;
  });
}

type Pair = readonly [string, string];

function pairsOf(texts: readonly (readonly string[])[]): readonly Pair[] {
  return texts.flatMap((units) => units.slice(1).map((unit, at) => [units[at] ?? '', unit] as const));
}

interface Item {
  readonly text: string;
  readonly units: readonly string[];
  /** Those of the units. */
  readonly numbers: readonly number[];
}

const mostTried = 20;
const mostItems = 4;
const mostWays = 16;
const mostItemsOfAUnit = 1000;
