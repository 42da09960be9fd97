import type { Abandoned } from '../../engine/engine.ts';
import { journalFormat } from '../../durable/journal-format.ts';
import type { RunDetails, RunSummary } from '../../durable/journal.ts';
import type { LogEntry } from '../../store/run-log.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { approvalQuestion } from '../approval-question.ts';
import { painter } from '../paint.ts';
import { describeStep, formatSpan } from './run-text.ts';
import { type ShownStep, stepStateOf } from '../step-state.ts';
import { tableText } from '../table.ts';

/**
 * Runs as a table for a terminal, with times on the clock of this machine. A run that has not ended has taken the time until
 * `now`. `color` paints their states.
 */
export function runsText(
  runs: readonly RunSummary[],
  { now, color = false }: { readonly now: Date; readonly color?: boolean },
): string {
  const paint = painter({ color });
  const rows = runs.map((run) => [
    run.runId,
    stateOfRun(run),
    localTime(run.startedAt),
    // An abandoned run has done nothing since a moment that nothing tells.
    run.abandoned === undefined
      ? formatSpan({ startedAt: run.startedAt, finishedAt: run.finishedAt ?? now.toISOString() })
      : '',
    `${run.pipeline}${noteOn(run)}${run.error === undefined ? '' : `  (${run.error})`}`,
  ]);
  return tableText(['RUN', 'STATE', 'STARTED', 'TOOK', 'PIPELINE'], rows, {
    paint: (cell, column) => (column === 1 ? paint(cell.trimEnd(), cell) : cell),
  });
}

/** Year to second on the clock of this machine, as in 2026-01-02 03:04:05. */
function localTime(iso: string): string {
  // The Swedish form is the one of ISO 8601 without its letters.
  return new Date(iso).toLocaleString('sv-SE');
}

/**
 * A run as a table for a terminal: a line a step, with what it needs and what it waits for; then its log. `color` paints their
 * states.
 */
export function runDetailsText(
  run: RunDetails & { readonly log: readonly LogEntry[] },
  { color = false }: { readonly color?: boolean } = {},
): string {
  const paint = painter({ color });
  const steps =
    run.plan?.pipeline.steps ?? Object.entries(run.steps).map(([id, { uses }]) => ({ id, uses, needs: [] }));
  const width = Math.max(...steps.map(({ id }) => id.length));
  const lines = steps.map((step) => {
    const needs = step.needs.length === 0 ? '' : `  <- ${step.needs.join(', ')}`;
    const { status, text } = stateOf(step, run);
    const state = paint(status, status.padEnd(9));
    return `  ${escapeControls(step.id.padEnd(width))}  ${state}  ${escapeControls(text + needs)}`.trimEnd();
  });
  const log = run.log.map(({ at, stepId, message }) =>
    escapeControls(`  ${at}  ${stepId === undefined ? '' : `${stepId}: `}${message}`),
  );
  const logged = log.length === 0 ? [] : ['log:', ...log];
  const state = paint(stateOfRun(run), stateOfRun(run));
  const about = escapeControls(`, started ${run.startedAt}, run ${run.runId}${noteOn(run)}`);
  const head = `${escapeControls(`${run.pipeline}: `)}${state}${about}`;
  const failure = run.error === undefined ? [] : [paint('failed', escapeControls(`error: ${run.error}`))];
  return [head, ...failure, ...lines, ...logged].map((line) => `${line}\n`).join('');
}

/** The state of a run in a word, as `runs` shows it. */
export function stateOfRun({ status, abandoned, waitsForRoom }: RunSummary): string {
  if (waitsForRoom !== undefined) return 'waiting';
  return abandoned === undefined ? status : 'abandoned';
}

const whatGoesOn: Readonly<Record<Abandoned, (runId: string) => string>> = {
  'until-resumed': (runId) => `speechops resume ${runId}`,
  'until-taken-over': () => 'a worker takes it over',
};

/**
 * The note behind a run. Only the version that has kept a run can resume it, and other versions show as much of it as they can
 * read.
 */
function noteOn({ runId, format, abandoned, waitsForRoom }: RunSummary): string {
  if (format !== journalFormat) return `  (kept as ${format}, for another version: this one reads ${journalFormat})`;
  if (waitsForRoom !== undefined)
    return `  (for room on the disk of ${waitsForRoom.place}, which is full since ${waitsForRoom.since})`;
  return abandoned === undefined ? '' : `  (${whatGoesOn[abandoned](runId)})`;
}

function stateOf(step: ShownStep, run: RunDetails): { readonly status: string; readonly text: string } {
  const state = stepStateOf(step, run);
  if (state.kind === 'ended') return { status: state.record.status, text: describeStep(state.record) };
  if (state.kind === 'not-run') return { status: 'not run', text: '' };
  if (state.kind === 'queued') return { status: 'waiting', text: 'for a worker' };
  if (state.kind === 'waits') return { status: 'waiting', text: `for ${state.for.join(', ')}` };
  if (state.kind === 'asks') return { status: 'waiting', text: `for approval: ${approvalQuestion(step, run).command}` };
  return { status: state.kind === 'works' ? 'working' : 'abandoned', text: '' };
}
