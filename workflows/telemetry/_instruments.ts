import type { Meter } from '@opentelemetry/api';
import { isLeftOut, type RunRecord, type StepRecord } from '../engine/run-record.ts';
import type { RequestLine } from '../speech/request-observer.ts';

/** What is counted and measured of runs, steps and requests, wherever they are executed. */
export interface Instruments {
  runEnded(record: Pick<RunRecord, 'status' | 'startedAt' | 'finishedAt'>): void;
  stepEnded(record: Pick<StepRecord, 'uses' | 'status' | 'startedAt' | 'finishedAt'>): void;
  runTakenOver(): void;
  scheduleTicked(outcome: 'fired' | 'failed' | 'given-up'): void;
  calledBack(outcome: string): void;
  requestAttempted(line: RequestLine): void;
  /** Processes of the worker that have ended in the middle of their runs. */
  executorEnded(cause: string, times: number): void;
  runSetAside(): void;
}

/** A call of an instrument, to be made in another process. */
export type Count = {
  readonly [Name in keyof Instruments]: readonly [Name, ...Parameters<Instruments[Name]>];
}[keyof Instruments];

/** Makes the call. */
export function applyCount(instruments: Instruments, [name, ...values]: Count): void {
  (instruments[name] as (...given: readonly unknown[]) => void)(...values);
}

/** Instruments whose every call is made elsewhere. */
export function instrumentsElsewhere(tell: (count: Count) => void): Instruments {
  return {
    runEnded: ({ status, startedAt, finishedAt }) => tell(['runEnded', { status, startedAt, finishedAt }]),
    stepEnded: (record) => tell(['stepEnded', record]),
    runTakenOver: () => tell(['runTakenOver']),
    scheduleTicked: (outcome) => tell(['scheduleTicked', outcome]),
    calledBack: (outcome) => tell(['calledBack', outcome]),
    requestAttempted: (line) => tell(['requestAttempted', line]),
    executorEnded: (cause, times) => tell(['executorEnded', cause, times]),
    runSetAside: () => tell(['runSetAside']),
  };
}

/** Instruments under the names that Prometheus reads: a metric has one name, whichever way it goes. */
export function createInstruments(meter: Meter): Instruments {
  const runsEnded = meter.createCounter('speechops_runs_ended_total', { description: 'Runs that ended here.' });
  const runSeconds = meter.createHistogram('speechops_run_duration_seconds', {
    description: 'Time from the start of a run to its end, wherever it was executed meanwhile.',
    unit: 's',
    advice: { explicitBucketBoundaries: workBuckets },
  });
  const takenOver = meter.createCounter('speechops_runs_taken_over_total', {
    description: 'Runs of dead workers put back into a queue.',
  });
  const stepsEnded = meter.createCounter('speechops_steps_ended_total', { description: 'Steps that ended here.' });
  const stepTime = meter.createCounter('speechops_step_seconds_total', {
    description: 'Time that ended steps took.',
    unit: 's',
  });
  const stepSeconds = meter.createHistogram('speechops_step_duration_seconds', {
    description: 'Time that a step took that was not skipped.',
    unit: 's',
    advice: { explicitBucketBoundaries: workBuckets },
  });
  const requestSeconds = meter.createHistogram('speechops_speech_request_duration_seconds', {
    description: 'Time that an attempt of a request to the Speech resource took.',
    unit: 's',
    advice: { explicitBucketBoundaries: requestBuckets },
  });
  const retries = meter.createCounter('speechops_speech_retries_total', { description: 'Requests sent once more.' });
  const throttled = meter.createCounter('speechops_speech_throttled_total', {
    description: 'Requests answered with 429.',
  });
  const ticks = meter.createCounter('speechops_schedule_ticks_total', {
    description: 'Times at which a schedule wanted a run, and what came of it.',
  });
  const callbacks = meter.createCounter('speechops_callbacks_total', {
    description: 'Callbacks of the Speech service, and what they were worth.',
  });
  const executorsEnded = meter.createCounter('speechops_executors_ended_total', {
    description: 'Processes that ended in the middle of the runs that they executed.',
  });
  const setAside = meter.createCounter('speechops_runs_set_aside_total', {
    description: 'Runs that ended so many processes that they are not tried again.',
  });
  // A counter that says nothing until something happens hides its first increase.
  for (const counter of [takenOver, retries, throttled, setAside]) counter.add(0);
  return {
    runEnded({ status, startedAt, finishedAt }) {
      runsEnded.add(1, { status });
      runSeconds.record(secondsBetween(startedAt, finishedAt), { status });
    },
    stepEnded({ uses, status, startedAt, finishedAt }) {
      stepsEnded.add(1, { uses, status });
      if (isLeftOut({ status }) || startedAt === undefined || finishedAt === undefined) return;
      const seconds = secondsBetween(startedAt, finishedAt);
      stepTime.add(seconds, { uses, status });
      stepSeconds.record(seconds, { uses, status });
    },
    runTakenOver: () => takenOver.add(1),
    scheduleTicked: (outcome) => ticks.add(1, { outcome }),
    calledBack: (outcome) => callbacks.add(1, { outcome }),
    executorEnded: (cause, times) => executorsEnded.add(times, { cause }),
    runSetAside: () => setAside.add(1),
    requestAttempted({ method, template, status, attempt, milliseconds }) {
      const operation = `${method} ${template}`;
      requestSeconds.record(milliseconds / 1000, { operation, status: statusClass(status) });
      if (attempt > 1) retries.add(1);
      if (status === 429) throttled.add(1);
    },
  };
}

/** From a second to a week: an upload takes seconds, a training hours, an approval days. */
const workBuckets = [1, 5, 15, 60, 300, 900, 3600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800];
const requestBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120];

/** Clocks of two machines may differ by more than a step took. */
function secondsBetween(start: string, end: string): number {
  return Math.max(0, (Date.parse(end) - Date.parse(start)) / 1000);
}

function statusClass(status: number | undefined): string {
  return status === undefined ? 'none' : `${Math.floor(status / 100)}xx`;
}
