import { Command } from 'commander';
import { workerCommand } from '../../workflows/cli/commands/worker.ts';
import type { Session } from '../../workflows/cli/session.ts';

/** `speechops worker` as a process of its own, to be killed. */
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort(new Error('Stopped by SIGTERM')));
const session: Session = {
  io: {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    signal: stop.signal,
  },
  exitCode: 0,
};
await new Command('speechops').addCommand(workerCommand(session)).parseAsync(process.argv.slice(2), { from: 'user' });
process.exitCode = session.exitCode;
