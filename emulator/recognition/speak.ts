import { stableDraw } from './stable-hash.ts';
import { AUDIBLE } from './word-spans.ts';

/** A voice: how high it speaks, in hertz. */
export interface SpeakingVoice {
  readonly name: string;
  readonly pitch: number;
}

/**
 * Something like speech: for each letter of a text a vowel with its formants or a hiss, with pauses between words and silence around it
 * all. The same text in the same voice gives the same samples; another text gives others, also in the words that both have, so that a
 * recording is known by its content. No person understands it: the emulator's recogniser knows its words because they are told to it.
 */
export function speak(
  text: string,
  { voice, sampleRate }: { readonly voice: SpeakingVoice; readonly sampleRate: number },
): Int16Array {
  const sounds = soundsOf(text, voice);
  const seconds = sounds.reduce((sum, sound) => sum + sound.seconds, 2 * SILENCE_SECONDS);
  const samples = new Int16Array(Math.ceil(seconds * sampleRate));
  let from = SILENCE_SECONDS * sampleRate;
  for (const { seconds: length, tones } of sounds) {
    const until = from + length * sampleRate;
    addTones(samples, { tones, from: Math.round(from), until: Math.round(until), sampleRate });
    from = until;
  }
  return samples;
}

interface Sound {
  readonly seconds: number;
  /** None in a pause. */
  readonly tones: readonly Tone[];
}

interface Tone {
  readonly hertz: number;
  /** The share of full scale. */
  readonly loud: number;
}

/** As the service advises around speech. */
const SILENCE_SECONDS = 0.5;

function soundsOf(text: string, { name, pitch }: SpeakingVoice): readonly Sound[] {
  const sounds: Sound[] = [];
  for (const [index, letter] of [...text.toLowerCase()].entries()) {
    const draw = (what: string): number => stableDraw('speech', what, name, text, index);
    if (!/[\p{L}\p{N}]/u.test(letter)) {
      if (sounds.at(-1)?.tones.length !== 0) sounds.push({ seconds: 0.05 + 0.03 * draw('pause'), tones: [] });
      continue;
    }
    const seconds = 0.06 + 0.03 * draw('length');
    sounds.push({
      seconds,
      tones: isHissed(letter) ? hiss(letter, draw('hiss')) : vowel(letter, pitch, draw('pitch')),
    });
  }
  return sounds;
}

function isHissed(letter: string): boolean {
  return /[cfhkpqstxz\u3400-\u9fff]/u.test(letter) && stableDraw('hissed', letter) < 0.8;
}

/** The overtones of a voice, louder at the formants of the letter. */
function vowel(letter: string, pitch: number, draw: number): readonly Tone[] {
  const hertz = pitch * (0.94 + 0.12 * draw);
  const formants = [300, 900, 2200].map(
    (least, index) => least + (500 + 400 * index) * stableDraw('formant', letter, index),
  );
  return Array.from({ length: 24 }, (_, index) => {
    const overtone = hertz * (index + 1);
    const nearest = Math.min(...formants.map((formant) => Math.abs(formant - overtone)));
    return { hertz: overtone, loud: 0.05 / (index + 1) + 0.12 / (1 + (nearest / 150) ** 2) };
  });
}

/** A bundle of high tones. */
function hiss(letter: string, draw: number): readonly Tone[] {
  return Array.from({ length: 8 }, (_, index) => ({
    hertz: 3800 + 3600 * ((stableDraw('hiss', letter, index) + draw / 8) % 1),
    loud: 0.03,
  }));
}

function addTones(
  samples: Int16Array,
  {
    tones,
    from,
    until,
    sampleRate,
  }: {
    readonly tones: readonly Tone[];
    readonly from: number;
    readonly until: number;
    readonly sampleRate: number;
  },
): void {
  const heard = tones.filter(({ hertz }) => hertz < 0.48 * sampleRate);
  if (heard.length === 0) return;
  const sums = new Float64Array(until - from);
  for (const [index, { hertz, loud }] of heard.entries()) {
    // Each begins at another place of its wave, so that they do not add up to one click.
    const phase = 2.4 * index;
    const step = (2 * Math.PI * hertz) / sampleRate;
    for (let at = 0; at < sums.length; at += 1) sums[at]! += loud * Math.sin(phase + step * at);
  }
  for (let at = 0; at < sums.length; at += 1) {
    const swell = Math.sin((Math.PI * (at + 0.5)) / sums.length) ** 0.5;
    const sample = Math.round(24_000 * swell * sums[at]!);
    samples[from + at] = Math.max(-32_000, Math.min(32_000, sample));
  }
  // However quiet its letters are, a word is speech.
  const middle = from + Math.floor(sums.length / 2);
  if (Math.abs(samples[middle] ?? 0) < AUDIBLE) samples[middle] = AUDIBLE;
}
