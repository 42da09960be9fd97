import { normaliseText, type NormalisationProfile, profileOfLocale } from '../../scoring/normalise-text.ts';
import { tokenise, unitOfLocale } from '../../scoring/tokenise.ts';

/** An utterance of a test set. */
export interface TestUtterance {
  readonly recording: string;
  readonly path: string;
  readonly line: number;
}

/** An utterance that is long enough to be looked up. */
export interface SaidUtterance {
  readonly at: TestUtterance;
  /** Its words, or characters. */
  readonly units: readonly string[];
  /** Its different sequences of three units, as {@link SaidInTests.sequencesOf} has them. */
  readonly sequences: readonly number[];
}

/**
 * What is said in test sets, to be looked up for each line of training text. An utterance counts as known to the training when four of
 * five of its sequences of three units stand in one line: its words in another order do not, nor do a few words in common. Short
 * ones (`yes, please`) are in every text and count for nothing. Memory grows with the test sets alone.
 */
export class SaidInTests {
  readonly #profile: NormalisationProfile;
  readonly #unit: ReturnType<typeof unitOfLocale>;
  readonly #numbers = new Map<string, number>();
  readonly #utterances: SaidUtterance[] = [];
  /** How many utterances have each sequence. */
  readonly #having = new Map<number, number>();
  /** Those that have a sequence among their rarest, and those that have a pair. Made when they are first asked for. */
  #byRarest: ReadonlyMap<number, readonly number[]> | undefined;
  #byPair: ReadonlyMap<number, readonly number[]> | undefined;

  /** Of each utterance, while it is looked up: 0 before and after. */
  #counts = new Uint16Array(0);

  constructor(locale: string) {
    this.#profile = profileOfLocale(locale);
    this.#unit = unitOfLocale(locale);
  }

  /** How many utterances are long enough to be looked up. */
  get size(): number {
    return this.#utterances.length;
  }

  /** What texts are compared by. */
  get unit(): ReturnType<typeof unitOfLocale> {
    return this.#unit;
  }

  add(text: string, at: TestUtterance): void {
    const units = this.unitsOf(text);
    if (units.length < (this.#unit === 'word' ? fewestWords : fewestCharacters)) return;
    for (const unit of units) if (!this.#numbers.has(unit)) this.#numbers.set(unit, this.#numbers.size);
    const sequences = [...new Set(this.sequencesOf(units))];
    for (const sequence of sequences) this.#having.set(sequence, (this.#having.get(sequence) ?? 0) + 1);
    this.#utterances.push({ at, units, sequences });
    this.#byRarest = undefined;
    this.#byPair = undefined;
  }

  /** The utterance that a line says most of; undefined where it says too little of every one. */
  find(line: string): TestUtterance | undefined {
    if (this.#utterances.length === 0) return undefined;
    const sequences = new Set(this.sequencesOf(this.unitsOf(line)));
    let best: TestUtterance | undefined;
    let most = 0;
    for (const index of this.#likely(sequences)) {
      const { at, sequences: its } = this.#utterances[index]!;
      const count = its.reduce((sum, sequence) => sum + (sequences.has(sequence) ? 1 : 0), 0);
      if (count < leastSequences(its.length) || count <= most) continue;
      [best, most] = [at, count];
    }
    return best;
  }

  /** What texts are compared by: their words, or characters. */
  unitsOf(text: string): readonly string[] {
    return tokenise(normaliseText(text, this.#profile), { profile: 'none', unit: this.#unit });
  }

  /** The sequences of three units that some utterance may have, as numbers: one with a unit that no utterance has is left out. */
  sequencesOf(units: readonly string[]): readonly number[] {
    return sequencesIn(this.numbersOf(units));
  }

  /** The numbers of units, of which three make a sequence; -1 where no utterance has one. */
  numbersOf(units: readonly string[]): readonly number[] {
    return units.map((unit) => this.#numberOf(unit));
  }

  #numberOf(unit: string): number {
    const number = this.#numbers.get(unit) ?? -1;
    return number < mostUnits ? number : -1;
  }

  /** Whether some utterance has a unit with another one behind it; or the one alone, where there is no other. */
  hasPair(one: string, other: string | undefined): boolean {
    return other === undefined ? this.#numbers.has(one) : this.#pairs().has(this.#pairOf(one, other));
  }

  /** So many utterances that have most of these pairs. */
  withPairs(pairs: readonly (readonly [string, string])[], most: number): readonly SaidUtterance[] {
    const different = new Set(pairs.map(([one, other]) => this.#pairOf(one, other)));
    if (this.#counts.length < this.#utterances.length) this.#counts = new Uint16Array(this.#utterances.length);
    const counts = this.#counts;
    const counted: number[] = [];
    for (const pair of different) {
      for (const index of this.#pairs().get(pair) ?? []) {
        if (counts[index] === 0) counted.push(index);
        counts[index]! += 1;
      }
    }
    const found: SaidUtterance[] = [];
    for (let count = different.size; count > 0 && found.length < most; count -= 1)
      for (const index of counted)
        if (counts[index] === count && found.length < most) found.push(this.#utterances[index]!);
    for (const index of counted) counts[index] = 0;
    return found;
  }

  /** So many utterances, the first ones that `has` is true of. */
  withItems(has: (utterance: SaidUtterance) => boolean, most: number): readonly SaidUtterance[] {
    const found: SaidUtterance[] = [];
    for (const utterance of this.#utterances) {
      if (found.length === most) break;
      if (has(utterance)) found.push(utterance);
    }
    return found;
  }

  /** The utterances that may be said by a text with these sequences: those of their rarest ones first, and no more than are looked at. */
  #likely(sequences: ReadonlySet<number>): ReadonlySet<number> {
    const byRarest = (this.#byRarest ??= this.#rarest());
    const lists = [...sequences].flatMap((sequence) => {
      const list = byRarest.get(sequence);
      return list === undefined ? [] : [list];
    });
    const found = new Set<number>();
    for (const list of lists.toSorted((a, b) => a.length - b.length)) {
      for (const index of list) {
        if (found.size === mostLookedAt) return found;
        found.add(index);
      }
    }
    return found;
  }

  /** Who lacks so few of its sequences that it counts as said has one of these: of the rarest of each, one more than it may lack. */
  #rarest(): ReadonlyMap<number, readonly number[]> {
    const having = (sequence: number): number => this.#having.get(sequence) ?? 0;
    return listed(this.#utterances, ({ sequences }) =>
      sequences
        .toSorted((a, b) => having(a) - having(b) || a - b)
        .slice(0, sequences.length - leastSequences(sequences.length) + 1),
    );
  }

  #pairs(): ReadonlyMap<number, readonly number[]> {
    return (this.#byPair ??= listed(this.#utterances, ({ units }) => [
      ...new Set(units.slice(1).map((unit, at) => this.#pairOf(units[at] ?? '', unit))),
    ]));
  }

  /** -1 where no utterance has one of them. */
  #pairOf(one: string, other: string): number {
    const [first, second] = [this.#numberOf(one), this.#numberOf(other)];
    return first < 0 || second < 0 ? -1 : first * mostUnits + second;
  }
}

/** The sequences of three units with these numbers, but of those that no utterance has. */
export function sequencesIn(numbers: readonly number[]): readonly number[] {
  const sequences: number[] = [];
  for (let at = 2; at < numbers.length; at += 1) {
    const [one, two, three] = [numbers[at - 2]!, numbers[at - 1]!, numbers[at]!];
    if (one >= 0 && two >= 0 && three >= 0) sequences.push((one * mostUnits + two) * mostUnits + three);
  }
  return sequences;
}

/** So many of an utterance's sequences a line has at least that says it. */
export function leastSequences(count: number): number {
  let least = Math.floor(share * count);
  while (least < share * count && least / count < share) least += 1;
  return least;
}

/** The numbers of the utterances by what they have. */
function listed(
  utterances: readonly SaidUtterance[],
  keysOf: (utterance: SaidUtterance) => readonly number[],
): ReadonlyMap<number, readonly number[]> {
  const lists = new Map<number, number[]>();
  for (const [index, utterance] of utterances.entries()) {
    for (const key of keysOf(utterance)) {
      const list = lists.get(key);
      if (list === undefined) lists.set(key, [index]);
      else list.push(index);
    }
  }
  return lists;
}

const fewestWords = 5;
const fewestCharacters = 10;
const share = 0.8;
/** Of those that have a line's rare sequences, which are few where the test sets are no copies of each other. */
const mostLookedAt = 250;
/** Three of them are a number that JavaScript has exactly. Those of larger vocabularies are found in no text. */
const mostUnits = 200_000;
