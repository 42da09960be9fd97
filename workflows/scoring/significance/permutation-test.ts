import { drawsByDefault } from './paired-bootstrap.ts';
import type { PairedErrors } from './paired-errors.ts';
import { RandomDraws } from './random-draws.ts';

/**
 * How likely a difference as large as this one, in either direction, is where both ways of recognition are equally good: for each part
 * chance decides which of its two counts of errors is whose (Fisher's paired randomisation test). Two-sided, at least 1 / (draws + 1).
 * The same seed gives the same result. With `beyond` it is the difference from a rate after that is above the rate before by so much: chance
 * decides for each part on which side of that it is.
 */
export function permutationTest(
  parts: readonly PairedErrors[],
  {
    seed,
    draws = drawsByDefault,
    beyond = 0,
  }: { readonly seed: number; readonly draws?: number; /** As a part of 1. @default 0 */ readonly beyond?: number },
): number {
  // Parts with as many errors on both sides change nothing.
  const differences = Float64Array.from(
    parts,
    ({ words, errorsBefore, errorsAfter }) => errorsAfter - errorsBefore - beyond * words,
  ).filter((difference) => difference !== 0);
  const seen = Math.abs(differences.reduce((sum, one) => sum + one, 0)) - roundedOff;
  const random = new RandomDraws(seed);
  let asLarge = 0;
  for (let draw = 0; draw < draws; draw += 1) {
    let sum = 0;
    let bits = 0;
    for (let part = 0; part < differences.length; part += 1) {
      if (part % 32 === 0) bits = random.bits();
      sum += (bits >>> (part % 32)) & 1 ? differences[part]! : -differences[part]!;
    }
    if (Math.abs(sum) >= seen) asLarge += 1;
  }
  return (1 + asLarge) / (draws + 1);
}

/** Sums of the same parts in another order, as far as they can be apart. */
const roundedOff = 1e-6;
