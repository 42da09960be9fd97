import { Listr, ListrLogger, ProcessOutput } from 'listr2';
import type { RunEvent, StepRecord } from '../../engine/run-record.ts';
import type { PlannedStep } from '../../plan/plan.ts';
import { describeStep } from '../../report/run-text.ts';
import { escapeControls } from '../../document/quote-name.ts';
import type { Io } from '../session.ts';

export type ShownStep = Pick<PlannedStep, 'id' | 'name'>;

export interface Progress {
  onEvent(event: RunEvent): void;
  /** Shows a message about the run as a whole. */
  say(text: string): void;
  /** Resolves when the last step has been shown. */
  end(): Promise<void>;
}

/** Shows a run on stderr while it is executed: a live list on a terminal, a line an event elsewhere. */
export function showProgress(steps: readonly ShownStep[], io: Io): Progress {
  return io.stderr.isTTY === true && process.stderr.isTTY ? liveList(steps) : plainLines(steps, io);
}

function plainLines(steps: readonly ShownStep[], io: Io): Progress {
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
    say: (text) => io.stderr.write(`${text}\n`),
    async end() {},
  };
}

function liveList(steps: readonly ShownStep[]): Progress {
  const followed = new Map(steps.map((step) => [step.id, new FollowedStep()]));
  const list = new Listr(
    steps.map((step) => ({
      title: escapeControls(step.name),
      task: async (_, task) => {
        const follow = followed.get(step.id);
        if (follow === undefined) return;
        follow.show = (message) => (task.output = escapeControls(message));
        const record = await follow.finished;
        const name = escapeControls(step.name);
        const said = escapeControls(describeStep(record));
        const text = `${name}  ${said}`;
        if (record.status === 'skipped') task.skip(text);
        else if (record.status === 'failed') throw new Error(text);
        else task.title = record.status === 'reused' ? `${name}  reused: ${said}` : text;
      },
    })),
    {
      concurrent: true,
      exitOnError: false,
      // The whole program answers Ctrl-C; listr2 would end the process at once.
      registerSignalListeners: false,
      // Progress belongs on stderr, and listr2 draws on what it believes to be stdout.
      rendererOptions: {
        logger: new ListrLogger({
          useIcons: true,
          toStderr: [],
          processOutput: new ProcessOutput(process.stderr, process.stdout),
        }),
      },
    },
  );
  const drawn = list.run().catch(() => undefined);
  return {
    onEvent(event) {
      const follow = followed.get(event.stepId);
      if (event.kind === 'step-started') follow?.show(startedText(event));
      if (event.kind === 'step-progress') follow?.show(event.message);
      if (event.kind === 'step-finished') follow?.finish(event.record);
    },
    say(text) {
      // While listr2 draws the list, it holds back other output to the terminal.
      for (const follow of followed.values()) follow.show(text);
      process.stderr.write(`${text}\n`);
    },
    async end() {
      await drawn;
    },
  };
}

function startedText(event: RunEvent & { readonly kind: 'step-started' }): string {
  return event.reason === undefined ? 'started' : `started because ${event.reason}`;
}

class FollowedStep {
  show: (message: string) => void = () => undefined;
  readonly finished: Promise<StepRecord>;
  finish: (record: StepRecord) => void = () => undefined;

  constructor() {
    this.finished = new Promise((resolve) => {
      this.finish = resolve;
    });
  }
}
