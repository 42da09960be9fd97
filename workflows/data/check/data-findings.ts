import type { Diagnostic } from '../../document/diagnostics.ts';
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
   * @default the path with the line
   */
  readonly unit?: string;
}

/** What was found in data. */
export interface FoundInData {
  /** The first of them, errors before warnings, in the order of paths and lines. */
  readonly diagnostics: readonly Diagnostic[];
  /** All of them, also those that are not among the diagnostics. */
  readonly counts: { readonly errors: number; readonly warnings: number };
  /** Whether the service refuses the set as a whole. */
  readonly isRefused: boolean;
  /** How many lines or recordings the service rejects. */
  readonly rejected: number;
}

/** Where the checks of data leave what they find. So many errors, and so many warnings, are kept; the rest is counted. */
export class DataFindings {
  readonly #most: number;
  readonly #kept: { readonly error: Diagnostic[]; readonly warning: Diagnostic[] } = { error: [], warning: [] };
  readonly #counts = { error: 0, warning: 0 };
  readonly #rejected = new Set<string>();
  #isRefused = false;

  constructor({ most = 200 }: { readonly most?: number | undefined } = {}) {
    this.#most = most;
  }

  report<Code extends DataCode>(code: Code, at: DataPlace, parameters: ParametersOf<Code>): void {
    const { costs, tell } = dataRules[code] as unknown as DataRule<ParametersOf<Code>>;
    const severity = costs === 'nothing' ? 'warning' : 'error';
    const { path, line = 1, column = 1, endColumn = column, unit = `${path}\0${line}` } = at;
    this.#counts[severity] += 1;
    if (costs === 'set') this.#isRefused = true;
    if (costs === 'line') this.#rejected.add(unit);
    if (this.#kept[severity].length >= this.#most) return;
    const { message, hint } = tell(parameters);
    const texts = { message: toPrint(message), ...(hint === undefined ? {} : { hint: toPrint(hint) }) };
    this.#kept[severity].push({ code, severity, path, line, column, endLine: line, endColumn, ...texts });
  }

  found(): FoundInData {
    const shown = [...this.#kept.error, ...this.#kept.warning].slice(0, this.#most);
    return {
      diagnostics: shown.toSorted(
        (a, b) => compare(a.path, b.path) || a.line - b.line || a.column - b.column || compare(a.code, b.code),
      ),
      counts: { errors: this.#counts.error, warnings: this.#counts.warning },
      isRefused: this.#isRefused,
      rejected: this.#rejected.size,
    };
  }
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
