import { startWorker } from '../../fleet/fleet-worker.ts';
import type { WorkerEvent } from '../../fleet/worker-events.ts';
import type { WorkerConnection } from '../../fleet/worker-runs.ts';
import { FleetWebhooks } from '../../fleet/webhooks/fleet-webhooks.ts';
import { serviceLimit } from '../../fleet/request-budget.ts';
import { isLoopback } from '../../document/base-url.ts';
import type { PipelineStep } from '../../language/pipeline.ts';
import type { Plan } from '../../plan/plan.ts';
import { resourceOf } from '../../plan/resources.ts';
import { stepKinds } from '../../steps/registry.ts';
import type { RequestObserver } from '../../speech/request-observer.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { type Io, UsageError } from '../session.ts';
import { masked } from '../masked-io.ts';
import { systemClock } from '../../time/system-clock.ts';
import type {
  ExecutorChannel,
  ExecutorSettings,
  ExecutorStatus,
  LastMessage,
  ToExecutor,
} from './executor-messages.ts';
import { logLineOf, type LogLine } from './worker-log.ts';
import { connect } from '../connect/connection.ts';
import { openFleetStore } from '../connect/database.ts';
import { openTelemetry } from '../runs/open-telemetry.ts';
import { planScheduled } from '../pipelines/plan-scheduled.ts';
import { secretsOf } from '../pipelines/variables.ts';

/**
 * Executes runs of the fleet in this process until the supervisor tells it to leave, and returns the last message. `onStatus`
 * gets a function that reads the present status.
 */
export async function executeFleetRuns(
  channel: ExecutorChannel,
  { onStatus }: { readonly onStatus: (read: () => ExecutorStatus) => void },
): Promise<LastMessage> {
  const begun = Promise.withResolvers<ExecutorSettings>();
  const leaving = Promise.withResolvers<number>();
  const stop = new AbortController();
  let serve: ((message: ToExecutor) => void) | undefined;
  channel.listen((message) => {
    if (message.kind === 'begin') begun.resolve(message.settings);
    else if (message.kind !== 'leave') serve?.(message);
    else {
      stop.abort(new Error('The worker leaves'));
      leaving.resolve(message.withinSeconds);
    }
  });
  const settings = await begun.promise;
  const { stderr, env } = process;
  const io = masked({ stdout: stderr, stderr, env, cwd: process.cwd(), signal: stop.signal });
  try {
    const opened = await open(channel, { settings, io });
    onStatus(opened.status);
    serve = opened.serve;
    channel.tell({ kind: 'ready' });
    await opened.leave(await leaving.promise);
    return { kind: 'left' };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'refused', message, isUsage: error instanceof UsageError };
  }
}

interface Opened {
  status(): ExecutorStatus;
  serve(message: ToExecutor): void;
  leave(withinSeconds: number): Promise<void>;
}

async function open(
  channel: ExecutorChannel,
  { settings, io }: { readonly settings: ExecutorSettings; readonly io: Io },
): Promise<Opened> {
  const { isForSuspects, callbacks } = settings;
  const store = openFleetStore(io);
  const { mask = (text: string): string => text } = io.secretMask ?? {};
  const log = (line: LogLine): void => channel.tell({ kind: 'log', line: { ...line, message: mask(line.message) } });
  store.room.follow((message) => log({ level: 'warn', message }));
  const listed = new Set(settings.variables);
  const telemetry = await openTelemetry(io, {
    isRead: settings.isRead,
    onTrouble: (message) => log({ level: 'warn', message }),
    // The executor that executes most of the runs counts for the whole worker.
    ...(isForSuspects ? { countElsewhere: (count) => channel.tell({ kind: 'count', count }) } : {}),
  });
  const onEvent = (event: WorkerEvent): void => {
    tellWhatIsInside(event, channel);
    telemetry?.onEvent(event);
    const line = logLineOf(event);
    if (line !== undefined) log(withTraceId(line, telemetry));
  };
  const webhooks = callbacks === undefined ? undefined : new FleetWebhooks(store.pool, { ...callbacks, onEvent });
  const worker = await startWorker({
    store,
    executor: settings.executor,
    isForSuspects,
    kinds: stepKinds,
    concurrency: settings.concurrency,
    connect: (plan, admission) =>
      connectAs(plan, { io, settings, listed, observer: { ...telemetry?.requests, ...admission } }),
    observe: telemetry?.observe,
    onEvent,
    ...(webhooks === undefined ? {} : { webhooks }),
    plan: (schedule, { signal }) => {
      const stderr = { write: (text: string) => log({ level: 'warn', message: text.trim() }) };
      return planScheduled(schedule, { io: { ...io, signal, stderr }, listed, settingsFile: settings.settingsFile });
    },
    clock: systemClock(),
  });
  let memoryBeside = 0;
  telemetry?.watch(worker, { memoryBeside: () => memoryBeside });
  webhooks?.begin();
  return {
    status: () => worker.status(),
    serve(message) {
      if (message.kind === 'count') telemetry?.count(message.count);
      if (message.kind !== 'read-metrics' || telemetry === undefined) return;
      const { number } = message;
      memoryBeside = message.memoryBeside;
      telemetry.prometheusText().then(
        (text) => channel.tell({ kind: 'metrics', number, text }),
        () => channel.tell({ kind: 'metrics', number, text: undefined }),
      );
    },
    async leave(withinSeconds) {
      await worker.leave({ withinSeconds });
      await webhooks?.close();
      await store.close();
      await telemetry?.close();
    },
  };
}

/** Tells the supervisor which runs and steps are under way, in case this process dies. */
function tellWhatIsInside(event: WorkerEvent, { tell }: ExecutorChannel): void {
  if (event.kind === 'activity') tell({ kind: 'step', step: event.step, activity: event.activity });
  if (event.kind === 'run-started') tell({ kind: 'run', runId: event.runId, isInside: true });
  if (event.kind === 'run-ended' || event.kind === 'run-left')
    tell({ kind: 'run', runId: event.runId, isInside: false });
}

/** Adds the trace of its run to a line. */
function withTraceId(line: LogLine, telemetry: Telemetry | undefined): LogLine {
  const traceId = line.run === undefined ? undefined : telemetry?.traceId(line.run);
  return traceId === undefined ? line : { ...line, trace_id: traceId };
}

/** Connects to the Speech resources that the plan names, not to that of the environment of the worker. */
async function connectAs(
  plan: Plan,
  of: {
    readonly io: Io;
    readonly settings: ExecutorSettings;
    readonly listed: ReadonlySet<string>;
    readonly observer: RequestObserver;
  },
): Promise<(step: Pick<PipelineStep, 'resource'>) => WorkerConnection> {
  const { io, settings, listed, observer } = of;
  const { pipeline, folder, target } = plan;
  if (target === 'embedded-emulator') {
    throw new UsageError('Submit the run to a Speech resource: the embedded emulator belongs to one process');
  }
  const secrets = secretsOf(pipeline, { io, mayRead: (name) => listed.has(name) });
  // When the pipeline itself names a resource, the endpoint of the worker only tells to which resource its key belongs.
  const env = pipeline.resource !== undefined ? io.env : { ...io.env, SPEECHOPS_ENDPOINT: target.endpoint };
  const connection = await connect(
    { ...io, env },
    {
      emulator: false,
      endpoint: target.endpoint,
      pipeline,
      folder,
      knownAudio: [],
      observer,
    },
  );
  return (step) => {
    const url = new URL(resourceOf(step, plan));
    const requests = settings.requestsPer10s ?? (isLoopback(url) ? undefined : serviceLimit.requests);
    return {
      ports: connection.portsOf(step),
      ownership: connection.ownership,
      resource: url.origin,
      pollMilliseconds: isLoopback(url) ? localPollMilliseconds : pollMilliseconds,
      ...(secrets === undefined ? {} : { secrets }),
      ...(requests === undefined ? {} : { limit: { requests, seconds: serviceLimit.seconds } }),
    };
  };
}

const pollMilliseconds = 2000;
/** A service on this machine works faster than a shared one. */
const localPollMilliseconds = 250;
