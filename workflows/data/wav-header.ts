/** The next bytes of a file that a reader wants. They never lie before those that it wanted earlier, so that a stream can give them. */
export interface WantedBytes {
  readonly at: number;
  readonly length: number;
}

/** What the header of a WAV file says, true or not. */
export interface WavHeader {
  /** 1 is PCM. Of the extensible form the encoding that is within. */
  readonly encoding: number;
  readonly channels: number;
  readonly bits: number;
  /** In hertz. */
  readonly sampleRate: number;
  readonly bytesPerSecond: number;
  /** Of a sample of all channels. */
  readonly bytesPerFrame: number;
  /** What the file announces of its size behind the first eight bytes. */
  readonly riffSize: number;
  /** Where the first sample is. */
  readonly dataAt: number;
  /** What the file announces of the size of its sound. */
  readonly dataSize: number;
  /** How many bytes there are from the first sample on. */
  readonly available: number;
}

/** Why there is no sound in a file, as far as its header tells. */
export type WavFault =
  | 'not-wav'
  | 'cut-before-sound'
  | 'cut-within-header'
  | 'no-sound'
  | 'no-format'
  | 'too-many-chunks';

/** The encoding of samples that are whole numbers. */
export const PCM = 1;
const EXTENSIBLE = 0xfffe;
/** Each is one more reading of the disk. */
export const mostChunks = 1000;

/** A size that programs write which cannot seek back: what follows goes on to the end of the file. */
export function isStreamedSize(size: number): boolean {
  return size === 0 || size === 0xffffffff;
}

/**
 * Reads the header of a file of so many bytes: yields the bytes that it wants, and is given them, or fewer where the file ends. Chunks
 * other than `fmt ` and `data` are skipped, with their pad byte.
 */
export function* scanWav(fileSize: number): Generator<WantedBytes, WavHeader | WavFault, Uint8Array> {
  const head = yield* view({ at: 0, length: 12 }, fileSize);
  if (head === undefined || tag(head, 0) !== 'RIFF' || tag(head, 8) !== 'WAVE') return 'not-wav';
  let format: WavFormatChunk | undefined;
  let at = 12;
  for (let count = 0; count < mostChunks; count += 1) {
    const chunk = yield* view({ at, length: 8 }, fileSize);
    if (chunk === undefined) return format === undefined ? 'cut-before-sound' : 'no-sound';
    const name = tag(chunk, 0);
    const size = chunk.getUint32(4, true);
    if (name === 'fmt ') {
      format = yield* readFormat({ at: at + 8, size, fileSize });
      if (format === undefined) return 'cut-within-header';
    } else if (name === 'data') {
      if (format === undefined) return 'no-format';
      const dataAt = at + 8;
      const available = Math.max(0, fileSize - dataAt);
      return { ...format, riffSize: head.getUint32(4, true), dataAt, dataSize: size, available };
    }
    at += 8 + size + (size % 2);
  }
  return 'too-many-chunks';
}

type WavFormatChunk = Omit<WavHeader, 'riffSize' | 'dataAt' | 'dataSize' | 'available'>;

function* readFormat({
  at,
  size,
  fileSize,
}: {
  readonly at: number;
  readonly size: number;
  readonly fileSize: number;
}): Generator<WantedBytes, WavFormatChunk | undefined, Uint8Array> {
  const chunk = size < 16 ? undefined : yield* view({ at, length: Math.min(size, 40) }, fileSize);
  if (chunk === undefined) return undefined;
  const encoding = chunk.getUint16(0, true);
  return {
    // The extensible form keeps the encoding in the first two bytes of its sub-format GUID.
    encoding: encoding === EXTENSIBLE && chunk.byteLength >= 26 ? chunk.getUint16(24, true) : encoding,
    channels: chunk.getUint16(2, true),
    sampleRate: chunk.getUint32(4, true),
    bytesPerSecond: chunk.getUint32(8, true),
    bytesPerFrame: chunk.getUint16(12, true),
    bits: chunk.getUint16(14, true),
  };
}

function* view(wanted: WantedBytes, fileSize: number): Generator<WantedBytes, DataView | undefined, Uint8Array> {
  if (wanted.at + wanted.length > fileSize) return undefined;
  const found = yield wanted;
  return found.byteLength < wanted.length ? undefined : new DataView(found.buffer, found.byteOffset, found.byteLength);
}

function tag(bytes: DataView, at: number): string {
  return String.fromCharCode(
    bytes.getUint8(at),
    bytes.getUint8(at + 1),
    bytes.getUint8(at + 2),
    bytes.getUint8(at + 3),
  );
}
