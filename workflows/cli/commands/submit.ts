import { Command } from 'commander';
import { prepareDatabase } from '../../durable/prepare-database.ts';
import { Journal, RunExistsError } from '../../durable/journal.ts';
import { RunLog } from '../../store/run-log.ts';
import { escapeControls } from '../../document/quote-name.ts';
import type { Plan } from '../../plan/plan.ts';
import { type Session, UsageError } from '../session.ts';
import type { Connection } from '../connect/connection.ts';
import { openFleetStore } from '../connect/database.ts';
import { followRun } from '../runs/follow-run.ts';
import { mailsOfWorker } from '../runs/mail-host.ts';
import { leaveRecord } from '../runs/leave-record.ts';
import { openPipeline } from '../pipelines/open-pipeline.ts';
import type { ReviewOptions } from '../pipelines/review-files.ts';
import { addReviewOptions, formatOption, priorityOption } from '../options.ts';
import { checkRunId, newRunId } from '../runs-folder.ts';
import { addVariableOptions, type VariableOptions } from '../pipelines/variables.ts';

interface Options extends VariableOptions, ReviewOptions {
  readonly input: readonly string[];
  readonly runId?: string;
  readonly priority: number;
  readonly wait: boolean;
  readonly format: 'text' | 'json';
}

/** `speechops submit`: checks and plans a pipeline here and leaves its run to the workers. */
export function submitCommand(session: Session): Command {
  return addReviewOptions(
    addVariableOptions(new Command('submit'), 'with the name of a credential that the pipeline may read all the same'),
  )
    .argument('<file>', 'the pipeline, a YAML file')
    .option('--input <name=value>', 'value of an input of the pipeline, repeatable', collect, [])
    .option('--run-id <id>', 'name of the run (default: made from the pipeline and the time)')
    .addOption(priorityOption())
    .option('--wait', 'follow the run until it ends')
    .addOption(formatOption())
    .addHelpText('after', '\nExample: speechops submit pipelines/call-center.yaml --priority 10 --wait')
    .action(async (file: string, options: Options) => await submit(session, { ...options, file }));
}

async function submit(session: Session, options: Options & { readonly file: string }): Promise<void> {
  const { io } = session;
  io.outliveReaders?.();
  const store = openFleetStore(io);
  try {
    if (options.runId !== undefined) checkRunId(options.runId);
    const opened = await openPipeline(options.file, { ...options, io, emulator: false, reviewed: options });
    if (opened === undefined) {
      session.exitCode = 1;
      return;
    }
    const { connection } = opened;
    try {
      const plan = await opened.planRun();
      const runId = options.runId ?? newRunId(plan.pipeline.name);
      await prepareDatabase(store);
      const journal = await Journal.open(store);
      try {
        await enqueue(journal, { runId, plan, priority: options.priority });
        const mails = mailsOfWorker(plan);
        if (mails !== undefined) io.stderr.write(`${escapeControls(mails)}\n`);
        const log = RunLog.reading(store);
        if (options.wait) await follow(session, { journal, log, runId, plan, connection, format: options.format });
        else io.stdout.write(options.format === 'json' ? `${JSON.stringify({ runId }, undefined, 2)}\n` : `${runId}\n`);
      } finally {
        await journal.close();
      }
    } finally {
      await connection.close();
    }
  } finally {
    await store.close();
  }
}

async function enqueue(
  journal: Journal,
  run: { readonly runId: string; readonly plan: Plan; readonly priority: number },
): Promise<void> {
  try {
    await journal.enqueue(run.runId, run.plan, { priority: run.priority });
  } catch (error) {
    if (error instanceof RunExistsError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

async function follow(
  session: Session,
  run: {
    readonly journal: Journal;
    readonly log: Pick<RunLog, 'read'>;
    readonly runId: string;
    readonly plan: Plan;
    readonly connection: Connection;
    readonly format: 'text' | 'json';
  },
): Promise<void> {
  const { io } = session;
  io.stderr.write(`run ${run.runId}\n`);
  const ended = await followRun(run, { ...run, io });
  if (ended?.record !== undefined) {
    const { format, plan, connection } = run;
    await leaveRecord(ended.record, { session, format, plan, connection });
    return;
  }
  session.exitCode = 3;
  if (ended === undefined) {
    io.stderr.write(`Stopped looking; the run goes on: speechops show ${run.runId}\n`);
    return;
  }
  const { plan: _plan, ...told } = ended;
  if (run.format === 'json') io.stdout.write(`${JSON.stringify(told, undefined, 2)}\n`);
  if (ended.error !== undefined) io.stderr.write(`${escapeControls(`error: ${ended.error}`)}\n`);
  const outcome = ended.status === 'cancelled' ? 'was cancelled' : `has ${ended.status}`;
  io.stderr.write(`The run ${outcome}: speechops show ${run.runId}\n`);
  if (ended.error !== undefined) io.stderr.write(`When the cause is mended: speechops resume ${run.runId}\n`);
}

function collect(value: string, all: readonly string[]): readonly string[] {
  return [...all, value];
}
