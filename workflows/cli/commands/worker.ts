import { once } from 'node:events';
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  startWorker,
  type FleetWorker,
  type WorkerConnection,
  type WorkerEvent,
} from '../../engine/fleet/fleet-worker.ts';
import { FleetWebhooks } from '../../engine/fleet/fleet-webhooks.ts';
import { serviceLimit } from '../../engine/fleet/request-budget.ts';
import { isLoopback } from '../../language/base-url.ts';
import type { PipelineStep } from '../../language/pipeline.ts';
import type { Plan } from '../../plan/plan.ts';
import { resourceOf } from '../../plan/resources.ts';
import { stepKinds } from '../../steps/registry.ts';
import type { RequestObserver } from '../../speech/request-observer.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { type Io, type Session, UsageError } from '../session.ts';
import { systemClock } from '../system-clock.ts';
import { connect } from './_connection.ts';
import { openFleetStore } from './_fleet-store.ts';
import { openTelemetry } from './_open-telemetry.ts';
import { planScheduled } from './_plan-scheduled.ts';
import { addVariableOptions, allowedVariables, secretsOf, type VariableOptions } from './_variables.ts';
import { webhookSecret, webhookUrl } from './_webhook-options.ts';
import { webhookReceiver } from './_webhook-receiver.ts';
import { logLineOf, workerLog, type LogLine } from './_worker-log.ts';
import { serveWorker } from './_worker-server.ts';

interface Options extends VariableOptions {
  readonly concurrency: number;
  readonly port?: number;
  readonly host: string;
  readonly drain: number;
  readonly log: 'text' | 'json';
  readonly requestsPer10s?: number;
  readonly webhooks?: string;
}

/** `speechops worker`: executes the runs that were submitted to a database, beside other workers, until it is stopped. */
export function workerCommand(session: Session): Command {
  return addVariableOptions(new Command('worker'), 'of the worker that runs and schedules may read; they see no other')
    .description('Execute submitted runs, beside any number of other workers on the same PostgreSQL.')
    .option(
      '--concurrency <runs>',
      'runs of each queue at a time; the worker that starts last says it for all',
      count,
      100,
    )
    .option('--port <number>', 'answer /healthz, /readyz and /metrics on this port; 0 takes any free one', wholeNumber)
    .option('--host <address>', 'address of that port', '127.0.0.1')
    .option(
      '--drain <seconds>',
      'how long steps may go on after SIGTERM before they are left to others',
      wholeNumber,
      30,
    )
    .addOption(new Option('--log <format>', 'form of the log on stderr').choices(['text', 'json']).default('text'))
    .option(
      '--requests-per-10s <number>',
      `what all workers together may ask of one Speech resource (default ${serviceLimit.requests}, no limit for one on this machine)`,
      count,
    )
    .option(
      '--webhooks <url>',
      'where Speech resources reach /webhooks of --port: steps are woken in place of polling (SPEECHOPS_WEBHOOK_SECRET)',
      webhookUrl,
    )
    .addHelpText(
      'after',
      '\nExample: SPEECHOPS_DATABASE_URL=postgresql://speechops@db/speechops speechops worker --port 9464 --log json',
    )
    .action(async (options: Options) => await work(session, options));
}

async function work({ io }: Session, options: Options): Promise<void> {
  const listed = await allowedVariables(options, { io, files: [] });
  const callbacks = callbacksOf(io, options);
  io.goOnWithoutReaders?.();
  const store = openFleetStore(io);
  const log = { write: workerLog(io.stderr, { format: options.log, worker: '' }) };
  store.room.follow((message) => log.write({ level: 'warn', message }));
  const telemetry = await openTelemetry(io, {
    isRead: options.port !== undefined,
    onTrouble: (message) => log.write({ level: 'warn', message }),
  });
  const onEvent = (event: WorkerEvent): void => {
    telemetry?.onEvent(event);
    const line = logLineOf(event);
    if (line !== undefined) log.write(withTraceId(line, telemetry));
  };
  const webhooks = callbacks === undefined ? undefined : new FleetWebhooks(store.pool, { ...callbacks, onEvent });
  let started: FleetWorker | undefined;
  // First of all, so that a worker whose port is taken takes no runs.
  const server =
    options.port === undefined || telemetry === undefined
      ? undefined
      : await serveWorker(
          { port: options.port, host: options.host },
          {
            isReady: () => started?.status().isReady === true,
            metrics: () => telemetry.prometheusText(),
            ...(webhooks === undefined || callbacks === undefined
              ? {}
              : { webhooks: webhookReceiver({ ...callbacks, tell: (id) => webhooks.tell(id), onEvent }) }),
          },
        );
  const worker = await startWorker({
    store,
    kinds: stepKinds,
    concurrency: options.concurrency,
    connect: (plan, admission) =>
      connectAs(plan, { io, options, listed, observer: { ...telemetry?.requests, ...admission } }),
    observe: telemetry?.observe,
    onEvent,
    ...(webhooks === undefined ? {} : { webhooks }),
    plan: (schedule, { signal }) => {
      const stderr = { write: (text: string) => log.write({ level: 'warn', message: text.trim() }) };
      return planScheduled(schedule, { io: { ...io, signal, stderr }, listed });
    },
    clock: io.clock ?? systemClock(),
  }).catch(async (error: unknown) => {
    await server?.close();
    throw error;
  });
  started = worker;
  telemetry?.watch(worker);
  log.write = workerLog(io.stderr, { format: options.log, worker: worker.executor });
  webhooks?.begin();
  const where = server === undefined ? '' : `, http://${options.host}:${server.port}/metrics`;
  log.write({ level: 'info', message: `${worker.executor} takes runs, ${options.concurrency} at a time${where}` });
  if (!io.signal.aborted) await once(io.signal, 'abort');
  const { runs, steps } = worker.status();
  log.write({ level: 'info', message: 'takes no more runs', runs, steps });
  await worker.leave({ withinSeconds: options.drain });
  await server?.close();
  await webhooks?.close();
  await store.close();
  await telemetry?.close();
  log.write({ level: 'info', message: 'has left; other workers go on with what was under way' });
}

function callbacksOf(io: Io, options: Options): { readonly url: string; readonly secret: string } | undefined {
  if (options.webhooks === undefined) return undefined;
  const secret = webhookSecret(io);
  if (options.port !== undefined) return { url: options.webhooks, secret };
  throw new UsageError(
    'Name the port that answers callbacks with --port: --webhooks is where it is reached from outside',
  );
}

/** Lines of a run lead to its trace. */
function withTraceId(line: LogLine, telemetry: Telemetry | undefined): LogLine {
  const traceId = line.run === undefined ? undefined : telemetry?.traceId(line.run);
  return traceId === undefined ? line : { ...line, trace_id: traceId };
}

/** A worker works for whatever Speech resources the plan names, not for the one of its environment. */
async function connectAs(
  plan: Plan,
  of: {
    readonly io: Io;
    readonly options: Options;
    readonly listed: ReadonlySet<string>;
    readonly observer: RequestObserver;
  },
): Promise<(step: Pick<PipelineStep, 'resource'>) => WorkerConnection> {
  const { io, options, listed, observer } = of;
  const { pipeline, folder, target } = plan;
  if (target === 'embedded-emulator') {
    throw new UsageError('Submit the run to a Speech resource: the embedded emulator belongs to one process');
  }
  const secrets = secretsOf(pipeline, { io, mayRead: (name) => listed.has(name) });
  // Of its own endpoint a worker only wants to know to whom its key belongs, when the pipeline itself names a resource.
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
    const requests = options.requestsPer10s ?? (isLoopback(url) ? undefined : serviceLimit.requests);
    return {
      ports: connection.portsOf(step),
      changes: connection.changes,
      resource: url.origin,
      pollMilliseconds: isLoopback(url) ? localPollMilliseconds : pollMilliseconds,
      ...(secrets === undefined ? {} : { secrets }),
      ...(requests === undefined ? {} : { limit: { requests, seconds: serviceLimit.seconds } }),
    };
  };
}

const pollMilliseconds = 2000;
/** A service on this machine moves faster than one that many share. */
const localPollMilliseconds = 250;

function wholeNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Allowed is a whole number from 0.');
}

function count(text: string): number {
  const number = wholeNumber(text);
  if (number > 0) return number;
  throw new InvalidArgumentError('Allowed is a whole number from 1.');
}
