import type { Pool } from 'pg';
import type { Journal, RunPlace } from './journal.ts';
import { keeperOf } from './executor-name.ts';
import { fleetQueues } from './fleet-queues.ts';
import { livingExecutors, whileDead } from '../store/liveness-lock.ts';

/**
 * Puts the runs of dead workers back into their queues, and answers which: all of the fleet's, or this run wherever it is. A
 * run that `speechops run` or `resume` executed is no worker's: it waits for `speechops resume`.
 */
export async function takeOver(
  pool: Pool,
  options: {
    readonly journal: Pick<Journal, 'places' | 'giveBack'>;
    readonly executor: string;
    readonly runId?: string;
  },
): Promise<readonly RunPlace[]> {
  const { journal, executor, runId } = options;
  const executing = async (): Promise<readonly RunPlace[]> => {
    if (runId === undefined) return await journal.places({ queues: fleetQueues, executing: true });
    return (await journal.places({ runIds: [runId] })).filter((run) => run.isExecuting);
  };
  const others = new Set((await executing()).map((run) => run.executor ?? ''));
  const taken: RunPlace[] = [];
  for (const other of others) {
    if (other === executor) continue;
    const dead = await whileDead(pool, other, async () => {
      // Whoever looks after it notes first which of its runs may have ended it.
      if ((await livingExecutors(pool, [keeperOf(other)])).size > 0) return [];
      // What was seen before the lock was won may be another one's by now.
      const left = (await executing()).filter((run) => run.executor === other);
      if (left.length > 0) await journal.giveBack(left);
      return left;
    });
    taken.push(...(dead ?? []));
  }
  return taken;
}
