import path from 'node:path';
import { Command } from 'commander';
import type { DurableEngine } from '../../durable/durable-engine.ts';
import type { RunDetails } from '../../durable/journal.ts';
import { ResumeError, runToFork, runToResume, type ReadableRun } from '../../durable/resumable-run.ts';
import type { Plan } from '../../plan/plan.ts';
import type { RequestObserver } from '../../speech/request-observer.ts';
import { formatOption, runArgument } from '../options.ts';
import { type Io, type Session, UsageError } from '../session.ts';
import { connect, type Connection } from '../connect/connection.ts';
import { runHere } from '../runs/run-here.ts';
import { heardFolders } from '../../language/pipeline.ts';
import { withTelemetry } from '../runs/open-telemetry.ts';
import { findRun } from '../runs/find-run.ts';
import { withRunControl } from '../runs/run-control.ts';
import { checkRunId } from '../runs-folder.ts';
import { changedFileOf } from '../pipelines/pipeline-file.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { addVariableOptions, allowedVariables, secretsToResume, type VariableOptions } from '../pipelines/variables.ts';
import { newRunId } from './run.ts';

interface Options extends VariableOptions {
  readonly format: 'text' | 'json';
}

/** `speechops resume`: resumes a run that was abandoned, stopped, cancelled or failed. */
export function resumeCommand(session: Session): Command {
  return addAllowance(new Command('resume'))
    .description('Resume a run that was abandoned, stopped, cancelled or failed; what is done already is kept.')
    .addArgument(runArgument())
    .addOption(formatOption())
    .addHelpText('after', '\nExample: speechops resume call-center-en-us-20260102-030405-7f3a')
    .action(async (named: string, options: Options) => {
      await resumeHere(session, {
        ...options,
        named,
        check: (found) => runToResume(found.runId, found),
        begin: async (engine, { runId }) => await engine.resume(runId),
      });
    });
}

/** `speechops fork`: a new run that keeps what an old one had done before a step. */
export function forkCommand(session: Session): Command {
  return addAllowance(new Command('fork'))
    .description('Start a new run from a step of another one: what that one did before the step is kept.')
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
    readonly begin: (engine: DurableEngine, run: { readonly runId: string; readonly newId?: string }) => Promise<void>;
  },
): Promise<void> {
  const { io } = session;
  io.outliveReaders?.();
  const found = await withRunControl(io, async (control) => await findRun(control, options.named));
  const { runId } = found;
  const newId = options.newId?.(found);
  const { plan } = checked(found, options.check);
  await tellOfChange(plan, io);
  const files = [path.join(plan.folder, 'pipeline')];
  const secrets = secretsToResume(plan.pipeline, { io, allowed: await allowedVariables(options, { io, files }) });
  await withTelemetry(io, async (telemetry) => {
    const connection = await connectAsBefore(plan, { io, observer: telemetry?.requests });
    try {
      const { pipeline } = plan;
      await runHere(session, {
        ...options,
        runId: newId ?? runId,
        isNew: newId !== undefined,
        begin: async (engine) => await options.begin(engine, { runId, ...(newId === undefined ? {} : { newId }) }),
        pipeline: pipeline.name,
        connection,
        secrets,
        steps: pipeline.steps,
        telemetry,
      });
    } finally {
      await connection.close();
    }
  });
}

/** A run goes on with the pipeline that it began with, and somebody may have mended the file meanwhile. */
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
    knownAudio: heardFolders(pipeline).map((audio) => path.resolve(folder, audio)),
    observer,
  });
}
