import { createInterface } from 'node:readline/promises';
import { main } from './main.ts';
import { OutputStreams } from './output-streams.ts';

const { stdin, stdout, stderr } = process;
const outputs = new OutputStreams({ stdout, stderr, exit: (code) => process.exit(code) });
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
const code = await main(process.argv.slice(2), {
  stdout,
  stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: interrupt.signal,
  ...(stdin.isTTY && stderr.isTTY ? { ask } : {}),
  outliveReaders: () => outputs.outliveReaders(),
});
// What was printed is out before the process ends; what else may still be open (a collector that hangs) does not keep it.
await Promise.all([stdout, stderr].map(async (stream) => await written(stream)));
if (outputs.lost === undefined) process.exit(code);
stderr.write(outputs.lost);
await written(stderr);
process.exit(3);

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: stdin, output: stderr });
  try {
    return await terminal.question(question, { signal: interrupt.signal });
  } finally {
    terminal.close();
  }
}

async function written(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise((resolve) => stream.write('', resolve));
}
