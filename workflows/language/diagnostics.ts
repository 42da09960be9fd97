import { catalogue, type DiagnosticCode, type DiagnosticParameters } from './diagnostic-catalogue.ts';
import { escapeControls } from './quote-name.ts';

/** One thing that is wrong, or probably wrong, with what a person wrote. A value: collected and printed, never thrown. */
export interface Diagnostic {
  /** A word of the catalogue, or of that of the document's own part. */
  readonly code: string;
  /** A pipeline with an error is not run; a warning only says so. */
  readonly severity: 'error' | 'warning';
  /** As the caller gave it. */
  readonly path: string;
  /** Lines and columns count from 1; columns count UTF-16 code units, as editors do. The end is behind the last one. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly message: string;
  readonly hint?: string;
}

/** A part of a text by offsets: from the first to behind the last UTF-16 code unit. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where the stages of loading leave what they find. */
export interface Findings {
  report<Code extends DiagnosticCode>(code: Code, at: Span, parameters: DiagnosticParameters<Code>): void;
  /** Takes what another catalogue says: documents that are no pipelines have faults of their own. */
  add(at: Span, told: Told): void;
  /** The line that an offset is on, from 1. */
  lineOf(offset: number): number;
  /** How many errors there are so far, warnings aside. */
  errors(): number;
  /** What was found, in the order of the text. */
  diagnostics(): readonly Diagnostic[];
}

/** A fault in words, without its place. */
export interface Told {
  readonly code: string;
  readonly severity: Diagnostic['severity'];
  readonly message: string;
  readonly hint?: string;
}

/** An empty collection of findings about one text. */
export function createFindings(path: string, text: string): Findings {
  const found: { readonly diagnostic: Diagnostic; readonly start: number }[] = [];
  let errors = 0;
  let cached: readonly number[] | undefined;
  const lines = (): readonly number[] => (cached ??= startsOfLines(text));
  const add = (at: Span, { code, severity, message, hint }: Told): void => {
    const start = Math.min(Math.max(at.start, 0), text.length);
    const end = Math.min(Math.max(at.end, start), text.length);
    const [line, column] = positionOf(start, lines());
    const [endLine, endColumn] = positionOf(end, lines());
    if (severity === 'error') errors += 1;
    const texts = { message: escapeControls(message), ...(hint === undefined ? {} : { hint: escapeControls(hint) }) };
    const place = { path, line, column, endLine, endColumn };
    found.push({ start, diagnostic: { code, severity, ...place, ...texts } });
  };
  return {
    add,
    report(code, at, parameters) {
      const entry = catalogue[code] as (parameters: unknown) => { message: string; hint?: string };
      add(at, { code, severity: warnings.has(code) ? 'warning' : 'error', ...entry(parameters) });
    },
    lineOf: (offset) => positionOf(offset, lines())[0],
    errors: () => errors,
    diagnostics: () => found.toSorted((a, b) => a.start - b.start).map(({ diagnostic }) => diagnostic),
  };
}

const warnings: ReadonlySet<DiagnosticCode> = new Set(['unused-input', 'unused-variable', 'unset-variable']);

function startsOfLines(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** By bisection: the last line that starts at or before the offset. */
function positionOf(offset: number, lineStarts: readonly number[]): readonly [line: number, column: number] {
  let low = 0;
  let high = lineStarts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return [low + 1, offset - (lineStarts[low] ?? 0) + 1];
}
