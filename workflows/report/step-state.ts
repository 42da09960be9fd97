import { isOpen } from '../engine/engine.ts';
import type { RunDetails } from '../durable/journal.ts';
import { stepsAhead } from '../engine/combination-gates.ts';
import { cancelledStep, type StepRecord } from '../engine/run-record.ts';
import { asksPerson, type PipelineStep } from '../language/pipeline.ts';

/** What is needed of a step to tell how it stands. */
export type ShownStep = Pick<PipelineStep, 'id' | 'needs' | 'finally' | 'combination' | 'takesBack'> & {
  readonly uses: string;
};

/** How a step of a run stands. */
export type StepState =
  | { readonly kind: 'ended'; readonly record: StepRecord }
  /** The run has ended before it began. */
  | { readonly kind: 'not-run' }
  /** The whole run waits for a worker. */
  | { readonly kind: 'queued' }
  | { readonly kind: 'waits'; readonly for: readonly string[] }
  | { readonly kind: 'asks' }
  | { readonly kind: 'works' }
  /** It was at work when the process of the run died. */
  | { readonly kind: 'abandoned' };

/** How a step of a run stands now. */
export function stepStateOf(step: ShownStep, run: RunDetails): StepState {
  const record = outcomeOf(step, run);
  if (record !== undefined) return { kind: 'ended', record };
  if (!isOpen(run.status)) {
    const left = run.leftBehind?.[step.id];
    return left === undefined ? { kind: 'not-run' } : { kind: 'ended', record: cancelledStep(step.uses, left) };
  }
  if (run.status === 'queued') return { kind: 'queued' };
  const open = openNeeds(step, run);
  if (open.length > 0) return { kind: 'waits', for: open };
  if (asksPerson(step.uses)) return { kind: 'asks' };
  return { kind: run.abandoned === undefined ? 'works' : 'abandoned' };
}

/** Whether the step of a running run asks a person now: everything that it needs has ended, and it has not. */
export function asksNow(step: ShownStep, run: RunDetails): boolean {
  return stepStateOf(step, run).kind === 'asks';
}

function outcomeOf({ id }: ShownStep, { steps, record }: RunDetails): StepRecord | undefined {
  return steps[id] ?? record?.steps[id];
}

/** The steps that have to end before this one starts. */
function openNeeds(step: ShownStep, run: RunDetails): readonly string[] {
  const hasEnded = (id: string): boolean => run.steps[id] !== undefined;
  const before = step.finally === true ? mainSteps(run) : [];
  const ahead = run.plan === undefined ? [] : stepsAhead(step, { pipeline: run.plan.pipeline, hasEnded });
  return [...new Set([...step.needs, ...before, ...ahead])].filter((need) => !hasEnded(need));
}

/** A step under `finally` starts when all of these have ended. */
function mainSteps({ plan }: RunDetails): readonly string[] {
  return (plan?.pipeline.steps ?? []).filter((step) => step.finally !== true).map(({ id }) => id);
}
