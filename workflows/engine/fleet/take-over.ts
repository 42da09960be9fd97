import type { Pool } from 'pg';
import type { Journal, RunPlace } from '../journal.ts';
import { fleetQueues } from './fleet-queues.ts';
import { whileDead } from './liveness-lock.ts';

/**
 * Puts the runs of dead workers back into their queues, and answers which. A run that `speechops run` or `resume` executed
 * is no worker's: it waits for `speechops resume`.
 */
export async function takeOver(
  pool: Pool,
  options: { readonly journal: Pick<Journal, 'places' | 'giveBack'>; readonly executor: string },
): Promise<readonly RunPlace[]> {
  const { journal, executor } = options;
  const executing = { queues: fleetQueues, executing: true } as const;
  const others = new Set((await journal.places(executing)).map((run) => run.executor ?? ''));
  const taken: RunPlace[] = [];
  for (const other of others) {
    if (other === executor) continue;
    const dead = await whileDead(pool, other, async () => {
      // What was seen before the lock was won may be another one's by now.
      const left = (await journal.places(executing)).filter((run) => run.executor === other);
      if (left.length > 0) await journal.giveBack(left);
      return left;
    });
    taken.push(...(dead ?? []));
  }
  return taken;
}
