import { once } from 'node:events';
import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { EntityEvents } from '../../fleet/webhooks/entity-events.ts';
import { serviceLimit } from '../../fleet/request-budget.ts';
import { reachDatabase } from '../../store/reach-database.ts';
import { type Io, type Session, UsageError } from '../session.ts';
import { defaultMemoryMegabytes, leastMegabytes } from '../worker/memory-bound.ts';
import { superviseExecutors } from '../worker/supervise-executors.ts';
import { webhookReceiver } from '../worker/webhook-receiver.ts';
import { logLineOf, workerLog } from '../worker/worker-log.ts';
import { serveWorker, type WorkerServer } from '../worker/worker-server.ts';
import { openFleetStore } from '../connect/database.ts';
import { addVariableOptions, allowedVariables, type VariableOptions } from '../pipelines/variables.ts';
import { webhookSecret, webhookUrl } from '../options.ts';

interface Options extends VariableOptions {
  readonly concurrency: number;
  readonly port?: number;
  readonly host: string;
  readonly drain: number;
  readonly log: 'text' | 'json';
  readonly requestsPer10s?: number;
  readonly webhooks?: string;
  readonly memory: number;
  readonly stall: number;
}

/**
 * `speechops worker`: executes the runs that were submitted to a database, beside other workers, until it is stopped. This
 * process only looks after those that execute them, so that a run that ends one of these does not end the worker.
 */
export function workerCommand(session: Session): Command {
  return addVariableOptions(new Command('worker'), 'of the worker that runs and schedules may read; they see no other')
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
    .option(
      '--memory <megabytes>',
      'what the process that executes runs may use before it is ended; two fifths of what there is, at most 4096',
      megabytes,
      defaultMemoryMegabytes(),
    )
    .option('--stall <seconds>', 'how long a run may keep that process busy without a pause', count, 60)
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
  io.outliveReaders?.();
  const store = openFleetStore(io);
  const write = workerLog(io.stderr, options.log);
  const supervisor = superviseExecutors({
    store,
    io,
    settings: {
      isRead: options.port !== undefined,
      concurrency: options.concurrency,
      variables: [...listed],
      ...(options.settings === undefined ? {} : { settingsFile: path.resolve(io.cwd, options.settings) }),
      ...(options.requestsPer10s === undefined ? {} : { requestsPer10s: options.requestsPer10s }),
      ...(callbacks === undefined ? {} : { callbacks }),
    },
    memoryMegabytes: options.memory,
    stallSeconds: options.stall,
    write,
  });
  // First of all, so that a worker whose port is taken takes no runs.
  const server =
    options.port === undefined
      ? undefined
      : await serveWorker(
          { port: options.port, host: options.host },
          {
            isReady: () => supervisor.status()?.isReady === true,
            metrics: async () => await supervisor.metrics(),
            ...(callbacks === undefined
              ? {}
              : {
                  webhooks: webhookReceiver({
                    secret: callbacks.secret,
                    tell: async (id) => await new EntityEvents(store.pool).tell(id),
                    onEvent(event) {
                      supervisor.count(['calledBack', event.outcome]);
                      const line = logLineOf(event);
                      if (line !== undefined) write(line, supervisor.executor());
                    },
                  }),
                }),
          },
        );
  try {
    await reachDatabase(store.pool);
    await supervisor.begin();
  } catch (error) {
    await closeAll(server, store);
    throw error;
  }
  const where = server === undefined ? '' : `, http://${options.host}:${server.port}/metrics`;
  const executor = supervisor.executor();
  write({ level: 'info', message: `${executor} takes runs, ${options.concurrency} at a time${where}` }, executor);
  if (!io.signal.aborted) await once(io.signal, 'abort');
  const { runs = 0, steps = 0 } = supervisor.status() ?? {};
  write({ level: 'info', message: 'takes no more runs', runs, steps }, supervisor.executor());
  await supervisor.leave({ withinSeconds: options.drain });
  await closeAll(server, store);
  write({ level: 'info', message: 'has left; other workers resume what was under way' }, supervisor.executor());
}

async function closeAll(server: WorkerServer | undefined, store: { close(): Promise<void> }): Promise<void> {
  await server?.close();
  await store.close();
}

function callbacksOf(io: Io, options: Options): { readonly url: string; readonly secret: string } | undefined {
  if (options.webhooks === undefined) return undefined;
  const secret = webhookSecret(io);
  if (options.port !== undefined) return { url: options.webhooks, secret };
  throw new UsageError(
    'Name the port that answers callbacks with --port: --webhooks is where it is reached from outside',
  );
}

function wholeNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Allowed is a whole number from 0.');
}

function count(text: string): number {
  const number = wholeNumber(text);
  if (number > 0) return number;
  throw new InvalidArgumentError('Allowed is a whole number from 1.');
}

function megabytes(text: string): number {
  const number = wholeNumber(text);
  if (number >= leastMegabytes) return number;
  throw new InvalidArgumentError(`Allowed is a whole number from ${leastMegabytes}.`);
}
