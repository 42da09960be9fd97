import { type PipelineStep, waveOf } from '../language/pipeline.ts';
import type { StepRecord } from './run-record.ts';
import type { RunState } from './run-state.ts';

/** Why a step of a later wave does not start, once all earlier waves have ended; undefined when it may. */
export function failureBefore({ combination }: PipelineStep, run: RunState): string | undefined {
  const { waves = [] } = run.plan.pipeline.strategy ?? {};
  if (combination === undefined) return undefined;
  const before = waves.slice(0, Math.max(0, waves.indexOf(waveOf(combination))));
  if (before.length === 0) return undefined;
  const lost = lostByWave(run);
  const wave = before.find((one) => lost.has(one));
  return wave === undefined ? undefined : whyNotWell(wave, lost.get(wave) ?? [], run);
}

/** What keeps a wave from having ended well: `wave europe did not end well: go-live-north failed`. */
export function failureInWave(wave: string, run: Pick<RunState, 'plan' | 'records'>): string | undefined {
  const lost = lostByWave(run).get(wave);
  return lost === undefined ? undefined : whyNotWell(wave, lost, run);
}

/** The waves that something keeps from having ended well. */
export function wavesThatFailed(run: Pick<RunState, 'plan' | 'records'>): ReadonlySet<string | undefined> {
  return new Set(lostByWave(run).keys());
}

/** The steps that failed or were not done, by the waves that they keep from ending well; those of no wave under undefined. */
function lostByWave({
  plan,
  records,
}: Pick<RunState, 'plan' | 'records'>): ReadonlyMap<string | undefined, readonly PipelineStep[]> {
  // It is asked before each step, of which there may be thousands: most are told apart by their records alone.
  const lost = plan.pipeline.steps.filter((step) => {
    const record = records.get(step.id);
    return step.takesBack === undefined && (hasFailed(step, record) || record?.cutOff === true);
  });
  return Map.groupBy(lost, ({ combination }) => combination && waveOf(combination));
}

function hasFailed({ continueOnError }: PipelineStep, record: StepRecord | undefined): boolean {
  return record?.status === 'failed' && !continueOnError;
}

/** Says it of the first step that failed, else of the first that was not done. */
function whyNotWell(wave: string, lost: readonly PipelineStep[], { records }: Pick<RunState, 'records'>): string {
  const failed = lost.find((step) => hasFailed(step, records.get(step.id)));
  return `wave ${wave} did not end well: ${failed === undefined ? `${lost[0]?.id} was not done` : `${failed.id} failed`}`;
}
