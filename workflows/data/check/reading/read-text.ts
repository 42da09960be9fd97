import { isUtf8 } from 'node:buffer';
import type { CheckContext } from '../check-context.ts';
import type { DataFile } from './data-file.ts';
import { filePointer, foreignBytes } from './foreign-bytes.ts';
import { encodingOf, guessEncoding, type TextEncoding, utf8Fault } from './text-encoding.ts';

/** A line of a text without its line end. */
export interface DataLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

export interface ReadTextOptions extends CheckContext {
  /** What the kind of dataset is made of, where the file is something else. */
  readonly takes: string;
  /** Whether windows-1252 is as good. @default false */
  readonly takesAnsi?: boolean;
  /** Whether the file is sent as it is and has to begin with a byte order mark. @default false */
  readonly needsMark?: boolean;
}

/** Of more characters than this the service is not known to make a line. */
const LONGEST_LINE = 1_000_000;
/** What `quick` reads, and what is looked at to know what the bytes are. */
const HEAD_BYTES = 1 << 16;

/**
 * The lines of a text in a stream, blank ones too. What is no UTF-8 is one finding, and then the text is read as what it probably
 * is, so that other faults are found as well. What is no text has no lines.
 */
export async function* readText(file: DataFile, options: ReadTextOptions): AsyncGenerator<DataLine> {
  const { findings, signal } = options;
  const at = { path: file.path };
  let lines: Lines | undefined;
  let number = 0;
  for await (const chunk of chunksOf(file, options.depth)) {
    signal?.throwIfAborted();
    lines ??= begin(chunk, { ...options, file });
    if (lines === undefined) return;
    for (const text of lines.take(chunk)) yield { number: (number += 1), text };
  }
  if (lines === undefined) {
    findings.report('no-data', at, { what: 'the file is empty' });
    return;
  }
  for (const text of lines.end()) yield { number: (number += 1), text };
}

/** The content, at first a piece that is large enough to know what it is; `quick` gives that piece alone, up to its last line end. */
async function* chunksOf(file: DataFile, depth: CheckContext['depth']): AsyncGenerator<Uint8Array> {
  const head: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of file.read()) {
    if (bytes >= HEAD_BYTES) {
      yield chunk;
      continue;
    }
    head.push(chunk);
    bytes += chunk.length;
    if (bytes < HEAD_BYTES) continue;
    const first = Buffer.concat(head);
    if (depth === 'quick') {
      const sample = first.subarray(0, HEAD_BYTES);
      yield sample.subarray(0, sample.lastIndexOf(10) + 1 || sample.length);
      return;
    }
    yield first;
  }
  if (bytes > 0 && bytes < HEAD_BYTES) yield Buffer.concat(head);
}

type BeginOptions = ReadTextOptions & { readonly file: DataFile };

/** How the lines of a text are read that begins so; undefined where it is no text. */
function begin(head: Uint8Array, options: BeginOptions): Lines | undefined {
  const { file, findings, kind, takes } = options;
  const at = { path: file.path };
  const pointer = filePointer(head);
  if (pointer !== undefined) {
    findings.report('not-fetched', at, pointer);
    return undefined;
  }
  const encoding = encodingOf(head);
  const foreign = foreignBytes(head) ?? (encoding === 'binary' ? 'a binary file' : undefined);
  if (foreign !== undefined || encoding === 'binary') {
    findings.report('wrong-container', at, { kind, is: foreign ?? 'a binary file', takes });
    return undefined;
  }
  if (encoding.label !== 'utf-8') {
    findings.report('encoding', at, { is: encoding.name });
    return encoding.label === undefined ? undefined : new DecodedLines(encoding, options);
  }
  if (options.needsMark === true && encoding.markBytes === 0) findings.report('no-byte-order-mark', at, {});
  return new Utf8Lines(head, { ...options, encoding });
}

/** Pieces of a text as its lines. */
interface Lines {
  take(chunk: Uint8Array): Iterable<string>;
  end(): Iterable<string>;
}

/** Text of two-byte units. */
class DecodedLines implements Lines {
  readonly #decoder: InstanceType<typeof TextDecoder>;
  readonly #options: BeginOptions;
  #rest = '';
  #line = 1;

  constructor({ label }: TextEncoding, options: BeginOptions) {
    this.#decoder = new TextDecoder(label);
    this.#options = options;
  }

  *take(chunk: Uint8Array): Generator<string> {
    yield* this.#split(this.#decoder.decode(chunk, { stream: true }), { isLast: false });
  }

  *end(): Generator<string> {
    yield* this.#split(this.#decoder.decode(), { isLast: true });
  }

  *#split(text: string, { isLast }: { readonly isLast: boolean }): Generator<string> {
    const lines = text.split('\n');
    lines[0] = this.#rest + (lines[0] ?? '');
    this.#rest = isLast ? '' : (lines.pop() ?? '');
    if (isLast && lines.at(-1) === '') lines.pop();
    for (const line of lines) {
      yield withoutReturn(line);
      this.#line += 1;
    }
    if (this.#rest.length <= LONGEST_LINE) return;
    reportLongLine(this.#options, this.#line);
    this.#rest = '';
  }
}

/** Text in which a byte is a line end only where it is one: UTF-8, and the code pages that are taken for it. */
class Utf8Lines implements Lines {
  readonly #options: BeginOptions;
  readonly #lineEnd: number;
  #toSkip: number;
  /** Whether the rest of a line that is too long is left out. */
  #isSkipping = false;
  #rest: Uint8Array[] = [];
  #restBytes = 0;
  #line = 1;
  #guessed: string | undefined;

  constructor(head: Uint8Array, options: BeginOptions & { readonly encoding: TextEncoding }) {
    this.#options = options;
    this.#toSkip = options.encoding.markBytes;
    const isOld = !head.includes(LINE_FEED) && head.includes(RETURN);
    this.#lineEnd = isOld ? RETURN : LINE_FEED;
    if (isOld) options.findings.report('line-ends', { path: options.file.path }, {});
  }

  *take(chunk: Uint8Array): Generator<string> {
    const bytes = chunk.subarray(this.#toSkip);
    this.#toSkip = 0;
    const behind = bytes.lastIndexOf(this.#lineEnd) + 1;
    if (behind > 0) {
      this.#rest.push(bytes.subarray(0, behind));
      yield* this.#lines(this.#flush());
    }
    this.#keep(bytes.subarray(behind));
  }

  *end(): Generator<string> {
    const bytes = this.#flush();
    if (bytes.length > 0 || this.#isSkipping) yield* this.#lines(bytes);
  }

  #keep(bytes: Uint8Array): void {
    if (this.#isSkipping || bytes.length === 0) return;
    // The file system gives the same memory again and again.
    this.#rest.push(Uint8Array.from(bytes));
    this.#restBytes += bytes.length;
    if (this.#restBytes <= LONGEST_LINE * 4) return;
    reportLongLine(this.#options, this.#line);
    this.#flush();
    this.#isSkipping = true;
  }

  #flush(): Buffer {
    const bytes = Buffer.concat(this.#rest);
    this.#rest = [];
    this.#restBytes = 0;
    return bytes;
  }

  *#lines(block: Buffer): Generator<string> {
    const end = block.at(-1) === this.#lineEnd ? block.length - 1 : block.length;
    const lines = isUtf8(block)
      ? block.toString('utf8', 0, end).split(this.#lineEnd === RETURN ? '\r' : '\n')
      : this.#decodedLines(block.subarray(0, end));
    for (const [index, line] of [...lines].entries()) {
      // What is left of a line that was too long.
      const text = this.#isSkipping && index === 0 ? '' : withoutReturn(line);
      if (index === 0) this.#isSkipping = false;
      if (text.length > LONGEST_LINE) reportLongLine(this.#options, this.#line);
      yield text.length > LONGEST_LINE ? '' : text;
      this.#line += 1;
    }
  }

  #decodedLines(block: Buffer): readonly string[] {
    const lines: string[] = [];
    for (let from = 0; from <= block.length;) {
      const found = block.indexOf(this.#lineEnd, from);
      const to = found < 0 ? block.length : found;
      const line = block.subarray(from, to);
      lines.push(
        isUtf8(line)
          ? line.toString('utf8')
          : this.#decoded(line, { sample: block.subarray(from, from + HEAD_BYTES), number: this.#line + lines.length }),
      );
      from = to + 1;
    }
    return lines;
  }

  #decoded(line: Buffer, { sample, number }: { readonly sample: Buffer; readonly number: number }): string {
    if (this.#guessed !== undefined) return decodedAs(this.#guessed, line);
    const { is, label } = guessEncoding(sample, this.#options.locale);
    this.#guessed = label;
    const text = decodedAs(label, line);
    if (this.#options.takesAnsi === true && label === 'windows-1252') return text;
    const fault = utf8Fault(line);
    const column = line.toString('utf8', 0, fault).length + 1;
    const at = {
      path: this.#options.file.path,
      line: number,
      column,
      endColumn: column + 1,
      text: withoutReturn(text),
    };
    this.#options.findings.report('encoding', at, { is, byte: line[fault] ?? 0 });
    return text;
  }
}

/** What is lost here is told as a fault of the encoding, not of the text. */
function decodedAs(label: string, line: Buffer): string {
  return new TextDecoder(label).decode(line).replaceAll('\uFFFD', '?');
}

const LINE_FEED = 10;
const RETURN = 13;

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function reportLongLine({ findings, file }: BeginOptions, line: number): void {
  findings.report('long-line', { path: file.path, line }, { most: LONGEST_LINE });
}
