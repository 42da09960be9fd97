import type { RunEvent, RunRecord } from '../engine/run-record.ts';
import type { StepActivity } from './activity.ts';
import type { ScheduleEvent } from './schedules/keep-to-schedules.ts';
import type { WebhookEvent } from './webhooks/fleet-webhooks.ts';

/** An event in a worker. `isRemembered`: the step had ended before this worker claimed the run. */
export type WorkerEvent =
  | { readonly kind: 'run-started'; readonly runId: string; readonly pipeline: string }
  | { readonly kind: 'run-ended'; readonly runId: string; readonly record: RunRecord }
  | { readonly kind: 'run-left'; readonly runId: string; readonly error: unknown }
  | { readonly kind: 'step'; readonly runId: string; readonly event: RunEvent; readonly isRemembered: boolean }
  /** Whether a step (a {@link stepKey}) works or waits, told in advance: the process may not live to tell the outcome. */
  | { readonly kind: 'activity'; readonly step: string; readonly activity: StepActivity }
  /** The run has ended so many executors that its steps are not tried again. */
  | { readonly kind: 'set-aside'; readonly runId: string; readonly reason: string }
  /** A suspect only waits now, and continues beside other runs. */
  | { readonly kind: 'cleared'; readonly runId: string }
  | { readonly kind: 'taken-over'; readonly runId: string; readonly from: string }
  /** So many runs wait for a worker of another version, whose journal has this format. */
  | { readonly kind: 'others-wait'; readonly format: string; readonly runs: number }
  | { readonly kind: 'trouble'; readonly error: unknown }
  | ScheduleEvent
  | WebhookEvent
  | CallbackEvent;

/** A callback came to this worker. `outcome` says how the worker took it, `count` how many of this outcome have come. */
export interface CallbackEvent {
  readonly kind: 'callback';
  readonly outcome: 'told' | 'duplicate' | 'ignored' | 'challenge' | 'forged' | 'unreadable' | 'failed';
  readonly count: number;
}
