import type { Diagnostic } from '../../document/diagnostics/diagnostics.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { type DataCode, dataRules, type ParametersOf } from './rules/data-rules.ts';
import type { DataRule } from './rules/rule.ts';

/** A place in data. Without a line the whole file is meant. */
export interface DataPlace {
  /** The file as people are told it; of an archive its path and the name in it. */
  readonly path: string;
  /** From 1. */
  readonly line?: number;
  /** Both from 1, in UTF-16 code units, the end behind the last one. @default the whole line */
  readonly column?: number;
  readonly endColumn?: number;
  /**
   * What the service counts as one line: a recording, by its name, has a line in the transcript and a file, and is rejected once.
   * @default the line
   */
  readonly unit?: string;
  /** The whole line, for people to see what is meant. */
  readonly text?: string;
}

/** What was found in data. */
export interface FoundInData {
  /** The first of them, errors before warnings, in the order of paths and lines. */
  readonly diagnostics: readonly Diagnostic[];
  /** The lines that diagnostics are about, by path and number. Long lines are left out. */
  readonly excerpts: Readonly<Record<string, ReadonlyMap<number, string>>>;
  /** All of them, also those that are not among the diagnostics. */
  readonly counts: { readonly errors: number; readonly warnings: number };
  /** How many are not told of: a diagnostic may stand for several of its code. */
  readonly omitted: number;
  /** Whether the service refuses the set as a whole. */
  readonly isRefused: boolean;
  /** Whether what is measured with a test set is not true, when a model is trained with this set. */
  readonly isUntrue: boolean;
  /** How many lines or recordings the service rejects. */
  readonly rejected: number;
}

/** So many of a code are told of one by one; one more says how many others there are. */
const MOST_OF_A_CODE = 20;

/**
 * Where the checks of data leave what they find. The first of each code are kept, and so many errors, and so many warnings, together;
 * the rest is counted, so that memory does not grow with the data. Lines of a file are reported in their order.
 */
export class DataFindings {
  readonly #most: number;
  readonly #kept: { readonly error: Kept[]; readonly warning: Kept[] } = { error: [], warning: [] };
  readonly #counts = { error: 0, warning: 0 };
  readonly #byCode = new Map<DataCode, Repeated>();
  /** Recordings that are rejected: no more than there are files. */
  readonly #units = new Set<string>();
  #rejectedLines = 0;
  #lastRejected = '';
  #isRefused = false;
  #isUntrue = false;

  constructor({ most = 200 }: { readonly most?: number | undefined } = {}) {
    this.#most = most;
  }

  /** Parameters that take long to make, such as the nearest name, are given as a function: it is called if they are told. */
  report<Code extends DataCode>(
    code: Code,
    at: DataPlace,
    parameters: ParametersOf<Code> | (() => ParametersOf<Code>),
  ): void {
    const { costs, tell } = dataRules[code] as unknown as DataRule<ParametersOf<Code>>;
    const severity = costs === 'nothing' ? 'warning' : 'error';
    this.#counts[severity] += 1;
    if (costs === 'set') this.#isRefused = true;
    if (costs === 'measurement') this.#isUntrue = true;
    if (costs === 'line') this.#reject(at);
    const { path, line = 1, column = 1, endColumn = column, text = '' } = at;
    const place = { code, severity, path, line, column, endLine: line, endColumn } as const;
    const repeated = this.#byCode.get(code) ?? { count: 0 };
    repeated.count += 1;
    this.#byCode.set(code, repeated);
    if (repeated.count > MOST_OF_A_CODE) {
      repeated.next ??= { ...place, column: 1, endColumn: 1 };
      return;
    }
    if (this.#kept[severity].length >= this.#most) return;
    const { message, hint } = tell(
      typeof parameters === 'function' ? (parameters as () => ParametersOf<Code>)() : parameters,
    );
    const texts = { message: toPrint(message), ...(hint === undefined ? {} : { hint: toPrint(hint) }) };
    // The end of a long line may be a megabyte away.
    const shown = column > LONGEST_SHOWN ? '' : text.slice(0, column + LONGEST_SHOWN);
    this.#kept[severity].push({ diagnostic: { ...place, ...texts }, text: shown });
  }

  found(): FoundInData {
    const all = { error: [...this.#kept.error], warning: [...this.#kept.warning] };
    for (const { count, next } of this.#byCode.values()) {
      if (next === undefined) continue;
      const more = count - MOST_OF_A_CODE;
      const message = `${more.toLocaleString('en-US')} more of these ${more === 1 ? 'is' : 'are'} not shown, the first of them here`;
      all[next.severity].push({ diagnostic: { ...next, message }, text: '', standsFor: more });
    }
    const shown = [...all.error, ...all.warning].slice(0, this.#most);
    const told = shown.reduce((sum, { standsFor = 1 }) => sum + standsFor, 0);
    return {
      diagnostics: shown
        .map(({ diagnostic }) => diagnostic)
        .toSorted(
          (a, b) => compare(a.path, b.path) || a.line - b.line || a.column - b.column || compare(a.code, b.code),
        ),
      excerpts: excerptsOf(shown),
      counts: { errors: this.#counts.error, warnings: this.#counts.warning },
      omitted: this.#counts.error + this.#counts.warning - told,
      isRefused: this.#isRefused,
      isUntrue: this.#isUntrue,
      rejected: this.#units.size + this.#rejectedLines,
    };
  }

  /** A line that breaks several rules is rejected once. */
  #reject({ path, line = 1, unit }: DataPlace): void {
    if (unit !== undefined) {
      this.#units.add(unit);
      return;
    }
    const place = `${path}\0${line}`;
    if (place !== this.#lastRejected) this.#rejectedLines += 1;
    this.#lastRejected = place;
  }
}

interface Kept {
  readonly diagnostic: Diagnostic;
  readonly text: string;
  /** How many findings it tells of. @default 1 */
  readonly standsFor?: number;
}

interface Repeated {
  count: number;
  /** Where the first is that is not told of by itself. */
  next?: Omit<Diagnostic, 'message'>;
}

const LONGEST_SHOWN = 1000;

function excerptsOf(shown: readonly Kept[]): FoundInData['excerpts'] {
  const lines: Record<string, Map<number, string>> = Object.create(null) as Record<string, Map<number, string>>;
  for (const { diagnostic, text } of shown)
    if (text !== '') (lines[diagnostic.path] ??= new Map()).set(diagnostic.line, text);
  return lines;
}

const MAX_MESSAGE = 1000;

/** Safe to print, and no longer than a person reads: a message may repeat what is in the data. */
function toPrint(text: string): string {
  return escapeControls(text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)}…` : text);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
