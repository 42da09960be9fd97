import { setTimeout } from 'node:timers/promises';
import { isOpen } from '../../engine/engine.ts';
import type { RunRecord } from '../../engine/run-record.ts';
import type { Journal, RunDetails } from '../../engine/journal.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Io } from '../session.ts';
import { showProgress } from '../show-progress.ts';

/**
 * Shows a run that other processes execute until it ends; the answer is its record, or how it stands when it left none or
 * when this process is asked to stop first.
 */
export async function followRun(
  journal: Pick<Journal, 'details'>,
  options: { readonly runId: string; readonly plan: Plan; readonly io: Io },
): Promise<RunRecord | RunDetails['status']> {
  const { runId, plan, io } = options;
  const progress = showProgress(plan.steps, io);
  const shown = new Set<string>();
  for (;;) {
    const run = await journal.details(runId);
    for (const [stepId, record] of Object.entries(run?.record?.steps ?? run?.steps ?? {})) {
      if (!shown.has(stepId)) progress.onEvent({ kind: 'step-finished', stepId, record });
      shown.add(stepId);
    }
    if (run !== undefined && !isOpen(run.status)) {
      if (run.record !== undefined) await progress.end();
      return run.record ?? run.status;
    }
    try {
      await setTimeout(lookEveryMilliseconds, undefined, { signal: io.signal });
    } catch {
      return 'running';
    }
  }
}

const lookEveryMilliseconds = 1000;
