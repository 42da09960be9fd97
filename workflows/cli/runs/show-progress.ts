import stringWidth from 'string-width';
import type { RunEvent } from '../../engine/run-record.ts';
import type { PipelineStep } from '../../language/pipeline.ts';
import { describeStep } from '../../report/commands/run-text.ts';
import { escapeControls } from '../../document/quote-name.ts';
import type { Io } from '../session.ts';
import { wantsColor } from '../wants-color.ts';
import { isOpenStep, runView, type StepState } from './run-view.ts';

/** A run to be shown. */
export interface ShownRun {
  readonly runId: string;
  /** The pipeline and the Speech resource that it works on. */
  readonly title: string;
  readonly steps: readonly ShownStep[];
}

export type ShownStep = Pick<PipelineStep, 'id' | 'name' | 'needs'>;

export interface Progress {
  onEvent(event: RunEvent): void;
  /**
   * Ends the showing: what is written to stderr from here on stands below what was shown. With `forSummary` a live view
   * makes room for the summary that is printed next. Events that come later, and further calls, are without effect on a live view.
   */
  end(how?: { readonly forSummary: boolean }): void;
}

/** Shows a run on stderr while it is executed: a live view on a terminal, a line an event elsewhere. */
export function showProgress(run: ShownRun, io: Io): Progress {
  const { live } = io.stderr;
  return live === undefined ? plainLines(run, io) : liveView(run, { io, live });
}

function plainLines({ steps }: ShownRun, io: Io): Progress {
  const width = Math.max(...steps.map(({ id }) => id.length));
  const line = (id: string, text: string): void => io.stderr.write(`${id.padEnd(width)}  ${escapeControls(text)}\n`);
  const shown = new Map<string, string>();
  return {
    onEvent(event) {
      if (event.kind === 'step-started') line(event.stepId, startedText(event));
      if (event.kind === 'step-finished') line(event.stepId, `${event.record.status}: ${describeStep(event.record)}`);
      if (event.kind === 'step-progress' && shown.get(event.stepId) !== event.message) {
        shown.set(event.stepId, event.message);
        line(event.stepId, event.message);
      }
    },
    end() {},
  };
}

function liveView(
  run: ShownRun,
  { io, live }: { readonly io: Io; readonly live: NonNullable<Io['stderr']['live']> },
): Progress {
  const title = escapeControls(run.title);
  const startedAt = Date.now();
  // A secret that a line is cut in would not be found in it any more.
  const safe = (text: string): string => escapeControls(io.secretMask?.mask(text) ?? text);
  const steps = new Map<string, StepState>();
  for (const { id, name, needs } of run.steps)
    steps.set(id, { id, name: safe(name), needs, status: 'waiting', message: '' });
  let hasEnded = false;
  const draw = (): void => {
    if (hasEnded) return;
    const { rows, columns } = io.stderr;
    const terminal = { rows: rows || 24, columns: columns || 80, now: Date.now(), color: wantsColor(io.stderr, io) };
    live.draw(runView({ title, runId: run.runId, startedAt, steps: [...steps.values()] }, terminal), stringWidth);
  };
  // Also when no step says anything: time goes by, and the terminal may have got another size.
  const timer = setInterval(draw, 200);
  timer.unref();
  draw();
  return {
    onEvent(event) {
      const step = steps.get(event.stepId);
      // What a log says of a step may come after the step's end.
      if (step === undefined || !isOpenStep(step)) return;
      const began = { startedAt: Date.now(), ...step, status: 'running' as const };
      if (event.kind === 'step-started') steps.set(step.id, { ...began, message: safe(startedText(event)) });
      if (event.kind === 'step-progress') steps.set(step.id, { ...began, message: safe(event.message) });
      if (event.kind === 'step-finished') {
        const { status } = event.record;
        steps.set(step.id, { ...step, status, message: safe(describeStep(event.record)) });
      }
      draw();
    },
    end(how) {
      if (hasEnded) return;
      if (how?.forSummary === true) live.draw([], stringWidth);
      else draw();
      hasEnded = true;
      clearInterval(timer);
      live.leave();
      if (how?.forSummary === true) io.stderr.write(`${title}, run ${run.runId}\n`);
    },
  };
}

function startedText(event: RunEvent & { readonly kind: 'step-started' }): string {
  return event.reason === undefined ? 'started' : `started because ${event.reason}`;
}
