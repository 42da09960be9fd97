import type { Diagnostic } from './diagnostics.ts';
import { hideInUrls } from '../url-secrets.ts';
import { maskControls } from '../quote-name.ts';

export interface FormatOptions {
  /** How many more there are than those that are given. @default 0 */
  readonly omitted?: number;
  /** The text of each file by its path, or its lines by their numbers from 1; the source line is left out where it is missing. */
  readonly sources: Readonly<Record<string, string | ReadonlyMap<number, string>>>;
  readonly color: boolean;
}

/**
 * The diagnostics as people read them: `path:line:column: message [code]`, the source line with a mark under what is meant,
 * and the hint. Control characters of the source are not printed.
 */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  { sources, color, omitted = 0 }: FormatOptions,
): string {
  const paint = color
    ? (code: number, text: string) => `\u001B[${code}m${text}\u001B[0m`
    : (_: number, text: string) => text;
  const byPath = Map.groupBy(diagnostics, ({ path }) => path);
  const lines = new Map(
    Object.entries(sources).map(([path, source]) => [
      path,
      typeof source === 'string' ? linesOf(source, byPath.get(path) ?? []) : source,
    ]),
  );
  const told = diagnostics
    .map((diagnostic) => {
      const { path, line, column, message, hint, code, severity } = diagnostic;
      const title = severity === 'warning' ? `warning: ${message}` : message;
      const head = `${paint(1, `${maskControls(path)}:${line}:${column}:`)} ${paint(severity === 'warning' ? 33 : 31, title)} [${code}]`;
      const source = lines.get(path)?.get(line);
      const excerpt = source === undefined || source.trim() === '' ? [] : excerptOf(diagnostic, source);
      const mark = excerpt.map((text, index) => (index === 1 ? paint(32, text) : text));
      const advice = hint === undefined ? [] : [`    ${paint(36, 'hint:')} ${hint}`];
      return [head, ...mark, ...advice].join('\n');
    })
    .map((text) => `${text}\n`)
    .join('');
  return omitted === 0 ? told : `${told}… and ${omitted.toLocaleString('en-US')} more\n`;
}

/** The lines that diagnostics are about, by their numbers: a text may have many more. */
function linesOf(text: string, diagnostics: readonly Diagnostic[]): ReadonlyMap<number, string> {
  const lines = new Map<number, string>();
  let number = 1;
  let start = text.startsWith('\uFEFF') ? 1 : 0;
  for (const line of [...new Set(diagnostics.map((diagnostic) => diagnostic.line))].toSorted((a, b) => a - b)) {
    while (number < line && start >= 0) {
      start = text.indexOf('\n', start) + 1 || -1;
      number += 1;
    }
    if (start < 0) break;
    const end = text.indexOf('\n', start);
    lines.set(line, text.slice(start, end < 0 ? undefined : end));
  }
  return lines;
}

const MARGIN = '    ';
const WIDEST = 160;

/** The source line, cut to a window around the column when it is long, and the line with the mark. */
function excerptOf(diagnostic: Diagnostic, source: string): readonly [line: string, mark: string] {
  const line = hideInUrls(source.endsWith('\r') ? source.slice(0, -1) : source);
  const from = Math.min(diagnostic.column - 1, line.length);
  const to = diagnostic.endLine === diagnostic.line ? Math.max(diagnostic.endColumn - 1, from) : line.length;
  const cut = from > WIDEST / 2 && line.length > WIDEST ? from - WIDEST / 2 : 0;
  const before = (cut > 0 ? '…' : '') + line.slice(cut, from);
  const rest = line.slice(from, cut + WIDEST);
  const marked = line.slice(from, Math.min(to, cut + WIDEST));
  const tail = cut + WIDEST < line.length ? '…' : '';
  const width = Math.max(1, displayWidth(marked));
  return [
    `${MARGIN}${maskControls(before + rest)}${tail}`,
    `${MARGIN}${[...before].map((character) => (character === '\t' ? '\t' : ' '.repeat(displayWidth(character)))).join('')}^${'~'.repeat(width - 1)}`,
  ];
}

/** Columns of a terminal: wide East Asian characters and emoji take two, combining marks none. */
function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/[\p{Mn}\p{Me}]|\u200D|\uFE0F/u.test(character)) continue;
    const isWide =
      /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303E\uFF01-\uFF60\uFFE0-\uFFE6]/u;
    width += isWide.test(character) ? 2 : 1;
  }
  return width;
}
