import type { ClockPort } from '../time/clock.ts';
import type { LoadedPipeline } from '../language/load-pipeline.ts';
import type { EnvironmentObjects } from '../review/declared.ts';
import type { SecretMask } from '../language/variables/secret-mask.ts';

/** What a command may touch of the process it runs in. Results go to `stdout`, progress and messages to `stderr`. */
export interface Io {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute; relative paths of arguments are resolved against it. */
  readonly cwd: string;
  /** Aborted by Ctrl-C, SIGTERM, and a terminal that hangs up. */
  readonly signal: AbortSignal;
  /**
   * To be called by a command before it begins what must not end, and whose status must not be lost, because nobody reads its
   * outputs any more.
   * @default outputs are always read
   */
  readonly outliveReaders?: () => void;
  /** Asks the person at the terminal, and answers with the line. @default there is nobody to ask */
  readonly ask?: (question: string) => Promise<string>;
  /** What steps, deadlines and the pauses between requests go by. @default the machine's clock */
  readonly clock?: ClockPort;
  /** Loads what checks the text of `environment.yaml`, which this part of the program does not know. @default such files are not known */
  readonly environmentCheck?: () => Promise<EnvironmentCheck>;
  /** Loads what reads the Custom Speech objects out of such a text. @default such files are not known */
  readonly environmentObjects?: () => Promise<EnvironmentReader>;
  /** Takes secret variables out of what is written to the streams. @default nothing is taken out */
  readonly secretMask?: SecretMask;
}

/** Tells what is wrong with the text of an `environment.yaml`, and in a sentence what could not be checked. */
export type EnvironmentCheck = (
  text: string,
  options: { readonly path: string },
) => Promise<Pick<LoadedPipeline, 'diagnostics' | 'counts'> & { readonly unchecked?: string }>;

/** Tells which objects of Custom Speech the environments of an `environment.yaml` have, and what is wrong with it. */
export type EnvironmentReader = (
  text: string,
  options: { readonly path: string },
) => Pick<LoadedPipeline, 'diagnostics' | 'counts'> & { readonly environments: readonly EnvironmentObjects[] };

export interface TextStream {
  write(text: string): void;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  /** Lines that are drawn again and again below whatever else is written; absent where the stream is no terminal that can. */
  readonly live?: LiveLines | undefined;
}

export interface LiveLines {
  /**
   * Draws lines, which must be narrower than the terminal, in place of those drawn before. What knows widths is given by those who draw,
   * because it takes long to load.
   */
  draw(lines: readonly string[], widthOf: WidthOf): void;
  /** Leaves what is drawn as it is: what is written from here on stands below. */
  leave(): void;
}

/** How many columns of a terminal a line takes. */
export type WidthOf = (line: string) => number;

/** 0 done; 1 what was checked did not pass; 2 wrong usage (with `--detailed-exitcode`: changes); 3 the world failed, or a person ended it. */
export type ExitCode = 0 | 1 | 2 | 3;

/** One call of the program: its streams, and the exit code that a command leaves behind. */
export interface Session {
  readonly io: Io;
  exitCode: ExitCode;
}

/** The arguments were wrong: printed without a stack trace, exit code 2. Of several faults, each has a line of its own. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly lines: readonly string[];

  constructor(message: string | readonly string[], options?: ErrorOptions) {
    const lines = typeof message === 'string' ? [message] : message;
    super(lines.join('\n'), options);
    this.lines = lines;
  }
}

/** What was checked did not pass: printed without a stack trace, exit code 1. */
export class CheckFailure extends Error {
  override readonly name = 'CheckFailure';
}
