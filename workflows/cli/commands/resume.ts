import path from 'node:path';
import { Command } from 'commander';
import { cancelledRecord, type DurableEngine } from '../../durable/durable-engine.ts';
import { databaseUrl } from '../connect/database.ts';
import type { RunDetails } from '../../durable/journal.ts';
import { firstToRepeat, ResumeError, runToFork, runToResume, type ReadableRun } from '../../durable/resumable-run.ts';
import { smokeAudioOf } from '../../plan/data/wanted-data.ts';
import type { Plan } from '../../plan/plan.ts';
import type { RequestObserver } from '../../speech/request-observer.ts';
import { formatOption, runArgument } from '../options.ts';
import { type Io, type Session, UsageError } from '../session.ts';
import { isOpen } from '../../engine/engine.ts';
import { StoreInUseError } from '../../store/store-in-use.ts';
import { connect, EmulatorInUseError, type Connection } from '../connect/connection.ts';
import { runHere, type Lent } from '../runs/run-here.ts';
import { refuseWithoutMailHost } from '../runs/mail-host.ts';
import { withTelemetry } from '../runs/open-telemetry.ts';
import { findRun } from '../runs/find-run.ts';
import { withRunControl } from '../runs/run-control.ts';
import { withPlace } from '../runs/borrow-place.ts';
import { leaveRecord } from '../runs/leave-record.ts';
import { lentRuns, noteLent, untilNeeded } from '../runs/lend-place.ts';
import { checkRunId, newRunId, stateFolder } from '../runs-folder.ts';
import { changedFileOf } from '../pipelines/pipeline-file.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { addVariableOptions, allowedVariables, secretsToResume, type VariableOptions } from '../pipelines/variables.ts';

interface Options extends VariableOptions {
  readonly format: 'text' | 'json';
}

/** `speechops resume`: resumes a run that was abandoned, stopped, cancelled or failed. */
export function resumeCommand(session: Session): Command {
  return addAllowance(new Command('resume'))
    .addArgument(runArgument())
    .addOption(formatOption())
    .addHelpText('after', '\nExample: speechops resume call-center-en-us-20260102-030405-7f3a')
    .action(async (named: string, options: Options) => {
      await resumeHere(session, { ...options, ...itself, named });
    });
}

/** Resumes the run itself, and no copy of it. */
const itself = {
  check: (found: RunDetails) => runToResume(found.runId, found),
  from: firstToRepeat,
  begin: async (engine: DurableEngine, { runId }: { readonly runId: string }) => await engine.resume(runId),
};

/** `speechops fork`: a new run that keeps what an old one had done before a step. */
export function forkCommand(session: Session): Command {
  return addAllowance(new Command('fork'))
    .addArgument(runArgument())
    .requiredOption('--from <step>', 'id of the first step that is done again')
    .option('--run-id <id>', 'name of the new run')
    .addOption(formatOption())
    .addHelpText('after', '\nExample: speechops fork call-center-en-us-20260102-030405-7f3a --from candidate')
    .action(async (named: string, options: Options & { readonly from: string; readonly runId?: string }) => {
      const { from, runId: newId } = options;
      if (newId !== undefined) checkRunId(newId);
      await resumeHere(session, {
        ...options,
        named,
        newId: ({ runId }) => newId ?? newRunId(`${runId}-fork`),
        check: (found) => runToFork(found.runId, found, from),
        from: () => from,
        begin: async (engine, run) => await engine.fork(run.runId, { from, newRunId: run.newId ?? '' }),
      });
    });
}

function addAllowance(command: Command): Command {
  return addVariableOptions(command, 'with the name of a credential that the run may read');
}

async function resumeHere(
  session: Session,
  options: Options & {
    /** The run as a person names it. */
    readonly named: string;
    /** The id of the new run that goes on in its place. @default it is resumed itself */
    readonly newId?: (found: RunDetails) => string;
    /** The run as it is to be resumed; throws a ResumeError. */
    readonly check: (found: RunDetails) => ReadableRun;
    /** The first step that is done again; undefined where all that has ended is kept. */
    readonly from: (run: ReadableRun) => string | undefined;
    readonly begin: (engine: DurableEngine, run: { readonly runId: string; readonly newId?: string }) => Promise<void>;
    /** Whether this process has executed it before, and knows what there is to tell. @default false */
    readonly isOurs?: boolean;
    /** Called when this process has the store and answers others, before the run begins. */
    readonly onOpened?: () => Promise<void>;
  },
): Promise<void> {
  const { io } = session;
  io.outliveReaders?.();
  const found = await withRunControl(io, async (control) => await findRun(control, options.named));
  const { runId } = found;
  const newId = options.newId?.(found);
  const run = checked(found, options.check);
  const { plan } = run;
  if (options.isOurs !== true && newId === undefined) assertIsLeft(found, io);
  if (options.isOurs !== true) await tellOfChange(plan, io);
  const files = [path.join(plan.folder, 'pipeline')];
  const secrets = secretsToResume(plan.pipeline, { io, allowed: await allowedVariables(options, { io, files }) });
  // Of a run on a shared database a worker may send the mails, with an environment of its own.
  if (databaseUrl(io) === undefined) refuseWithoutMailHost(plan, { io, hasEnded: keptOf(run, options.from(run)) });
  let lent: Lent | undefined;
  await withTelemetry(io, async (telemetry) => {
    const connection = await withPlace(
      io,
      async () => await connectAsBefore(plan, { io, observer: telemetry?.requests }),
    );
    try {
      const { pipeline } = plan;
      lent = await runHere(session, {
        ...options,
        runId: newId ?? runId,
        isNew: newId !== undefined,
        begin: async (engine) => await options.begin(engine, { runId, ...(newId === undefined ? {} : { newId }) }),
        pipeline: pipeline.name,
        plan,
        connection,
        secrets,
        steps: pipeline.steps,
        concurrency: pipeline.concurrency,
        telemetry,
      });
    } finally {
      await connection.close();
    }
  });
  if (lent !== undefined) await resumeWhenNeeded(session, { ...options, ...lent });
}

/** Waits until a run that made room has something to do, and continues it then, unless it has ended meanwhile. */
export async function resumeWhenNeeded(session: Session, run: Options & Lent): Promise<void> {
  const { io } = session;
  const { runId } = run;
  let { forget, expiresAt } = run;
  // The store is closed by now: another process may come in.
  io.stderr.write('Waits for an answer, and makes room for another run, a plan or the portal meanwhile\n');
  for (;;) {
    try {
      await untilNeeded(io, { runId, expiresAt });
      const found = await withRunControl(io, async (control) => await findRun(control, runId));
      // Until the store is open again, the note says that the run is not abandoned.
      if (isOpen(found.status))
        return await resumeHere(session, { ...run, ...itself, named: runId, isOurs: true, onOpened: forget });
      await forget();
      return await leaveRecord(found.record ?? cancelledRecord(found), {
        session,
        format: run.format,
        plan: found.plan,
      });
    } catch (error) {
      await forget();
      if (io.signal.aborted) {
        io.stderr.write(`Stopped. Resume it: speechops resume ${runId}\n`);
        session.exitCode = 3;
        return;
      }
      if (!(error instanceof StoreInUseError) && !(error instanceof EmulatorInUseError)) throw error;
      // Another process came first, and what the run has to do is still to be done.
      forget = await noteLent(stateFolder(io), run);
      expiresAt = 0;
    }
  }
}

/** Whether the result of a step is kept when a run goes on `from` a step: that step and all in the order behind it are done again. */
function keptOf({ plan, steps }: ReadableRun, from: string | undefined): (stepId: string) => boolean {
  const order = plan.pipeline.layers.flat();
  const again = new Set(from === undefined ? [] : order.slice(order.indexOf(from)));
  return (id) => steps[id] !== undefined && !again.has(id);
}

/** Throws when a process executes the run, or waits with it outside the store. */
function assertIsLeft({ runId, status, abandoned }: RunDetails, io: Io): void {
  if (databaseUrl(io) !== undefined || status !== 'running' || abandoned !== undefined) return;
  const lent = lentRuns(stateFolder(io)).find((other) => other.runId === runId);
  throw new UsageError(
    lent === undefined
      ? `Look at it with speechops show ${runId}: a process executes ${runId} now`
      : `Answer ${runId} (speechops approvals): process ${lent.pid} waits with it, and continues it then`,
  );
}

/** A run is resumed with the pipeline that it began with, and a person may have mended the file since. */
async function tellOfChange(plan: Plan, { cwd, stderr }: Io): Promise<void> {
  const changed = await changedFileOf(plan);
  if (changed === undefined) return;
  const near = path.relative(cwd, changed);
  const name = escapeControls(near.startsWith('..') ? changed : near);
  stderr.write(
    `${name} has changed since the run began, and the run goes on with the pipeline as it was; speechops run ${name} takes the new one\n`,
  );
}

function checked(found: RunDetails, check: (found: RunDetails) => ReadableRun): ReadableRun {
  try {
    return check(found);
  } catch (error) {
    if (error instanceof ResumeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

async function connectAsBefore(
  plan: Plan,
  { io, observer }: { readonly io: Io; readonly observer: RequestObserver | undefined },
): Promise<Connection> {
  const { pipeline, folder, target } = plan;
  return await connect(io, {
    emulator: target === 'embedded-emulator',
    ...(target === 'embedded-emulator' ? {} : { endpoint: target.endpoint }),
    pipeline,
    folder,
    knownAudio: smokeAudioOf(plan).map((audio) => path.resolve(folder, audio)),
    observer,
  });
}
