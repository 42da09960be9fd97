import { normaliseText, type NormalisationProfile, profileOfLocale } from '../../scoring/normalise-text.ts';
import { tokenise, unitOfLocale } from '../../scoring/tokenise.ts';

/** An utterance of a test set. */
export interface TestUtterance {
  readonly recording: string;
  readonly path: string;
  readonly line: number;
}

/**
 * What is said in test sets, to be looked up for each line of training text. An utterance counts as known to the training when four of
 * five of its sequences of three units stand in one line: its words in another order do not, nor do a few words in common. Short
 * ones (`yes, please`) are in every text and count for nothing. Memory grows with the test sets alone.
 */
export class SaidInTests {
  readonly #profile: NormalisationProfile;
  readonly #unit: ReturnType<typeof unitOfLocale>;
  readonly #utterances: {
    readonly at: TestUtterance;
    readonly sequences: number;
    readonly units: readonly string[];
  }[] = [];
  readonly #bySequence = new Map<string, number[]>();
  /** Made when it is first asked for: only texts with places for items need it. */
  #byPair: Map<string, number[]> | undefined;
  #units: Set<string> | undefined;

  constructor(locale: string) {
    this.#profile = profileOfLocale(locale);
    this.#unit = unitOfLocale(locale);
  }

  /** How many utterances are long enough to be looked up. */
  get size(): number {
    return this.#utterances.length;
  }

  add(text: string, at: TestUtterance): void {
    const units = this.unitsOf(text);
    if (units.length < (this.#unit === 'word' ? fewestWords : fewestCharacters)) return;
    const sequences = new Set(sequencesOf(units));
    const index = this.#utterances.push({ at, sequences: sequences.size, units }) - 1;
    for (const sequence of sequences) {
      const known = this.#bySequence.get(sequence);
      if (known === undefined) this.#bySequence.set(sequence, [index]);
      else known.push(index);
    }
  }

  /** The utterance that a line says most of; undefined where it says too little of every one. */
  find(line: string): TestUtterance | undefined {
    if (this.#utterances.length === 0) return undefined;
    const counts = new Map<number, number>();
    for (const sequence of new Set(sequencesOf(this.unitsOf(line)))) {
      for (const index of this.#bySequence.get(sequence) ?? []) counts.set(index, (counts.get(index) ?? 0) + 1);
    }
    let best: TestUtterance | undefined;
    let most = 0;
    for (const [index, count] of counts) {
      const { at, sequences } = this.#utterances[index] ?? { at: undefined, sequences: 1 };
      if (count / sequences < share || count <= most) continue;
      [best, most] = [at, count];
    }
    return best;
  }

  /** What texts are compared by: their words, or characters. */
  unitsOf(text: string): readonly string[] {
    return tokenise(normaliseText(text, this.#profile), { profile: 'none', unit: this.#unit });
  }

  /** Whether some utterance has a unit with another one behind it; or the one alone, where there is no other. */
  hasPair(one: string, other: string | undefined): boolean {
    this.#units ??= new Set(this.#utterances.flatMap(({ units }) => units));
    return other === undefined ? this.#units.has(one) : this.#pairs().has(`${one} ${other}`);
  }

  /** The units of so many utterances that have most of these pairs. */
  withPairs(pairs: readonly (readonly [string, string])[], most: number): readonly (readonly string[])[] {
    const counts = new Map<number, number>();
    for (const pair of new Set(pairs.map(([one, other]) => `${one} ${other}`)))
      for (const index of this.#pairs().get(pair) ?? []) counts.set(index, (counts.get(index) ?? 0) + 1);
    return [...counts]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, most)
      .map(([index]) => this.#utterances[index]?.units ?? []);
  }

  /** The units of so many utterances, the first ones that `has` is true of. */
  withItems(has: (units: readonly string[]) => boolean, most: number): readonly (readonly string[])[] {
    const found: (readonly string[])[] = [];
    for (const { units } of this.#utterances) {
      if (found.length === most) break;
      if (has(units)) found.push(units);
    }
    return found;
  }

  #pairs(): ReadonlyMap<string, readonly number[]> {
    if (this.#byPair !== undefined) return this.#byPair;
    const byPair = new Map<string, number[]>();
    for (const [index, { units }] of this.#utterances.entries()) {
      for (const pair of new Set(units.slice(1).map((unit, at) => `${units[at]} ${unit}`))) {
        const known = byPair.get(pair);
        if (known === undefined) byPair.set(pair, [index]);
        else known.push(index);
      }
    }
    this.#byPair = byPair;
    return byPair;
  }
}

const fewestWords = 5;
const fewestCharacters = 10;
const share = 0.8;

/** So many units of an utterance of that length a line has at least that says it. */
export function leastUnits(length: number): number {
  return Math.ceil(share * (length - 2));
}

function sequencesOf(units: readonly string[]): readonly string[] {
  return units.slice(2).map((unit, at) => `${units[at]} ${units[at + 1]} ${unit}`);
}
