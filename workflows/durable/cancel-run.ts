import { isOpen } from '../engine/engine.ts';
import { hasFinally } from '../plan/plan.ts';
import type { Journal, RunDetails } from './journal.ts';

/** A run has ended already, and cannot be cancelled. */
export class RunHasEnded extends Error {
  override readonly name = 'RunHasEnded';

  constructor({ runId, status }: RunDetails) {
    super(`Leave ${runId} as it is: it has ended already (${status})`);
  }
}

/**
 * Ends a run where it stands, and answers in a sentence what that means for its steps under `finally`. Throws a {@link RunHasEnded}
 * when there is nothing to end.
 */
export async function cancelRun(found: RunDetails, { cancel }: Pick<Journal, 'cancel'>): Promise<string> {
  const { runId } = found;
  // A cancelled run may be about to resume, for its steps under `finally`.
  const isAboutToResume = found.status === 'cancelled' && found.record === undefined && hasFinally(found.plan);
  if (!isOpen(found.status) && !isAboutToResume) throw new RunHasEnded(found);
  const count = await cancel(runId);
  if (isAboutToResume && count > 2) throw new RunHasEnded(found);
  const rest = count === 1 && found.status === 'running' && hasFinally(found.plan) ? whatIsDone(found) : '';
  return `Cancelled ${runId}${rest}`;
}

function whatIsDone({ abandoned }: RunDetails): string {
  if (abandoned === 'until-resumed') return '; its steps under finally are not done, because its process is dead';
  return '; its steps under finally are still done (cancel it again to do without them)';
}
