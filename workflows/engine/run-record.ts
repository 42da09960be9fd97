import type { RunDocument, RunStep } from '../../schemas/types.gen.ts';

/** What became of a run; written to `.speechops/runs/<run-id>/run.json`, described by `schemas/run.schema.json`. */
export type RunRecord = RunDocument;

/** What became of one step. */
export type StepRecord = RunStep;

/** What a run tells while it goes on. */
export type RunEvent =
  /** `reason` is the step's condition with its values, when it has one. */
  | { readonly kind: 'step-started'; readonly stepId: string; readonly reason?: string }
  | { readonly kind: 'step-progress'; readonly stepId: string; readonly message: string }
  | { readonly kind: 'step-finished'; readonly stepId: string; readonly record: StepRecord };
