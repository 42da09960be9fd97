import type { Store } from '../../store/embedded-store.ts';
import { keeperOf, newExecutor } from '../../durable/executor-name.ts';
import { LivenessLock } from '../../store/liveness-lock.ts';
import { every } from '../../time/every.ts';
import { sleepInBackground } from '../../time/sleep.ts';
import { type Suspect, Suspects } from '../../durable/suspects.ts';
import { journalFormat } from '../../durable/journal-format.ts';
import { RunLog } from '../../store/run-log.ts';
import { prepareTables } from '../../store/tables.ts';
import type { Count } from '../../telemetry/telemetry.ts';
import { type Io, UsageError } from '../session.ts';
import type { ExecutorSettings, ExecutorStatus } from './executor-messages.ts';
import { type ExecutorEnding, type ExecutorProcess, startExecutor } from './executor-process.ts';
import type { WriteLog } from './worker-log.ts';

export interface SupervisorOptions {
  readonly store: Store;
  readonly io: Pick<Io, 'cwd' | 'env'>;
  readonly settings: Omit<ExecutorSettings, 'executor' | 'isForSuspects'>;
  /** The memory of each executor. */
  readonly memoryMegabytes: number;
  readonly stallSeconds: number;
  readonly write: WriteLog;
}

/** Starts and watches the executors of a worker. */
export interface Supervisor {
  /** Starts the first executor; resolves when it takes runs, rejects when it cannot. */
  begin(): Promise<void>;
  /** The name of the executor that executes runs side by side, also after it has ended. */
  executor(): string;
  /** The status of that executor; undefined when it does not tell now. */
  status(): ExecutorStatus | undefined;
  /** The metrics of the worker in the Prometheus text format; rejects when they cannot be read now. */
  metrics(): Promise<string>;
  count(count: Count): void;
  /** Ends all executors in good order. */
  leave(options: { readonly withinSeconds: number }): Promise<void>;
}

/**
 * Supervises the executors of a worker: one for all runs, started anew when a run has ended it, and one for suspects while there
 * are any. When a run has ended an executor, the runs of the executor are recorded as suspects before other workers take them
 * over.
 */
export function superviseExecutors(options: SupervisorOptions): Supervisor {
  const supervision: Supervision = {
    options,
    suspects: new Suspects(options.store.pool),
    leaving: new AbortController(),
    processes: new Set(),
    ends: { memory: 0, stall: 0, crash: 0 },
    shared: undefined,
    lastExecutor: '',
    drainSeconds: 0,
  };
  let loops: Promise<unknown> = Promise.resolve();
  return {
    async begin() {
      await prepareTables(options.store);
      const ready = Promise.withResolvers<void>();
      loops = Promise.all([executeRuns(supervision, ready), executeSuspects(supervision, ready.promise)]);
      loops.catch(ready.reject);
      await ready.promise;
    },
    executor: () => supervision.lastExecutor,
    status: () => supervision.shared?.status(),
    async metrics() {
      const { shared, processes } = supervision;
      if (shared === undefined) throw new Error('No process executes runs now');
      const others = [...processes].filter((each) => each !== shared).map((each) => each.memory());
      return await shared.metrics(others.reduce((sum, bytes) => sum + bytes, process.memoryUsage.rss()));
    },
    count: (count) => supervision.shared?.count(count),
    async leave({ withinSeconds }) {
      supervision.drainSeconds = withinSeconds;
      supervision.leaving.abort(new Error('The worker leaves'));
      for (const each of supervision.processes) each.leave(withinSeconds);
      await loops;
    },
  };
}

interface Supervision {
  readonly options: SupervisorOptions;
  readonly suspects: Suspects;
  readonly leaving: AbortController;
  readonly processes: Set<ExecutorProcess>;
  /** How many executors have ended in the middle of their runs. */
  readonly ends: Record<Cut['cause'], number>;
  /** The executor that executes runs side by side, while it takes runs. */
  shared: ExecutorProcess | undefined;
  lastExecutor: string;
  drainSeconds: number;
}

type Cut = Extract<ExecutorEnding, { kind: 'cut' }>;

async function executeRuns(supervision: Supervision, ready: PromiseWithResolvers<void>): Promise<void> {
  const { leaving, ends } = supervision;
  let isFirst = true;
  const onReady = (executor: ExecutorProcess): void => {
    isFirst = false;
    supervision.shared = executor;
    supervision.lastExecutor = executor.executor;
    for (const cause of causes) executor.count(['executorEnded', cause, ends[cause]]);
    ready.resolve();
  };
  let pause = 0;
  while (!leaving.signal.aborted) {
    const began = performance.now();
    try {
      const ending = await execute(supervision, { isForSuspects: false, onReady });
      if (ending.kind === 'refused') throw errorOf(ending);
    } catch (error) {
      if (isFirst) throw error;
      tell(supervision, `Cannot execute runs now: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      supervision.shared = undefined;
    }
    pause = performance.now() - began > longPauseMilliseconds ? 0 : Math.min(2 * pause + 1000, longPauseMilliseconds);
    await sleepInBackground(pause, leaving.signal).catch(() => undefined);
  }
}

const causes = ['memory', 'stall', 'crash'] as const;

function errorOf({ message, isUsage }: Extract<ExecutorEnding, { kind: 'refused' }>): Error {
  return isUsage ? new UsageError(message) : new Error(message);
}

/** Keeps an executor for suspects while there are any. */
async function executeSuspects(supervision: Supervision, ready: Promise<void>): Promise<void> {
  const { leaving, suspects } = supervision;
  await ready;
  const look = async (): Promise<void> => {
    try {
      if (!(await suspects.areThereFor(undefined, { format: journalFormat }))) return;
      const idle = new AbortController();
      const onReady = (executor: ExecutorProcess): void =>
        void leaveWhenIdle(executor, { supervision, until: idle.signal });
      await execute(supervision, { isForSuspects: true, onReady }).finally(() => idle.abort());
    } catch {
      // The search for dead workers tells when the database does not answer.
    }
  };
  // Workers look at different moments, so that not all of them start an executor for one run.
  await every(lookMilliseconds, look, { signal: leaving.signal, firstLook: 'after a pause', spread: 0.5 });
}

async function leaveWhenIdle(
  executor: ExecutorProcess,
  of: { readonly supervision: Supervision; readonly until: AbortSignal },
): Promise<void> {
  const { suspects } = of.supervision;
  let idleLooks = 0;
  while (idleLooks < mostIdleLooks && !of.until.aborted) {
    await sleepInBackground(lookMilliseconds, of.until).catch(() => undefined);
    const areThere = await suspects.areThereFor(executor.executor, { format: journalFormat }).catch(() => true);
    idleLooks = areThere ? 0 : idleLooks + 1;
  }
  executor.leave(0);
}

/** Starts an executor and waits for its end. When a run has ended it, records the suspects. */
async function execute(
  supervision: Supervision,
  how: { readonly isForSuspects: boolean; readonly onReady: (executor: ExecutorProcess) => void },
): Promise<ExecutorEnding> {
  const { options, processes, leaving } = supervision;
  const { isForSuspects, onReady } = how;
  const { store, io, settings, memoryMegabytes, stallSeconds, write } = options;
  const name = newExecutor();
  const keeper = await LivenessLock.take(store.pool, { executor: keeperOf(name), onTakenAgain: async () => undefined });
  const executor = startExecutor({
    settings: { ...settings, executor: name, isForSuspects },
    cwd: io.cwd,
    env: io.env,
    memoryMegabytes,
    stallSeconds,
    log: (line) => write(line, name),
    onReady: () => onReady(executor),
    onCount: (count) => supervision.shared?.count(count),
  });
  processes.add(executor);
  if (leaving.signal.aborted) executor.leave(supervision.drainSeconds);
  try {
    const ending = await executor.ended;
    if (ending.kind === 'cut') await recordSuspects(ending, { supervision, executor: name });
    return ending;
  } finally {
    processes.delete(executor);
    await keeper?.release();
  }
}

/** Records which runs may have ended the executor, however long the database is away. */
async function recordSuspects(
  cut: Cut,
  { supervision, executor }: { readonly supervision: Supervision; readonly executor: string },
): Promise<void> {
  const { suspects, leaving, options, ends, shared } = supervision;
  const { cause, what, inside } = cut;
  ends[cause] += 1;
  shared?.count(['executorEnded', cause, 1]);
  for (;;) {
    try {
      const suspected = await suspects.note({ executor, cause: what, inside });
      await tellOfEnd(suspected, { cut, executor, options });
      return;
    } catch {
      if (leaving.signal.aborted) return;
      await sleepInBackground(1000, leaving.signal).catch(() => undefined);
    }
  }
}

async function tellOfEnd(
  suspected: readonly Suspect[],
  of: { readonly cut: Cut; readonly executor: string; readonly options: SupervisorOptions },
): Promise<void> {
  const { cut, executor, options } = of;
  const { cause, what } = cut;
  const runs = suspected.length;
  const ofRuns = runs === 1 ? '1 run' : `${runs} runs`;
  const message = `the process that executed ${ofRuns} has ended: a run ${what}`;
  options.write({ level: 'error', message, cause, runs }, executor);
  const log = await RunLog.open(options.store);
  for (const { runId, ends } of suspected) {
    const said = `${executor} has ended with it, because ${runs === 1 ? 'it' : `one of ${ofRuns}`} ${what}: continues apart from others (${ends})`;
    options.write({ level: 'warn', message: said, run: runId }, executor);
    log.note(runId, said);
  }
  await log.close();
}

function tell({ options, lastExecutor }: Supervision, message: string): void {
  options.write({ level: 'warn', message }, lastExecutor);
}

const lookMilliseconds = 2000;
const mostIdleLooks = 5;
const longPauseMilliseconds = 30_000;
