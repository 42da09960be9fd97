import { quoteName } from '../document/quote-name.ts';
import { wavesThatFailed } from '../engine/waves.ts';
import { type PipelineStep, waveOf } from '../language/pipeline.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunDetails } from './journal.ts';
import { planToResume } from './journal-format.ts';

/** A run cannot be resumed; the message says why and what to do. */
export class ResumeError extends Error {
  override readonly name = 'ResumeError';
}

/** A run that this version can resume. */
export type ReadableRun = RunDetails & { readonly plan: Plan };

/** The run, when it can be resumed; else throws a {@link ResumeError}. */
export function runToResume(runId: string, found: RunDetails | undefined): ReadableRun {
  const run = resumableRun(runId, found);
  if (run.status === 'succeeded') throw new ResumeError(`Start a new run: ${runId} has succeeded`);
  return run;
}

/**
 * The run, when a new one can start at its step `from` with the results of the steps before; else throws a {@link ResumeError}. What
 * was taken back cannot be kept where its wave is to be done again.
 */
export function runToFork(runId: string, found: RunDetails | undefined, from: string): ReadableRun {
  const run = resumableRun(runId, found);
  const { steps, layers } = run.plan.pipeline;
  const order = layers.flat();
  const places = new Map(order.map((id, place) => [id, place]));
  const placeOf = (id: string): number => places.get(id) ?? -1;
  if (!places.has(from))
    throw new ResumeError(`Choose a step of ${runId}: it has no ${quoteName(from)}, but ${order.join(', ')}`);
  const isKept = (id: string): boolean => placeOf(id) < placeOf(from);
  const repeated = wavesOf(steps.filter((step) => isOwnOfWave(step) && !isKept(step.id)));
  const lost = stepsThatTookBack(run).filter(({ takesBack, wave }) => isKept(takesBack) && repeated.has(wave));
  const [first] = lost.toSorted((one, other) => placeOf(one.takesBack) - placeOf(other.takesBack));
  if (first === undefined) return run;
  throw new ResumeError(
    `Choose ${first.takesBack} or a step before it: ${first.id} has taken it back, or has begun to, so that its result cannot be kept`,
  );
}

/** The first step of a run to do again when it is resumed: one that failed, was cut off or was taken back. Undefined when there is none. */
export function firstToRepeat(run: ReadableRun): string | undefined {
  const takenBack = new Set(stepsThatTookBack(run).map(({ takesBack }) => takesBack));
  const isToRepeat = (id: string): boolean =>
    run.steps[id]?.status === 'failed' || run.steps[id]?.cutOff === true || takenBack.has(id);
  return run.plan.pipeline.layers.flat().find(isToRepeat);
}

/** A step that has taken another one back, and their wave. */
interface TookBack {
  readonly id: string;
  readonly takesBack: string;
  readonly wave: string;
}

/**
 * The steps of a run that have taken another one back, or may have begun to: one that was cut short, by a kill or a cancellation, has no
 * record of its work, and only that its wave has failed says that it had its turn.
 */
function stepsThatTookBack({ plan, steps }: ReadableRun): readonly TookBack[] {
  const { steps: all } = plan.pipeline;
  const records = new Map(Object.entries(steps));
  const failed = wavesThatFailed({ plan, records });
  const unfinished = wavesOf(all.filter((step) => isOwnOfWave(step) && !records.has(step.id)));
  return all.flatMap(({ id, takesBack, combination }) => {
    if (takesBack === undefined || combination === undefined) return [];
    const wave = waveOf(combination);
    const hadItsTurn = failed.has(wave) && !unfinished.has(wave);
    const record = records.get(id);
    const isCutShort = record === undefined || record.cutOff === true;
    const mayHave = isCutShort ? hadItsTurn : record.status !== 'skipped';
    return mayHave ? [{ id, takesBack, wave }] : [];
  });
}

/** Whether the document has the step, of whichever wave: the others take such steps back. */
function isOwnOfWave({ takesBack }: PipelineStep): boolean {
  return takesBack === undefined;
}

function wavesOf(steps: readonly PipelineStep[]): ReadonlySet<string> {
  return new Set(steps.flatMap(({ combination }) => (combination === undefined ? [] : [waveOf(combination)])));
}

function resumableRun(runId: string, found: RunDetails | undefined): ReadableRun {
  if (found === undefined)
    throw new ResumeError(`Check the run id ${runId}: there is no such run (speechops runs lists them)`);
  const plan = planToResume(found);
  if (typeof plan === 'string') throw new ResumeError(plan);
  return { ...found, plan };
}
