import type { Pool } from 'pg';
import type { Journal, RunPlace } from './journal.ts';
import { keeperOf } from './executor-name.ts';
import { fleetQueues } from './fleet-queues.ts';
import { livingExecutors, whileDead } from '../store/liveness-lock.ts';

/**
 * Puts the runs of dead executors back into their queues, and returns them: all such runs of the fleet, or `runId` wherever it
 * is. A run that `speechops run` or `resume` executed waits for a person to resume it.
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
      // The supervisor of the executor lives: it first records which runs may have ended the executor.
      if ((await livingExecutors(pool, [keeperOf(other)])).size > 0) return [];
      // Before the lock was won, another process may have taken over the runs that were read.
      const abandoned = (await executing()).filter((run) => run.executor === other);
      if (abandoned.length > 0) await journal.giveBack(abandoned);
      return abandoned;
    });
    taken.push(...(dead ?? []));
  }
  return taken;
}
