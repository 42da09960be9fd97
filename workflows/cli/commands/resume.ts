import path from 'node:path';
import { Command, Option } from 'commander';
import type { DurableEngine } from '../../durable/durable-engine.ts';
import type { RunDetails } from '../../durable/journal.ts';
import { ResumeError, runToFork, runToResume, type ReadableRun } from '../../durable/resumable-run.ts';
import type { Plan } from '../../plan/plan.ts';
import type { RequestObserver } from '../../speech/request-observer.ts';
import { type Io, type Session, UsageError } from '../session.ts';
import { connect, type Connection } from '../connect/connection.ts';
import { runHere } from '../runs/run-here.ts';
import { heardFolders } from '../../language/pipeline.ts';
import { withTelemetry } from '../runs/open-telemetry.ts';
import { withRunControl } from '../runs/run-control.ts';
import { checkRunId } from '../runs-folder.ts';
import { addVariableOptions, allowedVariables, secretsToResume, type VariableOptions } from '../pipelines/variables.ts';
import { newRunId } from './run.ts';

interface Options extends VariableOptions {
  readonly format: 'text' | 'json';
}

/** `speechops resume`: resumes a run that was abandoned, stopped, cancelled or failed. */
export function resumeCommand(session: Session): Command {
  return addAllowance(new Command('resume'))
    .description('Resume a run that was abandoned, stopped, cancelled or failed; what is done already is kept.')
    .argument('<run>', 'id of the run')
    .addOption(formatOption())
    .addHelpText('after', '\nExample: speechops resume call-center-en-us-20260102-030405-7f3a')
    .action(async (runId: string, options: Options) => {
      const check = (found: RunDetails | undefined): ReadableRun => runToResume(runId, found);
      await resumeHere(session, { ...options, runId, check, begin: (engine) => engine.resume(runId) });
    });
}

/** `speechops fork`: a new run that keeps what an old one had done before a step. */
export function forkCommand(session: Session): Command {
  return addAllowance(new Command('fork'))
    .description('Start a new run from a step of another one: what that one did before the step is kept.')
    .argument('<run>', 'id of the run')
    .requiredOption('--from <step>', 'id of the first step that is done again')
    .option('--run-id <id>', 'name of the new run')
    .addOption(formatOption())
    .addHelpText('after', '\nExample: speechops fork call-center-en-us-20260102-030405-7f3a --from candidate')
    .action(async (runId: string, options: Options & { readonly from: string; readonly runId?: string }) => {
      const { from } = options;
      const newId = options.runId ?? newRunId(`${runId}-fork`);
      checkRunId(newId);
      await resumeHere(session, {
        ...options,
        runId,
        newId,
        check: (found) => runToFork(runId, found, from),
        begin: (engine) => engine.fork(runId, { from, newRunId: newId }),
      });
    });
}

function addAllowance(command: Command): Command {
  return addVariableOptions(command, 'with the name of a credential that the run may read');
}

function formatOption(): Option {
  return new Option('--format <format>', 'how the result is printed').choices(['text', 'json']).default('text');
}

async function resumeHere(
  session: Session,
  options: Options & {
    readonly runId: string;
    readonly newId?: string;
    /** The run as it is to be resumed; throws a ResumeError. */
    readonly check: (found: RunDetails | undefined) => ReadableRun;
    readonly begin: (engine: DurableEngine) => Promise<void>;
  },
): Promise<void> {
  const { io } = session;
  io.outliveReaders?.();
  const found = await withRunControl(io, async (control) => await control.details(options.runId));
  const { plan } = checked(found, options.check);
  const files = [path.join(plan.folder, 'pipeline')];
  const secrets = secretsToResume(plan.pipeline, { io, allowed: await allowedVariables(options, { io, files }) });
  await withTelemetry(io, async (telemetry) => {
    const connection = await connectAsBefore(plan, { io, observer: telemetry?.requests });
    try {
      const { pipeline } = plan;
      await runHere(session, {
        ...options,
        runId: options.newId ?? options.runId,
        isNew: options.newId !== undefined,
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

function checked(found: RunDetails | undefined, check: (found: RunDetails | undefined) => ReadableRun): ReadableRun {
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
