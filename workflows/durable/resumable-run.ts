import { quoteName } from '../document/quote-name.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunDetails } from './journal.ts';
import { planToResume } from './journal-format.ts';

/** A run cannot be resumed; the message says why and what to do. */
export class ResumeError extends Error {
  override readonly name = 'ResumeError';
}

/** A run that this version can resume. */
export type ReadableRun = RunDetails & { readonly plan: Plan };

/** The run, when it can be resumed; else throws a {@link ResumeError}. */
export function runToResume(runId: string, found: RunDetails | undefined): ReadableRun {
  const run = resumableRun(runId, found);
  if (run.status === 'succeeded') throw new ResumeError(`Start a new run: ${runId} has succeeded`);
  return run;
}

/**
 * The run, when a new one can start at its step `from` with the results of the steps before; else throws a {@link ResumeError}.
 */
export function runToFork(runId: string, found: RunDetails | undefined, from: string): ReadableRun {
  const run = resumableRun(runId, found);
  const steps = run.plan.pipeline.layers.flat();
  if (steps.includes(from)) return run;
  throw new ResumeError(`Choose a step of ${runId}: it has no ${quoteName(from)}, but ${steps.join(', ')}`);
}

function resumableRun(runId: string, found: RunDetails | undefined): ReadableRun {
  if (found === undefined)
    throw new ResumeError(`Check the run id ${runId}: there is no such run (speechops runs lists them)`);
  const plan = planToResume(found);
  if (typeof plan === 'string') throw new ResumeError(plan);
  return { ...found, plan };
}
