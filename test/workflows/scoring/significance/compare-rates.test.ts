import { describe, expect, it } from 'vitest';
import { compareRates, type PairedUtterance } from '../../../../workflows/scoring/significance/compare-rates.ts';
import { holmAdjusted } from '../../../../workflows/scoring/significance/holm.ts';
import { pairedBootstrap } from '../../../../workflows/scoring/significance/paired-bootstrap.ts';
import { permutationTest } from '../../../../workflows/scoring/significance/permutation-test.ts';
import { powerInWords, smallestDifference, wordsFor } from '../../../../workflows/scoring/significance/power.ts';
import { largestBound } from '../../../../workflows/scoring/significance/test-set-size.ts';
import { randomNumbers } from '../random-numbers.ts';

/** Utterances of 14 words, of which one way gets each word wrong with the first chance in 1,000, the other with the second. */
function utterances(count: number, chances: readonly [number, number], seed: number): readonly PairedUtterance[] {
  const random = randomNumbers(seed);
  const errors = (chance: number): number =>
    Array.from({ length: 14 }, () => random.below(1000) < chance).filter(Boolean).length;
  return Array.from({ length: count }, () => ({
    words: 14,
    errorsBefore: errors(chances[0]),
    errorsAfter: errors(chances[1]),
  }));
}

describe('compareRates', () => {
  it('adds counts up before it divides, and draws the same for the same seed', () => {
    const parts = utterances(80, [150, 100], 21);
    const result = compareRates(parts, { seed: 7 });
    const sum = (of: 'errorsBefore' | 'errorsAfter'): number => parts.reduce((all, one) => all + one[of], 0);
    expect(result?.before.value).toBe(sum('errorsBefore') / (80 * 14));
    expect(result?.after.value).toBe(sum('errorsAfter') / (80 * 14));
    expect(result?.delta.value).toBeCloseTo((sum('errorsAfter') - sum('errorsBefore')) / (80 * 14), 12);
    expect(compareRates(parts, { seed: 7 })).toEqual(result);
    expect(compareRates(parts, { seed: 8 })).not.toEqual(result);
  });

  it('takes a clear gain for one, and no gain, a loss, or one that is less than was asked for, for none', () => {
    const gain = utterances(300, [150, 100], 22);
    expect(compareRates(gain, { seed: 1 })).toMatchObject({ isBetter: true, isTooFew: false, drawn: 'utterances' });
    expect(compareRates(gain, { seed: 1, minImprovement: 0.1 })?.isBetter).toBe(false);
    expect(compareRates(utterances(300, [150, 150], 23), { seed: 1 })?.isBetter).toBe(false);
    expect(compareRates(utterances(300, [100, 150], 24), { seed: 1 })).toMatchObject({
      isBetter: false,
      probabilityOfImprovement: 0,
    });
  });

  it('decides nothing on few utterances, or few words, however clear they look', () => {
    const clear = utterances(49, [900, 10], 25);
    expect(compareRates(clear, { seed: 1 })).toMatchObject({ isTooFew: true, isBetter: false });
    const more = utterances(60, [900, 10], 25);
    expect(compareRates(more, { seed: 1 })?.isBetter).toBe(true);
    expect(compareRates(more, { seed: 1, minWords: 1000 })).toMatchObject({ isTooFew: true, isBetter: false });
  });

  it('asks for fewer utterances where it is asked to decide on fewer words, and says which bound lets it', () => {
    const few = utterances(20, [900, 10], 25);
    const asked = compareRates(few, { seed: 1 });
    expect(asked).toMatchObject({ isTooFew: true, asked: { words: 700, utterances: 50 } });
    expect(largestBound(asked!)).toBe(280);
    expect(compareRates(few, { seed: 1, minWords: 280 })).toMatchObject({ isTooFew: false, isBetter: true });
    expect(compareRates(few, { seed: 1, minWords: 281 })).toMatchObject({ isTooFew: true, isBetter: false });
    // Long utterances are few draws, however many words they have.
    const long = few.map((one) => ({ ...one, words: 140 }));
    expect(compareRates(long, { seed: 1 })).toMatchObject({ isTooFew: true, words: 2800 });
    expect(largestBound(compareRates(long, { seed: 1 })!)).toBe(280);
    expect(largestBound({ words: 600, utterances: 60 })).toBe(600);
    expect(compareRates(utterances(20, [150, 150], 25), { seed: 1, minWords: 0 })?.isBetter).toBe(false);
  });

  it('draws speakers where there are enough, because their errors come together', () => {
    const parts = utterances(400, [150, 100], 26);
    const bySpeakers = (count: number) => parts.map((part, index) => ({ ...part, group: `s${index % count}` }));
    expect(compareRates(bySpeakers(40), { seed: 1 })?.drawn).toBe('groups');
    expect(compareRates(bySpeakers(3), { seed: 1 })?.drawn).toBe('utterances');
    // All of a speaker's utterances are alike here, so that 400 of them say no more than 40.
    const alike = utterances(40, [150, 100], 27).flatMap((part, speaker) =>
      Array.from({ length: 10 }, () => ({ ...part, group: `s${speaker}` })),
    );
    const grouped = compareRates(alike, { seed: 1 });
    const single = compareRates(
      alike.map(({ words, errorsBefore, errorsAfter }) => ({ words, errorsBefore, errorsAfter })),
      { seed: 1 },
    );
    const width = (one: typeof grouped): number => (one === undefined ? 0 : one.delta.high - one.delta.low);
    expect(width(grouped)).toBeGreaterThan(2 * width(single));
  });

  it('has no rate without a word', () => {
    expect(compareRates([], { seed: 1 })).toBeUndefined();
    expect(compareRates([{ words: 0, errorsBefore: 1, errorsAfter: 0 }], { seed: 1 })).toBeUndefined();
  });

  /** The bound is 7 % where 5 % are meant; 600 sets of 200 utterances, whose errors are those of equal models. */
  it('tells equal models apart in hardly more than one of 20 sets', () => {
    let [better, apart] = [0, 0];
    for (let set = 0; set < 600; set += 1) {
      const result = compareRates(utterances(200, [150, 150], 1000 + set), { seed: set, draws: 500 });
      if (result === undefined) throw new Error('no rate');
      if (result.isBetter) better += 1;
      if (result.pValue < 0.05 && (result.delta.high < 0 || result.delta.low > 0)) apart += 1;
    }
    expect(apart / 600).toBeLessThanOrEqual(0.07);
    expect(apart / 600).toBeGreaterThan(0.02);
    expect(better / 600).toBeLessThanOrEqual(0.04);
  });
});

describe('pairedBootstrap', () => {
  it('gives the interval of the normal distribution where there is much to draw from', () => {
    const parts = utterances(2000, [150, 150], 28);
    const differences = parts.map(({ errorsBefore, errorsAfter }) => errorsAfter - errorsBefore);
    const mean = differences.reduce((sum, one) => sum + one, 0) / 2000;
    const deviation = Math.sqrt(differences.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 1999);
    const half = (1.96 * deviation) / Math.sqrt(2000) / 14;
    const { delta } = pairedBootstrap(parts, { seed: 3 })!;
    expect(delta.high - delta.value).toBeCloseTo(half, 3);
    expect(delta.value - delta.low).toBeCloseTo(half, 3);
  });
});

describe('permutationTest', () => {
  it('is near the share of all sign flips that are as large, on sets small enough to try all', () => {
    for (const differences of [
      [3, 1, -1, 2, 4, -2, 1, 1],
      [1, 1, 1, 1, 1, 1],
      [2, -2, 3, -3, 1],
    ]) {
      const parts = differences.map((difference) => ({ words: 9, errorsBefore: 5, errorsAfter: 5 + difference }));
      const seen = Math.abs(differences.reduce((sum, one) => sum + one, 0));
      let asLarge = 0;
      for (let flips = 0; flips < 2 ** differences.length; flips += 1) {
        const sum = differences.reduce((all, one, index) => all + ((flips >> index) & 1 ? one : -one), 0);
        if (Math.abs(sum) >= seen) asLarge += 1;
      }
      expect(permutationTest(parts, { seed: 4 })).toBeCloseTo(asLarge / 2 ** differences.length, 1.5);
    }
    expect(permutationTest([{ words: 9, errorsBefore: 1, errorsAfter: 1 }], { seed: 4 })).toBe(1);
  });

  it('is of the difference from a bound', () => {
    const parts = Array.from({ length: 40 }, (_, part) => ({
      words: 10,
      errorsBefore: 0,
      errorsAfter: 1 + (part % 2),
    }));
    expect(permutationTest(parts, { seed: 4, beyond: 0.05 })).toBeLessThan(0.001);
    expect(permutationTest(parts, { seed: 4, beyond: 0.15 })).toBe(1);
    expect(permutationTest(parts, { seed: 4, beyond: 0.25 })).toBeLessThan(0.001);
  });
});

describe('holmAdjusted', () => {
  it('multiplies the smallest by the number of tests, the next by one less, and never falls', () => {
    const adjusted = holmAdjusted([0.01, 0.04, 0.03, 0.005]);
    expect(adjusted.map((value) => Number(value.toFixed(6)))).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holmAdjusted([0.6, 0.9])).toEqual([1, 1]);
    expect(holmAdjusted([])).toEqual([]);
  });
});

describe('smallestDifference', () => {
  it.each([
    [942, 2.7],
    [7000, 1.0],
    [28_000, 0.5],
  ])('of %i words is %f points', (words, points) => {
    expect(Number((smallestDifference(words) * 100).toFixed(1))).toBe(points);
  });

  it('is said with what it takes to see one point', () => {
    const few = '942 words show differences of 2.7 points or more; for 1 point add about 6200 words';
    expect(powerInWords(942)).toBe(few);
    expect(powerInWords(28_000)).toBe('28000 words show differences of 0.5 points or more');
  });

  it('is what wordsFor asks the words for', () => {
    expect(smallestDifference(wordsFor(0.01))).toBeLessThanOrEqual(0.01);
    expect(smallestDifference(wordsFor(0.01) - 2)).toBeGreaterThan(0.01);
  });
});
