import { createHash } from 'node:crypto';
import type { CheckContext } from './check-context.ts';
import { UtteranceChecks } from './check-utterance.ts';
import type { DataFile } from './data-file.ts';
import { readText } from './read-text.ts';
import { reportLeakOfText } from './report-leaks.ts';

const MOST_LINES = 20_000;
const FEW_LINES = 20;

/** Checks plain text, an utterance a line, and answers how many lines there are. */
export async function checkLanguage(file: DataFile, context: CheckContext): Promise<number> {
  const { findings, locale } = context;
  const utterances = new UtteranceChecks('text', context);
  const seen = new SeenLines();
  let lines = 0;
  let first: number | undefined;
  for await (const { number, text } of readText(file, { ...context, takes: 'one text file' })) {
    const said = text.trim();
    if (said === '') continue;
    lines += 1;
    const at = { path: file.path, line: number, text };
    utterances.check(said, { ...at, column: text.indexOf(said) + 1 });
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

/** A table of so many numbers, whatever the size of the text. */
const SLOTS = 1 << 20;

/** Which lines have occurred before. In a text of millions some are forgotten, and the number is too low. */
class SeenLines {
  readonly #slots = new Uint32Array(SLOTS);
  repeated = 0;

  /** Whether the line has occurred. */
  add(line: string): boolean {
    const digest = createHash('md5').update(line).digest();
    const slot = digest.readUInt32LE(0) % SLOTS;
    // A slot that is empty has no mark.
    const mark = digest.readUInt32LE(4) || 1;
    const isRepeated = this.#slots[slot] === mark;
    this.#slots[slot] = mark;
    if (isRepeated) this.repeated += 1;
    return isRepeated;
  }
}
