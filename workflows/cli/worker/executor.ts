import { Worker } from 'node:worker_threads';
import type { ExecutorChannel, ExecutorStatus, ToExecutor } from './executor-messages.ts';

/**
 * An executor: a process that executes runs for the supervisor that started it, and lives no longer than the supervisor. It obeys
 * messages of the supervisor; signals are for the supervisor itself.
 */
const parent = Number(process.argv[2]);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// A thread ends an orphan even while the event loop stands still. Otherwise the process would keep its liveness lock, and with it
// its runs. The code is a text, because a thread that loads nothing takes little memory.
const endOrphan = `setInterval(() => process.ppid === ${parent} || process.kill(process.pid, 'SIGKILL'), 1000)`;
new Worker(endOrphan, { eval: true, execArgv: [], env: {} }).unref();

const unheard: ToExecutor[] = [];
let listener: ((message: ToExecutor) => void) | undefined;
process.on('message', (message: ToExecutor) => {
  if (listener === undefined) unheard.push(message);
  else listener(message);
});
const channel: ExecutorChannel = {
  tell(message) {
    if (process.connected) process.send?.(message, () => undefined);
  },
  listen(heard) {
    listener = heard;
    for (const message of unheard.splice(0)) heard(message);
  },
};
let status: () => ExecutorStatus | undefined = () => undefined;
setInterval(() => channel.tell({ kind: 'alive', status: status() }), 1000);
const { executeFleetRuns } = await import('./execute-fleet-runs.ts');
const last = await executeFleetRuns(channel, { onStatus: (read) => void (status = read) });
process.send?.(last, () => process.exit(0));
