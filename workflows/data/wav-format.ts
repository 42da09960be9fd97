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

const PCM = 1;
const EXTENSIBLE = 0xfffe;
const longestSeconds = 60;
/** Each is one more reading of the disk. */
const mostChunks = 1000;

/**
 * The format of a RIFF/WAVE file, or what is wrong with the file as the end of a sentence. Reads headers alone. Chunks other
 * than `fmt ` and `data` are skipped, with their pad byte. A size of 0 or 0xFFFFFFFF, which programs write that cannot seek
 * back, means that the sound goes on to the end of the file.
 */
export function readWavFormat(bytes: Bytes): WavFormat | string {
  const head = viewOf(bytes, { at: 0, length: 12 });
  if (head === undefined || tag(head, 0) !== 'RIFF' || tag(head, 8) !== 'WAVE') return 'is no WAV file';
  let format: Omit<WavFormat, 'seconds'> | undefined;
  let at = 12;
  for (let count = 0; count < mostChunks; count += 1) {
    const chunk = viewOf(bytes, { at, length: 8 });
    if (chunk === undefined) return format === undefined ? 'is cut off before its sound' : 'has no sound';
    const name = tag(chunk, 0);
    const size = chunk.getUint32(4, true);
    if (name === 'fmt ') {
      format = readFormat(bytes, { at: at + 8, size });
      if (format === undefined) return 'is cut off within its header';
    } else if (name === 'data') {
      if (format === undefined) return 'has no format before its sound';
      return withDuration(format, { size, available: Math.max(0, bytes.size - at - 8) });
    }
    at += 8 + size + (size % 2);
  }
  return `has more than ${mostChunks} chunks before its sound`;
}

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

function readFormat(
  bytes: Bytes,
  { at, size }: { readonly at: number; readonly size: number },
): Omit<WavFormat, 'seconds'> | undefined {
  const view = size < 16 ? undefined : viewOf(bytes, { at, length: Math.min(size, 40) });
  if (view === undefined) return undefined;
  const encoding = view.getUint16(0, true);
  return {
    // The extensible form keeps the encoding in the first two bytes of its sub-format GUID.
    encoding: encoding === EXTENSIBLE && view.byteLength >= 26 ? view.getUint16(24, true) : encoding,
    channels: view.getUint16(2, true),
    sampleRate: view.getUint32(4, true),
    bits: view.getUint16(14, true),
  };
}

function withDuration(
  format: Omit<WavFormat, 'seconds'>,
  data: { readonly size: number; readonly available: number },
): WavFormat | string {
  const isStreamed = data.size === 0 || data.size === 0xffffffff;
  if (!isStreamed && data.size > data.available) return 'is cut off within its sound';
  const length = isStreamed ? data.available : data.size;
  const bytesPerSample = (format.channels * format.bits) / 8;
  if (bytesPerSample === 0 || format.sampleRate === 0 || length < bytesPerSample) return 'has no sound';
  if (!isStreamed && format.bits === 16 && length % bytesPerSample > 0) return 'is cut off within a sample';
  return { ...format, seconds: length / bytesPerSample / format.sampleRate };
}

function viewOf(bytes: Bytes, { at, length }: { readonly at: number; readonly length: number }): DataView | undefined {
  if (at + length > bytes.size) return undefined;
  const found = bytes.read(at, length);
  return found.byteLength < length ? undefined : new DataView(found.buffer, found.byteOffset, found.byteLength);
}

function tag(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
}
