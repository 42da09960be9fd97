import type { RunScope } from './engine.ts';

/**
 * The scope of a run that is executed once, and of which nothing is kept: nobody can resume it, and nobody answers it. It ends early when the
 * signal is aborted.
 */
export function singleScope({ runId, startedAt, signal }: Pick<RunScope, 'runId' | 'startedAt' | 'signal'>): RunScope {
  return {
    runId,
    startedAt,
    timedFrom: startedAt,
    isCancelled: false,
    leftBehind: {},
    leaving: () => undefined,
    signal,
    givenUp: new Promise<never>(() => undefined),
    step: async (_name, act) => await act(),
    alone: async (_name, { act }) => await act(),
    assertOwned: async () => signal.throwIfAborted(),
    wait: async () => undefined,
  };
}
