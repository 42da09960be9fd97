/**
 * The alignments of one utterance with the same reference, as letters C, S, D and I. An alternation may give the reference other numbers of
 * words; then there is no word by which to cut, and the utterance is one segment.
 */
export interface TwoAlignments {
  readonly before: string;
  readonly after: string;
}

export interface MatchedPairs {
  readonly segments: number;
  /** Errors before - errors after in a segment, on average. */
  readonly mean: number;
  /** 0 without segments, and where they do not differ. */
  readonly z: number;
  /** Two-tailed. */
  readonly pValue: number;
}

/** Reference words in a row that both have recognised and that end a segment. */
const goodWords = 2;

/**
 * The matched pairs sentence-segment word error test of Gillick and Cox (ICASSP 1989), as NIST's sc_stats makes it: utterances are cut
 * where both ways of recognition have two words in a row right, what is between are segments whose errors do not depend on each other, and the differences of
 * their errors are normally distributed. For readers of NIST; on few words it finds differences that are none more often than it says.
 */
export function matchedPairs(utterances: readonly TwoAlignments[]): MatchedPairs {
  const differences = utterances.flatMap(differencesOf);
  const segments = differences.length;
  const mean = segments === 0 ? 0 : sum(differences) / segments;
  const variance = segments < 2 ? 0 : sum(differences.map((one) => (one - mean) ** 2)) / (segments - 1);
  const z = variance === 0 ? 0 : mean / Math.sqrt(variance / segments);
  return { segments, mean, z, pValue: z === 0 ? 1 : 2 * (1 - normal(Math.abs(z))) };
}

/** Errors before - errors after in each segment that has any. */
function differencesOf({ before, after }: TwoAlignments): readonly number[] {
  const [one, other] = [slotsOf(before), slotsOf(after)];
  if (one.length !== other.length) return wholeOf(one, other);
  const differences: number[] = [];
  let errorsBefore = 0;
  let errorsAfter = 0;
  let good = 0;
  const end = (): void => {
    if (errorsBefore + errorsAfter > 0) differences.push(errorsBefore - errorsAfter);
    errorsBefore = 0;
    errorsAfter = 0;
    good = 0;
  };
  for (const [index, slot] of one.entries()) {
    const second = other[index]!;
    const isBroken = slot.inserted + second.inserted > 0;
    errorsBefore += slot.inserted + slot.wrong;
    errorsAfter += second.inserted + second.wrong;
    if (slot.wrong + second.wrong > 0) good = 0;
    else good = isBroken ? 1 : good + 1;
    if (good === goodWords) end();
  }
  end();
  return differences;
}

function wholeOf(one: readonly Slot[], other: readonly Slot[]): readonly number[] {
  const [errorsBefore, errorsAfter] = [one, other].map((slots) =>
    sum(slots.map(({ inserted, wrong }) => inserted + wrong)),
  ) as [number, number];
  return errorsBefore + errorsAfter > 0 ? [errorsBefore - errorsAfter] : [];
}

/** A word of the reference: words inserted before it, and whether it is substituted or deleted. The last one is the end of the utterance. */
interface Slot {
  readonly inserted: number;
  readonly wrong: number;
}

function slotsOf(operations: string): readonly Slot[] {
  const slots: Slot[] = [];
  let inserted = 0;
  for (const operation of operations) {
    if (operation === 'I') inserted += 1;
    else {
      slots.push({ inserted, wrong: Number(operation !== 'C') });
      inserted = 0;
    }
  }
  return [...slots, { inserted, wrong: 0 }];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** The share of a normal distribution below a value of 0 or more: Abramowitz and Stegun (1964) 26.2.17, off by less than 7.5e-8. */
function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const polynomial = ((((1.330274429 * t - 1.821255978) * t + 1.781477937) * t - 0.356563782) * t + 0.31938153) * t;
  return 1 - (Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
}
