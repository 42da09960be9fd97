import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { speechLike } from '../../../data-sets/speech-like.ts';
import {
  type Fingerprint,
  Fingerprinter,
  likeness,
  sameRecording,
} from '../../../../workflows/data/sound/fingerprint.ts';

const calls = path.join(import.meta.dirname, '../../../../examples/call-center/data');

/** The samples of recordings of 8 kHz, whose headers have 44 bytes. */
const recordings = ['test', 'smoke'].flatMap((folder) =>
  readdirSync(path.join(calls, folder))
    .filter((name) => name.endsWith('.wav'))
    .map((name) => {
      const bytes = readFileSync(path.join(calls, folder, name)).subarray(44);
      return Int16Array.from({ length: bytes.length >> 1 }, (_, at) => bytes.readInt16LE(at * 2));
    }),
);

/** In pieces, as a stream gives them. */
function fingerprintOf(samples: Int16Array, sampleRate = 8000): Fingerprint {
  const fingerprinter = new Fingerprinter({ sampleRate, samples: samples.length });
  for (let at = 0; at < samples.length; at += 4099) fingerprinter.push(samples.subarray(at, at + 4099));
  return fingerprinter.fingerprint();
}

const scaled = (samples: Int16Array, by: number): Int16Array => samples.map((sample) => Math.round(sample * by));

function joined(one: Int16Array, other: Int16Array): Int16Array {
  const both = new Int16Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

/** With 16 kHz in the place of 8, by a filter that passes what is below 4 kHz. */
function doubled(samples: Int16Array): Int16Array {
  const half = 16;
  const taps = Array.from({ length: 2 * half }, (_, at) => {
    const from = at - half + 0.5;
    return (Math.sin(Math.PI * from) / (Math.PI * from)) * (0.5 + 0.5 * Math.cos((Math.PI * from) / half));
  });
  return Int16Array.from({ length: samples.length * 2 }, (_, at) => {
    const left = at >> 1;
    if (at % 2 === 0) return samples[left] ?? 0;
    return Math.round(taps.reduce((sum, tap, index) => sum + tap * (samples[left + 1 + index - half] ?? 0), 0));
  });
}

describe('the fingerprint of a recording', () => {
  const known = recordings.map((samples) => fingerprintOf(samples));

  it.each<[string, (samples: Int16Array) => Int16Array, number?]>([
    ['louder', (samples) => scaled(samples, 1.4)],
    ['quieter, so that few bits are left', (samples) => scaled(samples, 0.01)],
    ['clipped', (samples) => samples.map((sample) => Math.max(-6000, Math.min(6000, sample)))],
    ['of 16 kHz', doubled, 16_000],
    ['without its first 0.3 s', (samples) => samples.subarray(2400)],
    ['without its last 0.3 s', (samples) => samples.subarray(0, -2400)],
    ['0.3 s later, with silence before', (samples) => joined(new Int16Array(2400), samples)],
    [
      'of 16 kHz, quieter and without its first 0.3 s',
      (samples) => doubled(scaled(samples.subarray(2400), 0.3)),
      16_000,
    ],
  ])('is like that of the same recording %s', (_, change, sampleRate) => {
    const least = Math.min(
      ...recordings.map((samples, index) => likeness(known[index]!, fingerprintOf(change(samples), sampleRate))),
    );
    expect(least).toBeGreaterThan(sameRecording);
  });

  it('is unlike those of other recordings of the same voices, in either order', () => {
    let most = 0;
    for (const [index, one] of known.entries())
      for (const other of known.slice(index + 1)) most = Math.max(most, likeness(one, other), likeness(other, one));
    expect(most).toBeLessThan(sameRecording - 0.1);
  });

  it('has a few hundred bytes however long the recording is, and compares both ends of it', () => {
    const sampleRate = 8000;
    const spoken = (voice: number, seconds: number): Int16Array =>
      Int16Array.from(speechLike({ voice, frames: seconds * sampleRate, sampleRate }), (one) => one * 10_000);
    const announcement = spoken(1, 12);
    const call = (voice: number): Int16Array => joined(announcement, spoken(voice, 30));
    const [one, other] = [fingerprintOf(call(2)), fingerprintOf(call(3))];
    expect(one.byteLength).toBe(512);
    expect(likeness(one, fingerprintOf(call(2).subarray(1600)))).toBeGreaterThan(sameRecording);
    expect(likeness(one, other)).toBeLessThan(sameRecording);
  });

  it('says nothing of silence, and of what is too short', () => {
    const silence = fingerprintOf(new Int16Array(80_000));
    expect(likeness(silence, silence)).toBe(0);
    const [recording = new Int16Array()] = recordings;
    const word = fingerprintOf(recording.subarray(4000, 8000));
    expect(likeness(word, word)).toBe(0);
    expect(fingerprintOf(new Int16Array(3))).toHaveLength(0);
  });
});
