import { describe, expect, it } from 'vitest';
import { divideSound, divideSpeech } from '../../../../workflows/data/mend/divide-recording.ts';
import { PauseFinder, type Pause } from '../../../../workflows/data/sound/pauses.ts';

const pause = (from: number, seconds: number): Pause => ({ from, to: from + seconds });
const words = (count: number): string => Array.from({ length: count }, (_, index) => `word${index}`).join(' ');

describe('dividing a recording', () => {
  it('cuts in the middle of pauses, into as few parts as there can be', () => {
    const pauses = [pause(10, 1), pause(20, 1), pause(35, 2), pause(50, 1), pause(70, 1)];
    expect(divideSound({ seconds: 80, pauses, longest: 40 })).toEqual([
      { from: 0, to: 36 },
      { from: 36, to: 70.5 },
      { from: 70.5, to: 80 },
    ]);
    expect(divideSound({ seconds: 80, pauses: [pause(10, 1)], longest: 40 })).toBe(
      'nobody is silent for long enough within 40 s',
    );
  });

  it('gives each part its sentences where there are as many as long pauses part', () => {
    // 20 + 19 + 19 s of speech at two words a second, with short stops within.
    const pauses = [pause(5, 0.3), pause(20, 1), pause(30, 0.4), pause(40, 1.2)];
    const [one, two, three] = [`${words(40)}.`, `${words(38)}?`, `${words(38)}.`];
    expect(divideSpeech(`${one} ${two} ${three}`, { seconds: 60, pauses, longest: 41 })).toEqual([
      { from: 0, to: 40.6, text: `${one} ${two}` },
      { from: 40.6, to: 60, text: three },
    ]);
  });

  it('says why it is not known which words are in which part', () => {
    const pauses = [pause(20, 1), pause(30, 0.9)];
    const options = { seconds: 60, pauses, longest: 40 };
    expect(divideSpeech(words(100), options)).toMatch(/^its text is one sentence/);
    expect(divideSpeech(`${words(40)}. ${words(80)}.`, options)).toBe(
      'its text has 2 sentences, and which of its 2 pauses are between them is not certain',
    );
    expect(divideSpeech('a. b. c. d.', options)).toBe('its text has 4 sentences, and the recording 2 pauses');
    expect(divideSpeech(`${words(2)}. ${words(100)}.`, { ...options, pauses: [pause(20, 1)] })).toMatch(
      /do not fit what is spoken/,
    );
    expect(divideSpeech(`${words(10)}. ${words(100)}.`, { ...options, pauses: [pause(5, 1)] })).toBe(
      'a sentence of it takes 55 s by itself',
    );
  });
});

describe('pauses', () => {
  it('are found between what is said, and not at the ends', () => {
    const sampleRate = 8000;
    const finder = new PauseFinder({ sampleRate });
    const isSpeech = (second: number): boolean => (second > 1 && second < 3) || (second > 4 && second < 6);
    const sound = Float64Array.from(
      { length: 8 * sampleRate },
      (_, at) => Math.sin(at) * (isSpeech(at / sampleRate) ? 0.3 : 0.001),
    );
    for (let at = 0; at < sound.length; at += 777) finder.push(sound.subarray(at, at + 777));
    expect(finder.pauses()).toEqual([{ from: expect.closeTo(3, 1), to: expect.closeTo(4, 1) }]);
  });

  it('are none in a noise that is even', () => {
    const finder = new PauseFinder({ sampleRate: 8000 });
    finder.push(Float64Array.from({ length: 80_000 }, (_, at) => Math.sin(at) * 0.1));
    expect(finder.pauses()).toEqual([]);
  });
});
