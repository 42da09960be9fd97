import { expect, test } from 'vitest';
import { AudioLibrary } from '../../../emulator/recognition/audio-library.ts';
import { stableDraw } from '../../../emulator/recognition/stable-hash.ts';
import { makeClip, noise } from './make-clip.ts';
import { everyday } from './spoken-texts.ts';

const clips = everyday.map((text, i) => makeClip(`clip ${i}`, text, 16000));

function libraryOf(...added: readonly ReturnType<typeof makeClip>[]): AudioLibrary {
  const library = new AudioLibrary();
  for (const clip of added) library.add(clip);
  return library;
}

function join(...parts: readonly Int16Array[]): Int16Array {
  const joined = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

test('AudioLibrary finds cut-ins after noise: at least 95 % of the samples, and never a wrong clip', () => {
  const library = libraryOf(...clips);
  let spoken = 0;
  let found = 0;
  for (let trial = 0; trial < 60; trial++) {
    const draw = (what: string): number => stableDraw('trial', what, trial);
    const clip = clips[Math.floor(draw('clip') * clips.length)]!;
    const from = Math.floor(draw('from') * (clip.samples.length - 8000));
    const to = from + 8000 + Math.floor(draw('to') * (clip.samples.length - from - 8000));
    const front = noise(`front ${trial}`, Math.floor(draw('front') * 20_000));
    const heard = library.identify(join(front, clip.samples.subarray(from, to), noise('back', 3000)), 16000);
    spoken += to - from;
    for (const stretch of heard) {
      expect(stretch.clip).toBe(clip);
      expect(stretch.clipStart - stretch.start).toBe(from - front.length);
      found += stretch.end - stretch.start;
    }
  }
  expect(found / spoken).toBeGreaterThan(0.95);
  expect(found / spoken).toBeLessThan(1.001);
});

test('AudioLibrary finds joined clips with silence between, each in its place with all its words', () => {
  const [first, second] = [clips[0]!, clips[1]!];
  const silence = new Int16Array(16000);
  const heard = libraryOf(...clips).identify(join(silence, first.samples, silence, second.samples, silence), 16000);
  expect(
    heard.map(({ clip, start, firstWord, lastWord }) => ({ clip: clip.name, start, firstWord, lastWord })),
  ).toEqual([
    { clip: 'clip 0', start: 16000, firstWord: 0, lastWord: 6 },
    { clip: 'clip 1', start: 32000 + first.samples.length, firstWord: 0, lastWord: 11 },
  ]);
});

test('AudioLibrary gives each word of a clip to one of two halves', () => {
  const clip = clips[2]!;
  const library = libraryOf(...clips);
  for (const cut of [30_000, 41_234, 70_001]) {
    const [before] = library.identify(clip.samples.subarray(0, cut), 16000);
    const [after] = library.identify(clip.samples.subarray(cut), 16000);
    expect(before?.firstWord).toBe(0);
    expect(after?.firstWord).toBe(before!.lastWord + 1);
    expect(after?.lastWord).toBe(clip.transcript.split(' ').length - 1);
  }
});

test('AudioLibrary does not take silence, a constant or a quiet hum for a clip', () => {
  const quiet = { ...clips[0]!, samples: join(new Int16Array(32000), clips[0]!.samples, new Int16Array(32000)) };
  const library = libraryOf(quiet);
  const hum = Int16Array.from({ length: 32000 }, (_, i) => (i % 320 === 0 ? 1 : 0));
  expect(library.identify(new Int16Array(64000), 16000)).toEqual([]);
  expect(library.identify(new Int16Array(64000).fill(77), 16000)).toEqual([]);
  expect(library.identify(hum, 16000)).toEqual([]);
});

test('AudioLibrary does not know other audio, and no audio of another rate', () => {
  const library = libraryOf(...clips);
  expect(library.identify(noise('somebody else', 80_000), 16000)).toEqual([]);
  expect(library.identify(clips[0]!.samples, 8000)).toEqual([]);
  expect(library.identify(new Int16Array(0), 16000)).toEqual([]);
});

test('AudioLibrary knows audio once, with the transcript added last', () => {
  const library = libraryOf(clips[0]!, { ...clips[0]!, name: 'again', transcript: 'something else' });
  expect(library.size).toBe(1);
  expect(library.identify(clips[0]!.samples, 16000)[0]?.clip.transcript).toBe('something else');
});

test('AudioLibrary keeps a transcript when the same audio comes without one', () => {
  const library = libraryOf(clips[0]!, { ...clips[0]!, transcript: '' });
  expect(library.identify(clips[0]!.samples, 16000)[0]?.clip.transcript).toBe(clips[0]!.transcript);
});

test('AudioLibrary takes the clip that fits longest where clips share a beginning', () => {
  const jingle = noise('jingle', 16000);
  const [one, two] = ['one', 'two'].map((name) => ({ ...makeClip(name, 'hello there'), sampleRate: 16000 }));
  const library = libraryOf(
    { ...one!, samples: join(jingle, one!.samples) },
    { ...two!, samples: join(jingle, two!.samples) },
  );
  for (const clip of [one!, two!]) {
    expect(library.identify(join(jingle, clip.samples), 16000).map((heard) => heard.clip.name)).toEqual([clip.name]);
  }
});

test('AudioLibrary tells of audio that grows what it tells of the whole, piece by piece', () => {
  const library = libraryOf(...clips);
  const silence = new Int16Array(8000);
  const whole = join(
    noise('front', 5000),
    clips[0]!.samples,
    silence,
    clips[1]!.samples.subarray(0, 30_000),
    noise('back', 9000),
  );
  for (const piece of [700, 4800, 23_001]) {
    let before: { heard: ReturnType<AudioLibrary['identify']>; length: number } = { heard: [], length: 0 };
    for (let length = piece; length < whole.length + piece; length += piece) {
      const samples = whole.subarray(0, Math.min(length, whole.length));
      before = { heard: library.identifyGrown(samples, 16000, before), length: samples.length };
    }
    const [first, second, ...more] = before.heard;
    expect(more).toEqual([]);
    const told = library.identify(whole, 16000);
    expect([first?.end, second?.end]).toEqual(told.map(({ end }) => end));
    expect([first?.lastWord, second?.lastWord]).toEqual(told.map(({ lastWord }) => lastWord));
    expect([first?.clip.name, second?.clip.name]).toEqual(['clip 0', 'clip 1']);
  }
});
