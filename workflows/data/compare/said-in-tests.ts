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
  readonly #utterances: { readonly at: TestUtterance; readonly sequences: number }[] = [];
  readonly #bySequence = new Map<string, number[]>();

  constructor(locale: string) {
    this.#profile = profileOfLocale(locale);
    this.#unit = unitOfLocale(locale);
  }

  /** How many utterances are long enough to be looked up. */
  get size(): number {
    return this.#utterances.length;
  }

  add(text: string, at: TestUtterance): void {
    const units = this.#unitsOf(text);
    if (units.length < (this.#unit === 'word' ? fewestWords : fewestCharacters)) return;
    const sequences = new Set(sequencesOf(units));
    const index = this.#utterances.push({ at, sequences: sequences.size }) - 1;
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
    for (const sequence of new Set(sequencesOf(this.#unitsOf(line)))) {
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

  #unitsOf(text: string): readonly string[] {
    return tokenise(normaliseText(text, this.#profile), { profile: 'none', unit: this.#unit });
  }
}

const fewestWords = 5;
const fewestCharacters = 10;
const share = 0.8;

function sequencesOf(units: readonly string[]): readonly string[] {
  return units.slice(2).map((unit, at) => `${units[at]} ${units[at + 1]} ${unit}`);
}
