import type { EvaluationSession } from '../expressions/evaluation-session.ts';
import type { Pipeline, PipelineStep } from '../language/pipeline.ts';
import type { Plan } from '../plan/plan.ts';
import type { Ownership } from './ownership.ts';
import type { Deadline } from '../time/deadline.ts';
import type { RunScope } from './engine.ts';
import type { Ports } from './ports.ts';
import type { RunEvent, RunRecord, StepRecord } from './run-record.ts';
import type { Secrets } from './secrets.ts';
import type { StepKind } from './step-kind.ts';

export interface InterpreterOptions {
  readonly kinds: Readonly<Record<string, StepKind>>;
  readonly ports: Ports;
  /** The ports to the Speech resource of a step, where the steps of a run work on several. @default ports */
  readonly portsOf?: (step: PipelineStep) => Ports;
  readonly onEvent?: (event: RunEvent) => void;
  /** The secret variables that are set here. @default none */
  readonly secrets?: Secrets;
  /** Called before anything of a step is done, its condition included. */
  readonly onStep?: (stepId: string) => void;
  /** Set when the run is set aside: why no more steps are tried, and which ones are to blame and fail. */
  readonly setAside?: SetAside | undefined;
  /** Asked before every request of these ports. @default none, where no other process can have the run */
  readonly ownership?: Ownership;
}

/** The run has ended the processes that executed it: only its steps under `finally` are still done. */
export interface SetAside {
  /** A clause, as of a sentence "…, because it used too much memory". */
  readonly reason: string;
  /** The steps that were at work each time. */
  readonly steps: readonly string[];
}

/** The state of a run while it is interpreted. */
export interface RunState {
  readonly options: InterpreterOptions;
  readonly plan: Plan;
  readonly scope: RunScope;
  readonly steps: ReadonlyMap<string, PipelineStep>;
  /** The records of the steps that have ended, here or in an earlier execution. */
  readonly records: Map<string, StepRecord>;
  /** The last effect of each resource and digest, so that the next one waits for it. */
  readonly effects: Map<string, Promise<unknown>>;
  /** Shared by the evaluations of all steps. */
  readonly session: EvaluationSession;
  /** Of the steps that are not under `finally`. */
  readonly deadline: Deadline | undefined;
  /** The first step that failed and may not, when a failure keeps other combinations from starting steps. */
  firstFailure: PipelineStep | undefined;
  /** Aborted when there is a first failure. */
  readonly failedFast: AbortController;
}

/** Notes the record of a step, so that the rest of the run sees it. */
export function noteRecord(record: StepRecord, of: { readonly step: PipelineStep; readonly run: RunState }): void {
  const { step, run } = of;
  run.records.set(step.id, record);
  const isFailure = record.status === 'failed' && !step.continueOnError && step.takesBack === undefined;
  if (isFailure && step.combination !== undefined && run.plan.pipeline.strategy?.failFast === true) {
    run.firstFailure ??= step;
    run.failedFast.abort();
  }
  run.options.onEvent?.({ kind: 'step-finished', stepId: step.id, record });
}

/** The status of the steps that are not under `finally`, which those under it read as `run.status`. */
export function statusOfSteps(run: RunState): RunRecord['status'] {
  if (run.scope.isCancelled) return 'cancelled';
  if (run.options.setAside !== undefined) return 'failed';
  const main = run.plan.pipeline.steps.filter((step) => step.finally !== true);
  return hasUsedUpItsTime(run) || main.some((step) => hasFailed(step, run)) ? 'failed' : 'succeeded';
}

/** The status of the run, and its error when no step says it. */
export function outcomeOf(run: RunState): Pick<RunRecord, 'status' | 'error'> {
  const { pipeline } = run.plan;
  if (run.scope.signal.aborted || run.scope.isCancelled) return { status: 'cancelled' };
  const { setAside } = run.options;
  if (setAside !== undefined) return { status: 'failed', error: saidOfSetAside(setAside) };
  if (hasUsedUpItsTime(run)) return { status: 'failed', error: timeUsedUp(pipeline) };
  return { status: pipeline.steps.some((step) => hasFailed(step, run)) ? 'failed' : 'succeeded' };
}

/** Whether the timeout of the pipeline does not count for a step: those under `finally`, and those that take others back. */
export function isUnlimited(step: PipelineStep): boolean {
  return step.finally === true || step.takesBack !== undefined;
}

/** The error of a run, or of a step in it, that the timeout of the pipeline has ended. */
export function timeUsedUp({ timeoutSeconds }: Pipeline): string {
  return `The steps of the run did not end within ${timeoutSeconds} s (timeout of the pipeline)`;
}

/** The error of a run that is set aside. */
function saidOfSetAside({ reason, steps }: SetAside): string {
  const what = steps.length === 0 ? 'the run' : steps.join(', ');
  return `Mend what ${what} does, then resume the run: it was set aside, because ${reason}`;
}

/** The moment at which the run has used up its time, in milliseconds since 1970. */
export function endOfTime({ timeoutSeconds }: Pipeline, timedFrom: string): number | undefined {
  return timeoutSeconds === undefined ? undefined : Date.parse(timedFrom) + timeoutSeconds * 1000;
}

/** By the records of the steps, so that every execution of the run gives the same answer. */
function hasUsedUpItsTime({ plan, scope, records }: RunState): boolean {
  const end = endOfTime(plan.pipeline, scope.timedFrom);
  if (end === undefined) return false;
  const isLate = ({ finishedAt }: StepRecord): boolean => finishedAt !== undefined && Date.parse(finishedAt) >= end;
  return plan.pipeline.steps.some((step) => {
    const record = records.get(step.id);
    return !isUnlimited(step) && record !== undefined && isLate(record);
  });
}

function hasFailed(step: PipelineStep, run: RunState): boolean {
  return run.records.get(step.id)?.status === 'failed' && !step.continueOnError;
}
