import type { Outputs, StepContext, StepKind, StepOutcome } from '../../../workflows/engine/step-kind.ts';
import type { RunPoint } from '../../../schemas/types.gen.ts';
import type { PlainValue } from '../../../workflows/document/yaml/plain-value.ts';
import type { FakeWorld } from './fake-world.ts';

export interface Ran {
  readonly outcome: StepOutcome;
  readonly effects: readonly string[];
  readonly said: readonly string[];
}

/** Runs one step kind in a fake world, the way the interpreter does. */
export async function runStep<With extends object>(
  kind: StepKind<With>,
  settings: With,
  options: {
    readonly world: Pick<FakeWorld, 'ports'>;
    readonly id?: string;
    readonly project?: string;
    readonly locale?: string;
    /** @default 'https://speech' */
    readonly resource?: string;
    readonly signal?: AbortSignal;
    /** The outputs of the step that this one takes back. */
    readonly takesBack?: Outputs;
    readonly answer?: PlainValue;
    /** Gets what the step reports, also when it fails. */
    readonly said?: string[];
    /** Gets how the step would leave things. */
    readonly onLeaving?: StepContext['leaving'];
    /** Gets what the step sees in time. */
    readonly samples?: RunPoint[];
    readonly changedBefore?: string;
    /** @default nothing is kept of runs */
    readonly usedByOthers?: StepContext['usedByOthers'];
    /** @default 'run' */
    readonly runId?: string;
    /** @default '2026-06-01T00:00:00Z' */
    readonly startedAt?: string;
  },
): Promise<Ran> {
  const effects: string[] = [];
  const said = options.said ?? [];
  const context: StepContext = {
    ports: options.world.ports,
    signal: options.signal ?? new AbortController().signal,
    runId: options.runId ?? 'run',
    changedBefore: options.changedBefore,
    ...(options.usedByOthers === undefined ? {} : { usedByOthers: options.usedByOthers }),
    startedAt: options.startedAt ?? '2026-06-01T00:00:00Z',
    since: '2026-06-01T00:00:00Z',
    decision: async ({ accepts }) =>
      options.answer !== undefined && accepts(options.answer) ? options.answer : undefined,
    leaving: (state, outputs) => options.onLeaving?.(state, outputs),
    sample: (point) => void options.samples?.push(point),
    report: (message) => said.push(message),
    async effect(effect, { act }) {
      effects.push(effect);
      return await act();
    },
    async cleanUp(effect, act) {
      effects.push(effect);
      const { signal, ports } = context;
      return await act({ ports, signal: signal.aborted ? new AbortController().signal : signal });
    },
  };
  const outcome = await kind.run(
    {
      with: settings,
      step: { id: options.id ?? 'step' },
      ...(options.takesBack === undefined ? {} : { takesBack: options.takesBack }),
      pipeline: {
        name: 'pipeline',
        locale: options.locale ?? 'en-US',
        ...(options.project === undefined ? {} : { project: options.project }),
      },
      resource: options.resource ?? 'https://speech',
      folder: '/pipeline',
    },
    context,
  );
  return { outcome, effects, said };
}
