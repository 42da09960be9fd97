import { Command, Option } from 'commander';
import type { DurableEngine } from '../../engine/durable-engine.ts';
import { planToGoOnWith } from '../../engine/journal-format.ts';
import type { Plan } from '../../plan/plan.ts';
import type { RequestObserver } from '../../speech/request-observer.ts';
import { type Io, type Session, UsageError } from '../session.ts';
import { connect, type Connection } from './_connection.ts';
import { executeRun, executorOf } from './_execute-run.ts';
import { smokeFolders } from './_open-pipeline.ts';
import { withTelemetry } from './_open-telemetry.ts';
import { withRunControl } from './_run-control.ts';
import { checkRunId } from './_run-outcome.ts';
import { newRunId } from './run.ts';

interface Options {
  readonly format: 'text' | 'json';
}

/** `speechops resume`: goes on with a run that was cut off, stopped, cancelled or failed. */
export function resumeCommand(session: Session): Command {
  return new Command('resume')
    .description('Go on with a run that was cut off, stopped, cancelled or failed; what is done already is kept.')
    .argument('<run>', 'id of the run')
    .addOption(formatOption())
    .addHelpText('after', '\nExample: speechops resume call-center-en-us-20260102-030405-7f3a')
    .action(async (runId: string, { format }: Options) => {
      await goOn(session, { runId, format, executor: executorOf(runId), begin: (engine) => engine.resume(runId) });
    });
}

/** `speechops fork`: a new run that keeps what an old one had done before a step. */
export function forkCommand(session: Session): Command {
  return new Command('fork')
    .description('Start a new run from a step of another one: what that one did before the step is kept.')
    .argument('<run>', 'id of the run')
    .requiredOption('--from <step>', 'id of the first step that is done again')
    .option('--run-id <id>', 'name of the new run')
    .addOption(formatOption())
    .addHelpText('after', '\nExample: speechops fork call-center-en-us-20260102-030405-7f3a --from candidate')
    .action(async (runId: string, options: Options & { readonly from: string; readonly runId?: string }) => {
      const { from, format } = options;
      const newId = options.runId ?? newRunId(`${runId}-fork`);
      checkRunId(newId);
      await goOn(session, {
        runId,
        newId,
        format,
        executor: executorOf(newId),
        begin: (engine) => engine.fork(runId, { from, newRunId: newId }),
      });
    });
}

function formatOption(): Option {
  return new Option('--format <format>', 'how the result is printed').choices(['text', 'json']).default('text');
}

async function goOn(
  session: Session,
  options: {
    readonly runId: string;
    readonly newId?: string;
    readonly format: 'text' | 'json';
    readonly executor: string;
    readonly begin: (engine: DurableEngine) => Promise<void>;
  },
): Promise<void> {
  const { io } = session;
  const found = await withRunControl(io, async (control) => await control.details(options.runId));
  if (found === undefined)
    throw new UsageError(`Check the run id ${options.runId}: there is no such run (speechops runs lists them)`);
  const plan = planToGoOnWith(found);
  if (typeof plan === 'string') throw new UsageError(plan);
  await withTelemetry(io, async (telemetry) => {
    const connection = await connectAsBefore(plan, { io, observer: telemetry?.requests });
    try {
      const { pipeline } = plan;
      await executeRun(session, {
        ...options,
        runId: options.newId ?? options.runId,
        pipeline: pipeline.name,
        connection,
        steps: pipeline.steps,
        telemetry,
      });
    } finally {
      await connection.close();
    }
  });
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
    knownAudio: smokeFolders(pipeline, folder),
    observer,
  });
}
