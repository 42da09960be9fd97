import type { Diagnostic } from '../../document/diagnostics/diagnostics.ts';

/** What was checked, and what was found. Paths are as people know them in their repository, with `/`. */
export interface CheckedFiles {
  readonly files: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  /** How many more were found than are listed. */
  readonly omitted: number;
}

/** What is wrong, and what to do: for tools that have no place for a hint. */
export function wholeMessage({ message, hint }: Diagnostic): string {
  return hint === undefined ? message : `${message}. ${hint}`;
}

/** Of what was left out; undefined where nothing was. */
export function omittedMessage({ omitted }: CheckedFiles): string | undefined {
  return omitted === 0 ? undefined : `${omitted.toLocaleString('en-US')} more findings are not listed`;
}
