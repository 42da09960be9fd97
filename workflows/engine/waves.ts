import { type PipelineStep, waveOf } from '../language/pipeline.ts';
import type { RunState } from './run-state.ts';

/** Why a step of a later wave does not start, once all earlier waves have ended; undefined when it may. */
export function failureBefore({ combination }: PipelineStep, run: RunState): string | undefined {
  const { waves = [] } = run.plan.pipeline.strategy ?? {};
  if (combination === undefined) return undefined;
  const before = waves.slice(0, Math.max(0, waves.indexOf(waveOf(combination))));
  for (const wave of before) {
    const failure = failureInWave(wave, run);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** What keeps a wave from having ended well: `wave europe did not end well: go-live-north failed`. */
export function failureInWave(wave: string, { plan, records }: Pick<RunState, 'plan' | 'records'>): string | undefined {
  const steps = plan.pipeline.steps.filter(
    ({ combination, takesBack }) =>
      combination !== undefined && takesBack === undefined && waveOf(combination) === wave,
  );
  const failed = steps.find(({ id, continueOnError }) => records.get(id)?.status === 'failed' && !continueOnError);
  const left = failed ?? steps.find(({ id }) => records.get(id)?.cutOff === true);
  if (left === undefined) return undefined;
  return `wave ${wave} did not end well: ${left.id} ${failed === undefined ? 'was not done' : 'failed'}`;
}

/** Whether two steps are of combinations of one wave. */
export function isOfSameWave({ combination: one }: PipelineStep, { combination: other }: PipelineStep): boolean {
  return one !== undefined && other !== undefined && waveOf(one) === waveOf(other);
}
