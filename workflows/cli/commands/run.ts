import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { type Io, type Session, UsageError } from '../session.ts';
import { withPlace } from '../runs/borrow-place.ts';
import { runHere, type Lent } from '../runs/run-here.ts';
import { openPipeline } from '../pipelines/open-pipeline.ts';
import { type UploadWay, uploadWays } from '../pipelines/upload-way.ts';
import { approvalsOf } from '../pipelines/approvals-file.ts';
import { planAsSaved, readSavedPlan, type SavedPlan } from '../pipelines/saved-plan-file.ts';
import { refuseWithoutMailHost } from '../runs/mail-host.ts';
import { withTelemetry } from '../runs/open-telemetry.ts';
import type { ReviewOptions } from '../pipelines/review-files.ts';
import { formatOption, addPipelineOptions, addReviewOptions, type PipelineOptions } from '../options.ts';
import { checkRunId, newRunId, runsFolder } from '../runs-folder.ts';
import { resumeWhenNeeded } from './resume.ts';

interface RunOptions extends PipelineOptions, ReviewOptions {
  readonly plan?: string;
  readonly runId?: string;
  readonly via?: UploadWay;
  readonly format: 'text' | 'json';
}

/** `speechops run`: executes a pipeline and leaves its record under `.speechops/runs/`. */
export function runCommand(session: Session): Command {
  const { io } = session;
  return addReviewOptions(
    addPipelineOptions(
      new Command('run').argument('[file]', 'the pipeline, a YAML file; a plan of one pipeline names it'),
    ),
  )
    .option('--plan <file>', 'do exactly what this file of speechops plan --out says, or nothing')
    .addOption(
      new Option(
        '--via <way>',
        'how uploads send local data, whatever their steps say (default: as their steps say)',
      ).choices(uploadWays),
    )
    .option('--run-id <id>', 'name of the run (default: made from the pipeline and the time)')
    .addOption(formatOption())
    .addHelpText(
      'after',
      `
Examples:
  speechops run examples/call-center/pipeline.yaml --emulator --input max-wer=10%
  speechops run pipeline.yaml --via blocks
  speechops run --plan plan.json`,
    )
    .action(async (file: string | undefined, options: RunOptions) => {
      io.outliveReaders?.();
      const lent = await withTelemetry(io, async (telemetry) => await run(session, { ...options, file, telemetry }));
      if (lent !== undefined) await resumeWhenNeeded(session, { ...options, ...lent });
    });
}

async function run(
  session: Session,
  options: RunOptions & { readonly file: string | undefined; readonly telemetry: Telemetry | undefined },
): Promise<Lent | undefined> {
  const { io } = session;
  const { telemetry } = options;
  if (options.plan !== undefined && options.via !== undefined)
    throw new UsageError('Leave out --via: a plan is done as it was made, so let the steps of its pipeline say `via`');
  const saved =
    options.plan === undefined ? undefined : await readSavedPlan(options.plan, { io, pipelineFile: options.file });
  const file = saved?.file ?? options.file;
  if (file === undefined) throw new UsageError('Give the path of a pipeline file, or a saved plan with --plan');
  const opened = await withPlace(
    io,
    async () =>
      await openPipeline(file, {
        ...options,
        ...(saved === undefined ? {} : asPlanned(saved, options)),
        io,
        observer: telemetry?.requests,
        mayBeNew: true,
        reviewed: options,
      }),
  );
  if (opened === undefined) {
    session.exitCode = 1;
    return undefined;
  }
  const runId = options.runId ?? newRunId(opened.pipeline.name);
  try {
    checkRunId(runId);
    await checkIsNew(runId, io);
    const plan = saved === undefined ? await opened.planRun() : await planAsSaved(opened, saved);
    refuseWithoutMailHost(plan, { io });
    const approvals =
      saved === undefined || options.plan === undefined
        ? []
        : await approvalsOf(options.plan, { io, hash: saved.hash, pipeline: saved.file });
    const { connection, secrets } = opened;
    return await runHere(session, {
      runId,
      pipeline: plan.pipeline.name,
      plan,
      connection,
      secrets,
      steps: plan.pipeline.steps,
      concurrency: plan.pipeline.concurrency,
      format: options.format,
      isNew: true,
      begin: async (engine) => {
        await engine.start(runId, plan);
        for (const { step, pipeline: _, ...answer } of approvals)
          await engine.journal.decide(runId, step, { ...answer, isUnsure: true });
      },
      telemetry,
    });
  } finally {
    await opened.connection.close();
  }
}

/** A plan is done where it was made and with its inputs, where no others are given: these make it stale. */
function asPlanned({ pipeline }: SavedPlan, options: RunOptions): Pick<PipelineOptions, 'emulator' | 'input'> {
  return {
    emulator: options.emulator ?? pipeline.target === 'embedded-emulator',
    input: options.input ?? Object.entries(pipeline.given).map(([name, value]) => `${name}=${value}`),
  };
}

async function checkIsNew(runId: string, io: Io): Promise<void> {
  const file = path.join(runsFolder(io), runId, 'run.json');
  if ((await stat(file).catch(() => undefined)) !== undefined) {
    throw new UsageError(`Choose another --run-id: run ${runId} has ended, its record is ${file}`);
  }
}
