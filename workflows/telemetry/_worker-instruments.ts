import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import type { Meter } from '@opentelemetry/api';
import type { FleetWorker } from '../fleet/fleet-worker.ts';

/** Observes a worker whenever metrics are read. */
export function observeWorker(
  meter: Meter,
  of: { readonly worker: FleetWorker; readonly version: string; readonly memoryBeside: () => number },
): void {
  const { worker, version, memoryBeside } = of;
  const gauge = (name: string, description: string, unit = '') =>
    meter.createObservableGauge(name, { description, unit });
  const info = gauge('speechops_worker_info', 'The worker.');
  const ready = gauge('speechops_worker_ready', 'Whether the worker takes runs.');
  const runs = gauge('speechops_runs_executing', 'Runs that this worker executes.');
  const waiting = gauge('speechops_runs_waiting', 'Runs that wait for a worker of the fleet.');
  const steps = gauge('speechops_steps_executing', 'Steps that this worker is at.');
  const lag = gauge('speechops_event_loop_lag_seconds', 'Event loop lag since the last reading.', 's');
  const memory = gauge('process_resident_memory_bytes', 'Resident memory.', 'By');
  const waited = meter.createObservableCounter('speechops_request_wait_seconds_total', {
    description: 'Time for which requests waited for their turn.',
    unit: 's',
  });
  const delay = monitorEventLoopDelay({ resolution: sampleMilliseconds });
  delay.enable();
  meter.addBatchObservableCallback(
    async (result) => {
      const status = worker.status();
      result.observe(info, 1, { executor: worker.executor, version });
      result.observe(ready, Number(status.isReady));
      result.observe(runs, status.runs);
      result.observe(steps, status.steps);
      result.observe(waited, status.requestWaitSeconds);
      result.observe(memory, process.memoryUsage.rss() + memoryBeside());
      result.observe(lag, lagSeconds(delay.percentile(50)), { quantile: '0.5' });
      result.observe(lag, lagSeconds(delay.percentile(99)), { quantile: '0.99' });
      result.observe(lag, lagSeconds(delay.max), { quantile: '1' });
      delay.reset();
      const waitingRuns = (await soon(worker.waitingRuns())) ?? {};
      for (const [format, count] of Object.entries(waitingRuns)) result.observe(waiting, count, { format });
    },
    [info, ready, runs, waiting, steps, lag, memory, waited],
  );
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
