import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { openDurableEngine, ResumeError, type DurableEngine, type GroupWait } from '../../engine/durable-engine.ts';
import { openDatabaseStore, openEmbeddedStore, type Store } from '../../engine/embedded-store.ts';
import { createInterpreter } from '../../engine/interpret-plan.ts';
import { RunLog } from '../../engine/run-log.ts';
import type { RunEvent, RunRecord } from '../../engine/run-record.ts';
import { escapeControls } from '../../language/quote-name.ts';
import type { PlannedStep } from '../../plan/plan.ts';
import { runText } from '../../report/run-text.ts';
import { stepKinds } from '../../steps/registry.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { serveControl } from '../control-socket.ts';
import { type Io, type Session, UsageError } from '../session.ts';
import { type Progress, showProgress } from '../show-progress.ts';
import type { Connection } from './_connection.ts';
import { runControl } from './_run-control.ts';
import { exitCodeOf } from './_run-outcome.ts';
import { runsFolder, stateFolder } from './_runs-folder.ts';

export interface Execution {
  readonly runId: string;
  /** Name of the pipeline, for people. */
  readonly pipeline: string;
  readonly connection: Connection;
  readonly steps: readonly Pick<PlannedStep, 'id' | 'name'>[];
  readonly format: 'text' | 'json';
  /** Unfinished runs under this name go on when the engine opens: this run alone. */
  readonly executor?: string;
  /** Traces and measures the run. */
  readonly telemetry?: Telemetry | undefined;
  /** Starts the run, or lets it go on. */
  begin(engine: DurableEngine): Promise<void>;
}

/**
 * Executes a run here until it ends or somebody interrupts it, with progress, and leaves its record. While it lasts, other
 * processes of the same user can approve, cancel and look.
 */
export async function executeRun(session: Session, execution: Execution): Promise<void> {
  const { io } = session;
  const { runId } = execution;
  const url = io.env['SPEECHOPS_DATABASE_URL'];
  const store =
    url === undefined || url === ''
      ? await openEmbeddedStore(stateFolder(io), { what: `run ${runId}` })
      : openDatabaseStore(url);
  try {
    await executeIn(store, { session, execution });
  } finally {
    await store.close();
  }
}

async function executeIn(
  store: Store,
  of: { readonly session: Session; readonly execution: Execution },
): Promise<void> {
  const { session, execution } = of;
  const { io } = session;
  const { runId, connection } = execution;
  let shown: Progress | undefined;
  // A live list is drawn until it ends, so that it must not begin before the run can.
  const progress = (): Progress => (shown ??= showProgress(execution.steps, io));
  const log = await RunLog.open(store);
  const keep = log.eventsOf(runId);
  const onEvent = (event: RunEvent): void => {
    progress().onEvent(event);
    keep(event);
  };
  const { ports, portsOf, changes } = connection;
  const plain = createInterpreter({ kinds: stepKinds, ports, portsOf, onEvent, changes });
  const interpret = execution.telemetry?.observe(plain) ?? plain;
  const engine = await openDurableEngine({
    store,
    interpret,
    executor: execution.executor ?? executorOf(runId),
    onWait: sayOnce(io),
  });
  let stopControl: (() => Promise<void>) | undefined;
  try {
    log.note(runId, `executed by process ${process.pid} on ${hostname()}`);
    if (store.embedded) stopControl = await serveControl(stateFolder(io), runControl(engine.journal, log));
    io.stderr.write(escapeControls(`${execution.pipeline} on ${connection.endpoint}, run ${runId}`) + '\n');
    await begin(execution, engine);
    const record = await untilEnded(engine.result(runId), io.signal);
    if (record === undefined) {
      io.stderr.write(`Stopped. Go on with: speechops resume ${runId}\n`);
      session.exitCode = 3;
      return;
    }
    await progress().end();
    const file = await writeRecord(record, io);
    io.stdout.write(execution.format === 'json' ? `${JSON.stringify(record, undefined, 2)}\n` : runText(record));
    io.stderr.write(`record: ${path.relative(io.cwd, file)}\n`);
    explainFailures(record, session);
    session.exitCode = exitCodeOf(record);
  } finally {
    await stopControl?.();
    await engine.close();
    await log.close();
  }
}

/** A run is executed under a name of its own, so that opening the store for it starts no other one. */
export function executorOf(runId: string): string {
  return `run:${runId}`;
}

/** Says for which run this one waits, when that changes. */
function sayOnce(io: Io): (wait: GroupWait) => void {
  let said = '';
  return ({ group, holder }) => {
    const text = `Waiting for ${holder === undefined ? 'another run' : `run ${holder}`} of the concurrency group ${group}; Ctrl-C stops waiting\n`;
    if (text !== said) io.stderr.write(escapeControls(text.trimEnd()) + '\n');
    said = text;
  };
}

async function begin(execution: Execution, engine: DurableEngine): Promise<void> {
  try {
    await execution.begin(engine);
  } catch (error) {
    if (error instanceof ResumeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** The record, or undefined when the process is asked to stop first. */
async function untilEnded(result: Promise<RunRecord>, signal: AbortSignal): Promise<RunRecord | undefined> {
  result.catch(() => undefined);
  const { promise: stopped, resolve } = Promise.withResolvers<undefined>();
  const stop = (): void => resolve(undefined);
  if (signal.aborted) return undefined;
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([result, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function writeRecord(record: RunRecord, io: Io): Promise<string> {
  const folder = path.join(runsFolder(io), record.runId);
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'run.json');
  await writeFile(file, `${JSON.stringify(record, undefined, 2)}\n`);
  return file;
}

function explainFailures(record: RunRecord, { io }: Session): void {
  if (record.error !== undefined) io.stderr.write(escapeControls(`error: ${record.error}`) + '\n');
  for (const [id, step] of Object.entries(record.steps)) {
    if (step.status === 'failed') io.stderr.write(escapeControls(`error: ${id}: ${step.error ?? 'failed'}`) + '\n');
  }
  if (record.status !== 'succeeded') {
    io.stderr.write(`When the cause is mended: speechops resume ${record.runId} (what is done already is kept)\n`);
  }
}
