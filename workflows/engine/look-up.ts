import type { Effect } from '../plan/step-plan.ts';
import { type Outputs, StepFailure, type StepContext, type StepInput, type StepKind } from './step-kind.ts';

/**
 * The outputs of a step that has everything it needs and would make nothing, found out without a run; a text says why they cannot be. It rejects
 * when the world fails. The step is executed, and ends before it would change anything.
 */
export async function lookUp<With extends object>(
  kind: StepKind<With>,
  input: StepInput<With>,
  { ports, signal, report }: Pick<StepContext, 'ports' | 'signal' | 'report'>,
): Promise<Outputs | string> {
  const context: StepContext = {
    ports,
    signal,
    report,
    runId: '',
    startedAt: '',
    changedBefore: undefined,
    since: ports.clock.now().toISOString(),
    decision: async () => await refuse('ask a person'),
    leaving: () => undefined,
    sample: () => undefined,
    effect: async (effect) => await refuse(effect),
    cleanUp: async (effect) => await refuse(effect),
  };
  try {
    const outcome = await kind.run(input, context);
    return outcome.kind === 'skipped' ? outcome.reason : outcome.outputs;
  } catch (error) {
    if (error instanceof WouldChange || error instanceof StepFailure) return error.message;
    throw error;
  }
}

/** The step is not one that makes nothing: what it wanted to use is gone, or has changed meanwhile. */
class WouldChange extends Error {
  override readonly name = 'WouldChange';
}

async function refuse(what: Effect | string): Promise<never> {
  throw new WouldChange(`it would ${what}, and nothing is changed before a run`);
}
