import type { RunDocument, RunStep } from '../../schemas/types.gen.ts';

/** The record of a run; written to `.speechops/runs/<run-id>/run.json`, described by `schemas/run.schema.json`. */
export type RunRecord = RunDocument;

/** The record of one step. */
export type StepRecord = RunStep;

/**
 * The record of a step of a run that was cancelled before the step had ended. `left` says how the step has left things, where it was
 * under way then; a step that had not begun has none.
 */
export function cancelledStep(uses: string, left: string | undefined): StepRecord {
  const reason = `the run was cancelled${left === undefined ? '' : `; ${left}`}`;
  return { status: left === undefined ? 'skipped' : 'cancelled', uses, outputs: {}, reason };
}

/** Whether a step has not come to its own end: its reason says why, and its times say nothing about its work. */
export function isLeftOut({ status }: Pick<StepRecord, 'status'>): boolean {
  return status === 'skipped' || status === 'cancelled';
}

/** An event of a run that is executed. */
export type RunEvent =
  /** `reason` is the step's condition with its values, when it has one. */
  | { readonly kind: 'step-started'; readonly stepId: string; readonly reason?: string }
  | { readonly kind: 'step-progress'; readonly stepId: string; readonly message: string }
  | { readonly kind: 'step-finished'; readonly stepId: string; readonly record: StepRecord };
