import { isUtf8 } from 'node:buffer';
import type { DataFile } from '../check/reading/data-file.ts';
import { foreignBytes, filePointer } from '../check/reading/foreign-bytes.ts';
import { encodingOf, guessEncoding, type TextEncoding } from '../check/reading/text-encoding.ts';

/** A line of a text as it stands in its file. */
export interface OriginalLine {
  /** Without its line end. */
  readonly text: string;
  /** A carriage return, a line feed, or both; of the last line none. */
  readonly end: '\n' | '\r\n' | '\r' | '';
  /** Its bytes, where they are no UTF-8 in a text that is: they are what somebody has to look at. */
  readonly unreadable?: Uint8Array;
}

/** What a text is, before it is mended. */
export interface TextSurvey {
  /** `UTF-8`, or what the file has to be converted from. */
  readonly encoding: TextEncoding;
  /** The code page of what is no UTF-8, by a label of TextDecoder; undefined where all of it is, or it is in no one code page. */
  readonly codePage: string | undefined;
  /** Lines with bytes that are neither UTF-8 nor of a code page. */
  readonly unreadable: number;
  /** Whether lines end in a carriage return alone. */
  readonly hasReturns: boolean;
}

/** A text cannot be read line by line; the message is the end of a sentence about the file. */
export class NoText extends Error {
  override readonly name = 'NoText';
}

/** Reads a text once, to know what it is. Throws {@link NoText}. */
export async function surveyText(file: DataFile, { locale }: { readonly locale: string }): Promise<TextSurvey> {
  let encoding: TextEncoding | undefined;
  let hasReturns = false;
  const pages = new CodePages(locale);
  for await (const { bytes, end, encoding: found } of piecesOf(file)) {
    encoding = found;
    hasReturns ||= end === '\r';
    if (bytes !== undefined && !isUtf8(bytes)) pages.add(bytes);
  }
  if (encoding === undefined) throw new NoText('is empty');
  return { encoding, hasReturns, ...pages.found() };
}

/** Which code page lines are in that are no UTF-8. */
class CodePages {
  readonly #locale: string;
  readonly #sample: Uint8Array[] = [];
  #sampleBytes = 0;
  #label: string | undefined;
  #unreadable = 0;

  constructor(locale: string) {
    this.#locale = locale;
  }

  add(line: Uint8Array): void {
    if (this.#label !== undefined) this.#look(line);
    else {
      this.#sample.push(Buffer.concat([line, lineFeed]));
      this.#sampleBytes += line.length;
      if (this.#sampleBytes >= HEAD_BYTES) this.#guess();
    }
  }

  found(): Pick<TextSurvey, 'codePage' | 'unreadable'> {
    if (this.#label === undefined && this.#sample.length > 0) this.#guess();
    return { codePage: this.#unreadable > 0 ? undefined : this.#label, unreadable: this.#unreadable };
  }

  #guess(): void {
    this.#label = guessEncoding(Buffer.concat(this.#sample), this.#locale).label;
    for (const line of this.#sample) this.#look(line);
  }

  #look(line: Uint8Array): void {
    if (this.#label === 'utf-8' || !isOf(this.#label ?? '', line)) this.#unreadable += 1;
  }
}

/** The lines of a text, without its byte order mark. */
export async function* linesOfText(file: DataFile, { codePage }: TextSurvey): AsyncGenerator<OriginalLine> {
  for await (const { bytes, text, end } of piecesOf(file)) {
    if (bytes === undefined || isUtf8(bytes)) yield { text: text ?? Buffer.from(bytes ?? []).toString('utf8'), end };
    else if (codePage === undefined) yield { text: Buffer.from(bytes).toString('utf8'), end, unreadable: bytes };
    else yield { text: new TextDecoder(codePage).decode(bytes), end };
  }
}

interface Piece {
  readonly encoding: TextEncoding;
  readonly end: OriginalLine['end'];
  /** Of a text in which a byte is a line end only where it is one. */
  readonly bytes?: Uint8Array;
  /** Of any other. */
  readonly text?: string;
}

async function* piecesOf(file: DataFile): AsyncGenerator<Piece> {
  let encoding: TextEncoding | undefined;
  let splitter: Splitter | undefined;
  for await (const chunk of withHead(file)) {
    encoding ??= encodingOfText(chunk);
    splitter ??= splitterFor(encoding);
    for (const piece of splitter.take(chunk)) yield { ...piece, encoding };
  }
  if (encoding === undefined || splitter === undefined) return;
  for (const piece of splitter.end()) yield { ...piece, encoding };
}

/** What is looked at to know what the bytes are. */
const HEAD_BYTES = 1 << 16;

async function* withHead(file: DataFile): AsyncGenerator<Uint8Array> {
  const head: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of file.read()) {
    if (bytes >= HEAD_BYTES) yield chunk;
    else {
      head.push(chunk);
      bytes += chunk.length;
      if (bytes >= HEAD_BYTES) yield Buffer.concat(head);
    }
  }
  if (bytes > 0 && bytes < HEAD_BYTES) yield Buffer.concat(head);
}

function encodingOfText(head: Uint8Array): TextEncoding {
  const pointer = filePointer(head);
  if (pointer !== undefined) throw new NoText(`is a pointer of ${pointer.tool}: fetch it with ${pointer.command}`);
  const encoding = encodingOf(head);
  const foreign = foreignBytes(head) ?? (encoding === 'binary' ? 'a binary file' : undefined);
  if (foreign !== undefined || encoding === 'binary') throw new NoText(`is ${foreign ?? 'a binary file'}`);
  return encoding;
}

interface Splitter {
  take(chunk: Uint8Array): Iterable<Omit<Piece, 'encoding'>>;
  end(): Iterable<Omit<Piece, 'encoding'>>;
}

function splitterFor(encoding: TextEncoding): Splitter {
  if (encoding.label === 'utf-8') return new ByteSplitter(encoding.markBytes);
  return new TextSplitter(encoding.label === undefined ? new Utf32(encoding) : new TextDecoder(encoding.label));
}

/** Of more characters than this no line is held. */
const LONGEST_LINE = 4_000_000;
const LINE_FEED = 10;
const lineFeed = Uint8Array.of(LINE_FEED);
const RETURN = 13;

function assertNotLong(length: number): void {
  if (length > LONGEST_LINE) throw new NoText('has a line of more than four million characters');
}

/** Splits at line feeds, carriage returns, and both. */
class ByteSplitter implements Splitter {
  #toSkip: number;
  #rest: Uint8Array = new Uint8Array();

  constructor(markBytes: number) {
    this.#toSkip = markBytes;
  }

  *take(chunk: Uint8Array): Generator<Omit<Piece, 'encoding'>> {
    const bytes = this.#rest.length === 0 ? chunk.subarray(this.#toSkip) : Buffer.concat([this.#rest, chunk]);
    this.#toSkip = 0;
    let from = 0;
    let feed = bytes.indexOf(LINE_FEED);
    let back = bytes.indexOf(RETURN);
    for (;;) {
      const isFeed = feed >= 0 && (back < 0 || feed < back);
      const to = isFeed ? feed : back;
      // Whether a line feed follows a return at the end comes next.
      if (to < 0 || (!isFeed && to === bytes.length - 1)) break;
      const isBoth = !isFeed && bytes[to + 1] === LINE_FEED;
      yield { bytes: bytes.subarray(from, to), end: isFeed ? '\n' : isBoth ? '\r\n' : '\r' };
      from = to + (isBoth ? 2 : 1);
      if (feed >= 0 && feed < from) feed = bytes.indexOf(LINE_FEED, from);
      if (back >= 0 && back < from) back = bytes.indexOf(RETURN, from);
    }
    // The file system gives the same memory again and again.
    this.#rest = Uint8Array.from(bytes.subarray(from));
    assertNotLong(this.#rest.length);
  }

  *end(): Generator<Omit<Piece, 'encoding'>> {
    const isReturn = this.#rest.at(-1) === RETURN;
    const bytes = isReturn ? this.#rest.subarray(0, -1) : this.#rest;
    if (this.#rest.length > 0) yield { bytes, end: isReturn ? '\r' : '' };
  }
}

interface Decoder {
  decode(bytes?: Uint8Array, how?: { stream: boolean }): string;
}

/** The same of text that is decoded first. */
class TextSplitter implements Splitter {
  readonly #decoder: Decoder;
  #rest = '';

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
  }

  *take(chunk: Uint8Array): Generator<Omit<Piece, 'encoding'>> {
    const text = this.#rest + this.#decoder.decode(chunk, { stream: true });
    const kept = text.endsWith('\r') ? text.length - 1 : text.length;
    let from = 0;
    for (const { 0: end, index } of text.slice(0, kept).matchAll(/\r\n|\r|\n/g)) {
      yield { text: text.slice(from, index), end: end as OriginalLine['end'] };
      from = index + end.length;
    }
    this.#rest = text.slice(from);
    assertNotLong(this.#rest.length);
  }

  *end(): Generator<Omit<Piece, 'encoding'>> {
    const text = this.#rest + this.#decoder.decode();
    const isReturn = text.endsWith('\r');
    if (text !== '') yield { text: isReturn ? text.slice(0, -1) : text, end: isReturn ? '\r' : '' };
  }
}

/** Four bytes a character, which Node does not decode. */
class Utf32 implements Decoder {
  readonly #isLittle: boolean;
  #toSkip: number;
  #rest = Buffer.alloc(0);

  constructor({ name, markBytes }: TextEncoding) {
    this.#isLittle = name.includes('LE');
    this.#toSkip = markBytes;
  }

  decode(chunk: Uint8Array = new Uint8Array()): string {
    const bytes = Buffer.concat([this.#rest, chunk.subarray(this.#toSkip)]);
    this.#toSkip = 0;
    const whole = bytes.length - (bytes.length % 4);
    let text = '';
    for (let at = 0; at < whole; at += 4) {
      const point = this.#isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
      text += point > 0x10_ff_ff || (point >= 0xd8_00 && point < 0xe0_00) ? '\uFFFD' : String.fromCodePoint(point);
    }
    this.#rest = bytes.subarray(whole);
    return text;
  }
}

/** Whether all bytes are characters of a code page. */
function isOf(label: string, bytes: Uint8Array): boolean {
  try {
    // Bytes of which windows-1252 has no character come out as control characters.
    return !/[\u0080-\u009F]/.test(new TextDecoder(label, { fatal: true }).decode(bytes));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return false;
  }
}
