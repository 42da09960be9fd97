import type { RunDocument, RunStep } from '../../schemas/types.gen.ts';

/** The record of a run; written to `.speechops/runs/<run-id>/run.json`, described by `schemas/run.schema.json`. */
export type RunRecord = RunDocument;

/** The record of one step. */
export type StepRecord = RunStep;

/** An event of a run that is executed. */
export type RunEvent =
  /** `reason` is the step's condition with its values, when it has one. */
  | { readonly kind: 'step-started'; readonly stepId: string; readonly reason?: string }
  | { readonly kind: 'step-progress'; readonly stepId: string; readonly message: string }
  | { readonly kind: 'step-finished'; readonly stepId: string; readonly record: StepRecord };
