import type { RunState, RunStepView, StepStateName } from '../../../api/runs.ts';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';

/** A sign and words for a state, so that nobody has to tell colours apart. */
interface Shown {
  readonly sign: string;
  readonly words: string;
  readonly tone: 'good' | 'bad' | 'busy' | 'asks' | 'quiet';
}

const stepStates: Readonly<Record<StepStateName, Shown>> = {
  succeeded: { sign: '✓', words: 'succeeded', tone: 'good' },
  reused: { sign: '=', words: 'was there already', tone: 'good' },
  skipped: { sign: '–', words: 'skipped', tone: 'quiet' },
  cancelled: { sign: '!', words: 'cancelled under way', tone: 'bad' },
  failed: { sign: '✕', words: 'failed', tone: 'bad' },
  'not-run': { sign: '–', words: 'not done', tone: 'quiet' },
  queued: { sign: '○', words: 'waits for a worker', tone: 'quiet' },
  waits: { sign: '○', words: 'waits', tone: 'quiet' },
  asks: { sign: '?', words: 'asks', tone: 'asks' },
  works: { sign: '●', words: 'works', tone: 'busy' },
  abandoned: { sign: '!', words: 'abandoned', tone: 'bad' },
};

const runStates: Readonly<Record<RunState | 'asks', Shown>> = {
  asks: { sign: '?', words: 'asks', tone: 'asks' },
  queued: { sign: '○', words: 'queued', tone: 'quiet' },
  running: { sign: '●', words: 'running', tone: 'busy' },
  waiting: { sign: '○', words: 'waiting', tone: 'quiet' },
  abandoned: { sign: '!', words: 'abandoned', tone: 'bad' },
  cancelled: { sign: '–', words: 'cancelled', tone: 'quiet' },
  succeeded: { sign: '✓', words: 'succeeded', tone: 'good' },
  failed: { sign: '✕', words: 'failed', tone: 'bad' },
  ended: { sign: '–', words: 'ended', tone: 'quiet' },
};

/** How a step stands, for the graph and the details. */
export function stepState(state: StepStateName): Shown {
  return stepStates[state];
}

/** Whether its times are those of its work, to its end or until now. */
export function isTimed({ startedAt, state }: RunStepView): boolean {
  return startedAt !== undefined && state !== 'skipped' && state !== 'cancelled' && state !== 'abandoned';
}

/** How a run stands. */
export function runStateView(state: RunState | 'asks'): View {
  const { sign, words, tone } = runStates[state];
  return markup`<span class=${`state tone-${tone}`}><span class="sign" aria-hidden="true">${sign}</span> ${words}</span>`;
}
