import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../workflows/time/system-clock.ts';
import type { FleetWorker } from '../../../workflows/fleet/fleet-worker.ts';
import { createInMemoryEngine } from '../engine/in-memory-engine.ts';
import { StepFailure } from '../../../workflows/engine/step-kind.ts';
import { openTelemetry, type Telemetry } from '../../../workflows/telemetry/telemetry.ts';
import { done, endless, interpreter, plan, step, type Behaviour, type Behaviours } from '../engine/run-plan.ts';
import { dataset, ids } from '../speech/answers.ts';
import { clientOf, startScriptedService } from '../speech/scripted-service.ts';
import { startCollector, type Collector } from './collector.ts';

const key = 'a-key-that-nobody-may-print';
let collector: Collector;
let troubles: string[];

beforeEach(async () => {
  collector = await startCollector();
  troubles = [];
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await collector[Symbol.asyncDispose]();
});

function open(): Telemetry {
  return openTelemetry({
    traces: true,
    metrics: true,
    version: '1.2.3',
    env: { SPEECHOPS_KEY: key },
    onTrouble: (message) => troubles.push(message),
  });
}

/** Runs one step of this behaviour, or several, with telemetry that is closed afterwards. */
async function run(behaviours: Behaviours, telemetry = open()): Promise<void> {
  const engine = createInMemoryEngine(telemetry.observe(interpreter(behaviours, { clock: systemClock() })));
  await engine.start('r', plan(...Object.keys(behaviours).map((id) => step(id))));
  await engine.result('r');
  await telemetry.close();
}

function span(name: string) {
  const [found, ...others] = collector.spans().filter((one) => one.name === name);
  expect(others, name).toEqual([]);
  expect(found, name).toBeDefined();
  return found;
}

describe('the trace of a run', () => {
  it('has a root and below it every step, with what was measured', async () => {
    await run({ a: async () => done, b: async () => ({ kind: 'skipped', reason: 'nothing to do' }) });
    const root = span('run p');
    expect(root).toMatchObject({ attributes: { 'speechops.run.id': 'r', 'speechops.run.status': 'succeeded' } });
    expect(root?.parentSpanId).toBeUndefined();
    const inRoot = { traceId: root?.traceId, parentSpanId: root?.spanId };
    expect(span('train a')).toMatchObject({
      ...inRoot,
      attributes: { 'speechops.step.uses': 'train', 'speechops.step.status': 'succeeded', 'speechops.output.wer': 0.2 },
    });
    expect(span('train b')).toMatchObject({ ...inRoot, attributes: { 'speechops.step.status': 'skipped' } });
    expect(collector.spans()).toHaveLength(3);
    expect(collector.text(), 'an output that is a text').not.toContain('speechops.output.model');
  });

  it('is the one of the run, whichever process executes it', async () => {
    const telemetry = open();
    await run({ a: async () => done }, telemetry);
    expect(span('run p')?.traceId).toBe(telemetry.traceId('r'));
    expect(open().traceId('r')).toBe(telemetry.traceId('r'));
    expect(open().traceId('other')).not.toBe(telemetry.traceId('r'));
  });

  it('has the requests of a step below it, without ids, and sends nothing of itself to the service', async () => {
    const throttled = { status: 429, headers: { 'Retry-After': '0' } };
    const found = { body: dataset, headers: { 'apim-request-id': 'b7f1' } };
    await using service = await startScriptedService({ body: { values: [] } }, throttled, found);
    const telemetry = open();
    const { datasets, models } = clientOf(service, { observer: telemetry.requests });
    await models.list();
    const look = async () => {
      await datasets.get(ids.dataset);
      return done;
    };
    await run({ a: look }, telemetry);
    expect(service.requests.map(({ headers }) => 'traceparent' in headers)).toEqual([false, false, false]);
    expect(span('GET /speechtotext/datasets/{id}')).toMatchObject({
      traceId: span('train a')?.traceId,
      parentSpanId: span('train a')?.spanId,
      attributes: {
        'http.response.status_code': 200,
        'speechops.request.attempts': 2,
        'az.service_request_id': 'b7f1',
      },
    });
    expect(collector.spans(), 'no span for a request outside of steps').toHaveLength(3);
    expect(collector.text()).not.toMatch(new RegExp(`${ids.dataset}|the-secret-key`));
  });

  it('tells why a step failed, without secrets', async () => {
    const url = 'https://data.blob.core.windows.net/c/text.txt?sv=2024&sig=c2lnbmF0dXJl';
    await run({
      a: async () => {
        throw new StepFailure(`Cannot fetch ${url} with ${key}`);
      },
    });
    const message = 'Cannot fetch https://data.blob.core.windows.net/c/text.txt?*** with ***';
    expect(span('train a')).toMatchObject({
      status: { code: 2, message },
      events: [{ name: 'exception', attributes: { 'exception.message': message, 'exception.type': 'step' } }],
      attributes: { 'speechops.step.status': 'failed', 'speechops.step.failure': 'step' },
    });
    expect(span('run p')?.status.code).toBe(2);
    expect(collector.text()).not.toMatch(/c2lnbmF0dXJl|a-key-that/);
  });

  it('ends with a run that is cancelled', async () => {
    const telemetry = open();
    const begun = Promise.withResolvers<void>();
    const stay: Behaviour = async (context) => {
      begun.resolve();
      return await endless(context);
    };
    const engine = createInMemoryEngine(telemetry.observe(interpreter({ a: stay }, { clock: systemClock() })));
    await engine.start('r', plan(step('a')));
    await begun.promise;
    await engine.cancel('r');
    await engine.result('r');
    await telemetry.close();
    expect(span('run p')?.attributes['speechops.run.status']).toBe('cancelled');
    expect(span('train a')?.attributes['speechops.step.failure']).toBe('cancelled');
  });

  it('says when a person answered', async () => {
    const telemetry = open();
    const ask: Behaviour = async (context) => {
      await context.decision({ timeoutSeconds: 60, accepts: () => true });
      return done;
    };
    const engine = createInMemoryEngine(telemetry.observe(interpreter({ a: ask }, { clock: systemClock() })));
    await engine.start('r', plan(step('a')));
    const payload = { approved: true, by: 'ada', at: '2026-01-02T03:04:05.000Z' };
    await engine.decide('r', { topic: 'a', payload, key: 'k' });
    await engine.result('r');
    await telemetry.close();
    expect(span('train a')?.events).toEqual([{ name: 'approval', attributes: { 'speechops.approved': true } }]);
    expect(collector.text(), 'who it was').not.toContain('ada');
  });

  it('is left out by the sampler that the environment names, in every process alike', async () => {
    vi.stubEnv('OTEL_TRACES_SAMPLER', 'parentbased_traceidratio');
    vi.stubEnv('OTEL_TRACES_SAMPLER_ARG', '0');
    await run({ a: async () => done });
    expect(collector.spans()).toEqual([]);
  });

  it('is of the service that the environment names', async () => {
    await run({ a: async () => done });
    expect(span('run p')?.resource).toMatchObject({ 'service.name': 'speechops', 'service.version': '1.2.3' });
    vi.stubEnv('OTEL_SERVICE_NAME', 'speech-of-my-company');
    await run({ b: async () => done });
    expect(span('train b')?.resource['service.name']).toBe('speech-of-my-company');
  });
});

describe('metrics', () => {
  it('are the same by OTLP and for Prometheus', async () => {
    await using service = await startScriptedService({ status: 429, headers: { 'Retry-After': '0' } }, 'cut', {
      body: { values: [] },
    });
    const telemetry = open();
    telemetry.watch(idleWorker);
    telemetry.onEvent({ kind: 'taken-over', runId: 'r', from: 'worker:x' });
    telemetry.onEvent({ kind: 'callback', outcome: 'forged', count: 1 });
    const missed = {
      kind: 'schedule-failed',
      pipeline: 'p',
      schedule: 'weekly',
      tick: new Date(0),
      error: new Error('no file'),
    } as const;
    telemetry.onEvent({ ...missed, retryAt: new Date(5000) });
    telemetry.onEvent(missed);
    await clientOf(service, { observer: telemetry.requests }).models.list();
    const engine = createInMemoryEngine(
      telemetry.observe(interpreter({ a: async () => done, b: endless }, { clock: systemClock() })),
    );
    await engine.start('r', plan(step('a'), step('b', { timeoutSeconds: 1 })));
    await engine.result('r');
    const text = await telemetry.prometheusText();
    await telemetry.close();

    const read = samplesOf(text);
    const sent = collector.metrics();
    const changing = /^(process_resident_memory|speechops_event_loop_lag)/;
    const steady = [...sent.keys()].filter((name) => !changing.test(name));
    expect(Object.fromEntries(steady.map((name) => [name, read.get(name)]))).toEqual(
      Object.fromEntries(steady.map((name) => [name, sent.get(name)])),
    );
    expect(Object.fromEntries(read)).toMatchObject({
      'speechops_runs_ended_total{status="failed"}': 1,
      speechops_runs_taken_over_total: 1,
      'speechops_callbacks_total{outcome="forged"}': 1,
      'speechops_schedule_ticks_total{outcome="failed"}': 1,
      'speechops_schedule_ticks_total{outcome="given-up"}': 1,
      'speechops_steps_ended_total{uses="train",status="succeeded"}': 1,
      'speechops_step_duration_seconds_bucket{uses="train",status="failed",le="5"}': 1,
      'speechops_speech_request_duration_seconds_count{operation="GET /speechtotext/models",status="4xx"}': 1,
      'speechops_speech_request_duration_seconds_count{operation="GET /speechtotext/models",status="none"}': 1,
      speechops_speech_retries_total: 2,
      speechops_speech_throttled_total: 1,
      speechops_worker_ready: 1,
      'speechops_runs_waiting{format="journal-1"}': 7,
      speechops_request_wait_seconds_total: 1.5,
      'speechops_worker_info{executor="worker:idle",version="1.2.3"}': 1,
    });
  });

  it('are read while the database does not answer', async () => {
    const telemetry = open();
    telemetry.watch({ ...idleWorker, waitingRuns: async () => await Promise.reject(new Error('away')) });
    const text = await telemetry.prometheusText();
    expect(text).toMatch(/^speechops_worker_ready 1$/m);
    expect(text).not.toMatch(/^speechops_runs_waiting[ {]/m);
    await telemetry.close();
  });
});

describe('a collector that is not there', () => {
  it('is told of once for each signal, without secrets', async () => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://user:${key}@127.0.0.1:1`);
    vi.stubEnv('OTEL_EXPORTER_OTLP_TIMEOUT', '500');
    await run({ a: async () => done });
    expect(troubles.toSorted()).toEqual([
      expect.stringMatching(/^Cannot export metrics: .*ECONNREFUSED/),
      expect.stringMatching(/^Cannot export traces: .*ECONNREFUSED/),
    ]);
    expect(troubles.join()).not.toContain(key);
  });
});

const idleWorker: FleetWorker = {
  executor: 'worker:idle',
  status: () => ({ runs: 0, steps: 0, isReady: true, requestWaitSeconds: 1.5 }),
  waitingRuns: async () => ({ 'journal-1': 7 }),
  leave: async () => undefined,
};

/** Of the Prometheus text format: what stands before the value, and the value. */
function samplesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}
