import { type ShownSet, shownSets } from '../../../workflows/evidence/shown-outputs.ts';
import { entityId } from '../../../workflows/plan/identity.ts';
import type { EvaluationRuns } from '../../api/testing.ts';
import type { RunsSource } from '../sources.ts';

type EvaluationRun = EvaluationRuns['runs'][number];

/** The newest run that judged a model by each evaluation, among the {@link mostRuns} newest runs; none where there is no run store. */
export class EvaluationRunsReader {
  /** What runs that have ended judged, by their ids and ends: a run that is resumed has another one. */
  #ended: ReadonlyMap<string, readonly EvaluationRun[]> = new Map();

  /** `most` is there when there are more runs than were looked at. */
  async read(runs: RunsSource): Promise<EvaluationRuns> {
    const ended = new Map<string, readonly EvaluationRun[]>();
    const { found, isCut } = await runs.borrow(async (access) => {
      const all: EvaluationRun[] = [];
      const listed = await access.runs({ limit: mostRuns + 1 });
      for (const { runId, startedAt, finishedAt } of listed.slice(0, mostRuns)) {
        const key = `${runId} ${finishedAt ?? ''}`;
        const known = this.#ended.get(key);
        if (known !== undefined) {
          ended.set(key, known);
          all.push(...known);
          continue;
        }
        const details = await access.details(runId);
        const steps = Object.entries(details?.record?.steps ?? details?.steps ?? {});
        const judged = steps.flatMap(([id, step]) =>
          shownSets(id, step).map((set) => ({ runId, startedAt, ...judgedBy(set) })),
        );
        if (finishedAt !== undefined) ended.set(key, judged);
        all.push(...judged);
      }
      return { found: all, isCut: listed.length > mostRuns };
    });
    this.#ended = ended;
    // The newest run is the first of its evaluation.
    const newest = new Map(found.toReversed().map((run) => [run.evaluation, run]));
    return { runs: [...newest.values()].toReversed(), ...(isCut && { most: mostRuns }) };
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
