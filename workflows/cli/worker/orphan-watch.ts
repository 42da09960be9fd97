import { workerData } from 'node:worker_threads';

/**
 * Ends the process when the one that looks after it has died, in a thread of its own: so also while its event loop stands
 * still. Otherwise it would keep the lock that shows that it lives, and its runs with it.
 */
const { parent } = workerData as { readonly parent: number };
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, 1000);
