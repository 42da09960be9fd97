import type { RunDetails } from '../../durable/journal.ts';
import { asksNow } from '../../report/step-state.ts';
import { newestRun } from '../runs-folder.ts';
import { UsageError } from '../session.ts';
import { mostRuns, type RunControl } from './control-request.ts';

/**
 * The run that a person names: by its id, by the beginning of its id, or as `last`, the newest. Throws a {@link UsageError} when
 * there is none, and when several ids begin so.
 */
export async function findRun(control: RunControl, named: string): Promise<RunDetails> {
  const found = named.trim() === '' ? undefined : ((await control.details(named)) ?? (await guessed(control, named)));
  if (found !== undefined) return found;
  throw new UsageError(`Check the run id ${named}: there is no such run (speechops runs lists them)`);
}

/**
 * The run whose approve step a person answers: as {@link findRun}, but `last` is the newest run that waits for the step. When none
 * waits for it, it is the newest: an answer may come before the step asks.
 */
export async function findAskingRun(control: RunControl, named: string, stepId: string): Promise<RunDetails> {
  const asking = named === newestRun ? await runsThatAsk(control, stepId, { limit: 1 }) : [];
  return asking[0] ?? (await findRun(control, named));
}

/** The runs that wait now for an answer to the approve step of this id, the newest first. */
export async function runsThatAsk(
  control: RunControl,
  stepId: string,
  { limit }: { readonly limit: number },
): Promise<readonly RunDetails[]> {
  const asking: RunDetails[] = [];
  for (const { runId, status } of await control.runs({ limit: mostRuns })) {
    if (asking.length === limit) break;
    const run = status === 'running' ? await control.details(runId) : undefined;
    const step = run?.plan?.pipeline.steps.find(({ id }) => id === stepId);
    if (run !== undefined && step !== undefined && asksNow(step, run)) asking.push(run);
  }
  return asking;
}

async function guessed(control: RunControl, named: string): Promise<RunDetails | undefined> {
  const isLast = named === newestRun;
  const runs = await control.runs(isLast ? { limit: 1 } : { limit: manyEnough, idPrefix: named });
  // A process of another version may hold the store, and not know of prefixes.
  const [first, ...others] = isLast ? runs : runs.filter(({ runId }) => runId.startsWith(named));
  if (first === undefined) return undefined;
  if (others.length === 0) return await control.details(first.runId);
  const ids = [first, ...others].map(({ runId }) => runId);
  const more = ids.length < manyEnough ? '' : ', …';
  throw new UsageError(`Write more of the run id ${named}: it begins the ids ${ids.join(', ')}${more}`);
}

const manyEnough = 5;
