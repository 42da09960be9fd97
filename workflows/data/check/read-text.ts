import { type DataFindings } from './data-findings.ts';
import type { DataFile } from './data-file.ts';

/** A line of a text without its line end. */
export interface DataLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/**
 * The lines of a text in a stream, blank ones too. What is no UTF-8 is one finding, and then the text is read as what it probably
 * is, so that other faults are found as well.
 */
export async function* readText(
  file: DataFile,
  { findings }: { readonly findings: DataFindings },
): AsyncGenerator<DataLine> {
  const decoder = new Decoder(file, findings);
  let number = 0;
  let rest = '';
  const take = function* (decoded: string, isLast: boolean): Generator<DataLine> {
    const lines = (rest + decoded).split('\n');
    rest = lines.pop() ?? '';
    if (isLast && rest !== '') lines.push(rest);
    for (const text of lines) yield { number: (number += 1), text: text.endsWith('\r') ? text.slice(0, -1) : text };
  };
  for await (const chunk of file.read()) yield* take(decoder.decode(chunk), false);
  yield* take(decoder.decode(), true);
}

/** Bytes as text. */
class Decoder {
  readonly #file: DataFile;
  readonly #findings: DataFindings;
  #decoder: InstanceType<typeof TextDecoder> | undefined;
  #lines = 0;

  constructor(file: DataFile, findings: DataFindings) {
    this.#file = file;
    this.#findings = findings;
  }

  decode(chunk?: Uint8Array): string {
    this.#decoder ??= this.#open(chunk ?? new Uint8Array());
    let text: string;
    try {
      text = chunk === undefined ? this.#decoder.decode() : this.#decoder.decode(chunk, { stream: true });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.#findings.report('encoding', { path: this.#file.path, line: this.#lines + 1 }, { is: 'another encoding' });
      this.#decoder = new TextDecoder('windows-1252');
      text = chunk === undefined ? '' : this.#decoder.decode(chunk, { stream: true });
    }
    this.#lines += text.split('\n').length - 1;
    return text;
  }

  #open(first: Uint8Array): InstanceType<typeof TextDecoder> {
    const [a, b] = first;
    const isLittle = a === 0xff && b === 0xfe;
    if (!isLittle && !(a === 0xfe && b === 0xff)) return new TextDecoder('utf-8', { fatal: true });
    this.#findings.report('encoding', { path: this.#file.path }, { is: 'UTF-16' });
    return new TextDecoder(isLittle ? 'utf-16le' : 'utf-16be');
  }
}
