import { hostname } from 'node:os';
import type { ScheduleDefinition } from '../../fleet/schedules/schedule-changes.ts';
import type { Diagnostic } from '../../document/diagnostics/diagnostics.ts';
import type { Plan } from '../../plan/plan.ts';
import { type Io, UsageError } from '../session.ts';
import { openPipelineFile } from './open-pipeline.ts';
import { fileKind, loadPipelineFile } from './pipeline-file.ts';
import { refuseWithin } from './variables.ts';

/**
 * The plan that `speechops submit` would make for a schedule now. The worker reads the file anew on its own machine; the file may
 * read the variables that the worker's operator has listed. Throws when the file is not there or has faults, with the first of them.
 */
export async function planScheduled(
  schedule: ScheduleDefinition,
  of: { readonly io: Io; readonly listed: ReadonlySet<string>; readonly settingsFile: string | undefined },
): Promise<Plan> {
  const { io, listed, settingsFile } = of;
  const { file, inputs, endpoint } = schedule;
  if (fileKind(file) !== 'file') {
    throw new UsageError(`Give every worker the pipeline under the same path: ${hostname()} has no file ${file}`);
  }
  if (settingsFile !== undefined) await refuseWithin(settingsFile, { pipeline: file, cwd: io.cwd });
  const env = Object.fromEntries(Object.entries(io.env).filter(([name]) => listed.has(name)));
  const allowed = { allowedVariables: listed };
  const { pipeline, diagnostics, ...read } = await loadPipelineFile(file, { io, inputs, env, ...allowed });
  if (pipeline === undefined) throw new UsageError(firstError(diagnostics));
  const unlisted = Object.keys(pipeline.env ?? {}).find((name) => !listed.has(name));
  if (unlisted !== undefined) {
    throw new UsageError(
      `Start the workers with --allow-env ${unlisted}: ${file} reads it, and schedules read only what the operator of a worker has listed`,
    );
  }
  if (pipeline.name !== schedule.pipeline) {
    throw new UsageError(
      `Schedule ${file} again, and remove the schedule of ${schedule.pipeline}: the file holds the pipeline ${pipeline.name} now`,
    );
  }
  const here = endpoint === '' ? io : { ...io, env: { ...io.env, SPEECHOPS_ENDPOINT: endpoint } };
  const opened = await openPipelineFile({ ...read, pipeline }, { io: here, emulator: false, reviewed: {} });
  return await opened.planRun().finally(() => opened.connection.close());
}

function firstError(diagnostics: readonly Diagnostic[]): string {
  const first = diagnostics.find(({ severity }) => severity === 'error');
  if (first === undefined) return 'Cannot run the pipeline';
  return `${first.path}:${first.line}:${first.column}: ${first.message} [${first.code}]`;
}
