import type { SavedPipeline } from '../../../schemas/types.gen.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { type Plan, shortHash } from '../../plan/plan.ts';
import type { PlannedAction } from '../../plan/step-plan.ts';
import { policySentence } from '../../review/judge-plan.ts';
import { costSentence } from '../cost-text.ts';
import { dataChangeLines } from '../data-changes-text.ts';
import { endpointChangeLines, hostOf } from '../endpoint-change-text.ts';
import { painter } from '../paint.ts';

const marks: Readonly<Record<PlannedAction, string>> = {
  create: '+ create',
  update: '~ update',
  delete: 'x delete',
  adopt: '> adopt',
  reuse: '= reuse',
  skip: '- skip',
  'at-run-time': '? at run time',
  fail: '! fail',
};

/** How a count of steps reads, where it is not `2 to create`. */
const counted: Readonly<Record<string, string>> = {
  'at-run-time': 'decided at run time',
  fail: 'that would fail',
};

/**
 * The plan as a table for a terminal: a line a step with what it would do and why, then the counts. Where the steps work on
 * several Speech resources, each line names its own. `review` is what is saved of the plan, with its cost and how data have changed. `color` paints what would happen.
 */
export function planText(
  plan: Plan,
  { color = false, review }: { readonly color?: boolean; readonly review?: SavedPipeline | undefined } = {},
): string {
  const paint = painter({ color });
  const width = Math.max(...plan.steps.map(({ id }) => id.length));
  const resources = [...new Set(plan.steps.flatMap(({ resource }) => resource ?? []))];
  const hostWidth = resources.length > 1 ? Math.max(...resources.map((resource) => hostOf(resource).length)) : 0;
  const lines = plan.steps.map(({ id, action, summary, resource = '' }) => {
    const host = hostWidth === 0 ? '' : `${hostOf(resource).padEnd(hostWidth)}  `;
    const mark = paint(action, marks[action].padEnd(13));
    return `  ${escapeControls(id.padEnd(width))}  ${mark}  ${escapeControls(host + summary)}`;
  });
  const on = resources.length === 0 ? '' : ` on ${resources.map(nameOf).join(', ')}`;
  const head = paint('heading', escapeControls(`${plan.pipeline.name}${on}: ${countsOf(plan)}`));
  return [head, ...lines, ...(review === undefined ? [] : reviewLines(plan, review)).map(escapeControls), ''].join(
    '\n',
  );
}

/** What endpoints would serve, which data have changed, what a run costs, and what rules say. */
function reviewLines(plan: Plan, review: SavedPipeline): readonly string[] {
  const cost = costSentence(review) ?? hintOfPrices(plan, review);
  return [
    ...endpointChangeLines(review).map((line) => `  ${line}`),
    ...dataChangeLines(review.data).map((line) => `  ${line}`),
    ...(cost === undefined ? [] : [`${cost}.`]),
    ...(review.policies ?? []).map((one) => `${policySentence(one)}.`),
  ];
}

/** How to learn what is not said. The emulator bills nothing. */
function hintOfPrices({ steps }: Plan, { cost, target }: SavedPipeline): string | undefined {
  const isBilled = target !== 'embedded-emulator' && steps.some(({ bills }) => bills !== undefined);
  return isBilled && cost === undefined ? 'A prices.yaml beside the pipeline would tell what this costs' : undefined;
}

/** How many steps would do what, in words. */
export function countsOf({ steps }: { readonly steps: readonly { readonly action: PlannedAction }[] }): string {
  return Object.keys(marks)
    .map((action) => [action, steps.filter((step) => step.action === action).length] as const)
    .filter(([, count]) => count > 0)
    .map(([action, count]) => `${count} ${counted[action] ?? `to ${action}`}`)
    .join(', ');
}

/**
 * Whether a step would delete something that is there, and not only if it comes to a fault: what is decided at run time seldom does, and a
 * step that makes an endpoint deletes its own, as a swap does with its canary, besides those that it says.
 */
export function isDeleting({
  action,
  effects,
  deletes = [],
}: {
  readonly action: PlannedAction;
  readonly effects: readonly string[];
  readonly deletes?: readonly string[];
}): boolean {
  if (deletes.length > 0) return true;
  const isOwn = effects.includes('create-endpoint');
  return action === 'delete' || (action === 'update' && !isOwn && effects.some((one) => one.startsWith('delete-')));
}

/** A plan that was saved, and how it is done. */
export interface SavedPlanNotice {
  readonly hash: string;
  /** The file that has it. */
  readonly file: string;
  /** The commands that do it; none when it cannot be done. */
  readonly commands: readonly string[];
}

/** Where a plan was saved, and how it is done: what stands behind it in a terminal. */
export function savedPlanText({ hash, file, commands }: SavedPlanNotice): string {
  const saved = `Plan ${shortHash(hash)} is in ${file}.`;
  const [first, ...others] = commands;
  if (first === undefined) return `${escapeControls(saved)}\n`;
  if (others.length === 0) return `${escapeControls(`${saved} To do exactly this: ${first}`)}\n`;
  return `${[`${saved} To do exactly this:`, ...commands.map((command) => `  ${command}`)].map(escapeControls).join('\n')}\n`;
}

/** What people call a Speech resource. */
export function nameOf(resource: string): string {
  return resource === 'embedded-emulator' ? 'the embedded emulator' : resource;
}
