import type { Journal, RunSummary } from './journal.ts';

/**
 * The same runs, each with whether it was cut off: an unfinished one that no living process executes. `living` answers which
 * of these executors live.
 */
export async function markAbandoned<Run extends RunSummary>(
  runs: readonly Run[],
  look: {
    readonly journal: Pick<Journal, 'places'>;
    readonly living: (executors: readonly string[]) => Promise<ReadonlySet<string>>;
  },
): Promise<readonly Run[]> {
  const runIds = runs.filter(({ status }) => status === 'running').map(({ runId }) => runId);
  if (runIds.length === 0) return runs;
  const places = new Map((await look.journal.places({ runIds })).map((place) => [place.runId, place]));
  // Whoever has resumed a run that is no worker's executes it under a name of its own, also while it is in a queue.
  const executorOf = (runId: string): string => {
    const place = places.get(runId);
    return place?.isOfFleet === true ? (place.executor ?? '') : `run:${runId}`;
  };
  const living = await look.living(runIds.map(executorOf));
  return runs.map((run) => {
    if (run.status !== 'running' || living.has(executorOf(run.runId))) return run;
    return { ...run, abandoned: places.get(run.runId)?.isOfFleet === true ? 'until-taken-over' : 'until-resumed' };
  });
}
