import { describe, expect, it } from 'vitest';
import { Halver } from '../../../../workflows/data/sound/halver.ts';

function halved(samples: Int16Array, piece: number): readonly number[] {
  const halver = new Halver();
  const found: number[] = [];
  for (let at = 0; at < samples.length; at += piece) found.push(...halver.push(samples.subarray(at, at + piece)));
  return found;
}

function tone(hertz: number): Int16Array {
  return Int16Array.from({ length: 1600 }, (_, at) => 10_000 * Math.sin((2 * Math.PI * hertz * at) / 16_000));
}

describe('half of a sample rate', () => {
  it('is the same in whatever pieces it comes', () => {
    const samples = Int16Array.from({ length: 403 }, (_, at) => ((at * 7919) % 4001) - 2000);
    const whole = halved(samples, samples.length);
    expect(whole).toHaveLength(Math.floor((samples.length + 1) / 2));
    for (const piece of [1, 2, 3, 4, 5, 6, 7, 8, 13, 100, 401]) expect(halved(samples, piece)).toEqual(whole);
  });

  it('leaves what is low, and takes away what is high', () => {
    const peak = (hertz: number): number => Math.max(...halved(tone(hertz), 500).slice(10, -10));
    expect(peak(500)).toBeGreaterThan(9800);
    expect(peak(7500)).toBeLessThan(200);
  });
});
