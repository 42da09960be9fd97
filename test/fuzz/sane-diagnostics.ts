import type { Diagnostic } from '../../workflows/document/diagnostics/diagnostics.ts';
import { formatDiagnostics } from '../../workflows/document/diagnostics/format-diagnostics.ts';

/** What a terminal or a CI's log would act on when it is printed. */
const steers = /[\p{Cc}\p{Bidi_C}\u2028\u2029]|##[\w.-]*\[|^\s*::/u;

/** Whether a text, or a line of it, would steer what it is printed on. */
export function isUnprintable(text: string): boolean {
  return text.split('\n').some((line) => steers.test(line.replaceAll('\t', ' ')));
}

/** What is wrong with diagnostics of a text: their places, codes, words, order, and how they are printed. */
export function faultsOfDiagnostics(
  diagnostics: readonly Diagnostic[],
  { text, path, codes }: { readonly text: string; readonly path: string; readonly codes: ReadonlySet<string> },
): string | undefined {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  const isPlace = (line: number, column: number): boolean =>
    line >= 1 && column >= 1 && column <= (lines[line - 1]?.length ?? -1) + 1;
  let before = [1, 1];
  for (const diagnostic of diagnostics) {
    const { line, column, endLine, endColumn, code, message, hint = '' } = diagnostic;
    const said = `${line}:${column}-${endLine}:${endColumn} ${JSON.stringify(message)} [${code}]`;
    const [lineBefore = 1, columnBefore = 1] = before;
    before = [line, column];
    if (!isPlace(line, column) || !isPlace(endLine, endColumn)) return `a place outside of the text: ${said}`;
    if (endLine < line || (endLine === line && endColumn < column)) return `an end before its beginning: ${said}`;
    if (line < lineBefore || (line === lineBefore && column < columnBefore))
      return `not in the order of the text: ${said}`;
    if (!codes.has(code)) return `a code that is in no catalogue: ${said}`;
    if (message === '' || diagnostic.path !== path) return `no message or another path: ${said}`;
    // A text may say so itself; then it is in quotes.
    if (/undefined|\[object/.test(message) && !/undefined|\[object/.test(text)) return `no words for people: ${said}`;
    if (steers.test(message) || steers.test(hint)) return `characters that must not be printed: ${said}`;
  }
  if (isUnprintable(formatDiagnostics(diagnostics, { sources: { [path]: text }, color: false })))
    return 'characters that must not be printed, in what is shown of the text';
  return undefined;
}
