import { describe, expect, it } from 'vitest';
import { SampleStream } from '../../../../workflows/data/sound/sample-stream.ts';
import { type Sound, SoundMeter } from '../../../../workflows/data/sound/sound-meter.ts';
import { speechLike } from '../../../data-sets/speech-like.ts';

function measured(samples: Int16Array, { sampleRate = 8000, piece = 1000 } = {}): Sound {
  const meter = new SoundMeter({ sampleRate });
  for (let at = 0; at < samples.length; at += piece) meter.push(samples.subarray(at, at + piece));
  return meter.sound();
}

function tone(hertz: number, { seconds = 1, sampleRate = 8000, amplitude = 0.5, offset = 0 } = {}): Int16Array {
  return Int16Array.from({ length: seconds * sampleRate }, (_, at) =>
    Math.max(
      -32_768,
      Math.min(32_767, 32_768 * (offset + amplitude * Math.sin((2 * Math.PI * hertz * at) / sampleRate))),
    ),
  );
}

describe('the sound of a recording', () => {
  it('is as loud as its samples', () => {
    const { peak, level, speechLevel, clipped, range } = measured(tone(500));
    expect(peak).toBeCloseTo(0.5, 3);
    // A sine is 3 dB quieter than its peak, and half of full scale is -6 dB.
    expect(level).toBeCloseTo(-9.03, 1);
    expect(speechLevel).toBeCloseTo(-9.03, 1);
    expect([clipped, range]).toEqual([0, 0]);
  });

  it('has the level of what is said, without the pauses', () => {
    const half = Int16Array.of(...tone(500), ...new Int16Array(8000));
    expect(measured(half).level).toBeCloseTo(-12.04, 1);
    expect(measured(half).speechLevel).toBeCloseTo(-9.03, 1);
  });

  it('is clipped where several samples in a row are at full scale, and not at a single peak', () => {
    expect(measured(tone(500, { amplitude: 1.5 })).clipped).toBeGreaterThan(0.3);
    expect(measured(Int16Array.of(0, 32_767, 0, -32_768, -32_768, 0, 5, 32_767, 32_767)).clipped).toBe(0);
    expect(measured(Int16Array.of(32_767, 32_767, 32_767, 0), { piece: 2 }).clipped).toBe(0.75);
    expect(measured(Int16Array.of(0, 32_767, 32_767, 32_767), { piece: 3 }).clipped).toBe(0.75);
  });

  it('has an offset, which is not heard', () => {
    const { offset, level } = measured(tone(500, { offset: 0.1 }));
    expect(offset).toBeCloseTo(0.1, 3);
    expect(level).toBeCloseTo(-9.03, 1);
    expect(measured(new Int16Array(8000).fill(3000)).level).toBe(Number.NEGATIVE_INFINITY);
  });

  it('is nothing in silence, and in no samples at all', () => {
    for (const samples of [new Int16Array(8000), new Int16Array()])
      expect(measured(samples)).toMatchObject({
        peak: 0,
        speechLevel: Number.NEGATIVE_INFINITY,
        clipped: 0,
        offset: 0,
      });
  });

  it('begins or ends in the middle of speech', () => {
    const pause = new Int16Array(800);
    expect(measured(Int16Array.of(...tone(500), ...pause)).isCut).toEqual({ atStart: true, atEnd: false });
    expect(measured(Int16Array.of(...pause, ...tone(500))).isCut).toEqual({ atStart: false, atEnd: true });
    expect(measured(Int16Array.of(...pause, ...tone(500), ...pause)).isCut).toEqual({ atStart: false, atEnd: false });
  });

  it('has high frequencies, or was made of 8 kHz', () => {
    const sampleRate = 16_000;
    const spoken = (upTo: number): Int16Array =>
      Int16Array.from(speechLike({ voice: 3, frames: 48_000, sampleRate, upTo }), (one) => one * 10_000);
    expect(measured(spoken(8000), { sampleRate }).aboveTelephone).toBeGreaterThan(-40);
    expect(measured(spoken(3900), { sampleRate }).aboveTelephone).toBeLessThan(-60);
    expect(measured(tone(500)).aboveTelephone).toBeUndefined();
  });

  it('is the same in whatever pieces it comes', () => {
    const samples = Int16Array.from(
      speechLike({ voice: 1, frames: 16_000, sampleRate: 16_000 }),
      (one) => one * 20_000,
    );
    const whole = measured(samples, { sampleRate: 16_000, piece: samples.length });
    for (const piece of [1, 7, 511, 4096]) expect(measured(samples, { sampleRate: 16_000, piece })).toEqual(whole);
  });
});

describe('samples in a stream of bytes', () => {
  it('are the same however the bytes are cut, and wherever they lie in memory', () => {
    const bytes = Uint8Array.from({ length: 101 }, (_, at) => (at * 37) % 256);
    const expected = Array.from({ length: 50 }, (_, at) => Buffer.from(bytes).readInt16LE(at * 2));
    for (const piece of [1, 2, 3, 7, 50, 101]) {
      const stream = new SampleStream();
      const found: number[] = [];
      for (let at = 0; at < bytes.length; at += piece) found.push(...stream.samplesOf(bytes.subarray(at, at + piece)));
      expect(found).toEqual(expected);
    }
  });
});
