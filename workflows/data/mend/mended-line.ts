import type { DataCode } from '../check/rules/data-rules.ts';

/** Why a line is changed: the rule that it breaks, or what nobody sees and nobody wants. */
export type Reason = DataCode | 'trailing-space' | 'blank-lines';

/** What becomes of a line: another text, or nothing. Without reasons it stays as it is. */
export interface MendedLine {
  /** Undefined where the line is left out; with line feeds where it becomes several. */
  readonly text: string | undefined;
  readonly reasons: readonly Reason[];
}

/** What mends the lines of a text, one after the other. */
export interface LineMender {
  mend(line: string): MendedLine;
}
