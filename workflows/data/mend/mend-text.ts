import { open } from 'node:fs/promises';
import { byteOrderMark } from '../write-zip.ts';
import type { DataFile } from '../check/reading/data-file.ts';
import type { ChangeLog } from './change-log.ts';
import { type DiffLine, DiffWriter } from './diff-writer.ts';
import type { LineMender, MendedLine } from './mended-line.ts';
import { linesOfText, type OriginalLine, surveyText, type TextSurvey } from './text-lines.ts';

export interface MendTextOptions {
  readonly locale: string;
  /** Absolute. */
  readonly target: string;
  readonly mender: LineMender;
  readonly log: ChangeLog;
  /** Whether it has to begin with a byte order mark. */
  readonly needsMark: boolean;
  /** Whether windows-1252 is as good as UTF-8. */
  readonly takesAnsi: boolean;
  readonly onProgress?: ((bytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes a text with its lines mended, and tells the log what is another. Lines that nothing is wrong with keep their bytes. Answers
 * whether the file is another, and how many lines could not be read. Throws {@link NoText} before anything is written.
 */
export async function mendText(
  file: DataFile,
  options: MendTextOptions,
): Promise<{ readonly isChanged: boolean; readonly unreadable: number }> {
  const { target, mender, log, takesAnsi, onProgress, signal } = options;
  const survey = await surveyText(file, options);
  const isAnsi = takesAnsi && survey.codePage === 'windows-1252';
  const isWide = survey.encoding.label !== 'utf-8';
  const isConverted = isWide || (survey.codePage !== undefined && !isAnsi);
  const hasMark = survey.encoding.markBytes > 0 && !isWide;
  const writesMark = hasMark || isConverted || options.needsMark;
  tellForm(file, { survey, isConverted, isMarked: writesMark && !hasMark && !isConverted, log });
  const bytesOf = (text: string): Uint8Array => (isAnsi ? inAnsi(text) : Buffer.from(text));
  const diff = new DiffWriter(file.name, (piece) => log.write(piece));
  const out = await open(target, 'wx');
  let isChanged = isConverted || survey.hasReturns || writesMark !== hasMark;
  const block = Buffer.allocUnsafe(blockBytes);
  let filled = 0;
  const append = async (bytes: Uint8Array): Promise<void> => {
    await out.appendFile(bytes);
    onProgress?.(bytes.length);
  };
  const write = async (bytes: Uint8Array): Promise<void> => {
    if (filled + bytes.length > block.length) {
      signal?.throwIfAborted();
      await append(block.subarray(0, filled));
      await log.settle();
      filled = 0;
    }
    if (bytes.length > block.length) await append(bytes);
    else {
      block.set(bytes, filled);
      filled += bytes.length;
    }
  };
  try {
    if (writesMark) await write(byteOrderMark);
    let isAfterBlank = false;
    for await (const line of linesOfText(file, survey)) {
      const { text, reasons } = mendedOf(line, { mender, isAfterBlank });
      const end = line.end === '\r' ? '\n' : line.end;
      isAfterBlank = (text ?? '').trim() === '' && (text !== undefined || isAfterBlank);
      if (reasons.length === 0) {
        diff.same(diffLine(line));
        await write(line.unreadable === undefined ? bytesOf(line.text + end) : withEnd(line.unreadable, end));
        continue;
      }
      isChanged = true;
      diff.change([diffLine(line)], text === undefined ? [] : diffLines({ ...line, text }), reasons);
      if (text !== undefined) await write(bytesOf(text + end));
    }
    diff.end();
    await append(block.subarray(0, filled));
    return { isChanged, unreadable: survey.unreadable };
  } finally {
    await out.close();
  }
}

const blockBytes = 1 << 18;

/** A second blank line says nothing; what cannot be read is left to somebody who knows what it was. */
function mendedOf(
  line: OriginalLine,
  { mender, isAfterBlank }: { readonly mender: LineMender; readonly isAfterBlank: boolean },
): MendedLine {
  if (line.unreadable !== undefined) return { text: line.text, reasons: [] };
  if (isAfterBlank && line.text.trim() === '') return { text: undefined, reasons: ['blank-lines'] };
  return mender.mend(line.text);
}

function diffLine({ text, end }: Pick<OriginalLine, 'text' | 'end'>): DiffLine {
  return { text: end === '\r\n' ? `${text}\r` : text, hasEnd: end !== '' };
}

/** A line may become several. */
function diffLines({ text, end }: Pick<OriginalLine, 'text' | 'end'>): readonly DiffLine[] {
  const texts = text.split('\n');
  return texts.map((one, index) => diffLine({ text: one, end: index < texts.length - 1 ? '\n' : end }));
}

function withEnd(bytes: Uint8Array, end: string): Uint8Array {
  return Buffer.concat([bytes, Buffer.from(end)]);
}

/** Tells what a diff of lines does not: another encoding, a byte order mark, other line ends. */
function tellForm(
  file: DataFile,
  {
    survey,
    isConverted,
    isMarked,
    log,
  }: {
    readonly survey: TextSurvey;
    readonly isConverted: boolean;
    readonly isMarked: boolean;
    readonly log: ChangeLog;
  },
): void {
  const { encoding, codePage, hasReturns } = survey;
  if (isConverted) {
    const from = encoding.label === 'utf-8' ? codePage : encoding.name;
    log.write(`${file.name}: ${from} → UTF-8 with byte order mark [encoding]\n`);
  }
  if (isMarked) log.write(`${file.name}: with byte order mark [no-byte-order-mark]\n`);
  if (hasReturns) log.write(`${file.name}: lines end in line feeds in place of carriage returns [line-ends]\n`);
}

/** The bytes of windows-1252 that a text was read from, less what was taken out of it. */
function inAnsi(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => ansi.indexOf(character));
}

const ansi = new TextDecoder('windows-1252').decode(Uint8Array.from({ length: 256 }, (_, byte) => byte));
