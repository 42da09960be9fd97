import { createDraws } from '../fuzz/draws.ts';

/**
 * Samples from -1 to 1 that measure as speech does: syllables with a pitch and three formants, hisses between them, and pauses. The
 * same for the same voice; with another rate, or a lower limit of frequencies, they sound the same.
 */
export function speechLike({
  voice,
  frames,
  sampleRate,
  upTo = 8000,
  pause = 0.1,
}: {
  readonly voice: number;
  readonly frames: number;
  readonly sampleRate: number;
  /** In hertz. @default 8000 */
  readonly upTo?: number;
  /** Silence at both ends, in seconds; at most a quarter. @default 0.1 */
  readonly pause?: number;
}): Float64Array {
  const samples = new Float64Array(frames);
  const { below } = createDraws(voice);
  const between = (least: number, most: number): number => least + (below(1_000_000) / 1_000_000) * (most - least);
  const highest = Math.min(upTo, 0.49 * sampleRate);
  const quiet = Math.round(Math.min(pause * sampleRate, frames / 4));
  for (let from = quiet; from < frames - quiet;) {
    const until = Math.min(frames - quiet, from + Math.round(between(0.08, 0.22) * sampleRate));
    const pitch = between(90, 220);
    const formants = [between(300, 800), between(900, 1800), between(2200, 3200)];
    // A hiss is a bundle of high tones: noise could not be limited.
    const tones = [
      ...Array.from({ length: 6 }, (_, index) => ({ hertz: pitch * (index + 1), loud: 1 / (index + 1) })),
      ...formants.map((hertz, index) => ({ hertz: pitch * Math.round(hertz / pitch), loud: 0.7 / (index + 1) })),
      ...Array.from({ length: 4 }, () => ({ hertz: between(4600, 7400), loud: 0.05 })),
    ].filter(({ hertz }) => hertz < highest);
    for (const { hertz, loud } of tones)
      addTone(samples, { from, until, step: (2 * Math.PI * hertz) / sampleRate, loud });
    from = until + Math.round(between(0.01, 0.08) * sampleRate);
  }
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return peak === 0 ? samples : samples.map((sample) => sample / peak);
}

/** A tone that swells and fades, by the rotation of a pointer. */
function addTone(
  samples: Float64Array,
  {
    from,
    until,
    step,
    loud,
  }: { readonly from: number; readonly until: number; readonly step: number; readonly loud: number },
): void {
  const turn = 2 * Math.cos(step);
  const swell = Math.PI / (until - from);
  let before = -Math.sin(step);
  let now = 0;
  for (let at = from; at < until; at += 1) {
    samples[at]! += now * loud * Math.sin(swell * (at - from));
    [before, now] = [now, turn * now - before];
  }
}
