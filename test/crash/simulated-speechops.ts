import { main } from '../../workflows/cli/main.ts';
import { systemClock } from '../../workflows/time/system-clock.ts';

/** The program, whose waits notice sooner than within a minute that the date was set ahead (simulated-date.ts). */
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort(new Error('Stopped by SIGTERM')));
process.exitCode = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: stop.signal,
  clock: systemClock({ readEveryMilliseconds: 50 }),
});
