import { partsOfTemplate, type TemplatePart } from '../structured-text.ts';
import { leastUnits, type SaidInTests, type TestUtterance } from './said-in-tests.ts';

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
    if (known === undefined) items.set(first, [{ text, units }]);
    else if (known.length < mostItemsOfAUnit) known.push({ text, units });
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
    for (const utterance of this.#likely(parts, pairsOf(texts))) {
      if (!this.#canSay(parts, { units: utterance, between })) continue;
      for (const sentence of this.#filledIn(parts, utterance)) {
        const said = this.#tests.find(sentence);
        if (said !== undefined) return { said, sentence };
      }
    }
    return undefined;
  }

  /** The units of the utterances that have most pairs in common with what stands between the places. */
  #likely(parts: readonly TemplatePart[], pairs: readonly Pair[]): readonly (readonly string[])[] {
    if (pairs.length === 0) return this.#tests.withItems((units) => this.#hasItems(parts, units), mostTried);
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
    const most = units.length - leastUnits(units.length);
    if (others.length <= most) return true;
    const items = new Set(
      parts.flatMap((part) =>
        typeof part === 'string' ? [] : this.#itemsIn(part.list, units).flatMap((item) => item.units),
      ),
    );
    return others.filter((unit) => !items.has(unit)).length <= most;
  }

  #hasItems(parts: readonly TemplatePart[], units: readonly string[]): boolean {
    return parts.every((part) => typeof part === 'string' || this.#itemsIn(part.list, units).length > 0);
  }

  /** A sentence with the items that an utterance has, in few ways where it has several. */
  #filledIn(parts: readonly TemplatePart[], units: readonly string[]): readonly string[] {
    let texts = [''];
    for (const part of parts) {
      const choices = typeof part === 'string' ? [part] : this.#itemsIn(part.list, units).map(({ text }) => text);
      // Another item is in the place of what the utterance does not have.
      const filled = choices.length > 0 || typeof part === 'string' ? choices : [this.#first.get(part.list) ?? ''];
      texts = texts.flatMap((text) => filled.map((choice) => text + choice)).slice(0, mostWays);
    }
    return texts;
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

type Pair = readonly [string, string];

function pairsOf(texts: readonly (readonly string[])[]): readonly Pair[] {
  return texts.flatMap((units) => units.slice(1).map((unit, at) => [units[at] ?? '', unit] as const));
}

interface Item {
  readonly text: string;
  readonly units: readonly string[];
}

const mostTried = 20;
const mostItems = 4;
const mostWays = 16;
const mostItemsOfAUnit = 1000;
