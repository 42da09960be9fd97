import { isOpen } from '../engine/engine.ts';
import type { RunDetails, RunSummary } from '../engine/journal.ts';
import type { LogEntry } from '../engine/run-log.ts';
import type { PipelineStep } from '../language/pipeline.ts';
import { escapeControls } from '../language/quote-name.ts';
import { describeStep } from './run-text.ts';

/** Runs as a table for a terminal. */
export function runsText(runs: readonly RunSummary[]): string {
  if (runs.length === 0) return 'No runs here yet\n';
  const width = Math.max(...runs.map(({ runId }) => runId.length));
  return runs
    .map(
      ({ runId, status, startedAt, pipeline }) =>
        escapeControls(`${runId.padEnd(width)}  ${status.padEnd(9)}  ${startedAt}  ${pipeline}`) + '\n',
    )
    .join('');
}

/** A run as a table for a terminal: a line a step, with what it needs and what it waits for; then its log. */
export function runDetailsText(run: RunDetails & { readonly log: readonly LogEntry[] }): string {
  const { steps } = run.plan.pipeline;
  const width = Math.max(...steps.map(({ id }) => id.length));
  const lines = steps.map((step) => {
    const needs = step.needs.length === 0 ? '' : `  <- ${step.needs.join(', ')}`;
    const { status, text } = stateOf(step, run);
    return `  ${step.id.padEnd(width)}  ${status.padEnd(9)}  ${text}${needs}`.trimEnd();
  });
  const log = run.log.map(
    ({ at, stepId, message }) => `  ${at}  ${stepId === undefined ? '' : `${stepId}: `}${message}`,
  );
  const logged = log.length === 0 ? [] : ['log:', ...log];
  return [`${run.pipeline}: ${run.status}, started ${run.startedAt}, run ${run.runId}`, ...lines, ...logged]
    .map((line) => `${escapeControls(line)}\n`)
    .join('');
}

function stateOf(step: PipelineStep, run: RunDetails): { readonly status: string; readonly text: string } {
  const ended = run.steps[step.id] ?? run.record?.steps[step.id];
  if (ended !== undefined) return { status: ended.status, text: describeStep(ended) };
  if (!isOpen(run.status)) return { status: 'not run', text: '' };
  if (run.status === 'queued') return { status: 'waiting', text: 'for a worker' };
  const before = step.finally === true ? mainSteps(run) : [];
  const open = [...new Set([...step.needs, ...before])].filter((need) => run.steps[need] === undefined);
  if (open.length > 0) return { status: 'waiting', text: `for ${open.join(', ')}` };
  if (step.uses !== 'approve') return { status: 'working', text: '' };
  return { status: 'waiting', text: `for approval: speechops approve ${run.runId} ${step.id}` };
}

/** A step under `finally` starts when all of these have ended. */
function mainSteps(run: RunDetails): readonly string[] {
  return run.plan.pipeline.steps.filter((step) => step.finally !== true).map(({ id }) => id);
}
