import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import yazl from 'yazl';
import { speechLike } from './speech-like.ts';

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

/** A recording: something like speech, another for each name, and what is wrong with it. */
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
  /** Of full scale; more is clipped. @default 0.3 */
  readonly amplitude?: number;
  /** In hertz: an even tone in place of speech. */
  readonly tone?: number;
  /** What is said: recordings with the same number sound the same. @default by the name of the file */
  readonly voice?: number;
  /** Nothing above so many hertz. @default 8000 */
  readonly upTo?: number;
  /** The mean of all samples, of full scale. @default 0 */
  readonly offset?: number;
  /** In seconds, of silence at both ends; at most a quarter of it all. @default 0.1 */
  readonly pause?: number;
  /** What the header says of the sizes of the sound, of the file, and of a sample. @default the truth */
  readonly header?: { readonly data?: number; readonly riff?: number; readonly frame?: number };
  /** A chunk of so many bytes before the sound. */
  readonly chunk?: number;
  /** So many bytes are missing at the end. @default 0 */
  readonly cut?: number;
  /** Nothing is written of the sound, so that the file takes no room; it reads as zeros. @default false */
  readonly sparse?: boolean;
}

/** Writes the files of a set into a folder. A name with `{1..9}` is so many files, with the number in its place. */
export async function writeSet(folder: string, files: MadeFiles): Promise<void> {
  for (const [pattern, made] of Object.entries(files)) {
    for (const name of namesOf(pattern)) {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, await bytesOf(made, name));
      const bytes = bytesWithZeros(made);
      if (bytes !== undefined) truncateSync(file, bytes);
    }
  }
}

/** How large a file is made that ends with zeros, which take no room on the disk. */
function bytesWithZeros(made: MadeFile): number | undefined {
  if (typeof made === 'string') return undefined;
  if ('text' in made) return made.bytes;
  if ('zip' in made) return made.sparse;
  return 'wav' in made && made.wav.sparse === true ? 44 + soundBytes(made.wav) : undefined;
}

function namesOf(pattern: string): readonly string[] {
  const [range, first, last] = /\{(\d+)\.\.(\d+)\}/.exec(pattern) ?? [];
  if (range === undefined) return [pattern];
  const count = Number(last) - Number(first) + 1;
  return Array.from({ length: count }, (_, index) => pattern.replace(range, String(Number(first) + index)));
}

/** The bytes of a made file. */
async function bytesOf(made: MadeFile, name: string): Promise<Uint8Array> {
  if (typeof made === 'string') return Buffer.from(made);
  if ('text' in made) return encoded(repeated(made), made.encoding ?? 'utf-8');
  if ('hex' in made) return Buffer.from(made.hex, 'hex');
  if ('wav' in made) return wavBytes(made.wav, name);
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
export function wavBytes(made: MadeWav, name = ''): Buffer {
  const { sampleRate = 16_000, channels = 1, bits = 16, encoding = 1, chunk = 0, cut = 0, sparse = false } = made;
  const { header = {} } = made;
  const length = soundBytes(made);
  const frameBytes = (channels * bits) / 8;
  const before = chunk === 0 ? Buffer.alloc(0) : Buffer.alloc(8 + chunk + (chunk % 2));
  if (chunk > 0) {
    before.write('LIST', 0);
    before.writeUInt32LE(chunk, 4);
  }
  const head = Buffer.alloc(36);
  head.write('RIFF', 0);
  head.writeUInt32LE(header.riff ?? 36 + before.length + length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(encoding, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(sampleRate, 24);
  head.writeUInt32LE(sampleRate * frameBytes, 28);
  head.writeUInt16LE(header.frame ?? frameBytes, 32);
  head.writeUInt16LE(bits, 34);
  const data = Buffer.alloc(8);
  data.write('data', 0);
  data.writeUInt32LE(header.data ?? length, 4);
  const sound = sparse ? Buffer.alloc(0) : soundOf(made, name);
  const whole = Buffer.concat([head, before, data, sound]);
  return whole.subarray(0, whole.length - cut);
}

function soundBytes({ seconds = 1, sampleRate = 16_000, channels = 1, bits = 16 }: MadeWav): number {
  return (Math.round(seconds * sampleRate) * channels * bits) / 8;
}

/** Of samples with 16 bits; others are zeros. */
function soundOf(made: MadeWav, name: string): Buffer {
  const { seconds = 1, sampleRate = 16_000, channels = 1, bits = 16, amplitude = 0.3, tone, offset = 0 } = made;
  const bytes = Buffer.alloc(soundBytes(made));
  if (bits !== 16) return bytes;
  const frames = Math.round(seconds * sampleRate);
  const { voice = seedOf(name), upTo = 8000, pause = 0.1 } = made;
  const said = tone === undefined ? speechLike({ voice, frames, sampleRate, upTo, pause }) : undefined;
  for (let at = 0; at < frames * channels; at += 1) {
    const frame = Math.floor(at / channels);
    const sample = said?.[frame] ?? Math.sin((2 * Math.PI * (tone ?? 0) * frame) / sampleRate);
    bytes.writeInt16LE(Math.max(-32_768, Math.min(32_767, Math.round((sample * amplitude + offset) * 32_767))), at * 2);
  }
  return bytes;
}

/** Another number for each name. */
function seedOf(name: string): number {
  let seed = 17;
  for (const character of name) seed = (Math.imul(seed, 31) + (character.codePointAt(0) ?? 0)) | 0;
  return seed;
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
  for (const [pattern, made] of Object.entries(files))
    for (const name of namesOf(pattern)) zip.addBuffer(Buffer.from(await bytesOf(made, name)), name);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream as unknown as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
