import { setTimeout } from 'node:timers/promises';
import { isOpen } from '../../engine/engine.ts';
import type { Journal, RunDetails } from '../../durable/journal.ts';
import type { RunLog } from '../../store/run-log.ts';
import { hasFinally, type Plan } from '../../plan/plan.ts';
import type { Io } from '../session.ts';
import { isSummarySeen } from './leave-record.ts';
import { type Progress, showProgress } from './show-progress.ts';

interface Store {
  readonly journal: Pick<Journal, 'details'>;
  readonly log: Pick<RunLog, 'read'>;
}

interface Options {
  readonly runId: string;
  readonly plan: Plan;
  readonly io: Io;
  /** How the result will be printed. */
  readonly format: 'text' | 'json';
}

/**
 * Shows a run that other processes execute until it ends. Returns its details, or undefined when this process is asked to stop
 * first.
 */
export async function followRun(store: Store, options: Options): Promise<RunDetails | undefined> {
  const { runId, plan, io, format } = options;
  const { pipeline, target } = plan;
  const resource = typeof target === 'string' ? target : target.endpoint;
  const progress = showProgress({ runId, title: `${pipeline.name} on ${resource}`, steps: pipeline.steps }, io);
  try {
    const ended = await untilEnded(store, { ...options, progress });
    progress.end({ forSummary: ended?.record !== undefined && isSummarySeen(io, format) });
    return ended;
  } finally {
    progress.end();
  }
}

async function untilEnded(
  store: Store,
  { runId, plan, io, progress }: Options & { readonly progress: Progress },
): Promise<RunDetails | undefined> {
  const shown = new Set<string>();
  // A cancelled run may continue with its steps under `finally` a moment later.
  let looks = hasFinally(plan) ? 5 : 0;
  let read = 0;
  for (;;) {
    const run = await store.journal.details(runId);
    for (const line of await store.log.read(runId, { after: read })) {
      read = line.number;
      const { kind, stepId, message } = line;
      // The end of a step is shown from its record, which says more.
      const isTold = kind === 'step-started' || kind === 'step-progress';
      if (isTold && stepId !== undefined) progress.onEvent({ kind: 'step-progress', stepId, message });
    }
    for (const [stepId, record] of Object.entries(run?.record?.steps ?? run?.steps ?? {})) {
      if (!shown.has(stepId)) progress.onEvent({ kind: 'step-finished', stepId, record });
      shown.add(stepId);
    }
    if (run !== undefined && !isOpen(run.status)) {
      if (run.record !== undefined || run.status !== 'cancelled' || looks === 0) return run;
      looks -= 1;
    }
    try {
      await setTimeout(lookEveryMilliseconds, undefined, { signal: io.signal });
    } catch {
      return undefined;
    }
  }
}

const lookEveryMilliseconds = 1000;
