import { counted } from '../../../document/counted.ts';
import { named } from './named.ts';
import { rule, type SharedBy } from './rule.ts';

const datasets = 'Training and testing datasets';

/** What is heard in recordings. The service takes them all: each is one warning for a set. */
export const soundRules = {
  'audio-sizes': rule<SharedBy>({
    costs: 'nothing',
    fixed: 'always',
    means:
      'Numbers in the header of a WAV file do not fit each other or the file: its size, its bytes per second, the bytes of a sample, or there is more behind the sound that belongs to nothing. Programs that believe them hear too much or too little.',
    advice: 'Write the header anew: `ffmpeg -i in.wav -c copy out.wav`.',
    source: 'seen',
    tell: (p) => ({
      message: `${subject(p, ['has', 'have'])} a header whose sizes do not fit: ${named(p)}; some programs hear too much or too little`,
      hint: 'Write the headers anew: ffmpeg -i in.wav -c copy out.wav',
    }),
  }),
  'audio-clipped': rule<SharedBy>({
    costs: 'nothing',
    means: 'A recording was too loud for its recorder: more than one sample in a thousand is cut off at full scale.',
    advice: 'Record with less gain; what is cut off does not come back. Where callers sound like that, leave it.',
    source: datasets,
    tell: (p) => ({
      message: `${subject(p, ['is', 'are'])} clipped: ${named(p)} (up to ${percent(p.worst)} of the samples at full scale)`,
      hint: 'Record with less gain; where those who will be recognised sound like that, leave them',
    }),
  }),
  'audio-silent': rule<SharedBy>({
    costs: 'nothing',
    means: 'Nothing is heard in a recording, or an even noise without a voice.',
    advice: 'Listen to it, and take it and its line out of the set: what its line says is counted as not recognised.',
    source: 'seen',
    tell: (p) => ({
      message: `${subject(p, ['has', 'have'])} no speech, only silence or an even noise: ${named(p)}`,
      hint: 'Listen to them, and take them and their lines out of the set',
    }),
  }),
  'audio-quiet': rule<SharedBy>({
    costs: 'nothing',
    means:
      'What is said in a recording is quieter than -45 dB of full scale; telephones speak at about -26 dB (ITU-T P.56).',
    advice: 'Record with more gain. "Audio with low recording volume isn\'t helpful", and does no harm.',
    source: datasets,
    tell: (p) => ({
      message: `${subject(p, ['is', 'are'])} very quiet: ${named(p)} (down to -${Math.round(p.worst)} dB of full scale)`,
      hint: 'Record with more gain',
    }),
  }),
  'audio-offset': rule<SharedBy>({
    costs: 'nothing',
    means:
      'The samples of a recording are not around zero: the mean is more than 2 % of full scale, as of a faulty sound card.',
    advice: 'Take it away with `ffmpeg -i in.wav -af highpass=f=20 -c:a pcm_s16le out.wav`, and look at the recorder.',
    source: 'seen',
    tell: (p) => ({
      message: `${subject(p, ['is', 'are'])} not around zero: ${named(p)} (the mean is up to ${percent(p.worst)} of full scale)`,
      hint: 'Take that away: ffmpeg -i in.wav -af highpass=f=20 -c:a pcm_s16le out.wav',
    }),
  }),
  'no-pause': rule<SharedBy>({
    costs: 'nothing',
    means: 'Speech begins with the first sound of a recording, or ends with the last: a word may be cut.',
    advice: 'Cut recordings where nobody speaks, "if possible" with half a second of silence before and after.',
    source: datasets,
    tell: (p) => ({
      message: `${subject(p, ['begins or ends', 'begin or end'])} in the middle of speech: ${named(p)}`,
      hint: 'Cut where nobody speaks, if possible with half a second of silence before and after',
    }),
  }),
  'audio-upsampled': rule<SharedBy>({
    costs: 'nothing',
    means: 'A recording has 16 kHz, and nothing above 4 kHz is heard in it: it was made of 8 kHz.',
    advice: 'Give it with 8 kHz, as it was recorded: `ffmpeg -i in.wav -ar 8000 -c:a pcm_s16le out.wav`.',
    source: 'seen',
    tell: (p) => ({
      message: `${subject(p, ['has', 'have'])} 16 kHz and nothing above 4 kHz, as if made of 8 kHz: ${named(p)}`,
      hint: 'Give them with 8 kHz, as they were recorded: ffmpeg -i in.wav -ar 8000 -c:a pcm_s16le out.wav',
    }),
  }),
  'recorded-twice': rule<SharedBy>({
    costs: 'nothing',
    means: 'Recordings have the same sound, sample by sample, under several names: each counts.',
    advice: 'Keep one of them. In training data a second one is a way to give a sentence more weight.',
    source: 'seen',
    tell: (p) => ({
      message: `${subject(p, ['has', 'have'])} the same sound as one before: ${named(p)}`,
      hint: 'Keep one of them',
    }),
  }),
} as const;

function subject({ recordings }: SharedBy, [one, many]: readonly [string, string]): string {
  const shown = (count: number): string => count.toLocaleString('en-US');
  return `${counted(recordings, 'recording', { shown })} ${recordings === 1 ? one : many}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
