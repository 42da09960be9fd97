import { createHash } from 'node:crypto';
import type { Template, Templates } from './read-templates.ts';

export interface DrawnSentences {
  /** Each once. */
  readonly sentences: readonly string[];
  /** The items that are in no sentence, by the names of their lists. */
  readonly missing: ReadonlyMap<string, readonly string[]>;
  /** Sentences that were not to be made. */
  readonly refused: readonly string[];
  /** Whether there were no more sentences than these to be had. */
  readonly isExhausted: boolean;
}

/**
 * Makes sentences of templates: each template and each item of a list that a template names is used before any is used again, in an
 * order that the seed decides. Without a count there are as many as that takes; with one, as many as that. A sentence that `isRefused` is not made,
 * and another one has its items where that can be. The same for the same input on every machine, and a larger count begins with the same sentences.
 */
export function drawSentences(
  { templates, lists }: Templates,
  {
    count,
    seed,
    isRefused = () => false,
  }: { readonly count?: number | undefined; readonly seed: string; readonly isRefused?: (sentence: string) => boolean },
): DrawnSentences {
  const drawing = new Drawing(lists, { seed, isRefused });
  const unused = new Set(templates);
  const numbered = templates.map((one, index) => ({ one, index }));
  let due = numbered;
  let isCovering = true;
  let isExhausted = false;
  for (let round = 0; count === undefined ? isCovering : drawing.sentences.length < count; round += 1) {
    const before = drawing.sentences.length;
    // What is not due in one round is not in a later one, until all items are in sentences.
    due = due.filter(({ one }) => (isCovering ? unused.has(one) || drawing.isWanting(one) : !drawing.isExhausted(one)));
    for (const template of inOrder(due, `${seed}/templates/${round}`)) {
      if (drawing.sentences.length === count) break;
      if (isCovering && !unused.has(template) && !drawing.isWanting(template)) continue;
      const isRepeated = isCovering && !unused.has(template);
      if (drawing.draw(template, { withNewItem: isRepeated })) unused.delete(template);
    }
    const hasGrown = drawing.sentences.length > before;
    if (!hasGrown && !isCovering) {
      isExhausted = true;
      break;
    }
    if (isCovering && (!hasGrown || (unused.size === 0 && !due.some(({ one }) => drawing.isWanting(one))))) {
      isCovering = false;
      due = numbered;
      drawing.endCover();
    }
  }
  return {
    sentences: drawing.sentences,
    missing: drawing.missing(templates),
    refused: [...drawing.refused],
    isExhausted,
  };
}

class Drawing {
  readonly sentences: string[] = [];
  readonly refused = new Set<string>();
  readonly #known = new Set<string>();
  readonly #turns: ReadonlyMap<string, Turns>;
  readonly #isRefused: (sentence: string) => boolean;
  /** How many of the sentences of a template, in the order of numbers, were made or refused. */
  readonly #tried = new Map<Template, number>();
  /** The same, of those with an item that is in no other sentence. */
  readonly #triedForItems = new Map<Template, number>();

  constructor(
    lists: ReadonlyMap<string, readonly string[]>,
    { seed, isRefused }: { readonly seed: string; readonly isRefused: (sentence: string) => boolean },
  ) {
    this.#turns = new Map([...lists].map(([name, items]) => [name, new Turns(items, `${seed}/list/${name}`)]));
    this.#isRefused = isRefused;
  }

  /** Whether a template takes items of a list of which some are in no sentence yet. */
  isWanting({ parts }: Template): boolean {
    return parts.some((part) => typeof part !== 'string' && (this.#turns.get(part.list)?.unused.size ?? 0) > 0);
  }

  /**
   * Makes one more sentence of a template, `withNewItem` one that has an item which is in no other. False where each that was tried is
   * there already, or refused.
   */
  draw(template: Template, { withNewItem }: { readonly withNewItem: boolean }): boolean {
    const places = this.#placesOf(template);
    const isWanted = (chosen: readonly number[]): boolean =>
      !withNewItem || places.some(({ unused }, index) => unused.has(chosen[index] ?? -1));
    for (let tries = 0; tries < mostTries; tries += 1) {
      const chosen = places.map((turns) => turns.next());
      if (isWanted(chosen) && this.#take(template, chosen)) return true;
    }
    const sizes = this.#sizesOf(template);
    const all = Math.min(mostEnumerated, productOf(sizes));
    // What was made or refused stays so, and what has no new item: none is tried twice.
    const tried = withNewItem ? this.#triedForItems : this.#tried;
    for (let number = tried.get(template) ?? 0; number < all; number += 1) {
      tried.set(template, number + 1);
      const chosen = digitsOf(number, sizes);
      if (isWanted(chosen) && this.#take(template, chosen)) return true;
    }
    return false;
  }

  /** Whether each sentence that a template gives is made or refused. */
  isExhausted(template: Template): boolean {
    const tried = this.#tried.get(template);
    return tried !== undefined && tried >= productOf(this.#sizesOf(template));
  }

  /** From now on, all items are equal: those that are in no sentence would be refused again. */
  endCover(): void {
    for (const turns of this.#turns.values()) turns.isCovering = false;
  }

  #sizesOf(template: Template): readonly number[] {
    return this.#placesOf(template).map(({ items }) => items.length);
  }

  missing(templates: readonly Template[]): ReadonlyMap<string, readonly string[]> {
    const named = new Set(
      templates.flatMap(({ parts }) => parts.flatMap((part) => (typeof part === 'string' ? [] : part.list))),
    );
    return new Map(
      [...this.#turns].flatMap(([name, { unused, items }]) =>
        named.has(name) && unused.size > 0 ? [[name, [...unused].map((index) => items[index] ?? '')]] : [],
      ),
    );
  }

  #placesOf({ parts }: Template): readonly Turns[] {
    return parts.flatMap((part) => (typeof part === 'string' ? [] : (this.#turns.get(part.list) ?? [])));
  }

  #take(template: Template, chosen: readonly number[]): boolean {
    const places = this.#placesOf(template);
    let place = 0;
    const sentence = template.parts
      .map((part) => (typeof part === 'string' ? part : (places[place]?.items[chosen[place++] ?? 0] ?? '')))
      .join('')
      .replaceAll(/\s+/gu, ' ')
      .trim();
    if (this.#known.has(sentence) || this.refused.has(sentence)) return false;
    if (this.#isRefused(sentence)) {
      this.refused.add(sentence);
      return false;
    }
    this.#known.add(sentence);
    this.sentences.push(sentence);
    for (const [index, turns] of places.entries()) turns.unused.delete(chosen[index] ?? -1);
    return true;
  }
}

/** The items of a list take turns: those that are in no sentence yet first, each once in every round, which has an order of its own. */
class Turns {
  readonly items: readonly string[];
  readonly unused: Set<number>;
  isCovering = true;
  readonly #seed: string;
  #round = 0;
  #order: readonly number[] = [];
  #at = 0;

  constructor(items: readonly string[], seed: string) {
    this.items = items;
    this.unused = new Set(items.keys());
    this.#seed = seed;
  }

  next(): number {
    for (let looked = 0; looked <= this.items.length; looked += 1) {
      const index = this.#step();
      if (!this.isCovering || this.unused.size === 0 || this.unused.has(index)) return index;
    }
    return this.#step();
  }

  #step(): number {
    if (this.#at >= this.#order.length) {
      const left = this.isCovering && this.unused.size > 0 ? this.unused : this.items.keys();
      const numbered = [...left].map((index) => ({ one: index, index }));
      this.#order = inOrder(numbered, `${this.#seed}/${this.#round}`);
      this.#round += 1;
      this.#at = 0;
    }
    return this.#order[this.#at++] ?? 0;
  }
}

const mostTries = 50;
/** So many of the sentences that a template gives are tried one after the other. */
const mostEnumerated = 1_000_000;

function productOf(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}

function digitsOf(number: number, sizes: readonly number[]): readonly number[] {
  let rest = number;
  return sizes.map((size) => {
    const digit = rest % size;
    rest = Math.floor(rest / size);
    return digit;
  });
}

interface Numbered<T> {
  readonly one: T;
  readonly index: number;
}

/** In the order that the key gives to all, of which these are some. */
function inOrder<T>(some: readonly Numbered<T>[], key: string): readonly T[] {
  const keyed = some.map(({ one, index }) => ({
    one,
    by: createHash('sha256').update(`${key}/${index}`).digest('hex'),
  }));
  return keyed.toSorted((a, b) => (a.by < b.by ? -1 : 1)).map(({ one }) => one);
}
