import type { Vocabulary } from '../vocabulary.ts';
import { Aligner } from './aligner.ts';
import { stepNumbers } from './word-pair.ts';

/**
 * How many words of a reference were recognised and how many were not. Every reference word is correct, substituted or
 * deleted, so `correct + substitutions + deletions` is the length of the reference.
 */
export interface AlignmentCounts {
  readonly correct: number;
  readonly substitutions: number;
  readonly deletions: number;
  readonly insertions: number;
}

export interface Alignment {
  readonly counts: AlignmentCounts;
  /** One letter a step, first word first: `C` correct, `S` substituted, `D` deleted, `I` inserted. */
  readonly operations: string;
}

/** Where a pair stands in the numbers of a vocabulary: its reference, and behind it its hypothesis. */
export interface PairPlace {
  /** The utterance, for the message when it cannot be aligned. */
  readonly id?: string;
  readonly from: number;
  readonly middle: number;
  readonly until: number;
}

/**
 * The alignments of pairs of texts that a vocabulary has numbered, as {@link Aligner} chooses them, in the order of the places. Throws a
 * RangeError that names the utterance where a pair is too long.
 */
export function alignTexts(vocabulary: Vocabulary, places: readonly PairPlace[]): readonly Alignment[] {
  const { numbers, length, words } = vocabulary;
  const aligner = new Aligner(words.length);
  const steps = new Uint8Array(length);
  const starts = new Int32Array(places.length);
  for (const [index, { id, from, middle, until }] of places.entries()) {
    const pair = {
      reference: numbers,
      referenceFrom: from,
      referenceUntil: middle,
      hypothesis: numbers,
      hypothesisFrom: middle,
      hypothesisUntil: until,
    };
    starts[index] = namingFaults(id === undefined ? undefined : `utterance "${id}"`, () =>
      aligner.align(pair, steps, until),
    );
  }
  const counts = places.map(({ until }, index) => countSteps(steps, starts[index]!, until));
  const letters = lettersOf(steps);
  return places.map(({ until }, index) => ({
    counts: counts[index]!,
    operations: letters.slice(starts[index], until),
  }));
}

/** The answer of `work`; where it throws a RangeError, one that says in its message which utterance or which side of one it was. */
export function namingFaults<T>(what: string | undefined, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError) || what === undefined) throw error;
    throw new RangeError(`${error.message} (${what})`, { cause: error });
  }
}

function countSteps(steps: Uint8Array, from: number, until: number): AlignmentCounts {
  let correct = 0;
  let substitutions = 0;
  let deletions = 0;
  for (let at = from; at < until; at += 1) {
    const step = steps[at];
    if (step === stepNumbers.correct) correct += 1;
    else if (step === stepNumbers.substituted) substitutions += 1;
    else if (step === stepNumbers.deleted) deletions += 1;
  }
  return { correct, substitutions, deletions, insertions: until - from - correct - substitutions - deletions };
}

/** By the number of a step. */
const letters = Uint8Array.from('SCID', (letter) => letter.charCodeAt(0));

/** Replaces the steps by their letters. All at once, as a part of a long string is made without copying it. */
function lettersOf(steps: Uint8Array): string {
  for (let at = 0; at < steps.length; at += 1) steps[at] = letters[steps[at]!]!;
  return new TextDecoder('latin1').decode(steps);
}
