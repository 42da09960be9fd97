import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import yazl from 'yazl';

/** What a file of a made set is: its text, or how it is made. */
export type MadeFile =
  | string
  | MadeText
  | { readonly wav: MadeWav }
  | { readonly hex: string }
  | { readonly zip: MadeFiles; readonly cut?: number; readonly patch?: ZipPatch; readonly sparse?: number };

/** A text, so many times: `{n}` in it is the number of the time in syllables. */
interface MadeText {
  readonly text: string;
  /** @default utf-8 */
  readonly encoding?: Encoding;
  /** @default 1 */
  readonly repeat?: number;
  /** So many bytes with zeros, which take no room on the disk. @default as many as the text has */
  readonly bytes?: number;
}

export type MadeFiles = Readonly<Record<string, MadeFile>>;

/** What is written over in the directory of an archive, of its first entry or of each: numbers as they stand there. */
export interface ZipPatch {
  readonly flags?: number;
  readonly method?: number;
  /** Of the same length as before. */
  readonly name?: string;
  /** The upper half of the external attributes: type and permissions on Unix. */
  readonly mode?: number;
  readonly crc32?: number;
  readonly bytes?: number;
  /** Where the first entry begins. */
  readonly offset?: number;
}

type Encoding = 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'utf-16be' | 'latin1';

/** A recording: a tone that is as loud as speech, and what is wrong with it. */
export interface MadeWav {
  /** @default 1 */
  readonly seconds?: number;
  /** @default 16000 */
  readonly sampleRate?: number;
  /** @default 1 */
  readonly channels?: number;
  /** @default 16 */
  readonly bits?: number;
  /** The number in the header; 3 is written as floating point. @default 1, PCM */
  readonly encoding?: number;
  /** Of full scale. @default 0.3 */
  readonly amplitude?: number;
  /** In hertz. @default 440 */
  readonly tone?: number;
  /** So many bytes are missing at the end. @default 0 */
  readonly cut?: number;
}

/** Writes the files of a set into a folder. A name with `{1..9}` is so many files, with the number in its place. */
export async function writeSet(folder: string, files: MadeFiles): Promise<void> {
  for (const [pattern, made] of Object.entries(files)) {
    const bytes = await bytesOf(made);
    for (const name of namesOf(pattern)) {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, bytes);
      if (typeof made === 'object' && 'text' in made && made.bytes !== undefined) truncateSync(file, made.bytes);
      if (typeof made === 'object' && 'zip' in made && made.sparse !== undefined) truncateSync(file, made.sparse);
    }
  }
}

function namesOf(pattern: string): readonly string[] {
  const [range, first, last] = /\{(\d+)\.\.(\d+)\}/.exec(pattern) ?? [];
  if (range === undefined) return [pattern];
  const count = Number(last) - Number(first) + 1;
  return Array.from({ length: count }, (_, index) => pattern.replace(range, String(Number(first) + index)));
}

/** The bytes of a made file. */
async function bytesOf(made: MadeFile): Promise<Uint8Array> {
  if (typeof made === 'string') return Buffer.from(made);
  if ('text' in made) return encoded(repeated(made), made.encoding ?? 'utf-8');
  if ('hex' in made) return Buffer.from(made.hex, 'hex');
  if ('wav' in made) return wavBytes(made.wav);
  const whole = patched(await zipped(made.zip), made.patch ?? {});
  return whole.subarray(0, whole.length - (made.cut ?? 0));
}

function repeated({ text, repeat = 1 }: MadeText): string {
  return Array.from({ length: repeat }, (_, index) => text.replaceAll('{n}', inSyllables(index))).join('');
}

function inSyllables(number: number): string {
  return number.toString(13).replaceAll(/./g, (digit) => `${'bdfgklmnprstv'[Number.parseInt(digit, 13)]}a`);
}

function encoded(text: string, encoding: Encoding): Buffer {
  if (encoding === 'utf-8-bom') return Buffer.from(`\uFEFF${text}`);
  if (encoding === 'utf-16be') return Buffer.from(`\uFEFF${text}`, 'utf16le').swap16();
  return encoding === 'utf-16le' ? Buffer.from(`\uFEFF${text}`, 'utf16le') : Buffer.from(text, encoding);
}

/** The bytes of a recording. */
function wavBytes(made: MadeWav): Buffer {
  const {
    seconds = 1,
    sampleRate = 16_000,
    channels = 1,
    bits = 16,
    encoding = 1,
    amplitude = 0.3,
    tone = 440,
    cut = 0,
  } = made;
  const frames = Math.round(seconds * sampleRate);
  const frameBytes = (channels * bits) / 8;
  const bytes = Buffer.alloc(44 + frames * frameBytes);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(encoding, 20);
  bytes.writeUInt16LE(channels, 22);
  bytes.writeUInt32LE(sampleRate, 24);
  bytes.writeUInt32LE(sampleRate * frameBytes, 28);
  bytes.writeUInt16LE(frameBytes, 32);
  bytes.writeUInt16LE(bits, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(frames * frameBytes, 40);
  if (bits === 16) {
    for (let at = 0; at < frames * channels; at += 1) {
      const angle = (2 * Math.PI * tone * Math.floor(at / channels)) / sampleRate;
      bytes.writeInt16LE(Math.round(Math.sin(angle) * amplitude * 32_767), 44 + at * 2);
    }
  }
  return bytes.subarray(0, bytes.length - cut);
}

/** Writes over the last entry of the directory of an archive. */
function patched(zip: Buffer, patch: ZipPatch): Buffer {
  const at = zip.lastIndexOf('PK\u0001\u0002');
  if (patch.flags !== undefined) zip.writeUInt16LE(patch.flags, at + 8);
  if (patch.method !== undefined) zip.writeUInt16LE(patch.method, at + 10);
  if (patch.crc32 !== undefined) zip.writeUInt32LE(patch.crc32, at + 16);
  if (patch.bytes !== undefined) zip.writeUInt32LE(patch.bytes, at + 24);
  if (patch.mode !== undefined) zip.writeUInt32LE((patch.mode << 16) >>> 0, at + 38);
  if (patch.offset !== undefined) zip.writeUInt32LE(patch.offset, at + 42);
  if (patch.name !== undefined) zip.write(patch.name, at + 46);
  return zip;
}

async function zipped(files: MadeFiles): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const [name, made] of Object.entries(files)) zip.addBuffer(Buffer.from(await bytesOf(made)), name);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream as unknown as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
