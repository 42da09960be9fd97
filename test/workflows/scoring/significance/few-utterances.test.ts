import { describe, expect, it } from 'vitest';
import { widenedForFew } from '../../../../workflows/scoring/significance/few-utterances.ts';
import { pairedBootstrap } from '../../../../workflows/scoring/significance/paired-bootstrap.ts';
import { RandomDraws } from '../../../../workflows/scoring/significance/random-draws.ts';

describe('widenedForFew', () => {
  const drawn = { value: 0.2, low: 0.15, high: 0.28 };

  it('leaves what is drawn from ten utterances as it is', () => {
    expect(widenedForFew(drawn, 10)).toEqual(drawn);
  });

  it('is as much wider as Student’s t with one degree of freedom fewer', () => {
    const { low, high } = widenedForFew(drawn, 9);
    expect((0.2 - low) / 0.05).toBeCloseTo((2.306 / 1.96) * Math.sqrt(9 / 8), 6);
    expect((high - 0.2) / 0.08).toBeCloseTo((2.306 / 1.96) * Math.sqrt(9 / 8), 6);
    const widths = [9, 8, 7, 6, 5, 4, 3].map((utterances) => widenedForFew(drawn, utterances).high);
    expect(widths).toEqual(widths.toSorted((one, other) => one - other));
  });

  it('begins at 0 at the lowest, and says nothing of one or two utterances', () => {
    expect(widenedForFew({ ...drawn, low: 0.1 }, 3).low).toBe(0);
    expect(widenedForFew({ value: 0.2, low: 0.2, high: 0.2 }, 2)).toEqual({ value: 0.2, low: 0, high: 1 });
    expect(widenedForFew({ value: 0.2, low: 0.2, high: 0.2 }, 1)).toEqual({ value: 0.2, low: 0, high: 1 });
    expect(widenedForFew({ value: 1.5, low: 1.5, high: 1.5 }, 1)).toEqual({ value: 1.5, low: 0, high: 1.5 });
  });

  it.each([2, 3, 5, 8])(
    'seldom begins above the true rate with %d utterances, which the drawn interval often does',
    (size) => {
      const random = new RandomDraws(size);
      const sets = Array.from({ length: 400 }, (_, seed) => {
        const parts = Array.from({ length: size }, () => {
          const errors = Array.from({ length: 12 }, () => random.below(100)).filter((one) => one < 15).length;
          return { words: 12, errorsBefore: errors, errorsAfter: errors };
        });
        const { after } = pairedBootstrap(parts, { seed, draws: 200 })!;
        return { drawn: after, widened: widenedForFew(after, size) };
      });
      const share = (isOne: (set: (typeof sets)[number]) => boolean): number => sets.filter(isOne).length / sets.length;
      expect(share(({ widened }) => widened.low > 0.15)).toBeLessThan(0.04);
      expect(share(({ widened: { low, high } }) => low <= 0.15 && high >= 0.15)).toBeGreaterThan(
        share(({ drawn: { low, high } }) => low <= 0.15 && high >= 0.15) + 0.02,
      );
    },
  );
});
