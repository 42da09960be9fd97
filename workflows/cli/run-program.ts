import { createInterface } from 'node:readline/promises';
import { OutputStreams } from './output-streams.ts';
import type { ExitCode, Io } from './session.ts';

/**
 * Gives work the streams of this process and a signal that Ctrl-C, SIGTERM and a terminal that hangs up abort, and ends the process
 * with the work's exit code when everything is printed. A second signal ends the process at once.
 */
export async function runProgram(work: (io: Io) => Promise<ExitCode>): Promise<never> {
  const { stdin, stdout, stderr } = process;
  const outputs = new OutputStreams({ stdout, stderr, exit: (code) => process.exit(code) });
  const signal = stopSignal(outputs);
  const code = await work({
    stdout,
    stderr,
    env: process.env,
    cwd: process.cwd(),
    signal,
    ...(stdin.isTTY && stderr.isTTY ? { ask: async (question) => await ask(question, signal) } : {}),
    outliveReaders: () => outputs.outliveReaders(),
  });
  // What was printed is out before the process ends; what else may still be open (a collector that hangs) does not keep it.
  await Promise.all([stdout, stderr].map(async (stream) => await written(stream)));
  if (outputs.lost === undefined) process.exit(code);
  stderr.write(outputs.lost);
  await written(stderr);
  process.exit(3);
}

function stopSignal(outputs: OutputStreams): AbortSignal {
  const interrupt = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (!interrupt.signal.aborted) {
        // The clean end is not for readers: a terminal that hangs up takes nothing any more.
        outputs.outliveReaders();
        interrupt.abort(new Error(`Stopped by ${name}`));
        return;
      }
      // Whoever asks a second time, in whichever way, does not want to wait for a clean end. A terminal that is closed may
      // hang up twice: the system says so, and the shell.
      if (name !== 'SIGHUP') process.exit(130);
    });
  }
  return interrupt.signal;
}

async function ask(question: string, signal: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // A terminal that is read line by line tells Ctrl-C in place of the system.
  terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return await terminal.question(question, { signal });
  } finally {
    terminal.close();
  }
}

async function written(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise((resolve) => stream.write('', resolve));
}
