import type { Journal, RunSummary } from './journal.ts';

/**
 * The same runs. Those that are unfinished and that no living process executes get `abandoned`. `living` returns which of these
 * executors live.
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
  // A run outside the fleet belongs to the executor `run:ID`, also while DBOS has it in a queue after a resume.
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
