import type { DataPlace } from '../data-findings.ts';

/** What is told once of a whole file, however many lines it is true of: how many, the first place, and what is there. */
export interface Tallied {
  readonly lines: number;
  readonly examples: readonly string[];
}

const MOST_EXAMPLES = 3;
const LONGEST_EXAMPLE = 24;

/** Counts lines that have something in common, which is no fault of each. */
export class Tally {
  lines = 0;
  first: DataPlace | undefined;
  readonly #examples = new Set<string>();

  /** `found` is what is there, from `column` on. */
  add(at: DataPlace, { found, column }: { readonly found: string; readonly column: number }): void {
    this.lines += 1;
    this.first ??= { ...at, column, endColumn: column + found.length };
    if (this.#examples.size < MOST_EXAMPLES)
      this.#examples.add(found.length > LONGEST_EXAMPLE ? `${found.slice(0, LONGEST_EXAMPLE)}…` : found);
  }

  get tallied(): Tallied {
    return { lines: this.lines, examples: [...this.#examples] };
  }
}
