import { randomBytes } from 'node:crypto';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';
import { createInMemoryEngine } from '../../engine/in-memory-engine.ts';
import { createInterpreter } from '../../engine/interpret-plan.ts';
import type { RunRecord } from '../../engine/run-record.ts';
import { runText } from '../../report/run-text.ts';
import { escapeControls } from '../../language/quote-name.ts';
import { stepKinds } from '../../steps/registry.ts';
import { type ExitCode, type Session, UsageError } from '../session.ts';
import { showProgress } from '../show-progress.ts';
import { openPipeline } from './_open-pipeline.ts';
import { addPipelineOptions, type PipelineOptions } from './_pipeline-options.ts';

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
    .addOption(new Option('--format <format>', 'how the result is printed').choices(['text', 'json']).default('text'))
    .addHelpText('after', '\nExample: speechops run examples/call-center/pipeline.yaml --emulator --input max-wer=10%')
    .action(async (file: string, options: RunOptions) => {
      const opened = await openPipeline(file, { io, ...options });
      if (opened === undefined) {
        session.exitCode = 1;
        return;
      }
      try {
        const runId = options.runId ?? newRunId(opened.pipeline.name);
        const folder = await runFolder(runId, io.cwd);
        io.stderr.write(
          escapeControls(`${opened.pipeline.name} on ${opened.connection.endpoint}, run ${runId}`) + '\n',
        );
        const plan = await opened.plan();
        const progress = showProgress(plan.steps, io);
        const engine = createInMemoryEngine(
          createInterpreter({ kinds: stepKinds, ports: opened.connection.ports, onEvent: progress.onEvent }),
        );
        const cancel = (): void => void engine.cancel(runId);
        io.signal.addEventListener('abort', cancel, { once: true });
        await engine.start(runId, plan);
        if (io.signal.aborted) cancel();
        const record = await engine.result(runId);
        io.signal.removeEventListener('abort', cancel);
        await progress.end();
        await writeRecord(record, folder);
        io.stdout.write(options.format === 'json' ? `${JSON.stringify(record, undefined, 2)}\n` : runText(record));
        io.stderr.write(`record: ${path.relative(io.cwd, path.join(folder, 'run.json'))}\n`);
        explainFailures(record, session);
        session.exitCode = exitCodeOf(record);
      } finally {
        await opened.connection.close();
      }
    });
}

function newRunId(pipeline: string): string {
  const name = pipeline.replaceAll(/[^A-Za-z0-9.-]+/g, '-').slice(0, 60);
  const time = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return `${name}-${time}-${randomBytes(2).toString('hex')}`.replace(/^[^A-Za-z0-9]+/, '');
}

async function runFolder(runId: string, cwd: string): Promise<string> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(runId)) {
    throw new UsageError(
      `Name the run with letters, digits, dots and hyphens, at most 100: got ${JSON.stringify(runId)}`,
    );
  }
  const folder = path.join(cwd, '.speechops', 'runs', runId);
  if ((await stat(path.join(folder, 'run.json')).catch(() => undefined)) !== undefined) {
    throw new UsageError(
      `Choose another --run-id: run ${runId} has ended, its record is ${path.join(folder, 'run.json')}`,
    );
  }
  await mkdir(folder, { recursive: true });
  return folder;
}

async function writeRecord(record: RunRecord, folder: string): Promise<void> {
  await writeFile(path.join(folder, 'run.json'), `${JSON.stringify(record, undefined, 2)}\n`);
}

function explainFailures(record: RunRecord, { io }: Session): void {
  for (const [id, step] of Object.entries(record.steps)) {
    if (step.status === 'failed') io.stderr.write(escapeControls(`error: ${id}: ${step.error ?? 'failed'}`) + '\n');
  }
  if (exitCodeOf(record) === 3)
    io.stderr.write('Run the same command again when the cause is mended: what is done already is reused\n');
}

function exitCodeOf(record: RunRecord): ExitCode {
  if (record.status === 'succeeded') return 0;
  // Stopped from outside, or the world failed: the same run may succeed another time.
  const isWorld = Object.values(record.steps).some((step) => step.failure === 'world');
  return isWorld || record.status === 'cancelled' ? 3 : 1;
}
