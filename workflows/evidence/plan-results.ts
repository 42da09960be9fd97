import type { ResultsDocument, RunDocument, RunStep } from '../../schemas/types.gen.ts';
import { counted } from '../document/counted.ts';
import type { Plan, PlannedStep } from '../plan/plan.ts';
import { runResults, type RunSources } from './run-results.ts';

/** What a run of a plan would record of the steps that would make nothing: the objects that are there, and what is known of them. */
export function recordOfPlan(
  plan: Plan,
  { plannedAt }: { /** ISO date-time. */ readonly plannedAt: string },
): RunDocument {
  return {
    runId: 'plan',
    pipeline: plan.pipeline.name,
    status: 'succeeded',
    ...(plan.hash === undefined ? {} : { planHash: plan.hash }),
    startedAt: plannedAt,
    finishedAt: plannedAt,
    steps: Object.fromEntries(plan.steps.flatMap(recorded)),
  };
}

/** The evidence of a plan, of which nothing has run: that of the evaluations that are there already. `record` is that of the plan. */
export function planResults(plan: Plan, record: RunDocument, sources: RunSources): ResultsDocument {
  const { runId: _run, status: _status, ...document } = runResults(record, sources);
  const changing = plan.steps.filter(({ effects }) => effects.length > 0);
  return {
    ...document,
    source: 'plan',
    verdict: {
      passed: null,
      sentence: `Nothing has run. ${whatIsThere(document.sets.length)}`,
      reasons: changing.map(({ id, summary }) => `${id}: ${summary}`),
    },
  };
}

function whatIsThere(sets: number): string {
  return sets === 0 ? 'No evaluation is there yet.' : `This is what ${counted(sets, 'evaluation')} of before told.`;
}

function recorded({ id, uses, action, summary, outputs }: PlannedStep): readonly (readonly [string, RunStep])[] {
  if (action === 'skip') return [[id, { status: 'skipped', uses, outputs: {}, reason: summary }]];
  if (action !== 'reuse') return [];
  const plain = Object.entries(outputs).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? [[name, value] as const]
      : [],
  );
  return [[id, { status: 'reused', uses, outputs: Object.fromEntries(plain) }]];
}
