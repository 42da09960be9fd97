import { isOpen } from '../engine/engine.ts';
import { hasFinally } from '../plan/plan.ts';
import { type PipelineStep, waveOf } from '../language/pipeline.ts';
import type { Journal, RunDetails } from './journal.ts';

/** A run has ended already, and cannot be cancelled. */
export class RunHasEnded extends Error {
  override readonly name = 'RunHasEnded';

  constructor({ runId, status }: RunDetails) {
    super(`Leave ${runId} as it is: it has ended already (${status})`);
  }
}

/**
 * Ends a run where it stands, and answers in a sentence what that means for its steps under `finally`; of a run whose process is dead also,
 * a line each, how the steps that were under way have left things. Throws a {@link RunHasEnded} when there is nothing to end.
 */
export async function cancelRun(
  found: RunDetails,
  { cancel, details }: Pick<Journal, 'cancel' | 'details'>,
): Promise<string> {
  const { runId } = found;
  // A cancelled run may be about to resume, for its steps under `finally`.
  const isAboutToResume = found.status === 'cancelled' && found.record === undefined && hasFinally(found.plan);
  if (!isOpen(found.status) && !isAboutToResume) throw new RunHasEnded(found);
  const count = await cancel(runId);
  if (isAboutToResume && count > 2) throw new RunHasEnded(found);
  const rest = count === 1 && found.status === 'running' && hasFinally(found.plan) ? whatIsDone(found) : '';
  const left = found.abandoned === undefined ? undefined : (await details(runId))?.leftBehind;
  const told = Object.entries(left ?? {}).filter(([id]) => found.steps[id] === undefined);
  return [`Cancelled ${runId}${rest}`, ...told.map(([id, said]) => `${id}: ${said}`)].join('\n');
}

/**
 * What there is to say of the steps of a run whose process is dead that may have been changing an endpoint then, and of which nothing is
 * kept: an older version has executed them, or the process died before they had noted anything, or right after their last word.
 */
export function untoldSteps(
  { plan, steps }: Pick<RunDetails, 'plan' | 'steps'>,
  kept: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  if (plan === undefined) return new Map();
  const changes = plan.steps.filter(({ effects }) => effects.includes('update-endpoint')).map(({ id }) => id);
  const { strategy, steps: all } = plan.pipeline;
  const { waves = [] } = strategy ?? {};
  const placeOf = ({ combination }: PipelineStep): number =>
    combination === undefined ? -1 : waves.indexOf(waveOf(combination));
  const isOpenHere = ({ id }: Pick<PipelineStep, 'id'>): boolean => steps[id] === undefined;
  const open = all.filter((step) => isOpenHere(step) && step.finally !== true && step.takesBack === undefined);
  const first = Math.min(...open.filter(({ combination }) => combination !== undefined).map(placeOf));
  // A wave begins after those before it, and is taken back when all of it has ended.
  const isInTurn = (step: PipelineStep): boolean =>
    step.combination === undefined || placeOf(step) < first + (step.takesBack === undefined ? 1 : 0);
  const mayHaveBegun = (step: PipelineStep): boolean =>
    isInTurn(step) && step.finally !== true && step.needs.every((need) => !isOpenHere({ id: need }));
  const untold = all.filter(
    (step) => changes.includes(step.id) && isOpenHere(step) && kept[step.id] === undefined && mayHaveBegun(step),
  );
  const said =
    'it may have been under way when the process died, and nothing is kept of how it has left its endpoint: look which model that serves (`speechops plan` says when it is not proved there)';
  return new Map(untold.map(({ id }) => [id, said]));
}

function whatIsDone({ abandoned }: RunDetails): string {
  if (abandoned === 'until-resumed') return '; its steps under finally are not done, because its process is dead';
  return '; its steps under finally are still done (cancel it again to do without them)';
}
