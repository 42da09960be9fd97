import { main } from '../../../workflows/cli/main.ts';
import type { ClockPort } from '../../../workflows/time/clock.ts';
import type { ExitCode } from '../../../workflows/cli/session.ts';

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
  readonly clock?: ClockPort;
}

/** Calls the program as a shell would, with its streams caught. */
export async function callMain(args: readonly string[], options: CallOptions): Promise<Called> {
  let stdout = '';
  let stderr = '';
  const code = await main(args, {
    stdout: { write: (text) => void (stdout += text) },
    stderr: {
      write(text) {
        stderr += text;
        options.onError?.(text);
      },
    },
    env: options.env ?? {},
    cwd: options.cwd,
    signal: options.signal ?? new AbortController().signal,
    ...(options.clock && { clock: options.clock }),
  });
  return { code, stdout, stderr };
}
