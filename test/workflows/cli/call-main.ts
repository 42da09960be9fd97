import { main } from '../../../workflows/cli/main.ts';
import type { ClockPort } from '../../../workflows/time/clock.ts';
import type { ExitCode, Io } from '../../../workflows/cli/session.ts';

export interface Called {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CallOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly onError?: (text: string) => void;
  readonly ask?: (question: string) => Promise<string>;
  /** Both outputs are a terminal's of 80 columns and 24 rows, whose text is that of stdout. */
  readonly onTerminal?: boolean;
  readonly clock?: ClockPort;
  readonly environmentObjects?: Io['environmentObjects'];
}

/** Calls the program as a shell would, with its streams caught. */
export async function callMain(args: readonly string[], options: CallOptions): Promise<Called> {
  let stdout = '';
  let stderr = '';
  const terminal = { write: (text: string) => void (stdout += text), isTTY: true, columns: 80, rows: 24 };
  const code = await main(args, {
    stdout: options.onTerminal === true ? terminal : { write: (text) => void (stdout += text) },
    stderr:
      options.onTerminal === true
        ? terminal
        : {
            write(text) {
              stderr += text;
              options.onError?.(text);
            },
          },
    env: options.env ?? {},
    cwd: options.cwd,
    signal: options.signal ?? new AbortController().signal,
    ...(options.ask === undefined ? {} : { ask: options.ask }),
    ...(options.clock && { clock: options.clock }),
    ...(options.environmentObjects && { environmentObjects: options.environmentObjects }),
  });
  return { code, stdout, stderr };
}
