import { main } from './main.ts';

// A reader that has seen enough (`| head`) is no error; a full disk is.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.stderr.write(`error: Cannot write the output: ${error.code}\n`);
    process.exit(error.code === 'EPIPE' ? 0 : 3);
  });
}

const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    // Whoever asks a second time, in whichever way, does not want to wait for a clean end.
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort(new Error(`Stopped by ${name}`));
  });
}
const code = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: interrupt.signal,
});
// What was printed is out before the process ends; what else may still be open (a collector that hangs) does not keep it.
await Promise.all([process.stdout, process.stderr].map(async (stream) => await written(stream)));
process.exit(code);

async function written(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise((resolve) => stream.write('', resolve));
}
