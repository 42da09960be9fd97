import type { Journal } from './journal.ts';

/** Keeps how the steps of a run that are under way would leave things if they were ended now. */
export interface StateNotes {
  note(stepId: string, state: string | undefined): void;
  /** Resolves when all of it is kept, or could not be. */
  kept(): Promise<void>;
}

/**
 * Notes of this execution of a run, in the journal: with them a run whose process has died can be told of, too. Of states that follow each
 * other at once the last one is kept. Nothing is written any more when `signal` is aborted, because another execution may have begun.
 */
export function noteStates(
  runId: string,
  { journal, signal }: { readonly journal: Journal; readonly signal: AbortSignal },
): StateNotes {
  const unwritten = new Map<string, string | undefined>();
  let writing: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    // What is said in one go counts once.
    await Promise.resolve();
    while (unwritten.size > 0 && !signal.aborted) {
      const notes = new Map(unwritten);
      unwritten.clear();
      // A note that cannot be kept ends no run. When the process dies after it, `cancel` says that nothing is kept of the step.
      await journal.leaveBehind(runId, notes).catch(() => undefined);
    }
    writing = undefined;
  };
  return {
    note(stepId, state) {
      unwritten.set(stepId, state);
      writing ??= write();
    },
    kept: async () => await writing,
  };
}
