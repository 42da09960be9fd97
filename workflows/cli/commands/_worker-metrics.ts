import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import type { FleetWorker, WorkerEvent } from '../../engine/fleet/fleet-worker.ts';

export interface WorkerMetrics {
  onEvent(event: WorkerEvent): void;
  /** The Prometheus text format, version 0.0.4. */
  text(worker: FleetWorker): Promise<string>;
}

/** Counts what a worker does, for Prometheus. */
export function workerMetrics(version: string): WorkerMetrics {
  const runs = new Map<string, number>();
  const steps = new Map<string, number>();
  const seconds = new Map<string, number>();
  let takenOver = 0;
  const delay = monitorEventLoopDelay({ resolution: sampleMilliseconds });
  delay.enable();
  return {
    onEvent(event) {
      if (event.kind === 'taken-over') takenOver += 1;
      if (event.kind === 'run-ended') add(runs, labels({ status: event.record.status }));
      if (event.kind !== 'step' || event.event.kind !== 'step-finished' || event.isRemembered) return;
      const { uses, status, startedAt, finishedAt } = event.event.record;
      add(steps, labels({ uses, status }));
      if (startedAt !== undefined && finishedAt !== undefined)
        add(seconds, labels({ uses, status }), (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000);
    },
    async text(worker) {
      const status = worker.status();
      const waited = status.requestWaitSeconds;
      const waiting = await soon(worker.waitingRuns());
      const lag = {
        [labels({ quantile: '0.5' })]: lagSeconds(delay.percentile(50)),
        [labels({ quantile: '0.99' })]: lagSeconds(delay.percentile(99)),
        [labels({ quantile: '1' })]: lagSeconds(delay.max),
      };
      delay.reset();
      const families: readonly Family[] = [
        ['speechops_worker_info', 'gauge', 'The worker.', { [labels({ executor: worker.executor, version })]: 1 }],
        ['speechops_worker_ready', 'gauge', 'Whether the worker takes runs.', one(Number(status.isReady))],
        ['speechops_runs_executing', 'gauge', 'Runs that this worker executes.', one(status.runs)],
        ['speechops_runs_waiting', 'gauge', 'Runs that wait for a worker of the fleet.', byFormat(waiting ?? {})],
        ['speechops_steps_executing', 'gauge', 'Steps that this worker is at.', one(status.steps)],
        ['speechops_runs_ended_total', 'counter', 'Runs that ended here.', Object.fromEntries(runs)],
        ['speechops_runs_taken_over_total', 'counter', 'Runs of dead workers put back into a queue.', one(takenOver)],
        ['speechops_steps_ended_total', 'counter', 'Steps that ended here.', Object.fromEntries(steps)],
        ['speechops_step_seconds_total', 'counter', 'Time that ended steps took.', Object.fromEntries(seconds)],
        [
          'speechops_request_wait_seconds_total',
          'counter',
          'Time for which requests waited for their turn.',
          one(waited),
        ],
        ['speechops_event_loop_lag_seconds', 'gauge', 'Event loop lag since the last reading.', lag],
        ['process_resident_memory_bytes', 'gauge', 'Resident memory.', one(process.memoryUsage.rss())],
      ];
      return families.map(familyText).join('');
    },
  };
}

/** The outcome, or undefined when it fails or the database does not answer: the other metrics are wanted all the more then. */
async function soon<T>(outcome: Promise<T>): Promise<T | undefined> {
  const late = setTimeout(answerMilliseconds, undefined, { ref: false });
  return await Promise.race([outcome.catch(() => undefined), late]);
}

const answerMilliseconds = 2000;
const sampleMilliseconds = 20;

/** What is measured is the time between two samples. */
function lagSeconds(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e9 - sampleMilliseconds / 1000);
}

function add(counts: Map<string, number>, key: string, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function labels(values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `{${pairs.join(',')}}`;
}

function byFormat(waiting: Readonly<Record<string, number>>): Samples {
  return Object.fromEntries(Object.entries(waiting).map(([format, runs]) => [labels({ format }), runs]));
}

type Samples = Readonly<Record<string, number>>;

/** The one sample of a metric without labels; none when it is not known. */
function one(value: number | undefined): Samples {
  return value === undefined ? {} : { '': value };
}

type Family = readonly [name: string, kind: 'gauge' | 'counter', help: string, samples: Samples];

function familyText([name, kind, help, samples]: Family): string {
  const lines = Object.entries(samples).map(([key, value]) => `${name}${key} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${lines.join('')}`;
}
