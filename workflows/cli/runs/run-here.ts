import { hostname } from 'node:os';
import { openDurableEngine, type DurableEngine } from '../../durable/durable-engine.ts';
import type { GroupWait } from '../../durable/execution.ts';
import { openDatabaseStore, openEmbeddedStore, type Store } from '../../store/embedded-store.ts';
import { createInterpreter } from '../../engine/interpret-plan.ts';
import { RunExistsError, type Journal } from '../../durable/journal.ts';
import { RunLog } from '../../store/run-log.ts';
import { ResumeError } from '../../durable/resumable-run.ts';
import type { RunEvent, RunRecord } from '../../engine/run-record.ts';
import type { InterpreterOptions } from '../../engine/run-state.ts';
import type { Secrets } from '../../engine/secrets.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { stepKinds } from '../../steps/registry.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import type { Pipeline } from '../../language/pipeline.ts';
import type { Plan } from '../../plan/plan.ts';
import { withPlace } from './borrow-place.ts';
import { serveControl } from './control-socket.ts';
import { type Io, type Session, UsageError } from '../session.ts';
import { type Progress, showProgress } from './show-progress.ts';
import type { Connection } from '../connect/connection.ts';
import { databaseUrl } from '../connect/database.ts';
import { isSummarySeen, leaveRecord } from './leave-record.ts';
import { lentRuns, livingLent, noteAnswered, noteLent, PlaceLender, type LentRun } from './lend-place.ts';
import { countMemoryDeaths, forgetMemoryDeaths } from './memory-deaths.ts';
import { runControl } from './run-control.ts';
import { stateFolder } from '../runs-folder.ts';

export interface RunHere {
  readonly runId: string;
  /** Name of the pipeline, for people. */
  readonly pipeline: string;
  readonly plan: Plan;
  readonly connection: Connection;
  readonly secrets: Secrets | undefined;
  readonly steps: Pipeline['steps'];
  readonly concurrency: Pipeline['concurrency'] | undefined;
  readonly format: 'text' | 'json';
  /** Whether a run of this id must not exist yet. */
  readonly isNew: boolean;
  /** Traces and measures the run. */
  readonly telemetry?: Telemetry | undefined;
  /** Starts or resumes the run. */
  begin(engine: DurableEngine): Promise<void>;
  /** Called when this process has the store and answers others, before the run begins. */
  onOpened?(): Promise<void>;
}

/** A run that only waits for people has lent its store and emulator to another process. */
export interface Lent extends LentRun {
  /** When the first of its steps expires (milliseconds), where that is known. */
  readonly expiresAt: number | undefined;
  /** Takes the note away that it waits outside. */
  forget(): Promise<void>;
}

/**
 * Executes a run here until it ends or a person interrupts it, shows its progress and leaves its record. Meanwhile other
 * processes of the same user can approve, cancel and look, and have the run lend its place while it only waits for people: then
 * this process no longer executes it.
 */
export async function runHere(session: Session, run: RunHere): Promise<Lent | undefined> {
  const { io } = session;
  const { runId } = run;
  countMemoryDeaths(runId, io);
  const url = databaseUrl(io);
  const store =
    url === undefined
      ? await withPlace(io, async () => await openEmbeddedStore(stateFolder(io), { what: `run ${runId}` }), {
          group: run.concurrency,
        })
      : openDatabaseStore(url);
  try {
    if (store.embedded) assertTurnIsFree(run, lentRuns(stateFolder(io)));
    return await runIn(store, { session, run });
  } finally {
    await store.close();
  }
}

async function runIn(
  store: Store,
  of: { readonly session: Session; readonly run: RunHere },
): Promise<Lent | undefined> {
  const { session, run } = of;
  const { io } = session;
  const { runId, connection } = run;
  // The view of a run must not begin before the run can.
  let shown: Progress | undefined;
  const title = `${run.pipeline} on ${connection.endpoint}`;
  const progress = (): Progress => (shown ??= showProgress({ ...run, title }, io));
  const stopFollowing = store.room.follow((message) => io.stderr.write(`warning: ${escapeControls(message)}\n`));
  const log = await RunLog.open(store);
  const keep = log.eventsOf(runId);
  const ended = new Set<string>();
  const lender = new PlaceLender(run);
  const onEvent = (event: RunEvent): void => {
    lender.onEvent(event);
    if (event.kind === 'step-finished') ended.add(event.stepId);
    progress().onEvent(event);
    keep(event);
  };
  const { ports, portsOf, ownership } = connection;
  const plain = createInterpreter({ kinds: stepKinds, ports, portsOf, onEvent, ownership, ...withSecrets(run) });
  const interpret = run.telemetry?.observe(plain) ?? plain;
  const engine = await refusing([RunExistsError, ResumeError], async () => {
    const newRun = run.isNew ? { newRun: runId } : {};
    return await openDurableEngine({ store, interpret, executor: `run:${runId}`, onWait: sayOnce(io), ...newRun });
  });
  let stopControl: (() => Promise<void>) | undefined;
  try {
    log.note(runId, `executed by process ${process.pid} on ${hostname()}`);
    // The store belongs to this process, which executes this run and no other; the processes of others may wait outside.
    const living = async (): Promise<ReadonlySet<string>> => new Set([`run:${runId}`, ...livingLent(stateFolder(io))]);
    if (store.embedded)
      stopControl = await serveControl(
        stateFolder(io),
        runControl(engine.journal, {
          log,
          living,
          store,
          lender,
          onAnswered: async (answered) => await noteAnswered(stateFolder(io), answered),
        }),
      );
    await run.onOpened?.();
    if (io.stderr.live === undefined) io.stderr.write(`${escapeControls(`${title}, run ${runId}`)}\n`);
    await refusing([ResumeError], async () => await run.begin(engine));
    progress();
    const record = await untilEnded(engine.result(runId), { signal: io.signal, lent: lender.lent });
    if (record === 'lent') {
      progress().end();
      log.note(runId, 'waits for an answer, outside the store');
      const itself = { runId, group: run.concurrency };
      const forget = await noteLent(stateFolder(io), itself);
      // An answer from before the note was there has left no word for it, and the step may not have seen the answer yet.
      if (await hasAnswer(engine.journal, { runId, waiting: lender.waiting }))
        await noteAnswered(stateFolder(io), runId);
      return { ...itself, expiresAt: lender.expiresAt, forget };
    }
    if (record === undefined) {
      progress().end();
      io.stderr.write(`Stopped. Resume it: speechops resume ${runId}\n`);
      session.exitCode = 3;
      return;
    }
    forgetMemoryDeaths(runId, io);
    // Steps that a cancellation has stopped send no event: only the record tells their end.
    for (const [stepId, step] of Object.entries(record.steps))
      if (!ended.has(stepId)) progress().onEvent({ kind: 'step-finished', stepId, record: step });
    progress().end({ forSummary: isSummarySeen(io, run.format) });
    await leaveRecord(record, { session, format: run.format, plan: run.plan, connection });
  } finally {
    shown?.end();
    await stopControl?.();
    await engine.close();
    await log.close();
    stopFollowing();
  }
}

/** Whether a person has answered one of the steps that wait, or the run does not run any more. */
async function hasAnswer(
  journal: Pick<Journal, 'details' | 'decisions'>,
  { runId, waiting }: { readonly runId: string; readonly waiting: readonly string[] },
): Promise<boolean> {
  for (const stepId of waiting) if ((await journal.decisions(runId, stepId)).length > 0) return true;
  return (await journal.details(runId))?.status !== 'running';
}

/** A run that waits outside the store keeps the turn of its concurrency group. */
function assertTurnIsFree({ runId, concurrency }: RunHere, lent: readonly LentRun[]): void {
  const holder = lent.find((other) => other.group === concurrency && other.runId !== runId);
  if (concurrency === undefined || holder === undefined) return;
  throw new Error(
    `Answer run ${holder.runId} or cancel it: it waits for an answer, and has the turn of the concurrency group ${concurrency} (speechops approvals)`,
  );
}

function withSecrets({ secrets }: RunHere): Pick<InterpreterOptions, 'secrets'> {
  return secrets === undefined ? {} : { secrets };
}

/** Says for which run this one waits, whenever that changes. */
function sayOnce(io: Io): (wait: GroupWait) => void {
  let said = '';
  return ({ group, holder }) => {
    const text = `Waiting for ${holder === undefined ? 'another run' : `run ${holder}`} of the concurrency group ${group}; Ctrl-C stops waiting\n`;
    if (text !== said) io.stderr.write(escapeControls(text.trimEnd()) + '\n');
    said = text;
  };
}

/** A refusal of what a person asked for is wrong usage. */
async function refusing<T>(
  refusals: readonly (typeof ResumeError | typeof RunExistsError)[],
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const isRefused = error instanceof Error && refusals.some((Refusal) => error instanceof Refusal);
    throw isRefused ? new UsageError(error.message, { cause: error }) : error;
  }
}

/** The record, or `lent` when its place is wanted first, or undefined when the process is asked to stop first. */
async function untilEnded(
  result: Promise<RunRecord>,
  { signal, lent }: { readonly signal: AbortSignal; readonly lent: Promise<undefined> },
): Promise<RunRecord | 'lent' | undefined> {
  result.catch(() => undefined);
  const { promise: stopped, resolve } = Promise.withResolvers<undefined>();
  const stop = (): void => resolve(undefined);
  if (signal.aborted) return undefined;
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([result, stopped, lent.then(() => 'lent' as const)]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
