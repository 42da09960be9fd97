import type { SavedPipeline } from '../../../schemas/types.gen.ts';
import { type Plan, type PlannedStep, shortHash } from '../../plan/plan.ts';
import { policySentence, stopsPlan } from '../../review/judge-plan.ts';
import { costSentence, costTable } from '../cost-text.ts';
import { dataChangeItems } from '../data-changes-text.ts';
import { endpointChangeLines } from '../endpoint-change-text.ts';
import { deadText } from '../dead-text.ts';
import { table } from '../markdown-table.ts';
import { countsOf, isDeleting, nameOf, type SavedPlanNotice } from './plan-text.ts';

/**
 * Plans for a pull request or the summary of a job, in Markdown: a table of steps for each, with those first that would fail or delete,
 * then the hash of the whole, and how it is done where it was saved.
 */
export function planMarkdown(
  plans: readonly Plan[],
  {
    hash,
    saved,
    reviews = [],
  }: {
    readonly hash: string;
    readonly saved?: SavedPlanNotice | undefined;
    /** What is saved of each plan, with its cost and how data have changed. */
    readonly reviews?: readonly SavedPipeline[];
  },
): string {
  const done = (saved?.commands ?? []).map((command) => `- ${deadText(command)}`).join('\n');
  return [
    ...plans.flatMap((plan, index) => [
      headOf(plan),
      policiesOf(reviews[index]),
      tableOf(plan),
      ...reviewOf(reviews[index]),
    ]),
    `Plan ${deadText(shortHash(hash))}${saved === undefined ? '' : ` is in ${deadText(saved.file)}`}.${done === '' ? '' : ' To do exactly this:'}`,
    done,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function headOf(plan: Plan): string {
  const on = resourcesOf(plan).map(nameOf).map(deadText).join(', ');
  return `## ${deadText(plan.pipeline.name)}${on === '' ? '' : ` on ${on}`}: ${countsOf(plan)}`;
}

function tableOf(plan: Plan): string {
  const isSeveral = resourcesOf(plan).length > 1;
  const steps = plan.steps.toSorted((one, other) => urgency(other) - urgency(one));
  return table(
    ['step', 'action', ...(isSeveral ? ['resource'] : []), 'what, and why'],
    steps.map(({ id, action, resource, summary }) => [
      id,
      action === 'at-run-time' ? 'at run time' : action,
      ...(isSeveral ? [resource === undefined ? '' : nameOf(resource)] : []),
      summary,
    ]),
  );
}

/** What rules say, those first that stop the plan. */
function policiesOf(review: SavedPipeline | undefined): string {
  const policies = (review?.policies ?? []).toSorted((one, other) => Number(stopsPlan(other)) - Number(stopsPlan(one)));
  return policies.map((one) => `- ${policySentence(one, { quoted: deadText })}`).join('\n');
}

/** What endpoints would serve, which data have changed, which calls would change the Speech resource, and what that costs. */
function reviewOf(review: SavedPipeline | undefined): readonly string[] {
  if (review === undefined) return [];
  const calls = callsIn(review);
  const sentence = costSentence(review, { quoted: deadText });
  return [
    endpointChangeLines(review, { quoted: deadText })
      .map((line) => `- ${line}`)
      .join('\n'),
    dataChangeItems(review.data).join('\n'),
    ...(calls.length === 0 ? [] : [`May call ${calls.map(deadText).join(', ')}.`]),
    ...(sentence === undefined || review.cost === undefined ? [] : [`${sentence}.`, costTable(review.cost)]),
  ];
}

/** The calls that change a Speech resource, each with the number of steps that may make it. */
function callsIn({ steps }: SavedPipeline): readonly string[] {
  const calls = Map.groupBy(
    steps.flatMap((step) => step.calls ?? []),
    (call) => call,
  );
  return [...calls].map(([call, { length }]) => (length === 1 ? call : `${call} (${length} steps)`));
}

function resourcesOf({ steps }: Plan): readonly string[] {
  return [...new Set(steps.flatMap(({ resource }) => resource ?? []))];
}

function urgency(step: PlannedStep): number {
  if (step.action === 'fail') return 2;
  return isDeleting(step) ? 1 : 0;
}
