import { type ShownSet, shownSets } from '../../../workflows/evidence/shown-outputs.ts';
import { entityId } from '../../../workflows/plan/identity.ts';
import type { EvaluationRuns } from '../../api/testing.ts';
import type { RunsSource } from '../sources.ts';

type EvaluationRun = EvaluationRuns['runs'][number];

/** The newest run that judged a model by each evaluation, among the newest runs; none where there is no run store. */
export class EvaluationRunsReader {
  /** What runs that have ended judged, by their ids and ends: a run that is resumed has another one. */
  readonly #ended = new Map<string, readonly EvaluationRun[]>();

  async read(runs: RunsSource): Promise<readonly EvaluationRun[]> {
    const found = await runs.borrow(async (access) => {
      const all: EvaluationRun[] = [];
      for (const { runId, startedAt, finishedAt } of await access.runs({ limit: mostRuns })) {
        const key = `${runId} ${finishedAt ?? ''}`;
        const known = this.#ended.get(key);
        if (known !== undefined) {
          all.push(...known);
          continue;
        }
        const details = await access.details(runId);
        const steps = Object.entries(details?.record?.steps ?? details?.steps ?? {});
        const judged = steps.flatMap(([id, step]) =>
          shownSets(id, step).map((set) => ({ runId, startedAt, ...judgedBy(set) })),
        );
        if (finishedAt !== undefined) this.#ended.set(key, judged);
        all.push(...judged);
      }
      return all;
    });
    // The newest run is the first of its evaluation.
    return [...new Map(found.toReversed().map((run) => [run.evaluation, run])).values()].toReversed();
  }
}

const mostRuns = 100;

function judgedBy({ id, shown }: ShownSet): Omit<EvaluationRun, 'runId' | 'startedAt'> {
  const [model, against, terms] = [shown.text('set.model'), shown.text('set.against'), shown.text('set.terms')];
  const [low, high, bound] = [shown.number('set.rate.low'), shown.number('set.rate.high'), shown.number('set.bound')];
  return {
    evaluation: entityId(shown.text('set.evaluation') ?? ''),
    step: id,
    ...(model === undefined ? {} : { model: entityId(model) }),
    ...(against === undefined ? {} : { against: entityId(against) }),
    ...(low === undefined || high === undefined ? {} : { low, high }),
    ...(bound === undefined ? {} : { bound }),
    ...(terms === undefined ? {} : { terms: JSON.parse(terms) as unknown[] }),
  };
}
