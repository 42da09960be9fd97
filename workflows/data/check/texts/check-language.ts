import type { CheckContext } from '../check-context.ts';
import { UtteranceChecks } from './check-utterance.ts';
import type { DataFile } from '../reading/data-file.ts';
import { readText } from '../reading/read-text.ts';
import { reportLeakOfText } from '../report-leaks.ts';

const MOST_LINES = 20_000;
const FEW_LINES = 20;

/** Checks plain text, an utterance a line, and answers how many lines there are. */
export async function checkLanguage(file: DataFile, context: CheckContext): Promise<number> {
  const { findings, locale } = context;
  const utterances = new UtteranceChecks('text', context);
  const seen = new SeenLines(file.bytes);
  let lines = 0;
  let first: number | undefined;
  for await (const { number, text } of readText(file, { ...context, takes: 'one text file' })) {
    const said = text.trim();
    if (said === '') continue;
    lines += 1;
    const at = { path: file.path, line: number, text };
    if (utterances.check(said, { ...at, column: text.indexOf(said) + 1 })) context.words?.add(said);
    if (context.tests !== undefined) reportLeakOfText(said, { at, tests: context.tests, findings });
    if (seen.add(said)) first ??= number;
  }
  utterances.close();
  if (first !== undefined && lines >= FEW_LINES && seen.repeated >= lines / 5)
    findings.report('repeated-lines', { path: file.path, line: first }, { repeated: seen.repeated, lines });
  if (lines > MOST_LINES && /^(?:ja|ko)\b/i.test(locale))
    findings.report('many-lines', { path: file.path }, { lines, most: MOST_LINES });
  return lines;
}

/** A table has at most so many numbers, whatever the size of the text. */
const MOST_SLOTS = 1 << 20;

/** Which lines have occurred before. In a text of millions some are forgotten, and the number is too low. */
class SeenLines {
  readonly #slots: Uint32Array;
  repeated = 0;

  constructor(bytes: number) {
    // A power of two, and more than there can be lines of a few letters.
    this.#slots = new Uint32Array(Math.min(MOST_SLOTS, 2 ** Math.ceil(Math.log2(bytes + 2))));
  }

  /** Whether the line has occurred. */
  add(line: string): boolean {
    // Two sums of FNV-1a: one says where, the other what.
    let where = 0x81_1c_9d_c5;
    let what = 0x05_0c_5d_1f;
    for (let at = 0; at < line.length; at += 1) {
      const unit = line.charCodeAt(at);
      where = Math.imul(where ^ unit, 0x01_00_01_93);
      what = Math.imul(what ^ unit, 0x01_00_01_93) + at;
    }
    const slot = (where ^ (where >>> 15)) & (this.#slots.length - 1);
    // A slot that is empty has no mark.
    const mark = what >>> 0 || 1;
    const isRepeated = this.#slots[slot] === mark;
    this.#slots[slot] = mark;
    if (isRepeated) this.repeated += 1;
    return isRepeated;
  }
}
