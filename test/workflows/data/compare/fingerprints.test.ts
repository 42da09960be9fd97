import { describe, expect, it } from 'vitest';
import { Fingerprints } from '../../../../workflows/data/compare/fingerprints.ts';

/** Words that no other seed has. */
function words(seed: number, count = 250): Uint16Array {
  return Uint16Array.from({ length: count }, (_, at) => 1 + ((seed * 251 + at) % 65_535));
}

describe('fingerprints', () => {
  it('are kept as they are, however many there are', () => {
    const kept = new Fingerprints();
    for (let seed = 0; seed < 200; seed += 1) expect(kept.add(words(seed, seed))).toBe(seed);
    for (let seed = 0; seed < 200; seed += 1) expect(kept.of(seed)).toEqual(words(seed, seed));
  });

  it('are found by the words that they have in common, the likeliest first', () => {
    const kept = new Fingerprints();
    for (let seed = 0; seed < 100; seed += 1) kept.add(words(seed));
    kept.add(Uint16Array.of(...words(7).subarray(0, 100), ...words(8).subarray(0, 60)));
    expect(kept.likely(words(7), 10)).toEqual([7, 100]);
    expect(kept.likely(words(8), 1)).toEqual([8]);
    expect(kept.likely(words(200), 10)).toEqual([]);
  });

  it('count a word once for each recording, and what is not heard not at all', () => {
    const kept = new Fingerprints();
    kept.add(Uint16Array.of(5, 0, 5, 0, 5, 6));
    kept.add(Uint16Array.of(0, 5, 6, 7));
    expect(kept.likely(Uint16Array.of(5, 5, 6, 7, 0), 10)).toEqual([1, 0]);
    expect(kept.likely(Uint16Array.of(0, 0), 10)).toEqual([]);
  });
});
