import { isLeftOut, type RunRecord, type StepRecord } from '../../engine/run-record.ts';
import { nothingDone } from '../../evidence/nothing-done.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { painter } from '../paint.ts';
import { summariseStep } from '../summarise-step.ts';

/**
 * The run as a table for a terminal: a line a step with its status, its time and what came out. `color` paints how they ended.
 */
export function runText(record: RunRecord, { color = false }: { readonly color?: boolean } = {}): string {
  const paint = painter({ color });
  const ids = Object.keys(record.steps);
  const width = Math.max(...ids.map((id) => id.length));
  const lines = ids.map((id) => {
    const step = record.steps[id];
    if (step === undefined) return '';
    const status = paint(step.status, step.status.padEnd(9));
    return `  ${escapeControls(id.padEnd(width))}  ${status}  ${escapeControls(describeStep(step))}`.trimEnd();
  });
  const status = paint(record.status, record.status);
  // With its colon: a name that ends in one must not make `::` at the beginning of a line, which steers a CI's log.
  const head = `${escapeControls(`${record.pipeline}: `)}${status} in ${formatSpan(record)}`;
  const nothing = record.status === 'succeeded' ? nothingDone(record.steps) : undefined;
  return [head, ...(nothing === undefined ? [] : [escapeControls(nothing)]), ...lines, ''].join('\n');
}

/** An ended step in one line: its error or outputs, its reason, and the time it took. */
export function describeStep(step: StepRecord): string {
  const said = outcomeText(step);
  if (isLeftOut(step) || step.startedAt === undefined || step.finishedAt === undefined) return said;
  const time = formatSpan({ startedAt: step.startedAt, finishedAt: step.finishedAt });
  return said === '' ? `in ${time}` : `${said} (${time})`;
}

/** An ended step in one line without the time it took. */
function outcomeText(step: StepRecord): string {
  return [step.error ?? summariseStep(step), because(step)].filter((text) => text !== '').join(', ');
}

/** A step that was skipped or cancelled says why, another one the condition it ran on. */
function because({ status, reason }: StepRecord): string {
  if (reason === undefined) return '';
  return isLeftOut({ status }) ? reason : `because ${reason}`;
}

/** The time from start to end in the units of a clock: `8.4 s`, `2 min 5 s`, `1 h 3 min`. */
export function formatSpan(span: { readonly startedAt: string; readonly finishedAt: string }): string {
  const seconds = (Date.parse(span.finishedAt) - Date.parse(span.startedAt)) / 1000;
  return seconds < 59.95 ? `${seconds.toFixed(1)} s` : formatSeconds(seconds);
}

/** The same of whole seconds: `8 s`, `2 min 5 s`, `1 h 3 min`. */
export function formatSeconds(seconds: number): string {
  const minutes = Math.floor(Math.round(seconds) / 60);
  if (minutes === 0) return `${Math.round(seconds)} s`;
  return minutes < 60
    ? `${minutes} min ${Math.round(seconds) % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
