import { quoteName, quoteWord } from '../../../document/quote-name.ts';
import { rule } from './rule.ts';

const datasets = 'Training and testing datasets';
const convert = 'Convert it, for example with `ffmpeg -i in.wav -ac 1 -ar 16000 -c:a pcm_s16le out.wav`.';

export interface Recording {
  readonly name: string;
  /** In hertz, where it is known. */
  readonly sampleRate?: number | undefined;
}

/** What recordings are by their headers. */
export const audioRules = {
  'audio-not-wav': rule<Recording & { is: string; isSound: boolean }>({
    costs: 'line',
    fixed: 'where-clear',
    means: 'A recording is called `.wav`, and is another format, or no recording at all.',
    advice: `${convert} A web page or JSON in its place is what a server said in place of the recording: get it again.`,
    source: datasets,
    tell: (p) => ({
      message: `The service rejects this recording: it is ${p.is}, and RIFF/WAVE is taken`,
      hint: p.isSound ? `Convert it: ${conversion(p)}` : 'Get the recording again, and look at what comes',
    }),
  }),
  'audio-pointer': rule<{ is: string; get: string }>({
    costs: 'line',
    means: 'In the place of a recording is a small file that says where it lies: it was not fetched.',
    advice: 'Fetch it: `git lfs pull`, `dvc pull` or `git annex get .`; in a CI, check out with LFS.',
    source: 'seen',
    tell: (p) => ({
      message: `The service rejects this recording: it is ${p.is}, and not the recording`,
      hint: `Fetch it: ${p.get}`,
    }),
  }),
  'audio-empty': rule<{ bytes: number }>({
    costs: 'line',
    means: 'A recording has no samples: the file is empty, or has a header and no sound.',
    advice: 'Record it again, or take it and its line out of the set.',
    source: 'seen',
    tell: (p) => ({
      message: `The service rejects this recording: it has no sound (${p.bytes === 0 ? 'the file is empty' : `${number(p.bytes)} bytes in all`})`,
      hint: 'Record it again, or take it and its line out of the set',
    }),
  }),
  'audio-header': rule<{ is: string }>({
    costs: 'line',
    means: 'The header of a WAV file is damaged: its format is missing, cut off, or behind the sound.',
    advice: 'Copy the recording again from where it came.',
    source: 'seen',
    tell: (p) => ({
      message: `The service rejects this recording: it ${p.is}`,
      hint: 'Copy it again from where it came',
    }),
  }),
  'audio-encoding': rule<Recording & { encoding: number; bits: number }>({
    costs: 'line',
    fixed: 'where-clear',
    means: 'The samples of a recording are not PCM: floating point, mu-law, A-law, ADPCM or compressed.',
    advice: convert,
    source: datasets,
    tell: (p) => ({
      message: `The service rejects this recording: its samples are ${encodingName(p)}, and PCM of 16 bits is taken`,
      hint: `Convert it: ${conversion(p)}`,
    }),
  }),
  'audio-bits': rule<Recording & { bits: number }>({
    costs: 'line',
    fixed: 'always',
    means: 'The samples of a recording have another size than 16 bits.',
    advice: convert,
    source: datasets,
    tell: (p) => ({
      message: `The service rejects this recording: its samples have ${p.bits} bits, and 16 are taken`,
      hint: `Convert it: ${conversion(p)}`,
    }),
  }),
  'audio-channels': rule<Recording & { channels: number }>({
    costs: 'line',
    fixed: 'always',
    means: 'A recording has more than one channel.',
    advice: `${convert} That mixes the channels; where each is a speaker, make a recording of each.`,
    source: datasets,
    tell: (p) => ({
      message: `The service rejects this recording: it has ${number(p.channels)} channels, and one is taken`,
      hint: `Mix them: ${conversion(p)}`,
    }),
  }),
  'audio-sample-rate': rule<Recording & { sampleRate: number }>({
    costs: 'line',
    fixed: 'always',
    means: 'The sample rate of a recording is neither 8 nor 16 kHz.',
    advice: `${convert} Below 16 kHz take 8 kHz: what is not in the sound does not come back.`,
    source: datasets,
    tell: (p) => ({
      message: `The service rejects this recording: it has ${number(p.sampleRate)} Hz, and 8,000 and 16,000 are taken`,
      hint: `Convert it: ${conversion(p)}`,
    }),
  }),
  'audio-truncated': rule<{ name: string; announced: number; bytes: number }>({
    costs: 'line',
    means:
      'A recording has less sound than its header announces: it is cut off, or its recorder never wrote the size of what it had recorded.',
    advice:
      'Copy it again from where it came. Where all of it is there, write its header anew: `ffmpeg -i in.wav -c copy out.wav`.',
    source: 'seen',
    tell: (p) => ({
      message: `The service rejects this recording: its header announces ${number(p.announced)} bytes of sound, and there are ${number(p.bytes)}`,
      hint: `Copy it again; where all of it is there: ffmpeg -i ${inCommand(p.name)} -c copy out.wav`,
    }),
  }),
  'audio-half-sample': rule<{ name: string; bytes: number }>({
    costs: 'line',
    fixed: 'always',
    means: 'The sound of a recording ends within a sample of 16 bits: its size is odd.',
    advice: 'Write it anew, which leaves out the half: `ffmpeg -i in.wav -c copy out.wav`.',
    source: 'seen',
    tell: (p) => ({
      message: `The service rejects this recording: its sound has ${number(p.bytes)} bytes, which ends within a sample`,
      hint: `Write it anew: ffmpeg -i ${inCommand(p.name)} -c copy out.wav`,
    }),
  }),
} as const;

function conversion({ name, sampleRate }: Recording): string {
  const rate = sampleRate !== undefined && sampleRate < 16_000 ? 8000 : 16_000;
  return `ffmpeg -i ${inCommand(name)} -ac 1 -ar ${rate} -c:a pcm_s16le out.wav`;
}

/** A name as a word of a command; one that is very long, or that would be an option, is left to the user. */
function inCommand(name: string): string {
  return name.length > 80 ? 'in.wav' : quoteWord(name.startsWith('-') ? `./${name}` : name);
}

/** By the numbers of Microsoft's mmreg.h. */
const encodings: Readonly<Record<number, string>> = {
  2: 'ADPCM (Microsoft)',
  6: 'A-law',
  7: 'mu-law',
  17: 'ADPCM (IMA)',
  20: 'ADPCM (G.723)',
  49: 'GSM 6.10',
  64: 'ADPCM (G.721)',
  80: 'MPEG',
  85: 'MP3',
  255: 'AAC',
  353: 'Windows Media',
};

function encodingName({ encoding, bits }: { readonly encoding: number; readonly bits: number }): string {
  if (encoding === 3) return `floating point of ${bits} bits`;
  return encodings[encoding] ?? `of the encoding ${quoteName(`0x${encoding.toString(16).toUpperCase()}`)}`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
