import { describe, expect, it } from 'vitest';
import { Resampler } from '../../../../workflows/data/sound/resampler.ts';

describe('another sample rate', () => {
  it.each([
    [44_100, 16_000],
    [48_000, 16_000],
    [22_050, 16_000],
    [32_000, 16_000],
    [11_025, 8000],
    [96_000, 16_000],
    [12_000, 16_000],
    [17_001, 16_000],
  ])('leaves a tone from %i to %i Hz as it is, and takes out what the new rate cannot say', (from, to) => {
    expect(quieterThanTone({ from, to, hertz: 1000 })).toBeLessThan(-85);
    const above = to / 2 + 300;
    if (above < from / 2) expect(loudness(resampled(tone(above, from), { from, to }))).toBeLessThan(-80);
  });

  it('gives the same in whatever pieces the samples come, as many as they last', () => {
    const rates = { from: 44_100, to: 16_000 };
    const sound = tone(440, 44_100);
    const whole = resampled(sound, rates);
    expect(whole.length).toBe(16_000);
    for (const size of [1, 7, 1000]) expect(resampled(sound, rates, size)).toEqual(whole);
    expect(resampled(tone(1, 44_100).subarray(0, 3), rates).length).toBe(1);
  });
});

function tone(hertz: number, rate: number): Float64Array {
  return Float64Array.from({ length: rate }, (_, at) => 0.5 * Math.sin((2 * Math.PI * hertz * at) / rate));
}

function resampled(
  sound: Float64Array,
  rates: { readonly from: number; readonly to: number },
  size = sound.length,
): Float64Array {
  const resampler = new Resampler(rates);
  const parts: number[] = [];
  for (let at = 0; at < sound.length; at += size) parts.push(...resampler.push(sound.subarray(at, at + size)));
  return Float64Array.from([...parts, ...resampler.end()]);
}

/** By how many decibels the difference to the tone is quieter, away from the ends. */
function quieterThanTone({
  from,
  to,
  hertz,
}: {
  readonly from: number;
  readonly to: number;
  readonly hertz: number;
}): number {
  const wanted = tone(hertz, to);
  const difference = resampled(tone(hertz, from), { from, to }).map((sample, at) => sample - wanted[at]!);
  return loudness(difference) - loudness(wanted);
}

function loudness(sound: Float64Array): number {
  const middle = sound.subarray(sound.length / 10, (9 * sound.length) / 10);
  return 10 * Math.log10(middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length);
}
