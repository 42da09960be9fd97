import { styleText } from 'node:util';
import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';
import type { StepRecord } from '../../engine/run-record.ts';
import { formatSeconds } from '../../report/commands/run-text.ts';

/** What is shown of a run while it is executed. All texts are safe to print, and on one line. */
export interface RunState {
  /** The pipeline and the Speech resource. */
  readonly title: string;
  readonly runId: string;
  /** Milliseconds, as all times here. */
  readonly startedAt: number;
  readonly steps: readonly StepState[];
}

export interface StepState {
  readonly id: string;
  readonly name: string;
  readonly needs: readonly string[];
  readonly status: 'waiting' | 'running' | StepRecord['status'];
  /** What the step said last, or what came out. */
  readonly message: string;
  /** When it began to run. */
  readonly startedAt?: number;
}

/**
 * A run as lines for a terminal, fewer than its rows and narrower than its columns: the run, then its steps in the order of the
 * pipeline. Where there is no room for all, those that run or have failed are shown, then those that wait, and the others
 * are counted.
 */
export function runView(
  run: RunState,
  terminal: { readonly rows: number; readonly columns: number; readonly now: number; readonly color: boolean },
): readonly string[] {
  const { rows, now } = terminal;
  const width = Math.max(1, terminal.columns - 1);
  const paint: Paint = (format, text) => (terminal.color ? styleText(format, text, { validateStream: false }) : text);
  // The cursor has the last row.
  const room = Math.max(1, rows - 1);
  const head = header(run, { now, width }).map((line) => paint('bold', line));
  const { shown, rest } = choose(run.steps, room - head.length);
  const names = Math.min(Math.max(0, ...shown.map(({ name }) => stringWidth(name))), Math.floor(width / 2));
  const lines = shown.map((step) => {
    const [format, mark] = marks[step.status];
    const name = cut(step.name, names);
    const text = ` ${name}${' '.repeat(names - stringWidth(name))}  ${said(step, { run, now })}`;
    const line = cut(text, width - 1).trimEnd();
    return `${paint(format, mark)}${step.status === 'waiting' ? paint('dim', line) : line}`;
  });
  const counted = rest.length === 0 ? [] : [paint('dim', cut(`… ${rest.length} more: ${count(rest)}`, width))];
  return [...head, ...lines, ...counted].slice(0, room);
}

type Paint = (format: Parameters<typeof styleText>[0], text: string) => string;

const marks = {
  waiting: ['dim', '·'],
  running: ['cyan', '▶'],
  succeeded: ['green', '✔'],
  reused: ['green', '✔'],
  failed: ['red', '✖'],
  skipped: ['yellow', '-'],
  cancelled: ['yellow', '-'],
} as const;

/** One line, or two when the run's id, which other commands want to be told, has no room on the first. */
function header({ title, runId, startedAt }: RunState, at: { readonly now: number; readonly width: number }): string[] {
  const time = elapsed(startedAt, at.now);
  const all = `${title}, run ${runId}  ${time}`;
  if (stringWidth(all) <= at.width) return [all];
  return [cut(`${cut(title, at.width - time.length - 2)}  ${time}`, at.width), cut(`run ${runId}`, at.width)];
}

function choose(
  steps: readonly StepState[],
  room: number,
): { readonly shown: readonly StepState[]; readonly rest: readonly StepState[] } {
  if (steps.length <= room) return { shown: steps, rest: [] };
  // One row is for the count of the others.
  const first = steps.toSorted((a, b) => rank(a) - rank(b)).slice(0, Math.max(0, room - 1));
  const chosen = new Set(first);
  return { shown: steps.filter((step) => chosen.has(step)), rest: steps.filter((step) => !chosen.has(step)) };
}

function rank({ status }: StepState): number {
  if (status === 'running' || status === 'failed') return 0;
  return status === 'waiting' ? 1 : 2;
}

function said(step: StepState, { run, now }: { readonly run: RunState; readonly now: number }): string {
  const { status, message } = step;
  if (status === 'reused' || status === 'skipped' || status === 'cancelled') return `${status}: ${message}`;
  if (status === 'running') return `${elapsed(step.startedAt ?? now, now)}  ${message}`;
  if (status !== 'waiting') return message;
  const open = run.steps.filter((other) => step.needs.includes(other.id) && isOpenStep(other));
  return open.length === 0 ? 'waiting' : `waiting for ${open.map(({ name }) => name).join(', ')}`;
}

/** Whether a step has not ended yet. */
export function isOpenStep({ status }: Pick<StepState, 'status'>): boolean {
  return status === 'waiting' || status === 'running';
}

function elapsed(from: number, to: number): string {
  return formatSeconds(Math.floor((to - from) / 1000));
}

/** `9 succeeded, 3 waiting`. */
function count(steps: readonly StepState[]): string {
  const counts = new Map<string, number>();
  for (const { status } of steps) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, number]) => `${number} ${status}`).join(', ');
}

function cut(text: string, width: number): string {
  return width < 1 ? '' : cliTruncate(text, width);
}
