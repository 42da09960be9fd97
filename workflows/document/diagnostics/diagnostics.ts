import { catalogue, type DiagnosticCode, type DiagnosticParameters } from './diagnostic-catalogue.ts';
import { escapeControls } from '../quote-name.ts';

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

/** So many findings about a text are kept, the rest is counted: who has corrected these reads it again. */
export const MAX_DIAGNOSTICS = 200;

/** Where the stages of loading leave what they find. */
export interface Findings {
  /** Parameters that take long to make, such as the nearest name, are given as a function: it is called if they are shown. */
  report<Code extends DiagnosticCode>(
    code: Code,
    at: Span,
    parameters: DiagnosticParameters<Code> | (() => DiagnosticParameters<Code>),
  ): void;
  /** Takes what another catalogue says: documents that are no pipelines have faults of their own. */
  add(at: Span, told: Told): void;
  /** The line that an offset is on, from 1. */
  lineOf(offset: number): number;
  /** How many errors there are so far, warnings aside. */
  errors(): number;
  /** How many errors and warnings there are so far, those that are not kept too. */
  counts(): DiagnosticCounts;
  /** The first {@link MAX_DIAGNOSTICS} that were found, errors before warnings; then in the order of the text. */
  diagnostics(): readonly Diagnostic[];
}

export interface DiagnosticCounts {
  readonly errors: number;
  readonly warnings: number;
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
  const found = { error: new FirstFindings(), warning: new FirstFindings() };
  let cached: readonly number[] | undefined;
  const lines = (): readonly number[] => (cached ??= startsOfLines(text));
  const take = (at: Span, severity: Diagnostic['severity'], tell: () => Omit<Told, 'severity'>): void => {
    const start = Math.min(Math.max(at.start, 0), text.length);
    const end = Math.min(Math.max(at.end, start), text.length);
    found[severity].take(start, () => {
      const { code, message, hint } = tell();
      const [line, column] = positionOf(start, lines());
      const [endLine, endColumn] = positionOf(end, lines());
      const texts = { message: toPrint(message), ...(hint === undefined ? {} : { hint: toPrint(hint) }) };
      return { code, severity, path, line, column, endLine, endColumn, ...texts };
    });
  };
  return {
    add: (at, told) => take(at, told.severity, () => told),
    report(code, at, parameters) {
      const entry = catalogue[code] as (parameters: unknown) => { message: string; hint?: string };
      take(at, warnings.has(code) ? 'warning' : 'error', () => ({
        code,
        ...entry(typeof parameters === 'function' ? (parameters as () => unknown)() : parameters),
      }));
    },
    lineOf: (offset) => positionOf(offset, lines())[0],
    errors: () => found.error.count,
    counts: () => ({ errors: found.error.count, warnings: found.warning.count }),
    diagnostics() {
      const errors = found.error.first();
      const shown = [...errors, ...found.warning.first().slice(0, MAX_DIAGNOSTICS - errors.length)];
      return shown.toSorted((a, b) => a.start - b.start).map(({ diagnostic }) => diagnostic);
    },
  };
}

/** Safe to print, and no longer than a person reads: a message may repeat what was written. */
function toPrint(text: string): string {
  return escapeControls(text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)}…` : text);
}

const MAX_MESSAGE = 2000;

interface Found {
  readonly diagnostic: Diagnostic;
  readonly start: number;
}

/** The first findings in the order of the text, and how many there are. */
class FirstFindings {
  count = 0;
  #kept: readonly Found[] = [];
  #new: Found[] = [];
  /** Where the last of the kept ones is, once there are enough. */
  #last = Number.POSITIVE_INFINITY;

  /** What is behind enough others is counted, and never made. */
  take(start: number, make: () => Diagnostic): void {
    this.count += 1;
    if (start >= this.#last) return;
    this.#new.push({ start, diagnostic: make() });
    if (this.#new.length >= MAX_DIAGNOSTICS) this.first();
  }

  first(): readonly Found[] {
    this.#kept = [...this.#kept, ...this.#new].toSorted((a, b) => a.start - b.start).slice(0, MAX_DIAGNOSTICS);
    this.#new = [];
    if (this.#kept.length === MAX_DIAGNOSTICS) this.#last = this.#kept.at(-1)?.start ?? this.#last;
    return this.#kept;
  }
}

const warnings: ReadonlySet<DiagnosticCode> = new Set([
  'unused-input',
  'unused-variable',
  'unset-variable',
  'literal-signature',
  'rate-of-one',
  'dataset-kind-locale',
  'unknown-locale',
  'trained-with-test-data',
  'unmeasured-model',
  'other-endpoint',
  'same-model',
  'test-set-too-small',
  'gate-too-fine',
  'slices-too-small',
]);

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
