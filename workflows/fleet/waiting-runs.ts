import { journalFormat } from '../durable/journal-format.ts';
import type { Journal } from '../durable/journal.ts';
import { fleetQueues } from '../durable/fleet-queues.ts';
import { every } from '../time/every.ts';

/** How many runs wait for a worker, by journal format. */
export type WaitingRuns = Readonly<Record<string, number>>;

export async function countWaiting(journal: Pick<Journal, 'places'>): Promise<WaitingRuns> {
  const waiting = await journal.places({ queues: fleetQueues, executing: false });
  const formats = Map.groupBy(waiting, ({ format }) => format);
  return { [journalFormat]: 0, ...Object.fromEntries([...formats].map(([format, runs]) => [format, runs.length])) };
}

/**
 * Tells how many runs wait for workers of other versions, at once and when the number has changed. They wait in vain when no such
 * worker is left, and no other process would say so.
 */
export async function watchOthers(
  journal: Pick<Journal, 'places'>,
  options: {
    readonly until: AbortSignal;
    readonly tell: (waiting: { readonly format: string; readonly runs: number }) => void;
  },
): Promise<void> {
  const { until, tell } = options;
  let told: WaitingRuns = {};
  const look = async (): Promise<void> => {
    try {
      const { [journalFormat]: _own, ...others } = await countWaiting(journal);
      for (const [format, runs] of Object.entries(others)) if (told[format] !== runs) tell({ format, runs });
      told = others;
    } catch {
      // The search for dead workers tells when the database does not answer.
    }
  };
  await every(countEveryMilliseconds, look, { signal: until });
}

/** A count reads all waiting runs, which may be thousands. */
const countEveryMilliseconds = 60_000;
