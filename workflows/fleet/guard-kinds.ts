import type { StepKind } from '../engine/step-kind.ts';
import type { Activity } from './activity.ts';
import { guardPorts, type StepGuard } from './worker-ports.ts';

/** The step kinds as a worker executes them for one run: see {@link guardPorts}, and what its {@link Activity} is told. */
export function guardKinds(
  kinds: Readonly<Record<string, StepKind>>,
  run: {
    readonly runId: string;
    readonly activity: Activity;
    readonly guardOf: (stepId: string) => Omit<StepGuard, 'whileWaiting'>;
  },
): Readonly<Record<string, StepKind>> {
  return Object.fromEntries(Object.entries(kinds).map(([uses, kind]) => [uses, guardKind(kind, run)]));
}

function guardKind(kind: StepKind, { runId, activity, guardOf }: Parameters<typeof guardKinds>[1]): StepKind {
  return {
    ...kind,
    async run(input, context) {
      const step = stepKey(runId, input.step.id);
      const whileWaiting = async <T>(wait: () => Promise<T>): Promise<T> => await activity.whileWaiting(step, wait);
      await activity.begin(step);
      return await kind.run(input, {
        ...context,
        ports: guardPorts(context.ports, { ...guardOf(input.step.id), whileWaiting }),
        answer: (options) => whileWaiting(() => context.answer(options)),
      });
    },
  };
}

/** The name of a step among all runs of a process. */
export function stepKey(runId: string, stepId: string): string {
  return `${runId}/${stepId}`;
}
