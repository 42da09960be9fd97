import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  type Resource,
} from '@opentelemetry/resources';
import {
  type IMetricReader,
  MeterProvider,
  MetricReader,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { FleetWorker } from '../fleet/fleet-worker.ts';
import type { WorkerEvent } from '../fleet/worker-events.ts';
import { createRedactor } from '../speech/redaction.ts';
import { DerivedIds, traceIdOf } from './_derived-ids.ts';
import { applyCount, type Count, createInstruments, instrumentsElsewhere } from './_instruments.ts';
import { observeRuns, type RunObserver } from './_observe-runs.ts';
import { observeWorker } from './_worker-instruments.ts';

export type { Count } from './_instruments.ts';

export interface TelemetryOptions {
  /** What is exported by OTLP. */
  readonly traces: boolean;
  readonly metrics: boolean;
  /** Of SpeechOps. */
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes what would be counted here, where another process counts for this one. No metrics are exported then. */
  readonly countElsewhere?: (count: Count) => void;
  /** Is told once for each signal that it cannot be exported. */
  readonly onTrouble: (message: string) => void;
}

/** Traces and metrics of the runs that this process executes. Nothing of it ever fails or holds up a run. */
export interface Telemetry extends RunObserver {
  /** What a worker tells and no run does. */
  onEvent(event: WorkerEvent): void;
  /** Counts for another process. */
  count(count: Count): void;
  /** From now on the metrics say how the worker is. `memoryBeside`: bytes that its other processes use. @default none */
  watch(worker: FleetWorker, options?: { readonly memoryBeside?: () => number }): void;
  /** The id of the run's trace; undefined when no traces are exported. */
  traceId(runId: string): string | undefined;
  /** The metrics in the Prometheus text format, version 0.0.4. */
  prometheusText(): Promise<string>;
  /** Exports what is left, for at most two seconds. */
  close(): Promise<void>;
}

/** Starts the OpenTelemetry SDK, which reads the settings of exporters, sampler and resource from the environment of the process. */
export function openTelemetry(options: TelemetryOptions): Telemetry {
  const { version, env } = options;
  const { redact, learn } = createRedactor();
  learn(env['SPEECHOPS_KEY'] ?? '');
  const notice = troubleNotices((message) => options.onTrouble(redact(message)));
  const resource = resourceOf(version);
  const ids = new DerivedIds();
  const spans = options.traces ? [spanProcessor({ env, notice })] : [];
  const tracers = new BasicTracerProvider({ resource, idGenerator: ids, spanProcessors: spans });
  const pulled = new PulledMetrics();
  const { countElsewhere } = options;
  const isMetered = options.metrics && countElsewhere === undefined;
  const readers: IMetricReader[] = isMetered ? [pulled, metricReader({ env, notice })] : [pulled];
  const meters = new MeterProvider({ resource, readers });
  const meter = meters.getMeter('speechops', version);
  const instruments = countElsewhere === undefined ? createInstruments(meter) : instrumentsElsewhere(countElsewhere);
  const tracer = tracers.getTracer('speechops', version);
  const runs = observeRuns({ instruments, tracing: options.traces ? { tracer, ids, redact } : undefined });
  return {
    ...runs,
    onEvent(event) {
      if (event.kind === 'taken-over') instruments.runTakenOver();
      if (event.kind === 'set-aside') instruments.runSetAside();
      if (event.kind === 'callback') instruments.calledBack(event.outcome);
      if (event.kind === 'schedule-fired') instruments.scheduleTicked('fired');
      if (event.kind === 'schedule-failed')
        instruments.scheduleTicked(event.retryAt === undefined ? 'given-up' : 'failed');
    },
    count: (count) => applyCount(instruments, count),
    watch: (worker, { memoryBeside = () => 0 } = {}) => observeWorker(meter, { worker, version, memoryBeside }),
    traceId: (runId) => (options.traces ? traceIdOf(runId) : undefined),
    async prometheusText() {
      const { resourceMetrics } = await pulled.collect();
      return new PrometheusSerializer('', false, undefined, true, true).serialize(resourceMetrics);
    },
    async close() {
      const flushed = Promise.allSettled([tracers.shutdown(), meters.shutdown()]);
      const late = setTimeout(flushMilliseconds, 'late' as const, { ref: false });
      if ((await Promise.race([flushed, late])) === 'late')
        options.onTrouble(
          `Cannot export everything: the collector did not answer within ${flushMilliseconds / 1000} s`,
        );
    },
  };
}

const flushMilliseconds = 2000;

/** OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES count before what is said here. */
function resourceOf(version: string): Resource {
  const own = resourceFromAttributes({
    'service.name': 'speechops',
    'service.version': version,
    'service.instance.id': `${hostname()}:${process.pid}`,
  });
  return defaultResource()
    .merge(own)
    .merge(detectResources({ detectors: [envDetector] }));
}

interface Exporting {
  readonly env: TelemetryOptions['env'];
  readonly notice: TroubleNotices;
}

/** Keeps at most 2048 spans that wait to be exported, and drops what is more. */
function spanProcessor({ env, notice }: Exporting): BatchSpanProcessor {
  const exporter = notice('traces', new OTLPTraceExporter());
  // A process that is killed takes unsent spans with it, and a run has too few for big batches.
  const soon = env['OTEL_BSP_SCHEDULE_DELAY'] === undefined ? { scheduledDelayMillis: 1000 } : {};
  return new BatchSpanProcessor(exporter, soon);
}

function metricReader({ env, notice }: Exporting): PeriodicExportingMetricReader {
  const interval = Number(env['OTEL_METRIC_EXPORT_INTERVAL'] ?? '');
  return new PeriodicExportingMetricReader({
    exporter: notice('metrics', new OTLPMetricExporter()),
    ...(interval > 0 ? { exportIntervalMillis: interval } : {}),
  });
}

/** Metrics that are read when somebody asks. */
class PulledMetrics extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

type TroubleNotices = <Exporter extends AnyExporter>(what: string, exporter: Exporter) => Exporter;

interface AnyExporter {
  export(items: never, done: (result: { readonly code: number; readonly error?: Error }) => void): void;
}

/** Has the first failure of each exporter told: the SDK itself keeps silent. */
function troubleNotices(tell: (message: string) => void): TroubleNotices {
  return (what, exporter) => {
    const send = exporter.export.bind(exporter);
    let isTold = false;
    exporter.export = (items, done) =>
      send(items, (result) => {
        if (result.code !== 0 && !isTold) {
          isTold = true;
          tell(`Cannot export ${what}: ${result.error?.message ?? 'the collector did not take them'}`);
        }
        done(result);
      });
    return exporter;
  };
}
