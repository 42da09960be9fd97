import path from 'node:path';
import { Command } from 'commander';
import type { DeclaredSchedule, Schedule } from '../../fleet/schedules/schedule-changes.ts';
import { Schedules } from '../../fleet/schedules/schedules.ts';
import { prepareTables } from '../../store/tables.ts';
import { Journal } from '../../durable/journal.ts';
import { reachDatabase } from '../../store/reach-database.ts';
import type { Store } from '../../store/embedded-store.ts';
import { escapeControls } from '../../document/quote-name.ts';
import type { Pipeline } from '../../language/pipeline.ts';
import { resourcesOf } from '../../plan/resources.ts';
import {
  type ListedSchedule,
  scheduleChangesText,
  schedulesText,
  ticksAhead,
} from '../../report/commands/schedules-text.ts';
import { type Io, type Session, UsageError } from '../session.ts';
import { systemClock } from '../../time/system-clock.ts';
import { connect } from '../connect/connection.ts';
import { openFleetStore } from '../connect/database.ts';
import { loadPipelineFile, printDiagnostics } from '../pipelines/pipeline-file.ts';
import { formatOption, priorityOption } from '../options.ts';
import { addVariableOptions, allowedVariables, type VariableOptions } from '../pipelines/variables.ts';

interface Options extends VariableOptions {
  readonly list?: boolean;
  readonly remove?: string;
  readonly pause?: string;
  readonly continue?: string;
  readonly priority: number;
  readonly format: 'text' | 'json';
}

/** `speechops schedule`: tells the workers when to start pipelines. */
export function scheduleCommand(session: Session): Command {
  return addVariableOptions(new Command('schedule'), 'with the name of a credential that the pipelines may declare')
    .argument('[files...]', 'pipelines, YAML files')
    .option('--list', 'what is scheduled: next and last time, last run, last error')
    .option('--remove <pipeline>', 'forget the schedule of a pipeline, by its name')
    .option('--pause <pipeline>', 'start nothing of a pipeline until it is continued')
    .option('--continue <pipeline>', 'take a pause back; what fell into it is not made up')
    .addOption(priorityOption())
    .addOption(formatOption())
    .addHelpText(
      'after',
      `
The runs are for the Speech resource that SPEECHOPS_ENDPOINT names now; workers read the files under the same path.
Example: speechops schedule pipelines/call-center.yaml
         speechops schedule --list`,
    )
    .action(async (files: readonly string[], options: Options) => await schedule(files, { ...options, session }));
}

async function schedule(files: readonly string[], options: Options & { readonly session: Session }): Promise<void> {
  const asked = [files.length > 0, options.list, options.remove, options.pause, options.continue];
  if (asked.filter((one) => one !== undefined && one !== false).length !== 1) {
    throw new UsageError('Give pipeline files, or one of --list, --remove, --pause and --continue');
  }
  const store = openFleetStore(options.session.io);
  try {
    await reachDatabase(store.pool);
    if (files.length > 0) await declare(files, { ...options, store });
    else {
      await prepareTables(store);
      if (options.list === true) await list(store, options);
      else await steer(new Schedules(store.pool), options);
    }
  } finally {
    await store.close();
  }
}

async function declare(
  files: readonly string[],
  options: Options & { readonly session: Session; readonly store: Store },
): Promise<void> {
  const { session, store, format } = options;
  const { stdout, stderr } = session.io;
  const declared = await readSchedules(files, options);
  if (declared === undefined) {
    session.exitCode = 1;
    return;
  }
  await prepareTables(store);
  const now = systemClock().now();
  const changes = await new Schedules(store.pool).declare(declared, now);
  if (format === 'json') {
    const told = changes.map(({ kind, schedule: entry }) => ({
      change: kind,
      ...scheduleJson(entry),
      nextTicks: kind === 'removed' ? [] : ticksAhead(entry, now),
    }));
    stdout.write(`${JSON.stringify(told, undefined, 2)}\n`);
  } else stdout.write(scheduleChangesText(changes, now));
  for (const { pipeline, entries, file } of declared) {
    if (entries.length > 0) continue;
    stderr.write(`${escapeControls(`${pipeline} does not start by itself: ${file} has no \`schedule\``)}\n`);
  }
}

/** The schedules that the files declare; undefined when a file has faults, which are printed. */
async function readSchedules(
  files: readonly string[],
  options: VariableOptions & { readonly session: Session; readonly priority: number },
): Promise<readonly DeclaredSchedule[] | undefined> {
  const { session, priority } = options;
  const { io } = session;
  const allowed = await allowedVariables(options, { io, files });
  const declared = new Map<string, DeclaredSchedule>();
  let hasFaults = false;
  for (const file of files) {
    const loaded = await loadPipelineFile(file, { io, allowedVariables: allowed });
    printDiagnostics(loaded, { file, io });
    hasFaults ||= loaded.schedule === undefined;
    if (loaded.schedule === undefined) continue;
    const { pipeline } = loaded.schedule;
    const absolute = path.resolve(io.cwd, file);
    const other = declared.get(pipeline);
    if (other !== undefined && other.file !== absolute) {
      throw new UsageError(`Schedule a pipeline from one file: ${other.file} and ${absolute} both hold ${pipeline}`);
    }
    const endpoint = await endpointNow(io, loaded.pipeline);
    declared.set(pipeline, { ...loaded.schedule, file: absolute, endpoint, priority });
  }
  return hasFaults ? undefined : [...declared.values()];
}

/** The origin of the resource alone: the rest of its address is not for the database. */
async function endpointNow(io: Io, pipeline: Pipeline | undefined): Promise<string> {
  // A pipeline that names its resources itself needs none from where it is scheduled.
  if (pipeline !== undefined && resourcesOf(pipeline).length > 0) return '';
  const connection = await connect(io, { emulator: false, folder: io.cwd, knownAudio: [] });
  await connection.close();
  return new URL(connection.endpoint).origin;
}

async function steer(schedules: Schedules, options: Options & { readonly session: Session }): Promise<void> {
  const { remove, pause, continue: continued, session } = options;
  const pipeline = remove ?? pause ?? continued ?? '';
  const [count, done] =
    remove !== undefined
      ? [await schedules.remove(pipeline), 'Removed the schedule of']
      : pause !== undefined
        ? [await schedules.pause(pipeline), 'Paused']
        : [await schedules.continue(pipeline, systemClock().now()), 'Continued'];
  if (count === 0) {
    throw new UsageError(`Check the name ${pipeline}: no such pipeline is scheduled (speechops schedule --list)`);
  }
  session.io.stderr.write(`${escapeControls(`${done} ${pipeline}`)}\n`);
}

async function list(store: Store, { session, format }: Options & { readonly session: Session }): Promise<void> {
  const { io } = session;
  const schedules = await withStatus(await new Schedules(store.pool).list(), store);
  const now = systemClock().now();
  if (format === 'text') {
    io.stdout.write(schedulesText(schedules, now));
    return;
  }
  const told = schedules.map(({ lastTick, lastRunId, lastRunStatus, failure, ...entry }) => ({
    ...scheduleJson(entry),
    nextTicks: ticksAhead(entry, now),
    ...(lastTick === undefined ? {} : { lastTick, lastRun: { runId: lastRunId, status: lastRunStatus } }),
    ...(failure === undefined ? {} : { lastError: failure }),
  }));
  io.stdout.write(`${JSON.stringify(told, undefined, 2)}\n`);
}

async function withStatus(schedules: readonly Schedule[], store: Store): Promise<readonly ListedSchedule[]> {
  const runIds = schedules.flatMap(({ lastRunId }) => (lastRunId === undefined ? [] : [lastRunId]));
  if (runIds.length === 0) return schedules;
  const journal = await Journal.open(store);
  try {
    const statuses = new Map((await journal.runs({ runIds })).map(({ runId, status }) => [runId, status]));
    return schedules.map((entry) => {
      const lastRunStatus = statuses.get(entry.lastRunId ?? '');
      return lastRunStatus === undefined ? entry : { ...entry, lastRunStatus };
    });
  } finally {
    await journal.close();
  }
}

function scheduleJson(entry: Schedule): object {
  const { pipeline, name, cron, timeZone, missed, inputs, priority, file, endpoint, isPaused } = entry;
  return { pipeline, name, cron, timeZone, missed, inputs, priority, file, endpoint, isPaused };
}
