import type { StepKind } from '../engine/step-kind.ts';
import type { Activity } from './activity.ts';
import { workerPorts, type WorkerStep } from './worker-ports.ts';

/**
 * The step kinds as a worker executes them for one run: with {@link workerPorts}, and telling the {@link Activity} what they do.
 */
export function workerKinds(
  kinds: Readonly<Record<string, StepKind>>,
  run: {
    readonly runId: string;
    readonly activity: Activity;
    readonly workerStepOf: (stepId: string) => Omit<WorkerStep, 'whileWaiting'>;
  },
): Readonly<Record<string, StepKind>> {
  return Object.fromEntries(Object.entries(kinds).map(([uses, kind]) => [uses, workerKind(kind, run)]));
}

function workerKind(kind: StepKind, { runId, activity, workerStepOf }: Parameters<typeof workerKinds>[1]): StepKind {
  return {
    ...kind,
    async run(input, context) {
      const step = stepKey(runId, input.step.id);
      const whileWaiting = async <T>(wait: () => Promise<T>): Promise<T> => await activity.whileWaiting(step, wait);
      await activity.begin(step);
      return await kind.run(input, {
        ...context,
        ports: workerPorts(context.ports, { ...workerStepOf(input.step.id), whileWaiting }),
        decision: (options) => whileWaiting(() => context.decision(options)),
      });
    },
  };
}

/** The name of a step among all runs of a process. */
export function stepKey(runId: string, stepId: string): string {
  return `${runId}/${stepId}`;
}
