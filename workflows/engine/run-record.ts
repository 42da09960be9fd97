import type { PlainValue } from '../language/pipeline.ts';

/** What became of a run; written to `.speechops/runs/<run-id>/run.json`, described by `schemas/run.schema.json`. */
export interface RunRecord {
  readonly runId: string;
  readonly pipeline: string;
  readonly status: 'succeeded' | 'failed' | 'cancelled';
  /** ISO date-times. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** By step id, in the pipeline's order. */
  readonly steps: Readonly<Record<string, StepRecord>>;
}

export interface StepRecord {
  /** `reused`: everything the step wants was there already, nothing was created or changed. */
  readonly status: 'succeeded' | 'reused' | 'skipped' | 'failed';
  readonly uses: string;
  readonly outputs: Readonly<Record<string, PlainValue>>;
  /** Why it failed or was skipped, in one sentence. */
  readonly error?: string;
  readonly reason?: string;
  /** `world`: the service or the way to it failed, so a re-run may succeed unchanged. */
  readonly failure?: 'step' | 'world' | 'cancelled';
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

/** What a run tells while it goes on. */
export type RunEvent =
  /** `reason` is the step's condition with its values, when it has one. */
  | { readonly kind: 'step-started'; readonly stepId: string; readonly reason?: string }
  | { readonly kind: 'step-progress'; readonly stepId: string; readonly message: string }
  | { readonly kind: 'step-finished'; readonly stepId: string; readonly record: StepRecord };
