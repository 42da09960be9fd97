import { Worker } from 'node:worker_threads';
import type { ExecutorChannel, ExecutorStatus, ToExecutor } from './executor-messages.ts';

/**
 * A process that executes runs, for the one that started it and looks after it: it lives no longer than that one. It is told by
 * messages what to do; signals are for the other one.
 */
const parent = Number(process.argv[2]);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// In a thread of its own, so also while the event loop stands still: otherwise this process would keep the lock that shows that
// it lives, and its runs with it. As text, because a thread that loads nothing takes little memory.
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
