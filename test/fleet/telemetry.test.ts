import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startCollector, type Collector } from '../workflows/telemetry/collector.ts';
import { openFleet, planOf, testDatabaseUrl, textPlan, type Fleet, type WorkerProcess } from './fleet.ts';
import { until } from '../until.ts';

describe.skipIf(testDatabaseUrl === '')('the telemetry of workers', () => {
  let folder = '';
  let fleet: Fleet;
  let collector: Collector;

  beforeEach(async () => {
    collector = await startCollector();
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url);
    folder = await mkdtemp(path.join(tmpdir(), 'speechops-fleet-'));
    fleet = await openFleet({ speed: 600 });
  });
  afterEach(async () => {
    await fleet.close();
    await rm(folder, { recursive: true, force: true });
    await collector[Symbol.asyncDispose]();
    vi.unstubAllEnvs();
  });

  it('makes one trace of a run that is taken over, which the log leads to', { timeout: 300_000 }, async () => {
    const { folder: own } = await textPlan(folder, { name: 'words', target: { endpoint: fleet.emulators[0].url } });
    await fleet.journal.enqueue(
      'moved',
      planOf(pipeline, { folder: own, target: { endpoint: fleet.emulators[0].url } }),
    );
    const killed = await fleet.startWorker();
    await until(() => collector.spans().some(({ name }) => name === 'upload text') && waits(killed), 50);
    await killed.stop('SIGKILL');
    const other = await fleet.startWorker();
    await fleet.journal.decide('moved', 'ok', { approved: true, by: 'ann', at: '2026-01-01T00:00:00Z' });
    await fleet.runs();
    expect(await other.stop('SIGTERM')).toBe(0);

    const spans = collector.spans().filter(({ name }) => !/^(GET|POST|PUT) /.test(name));
    expect(spans.map(({ name }) => name).toSorted()).toEqual(['approve ok', 'resumed', 'run moved', 'upload text']);
    const root = spans.find(({ name }) => name === 'run moved');
    expect(root?.parentSpanId).toBeUndefined();
    expect(spans.filter(({ parentSpanId }) => parentSpanId === root?.spanId)).toHaveLength(3);
    const ofRun = [...killed.lines(), ...other.lines()].filter((line) => line['run'] === 'moved');
    expect(ofRun.length).toBeGreaterThan(4);
    expect(new Set(ofRun.map((line) => line['trace_id']))).toEqual(new Set([root?.traceId]));
    expect(new Set(collector.spans().map(({ traceId }) => traceId))).toEqual(new Set([root?.traceId]));
    expect(collector.text()).not.toContain(fleet.emulators[0].key);
  });

  it('ends the trace of a run that is cancelled', async () => {
    const { folder: own } = await textPlan(folder, { name: 'words', target: { endpoint: fleet.emulators[0].url } });
    await fleet.journal.enqueue(
      'moved',
      planOf(pipeline, { folder: own, target: { endpoint: fleet.emulators[0].url } }),
    );
    const worker = await fleet.startWorker();
    await until(() => waits(worker), 50);
    await fleet.journal.cancel('moved');
    const root = () => collector.spans().find(({ name }) => name === 'run moved');
    await until(() => root() !== undefined, 50);
    expect(root()?.attributes['speechops.run.status']).toBe('cancelled');
  });

  it('sends the metrics that can be read, when it leaves at the latest', async () => {
    const worker = await fleet.startWorker();
    const target = { endpoint: fleet.emulators[0].url };
    await fleet.journal.enqueue('measured', await textPlan(folder, { name: 'measured', target }));
    await fleet.runs();
    await until(() => worker.lines().some(({ status, step }) => status === 'succeeded' && step === undefined), 50);
    const text = await worker.metrics();
    expect(await worker.stop('SIGTERM')).toBe(0);
    const sent = collector.metrics();
    for (const name of [
      'speechops_runs_ended_total{status="succeeded"}',
      'speechops_steps_ended_total{uses="upload",status="succeeded"}',
      'speechops_step_duration_seconds_count{uses="train",status="succeeded"}',
      'speechops_speech_request_duration_seconds_count{operation="POST /speechtotext/models",status="2xx"}',
    ]) {
      expect(sent.get(name), name).toBe(1);
      expect(text).toContain(`\n${name} 1\n`);
    }
  });
});

const pipeline = `name: moved
locale: en-US
steps:
  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }
  - { id: ok, uses: approve, needs: [text], with: { message: 'Go on?' } }
`;

function waits(worker: WorkerProcess): boolean {
  return worker.lines().some((line) => line['step'] === 'ok' && line['message'] === 'started');
}
