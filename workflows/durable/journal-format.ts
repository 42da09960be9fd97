import type { Plan } from '../plan/plan.ts';

/**
 * The format of the journal: the stored form of plans and step results, and the order in which a run asks for its steps. A
 * version of speechops has one format. Its name changes only when a new version cannot continue runs of the old format by its own
 * rules. Versions with the same name replace each other while runs are under way. docs/fleet.md lists the names.
 */
export const journalFormat = 'journal-1';

/** The plan with which this version can continue the run, else a message that says why it cannot and what to do. */
export function planToResume(run: {
  readonly runId: string;
  readonly format: string;
  readonly plan?: Plan;
}): Plan | string {
  const { runId, format, plan } = run;
  if (format !== journalFormat) {
    return `Use the version of speechops that started ${runId}: its journal is ${format}, this version reads ${journalFormat}`;
  }
  return plan ?? `Start a new run: the stored plan of ${runId} cannot be read`;
}
