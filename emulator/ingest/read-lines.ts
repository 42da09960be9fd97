import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ImportRefusal } from './imported-dataset.ts';

/** One line of a text, without its line end. Numbers start at 1. */
export interface TextLine {
  readonly number: number;
  readonly text: string;
}

/**
 * The lines of a UTF-8 file, with or without a byte order mark; blank lines are left out. The file is never in memory as
 * a whole. Refuses a file above `mostBytes`, anything that is not UTF-8, and lines of more than a million characters.
 */
export async function* readLines(path: string, mostBytes: number): AsyncGenerator<TextLine> {
  const { size } = await stat(path);
  if (size > mostBytes) {
    throw new ImportRefusal(`Cannot import the file: it has ${size} bytes, at most ${mostBytes} are allowed.`);
  }
  yield* splitLines(createReadStream(path));
}

/** The same for bytes that come in pieces. */
export async function* splitLines(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<TextLine> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 0;
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decode(decoder, chunk)).split('\n');
    rest = lines.pop() as string;
    if (rest.length > LONGEST_LINE) {
      throw new ImportRefusal(
        `Cannot import the file: line ${number + lines.length + 1} has over ${LONGEST_LINE} characters.`,
      );
    }
    for (const line of lines) {
      number += 1;
      if (line.trim() !== '') yield { number, text: withoutLineEnd(line) };
    }
  }
  const last = rest + decode(decoder);
  if (last.trim() !== '') yield { number: number + 1, text: withoutLineEnd(last) };
}

const LONGEST_LINE = 1_000_000;

/** The decoder drops the byte order mark. */
function decode(decoder: InstanceType<typeof TextDecoder>, chunk?: Uint8Array): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ImportRefusal(
      'Cannot read the text: it is not UTF-8, with or without a byte order mark.',
      'NoUtf8WithBom',
    );
  }
}

function withoutLineEnd(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
