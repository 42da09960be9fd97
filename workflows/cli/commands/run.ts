import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { type Io, type Session, UsageError } from '../session.ts';
import { runHere } from '../runs/run-here.ts';
import { openPipeline } from '../pipelines/open-pipeline.ts';
import { withTelemetry } from '../runs/open-telemetry.ts';
import { formatOption, addPipelineOptions, type PipelineOptions } from '../options.ts';
import { checkRunId, runsFolder } from '../runs-folder.ts';

interface RunOptions extends PipelineOptions {
  readonly runId?: string;
  readonly format: 'text' | 'json';
}

/** `speechops run`: executes a pipeline and leaves its record under `.speechops/runs/`. */
export function runCommand(session: Session): Command {
  const { io } = session;
  return addPipelineOptions(new Command('run'))
    .description('Run a pipeline: upload, evaluate, train and swap what is not there yet.')
    .option('--run-id <id>', 'name of the run (default: made from the pipeline and the time)')
    .addOption(formatOption())
    .addHelpText('after', '\nExample: speechops run examples/call-center/pipeline.yaml --emulator --input max-wer=10%')
    .action(async (file: string, options: RunOptions) => {
      io.outliveReaders?.();
      await withTelemetry(io, async (telemetry) => await run(session, { ...options, file, telemetry }));
    });
}

async function run(
  session: Session,
  options: RunOptions & { readonly file: string; readonly telemetry: Telemetry | undefined },
): Promise<void> {
  const { io } = session;
  const { telemetry } = options;
  const opened = await openPipeline(options.file, { ...options, io, observer: telemetry?.requests, mayBeNew: true });
  if (opened === undefined) {
    session.exitCode = 1;
    return;
  }
  try {
    const runId = options.runId ?? newRunId(opened.pipeline.name);
    checkRunId(runId);
    await checkIsNew(runId, io);
    const plan = await opened.plan();
    const { connection, secrets } = opened;
    await runHere(session, {
      runId,
      pipeline: plan.pipeline.name,
      connection,
      secrets,
      steps: plan.pipeline.steps,
      format: options.format,
      isNew: true,
      begin: (engine) => engine.start(runId, plan),
      telemetry,
    });
  } finally {
    await opened.connection.close();
  }
}

/** An id that no other run has: the name of the pipeline, the time in UTC, and four random digits. */
export function newRunId(pipeline: string): string {
  const name = pipeline.replaceAll(/[^A-Za-z0-9.-]+/g, '-').slice(0, 60);
  const time = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return `${name}-${time}-${randomBytes(2).toString('hex')}`.replace(/^[^A-Za-z0-9]+/, '');
}

async function checkIsNew(runId: string, io: Io): Promise<void> {
  const file = path.join(runsFolder(io), runId, 'run.json');
  if ((await stat(file).catch(() => undefined)) !== undefined) {
    throw new UsageError(`Choose another --run-id: run ${runId} has ended, its record is ${file}`);
  }
}
