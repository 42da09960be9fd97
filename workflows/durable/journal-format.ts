import type { Plan } from '../plan/plan.ts';

/**
 * The form in which runs are kept: what is stored of a plan and of a step's result, and the order in which a run asks for its
 * steps. A version of speechops has one. The name changes when what was kept under the old one cannot be gone on with by the
 * same rules, and only then: until then versions are exchanged freely under live runs. docs/fleet.md lists the names.
 */
export const journalFormat = 'journal-1';

/** The plan by which this version can go on with the run, or why it cannot and what to do. */
export function planToResume(run: {
  readonly runId: string;
  readonly format: string;
  readonly plan?: Plan;
}): Plan | string {
  const { runId, format, plan } = run;
  if (format !== journalFormat) {
    return `Use the version of speechops that started ${runId}: its journal is ${format}, this version reads ${journalFormat}`;
  }
  return plan ?? `Start a new run: what is stored of ${runId} is no plan`;
}
