import { isStreamedSize, mostChunks, PCM, scanWav, type WavFault, type WavHeader } from './wav-header.ts';

/** Whether a file of this name is taken for a recording. */
export function isWav(name: string): boolean {
  return /\.wav$/i.test(name);
}

/** The bytes of a file, of which the parts that are asked for are read. */
export interface Bytes {
  readonly size: number;
  /** Fewer bytes than asked for where the file ends. */
  read(at: number, length: number): Uint8Array;
}

/** What a WAV file says about its sound. */
export interface WavFormat {
  /** 1 is PCM. */
  readonly encoding: number;
  readonly channels: number;
  readonly bits: number;
  /** In hertz. */
  readonly sampleRate: number;
  readonly seconds: number;
}

const longestSeconds = 60;

/**
 * The format of a RIFF/WAVE file, or what is wrong with the file as the end of a sentence. Reads headers alone. A size of 0 or
 * 0xFFFFFFFF, which programs write that cannot seek back, means that the sound goes on to the end of the file.
 */
export function readWavFormat(bytes: Bytes): WavFormat | string {
  const scan = scanWav(bytes.size);
  let step = scan.next();
  while (step.done !== true) step = scan.next(bytes.read(step.value.at, step.value.length));
  return typeof step.value === 'string' ? faults[step.value] : withDuration(step.value);
}

const faults: Readonly<Record<WavFault, string>> = {
  'not-wav': 'is no WAV file',
  'cut-before-sound': 'is cut off before its sound',
  'cut-within-header': 'is cut off within its header',
  'no-sound': 'has no sound',
  'no-format': 'has no format before its sound',
  'too-many-chunks': `has more than ${mostChunks} chunks before its sound`,
};

/**
 * Why the service does not recognise this audio as a whole, as the end of a sentence; undefined when it does (Microsoft Learn,
 * "Speech to text REST API for short audio": PCM, 16 bits, mono, 8 or 16 kHz, at most 60 s).
 */
export function whyNotShortAudio({ encoding, channels, bits, sampleRate, seconds }: WavFormat): string | undefined {
  if (encoding !== PCM || bits !== 16)
    return `has ${encoding === PCM ? `${bits} bits` : `the encoding ${encoding}`}, and PCM with 16 bits is allowed`;
  if (channels !== 1) return `has ${channels} channels, and one is allowed`;
  if (sampleRate !== 8000 && sampleRate !== 16_000) return `has ${sampleRate} Hz, and 8000 or 16000 are allowed`;
  if (seconds > longestSeconds)
    return `has ${Math.ceil(seconds)} s, and at most ${longestSeconds} s are recognised at once`;
  return undefined;
}

function withDuration(header: WavHeader): WavFormat | string {
  const { encoding, channels, bits, sampleRate, dataSize, available } = header;
  const isStreamed = isStreamedSize(dataSize);
  if (!isStreamed && dataSize > available) return 'is cut off within its sound';
  const length = isStreamed ? available : dataSize;
  const bytesPerSample = (channels * bits) / 8;
  if (bytesPerSample === 0 || sampleRate === 0 || length < bytesPerSample) return 'has no sound';
  if (!isStreamed && bits === 16 && length % bytesPerSample > 0) return 'is cut off within a sample';
  return { encoding, channels, bits, sampleRate, seconds: length / bytesPerSample / sampleRate };
}
