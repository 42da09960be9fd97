import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fleetQueues } from '../workflows/durable/fleet-queues.ts';
import { digests, openFleet, pause, testDatabaseUrl, textPlan, type WorkerProcess } from '../test/fleet/fleet.ts';

/**
 * How two workers share many concurrent runs of two steps when one of them is killed in the middle: time, memory and event
 * loop lag of both. Fails when a run does not succeed or something is made twice. `npm run bench:fleet -- [runs]`
 */
const count = Number(process.argv[2] ?? 1000);
if (testDatabaseUrl === '') throw new Error('Run it with npm run bench:fleet');
const folder = await mkdtemp(path.join(tmpdir(), 'speechops-fleet-'));
// A Speech resource has at most 500 datasets.
const fleet = await openFleet({ speed: 600, resources: Math.ceil(count / 400), server: testDatabaseUrl });
try {
  for (let index = 0; index < count; index += 1) {
    const endpoint = fleet.emulators[index % fleet.emulators.length]?.url ?? '';
    const plan = await textPlan(folder, { name: `run-${index}`, target: { endpoint } });
    await fleet.journal.enqueue(`run-${index}`, plan);
  }
  const args = ['--concurrency', String(Math.ceil(count / 2))];
  const started = performance.now();
  const seconds = (): string => ((performance.now() - started) / 1000).toFixed(1);
  const [killed, other] = await Promise.all([fleet.startWorker(args), fleet.startWorker(args)]);
  const idle = reading(await other.metrics());
  console.log(`${seconds()} s: two workers have started, ${idle.memory} MB`);
  const [ofKilled, ofOther]: [Reading[], Reading[]] = [[], []];
  while (ended(killed) + ended(other) < count / 20) {
    ofKilled.push(reading(await killed.metrics()));
    ofOther.push(reading(await other.metrics()));
    await pause(500);
  }
  const [first, second] = [ofKilled.at(-1)?.executing, ofOther.at(-1)?.executing];
  console.log(`${seconds()} s: killing a worker that executes ${first} runs; the other one executes ${second}`);
  await killed.stop('SIGKILL');
  while ((await unfinished()) > 0) {
    ofOther.push(reading(await other.metrics()));
    await pause(500);
  }
  const runs = await fleet.runs();
  const succeeded = runs.filter(({ status }) => status === 'succeeded').length;
  console.log(`${seconds()} s: ${succeeded} of ${count} succeeded`);
  if (succeeded < count) process.exitCode = 1;
  console.log(`runs taken over: ${other.lines().filter((line) => 'from' in line).length}`);
  console.log(`the killed worker: ${summaryOf(ofKilled)}`);
  console.log(`the other worker: ${summaryOf(ofOther)}`);
  for (const collection of ['datasets', 'models'] as const) {
    const found = await digests(fleet, collection);
    const twice = [...found.values()].filter((times) => times > 1).length;
    console.log(`${collection}: ${found.size} digests, ${twice} of them twice`);
    if (found.size !== count || twice > 0) process.exitCode = 1;
  }
} finally {
  await fleet.close();
  await rm(folder, { recursive: true, force: true });
}

async function unfinished(): Promise<number> {
  const states = [true, false].map((executing) => fleet.journal.places({ queues: fleetQueues, executing }));
  return (await Promise.all(states)).flat().length;
}

function ended(worker: WorkerProcess): number {
  return worker.log().split('"message":"succeeded","').length - 1;
}

interface Reading {
  readonly memory: number;
  readonly executing: number;
  readonly lag: number;
  readonly p99: number;
}

function reading(metrics: string): Reading {
  const read = (name: string): number =>
    Number(
      metrics
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.slice(name.length) ?? Number.NaN,
    );
  return {
    memory: Math.round(read('process_resident_memory_bytes') / 2 ** 20),
    executing: read('speechops_runs_executing'),
    lag: Math.round(read('speechops_event_loop_lag_seconds{quantile="1"}') * 1000),
    p99: Math.round(read('speechops_event_loop_lag_seconds{quantile="0.99"}') * 1000),
  };
}

function summaryOf(readings: readonly Reading[]): string {
  const memory = Math.max(...readings.map((read) => read.memory));
  const lag = Math.max(...readings.map((read) => read.lag));
  const p99 = median(readings.map((read) => read.p99));
  return `at most ${memory} MB; event loop lag p99 ${p99} ms (median over 0.5 s), at most ${lag} ms`;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
