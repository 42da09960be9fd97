import { escapeControls } from '../document/quote-name.ts';
import type { Plan } from '../plan/plan.ts';
import type { PlannedAction } from '../plan/step-plan.ts';
import { painter } from './paint.ts';

const marks: Readonly<Record<PlannedAction, string>> = {
  create: '+ create',
  update: '~ update',
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
 * several Speech resources, each line names its own. `color` paints what would happen.
 */
export function planText(plan: Plan, { color = false }: { readonly color?: boolean } = {}): string {
  const paint = painter({ color });
  const width = Math.max(...plan.steps.map(({ id }) => id.length));
  const resources = [...new Set(plan.steps.flatMap(({ resource }) => resource ?? []))];
  const hostWidth = resources.length > 1 ? Math.max(...resources.map((resource) => hostOf(resource).length)) : 0;
  const lines = plan.steps.map(({ id, action, summary, resource = '' }) => {
    const host = hostWidth === 0 ? '' : `${hostOf(resource).padEnd(hostWidth)}  `;
    const mark = paint(action, marks[action].padEnd(13));
    return `  ${escapeControls(id.padEnd(width))}  ${mark}  ${escapeControls(host + summary)}`;
  });
  const counts = Object.keys(marks)
    .map((action) => [action, plan.steps.filter((step) => step.action === action).length] as const)
    .filter(([, count]) => count > 0)
    .map(([action, count]) => `${count} ${counted[action] ?? `to ${action}`}`);
  const on = resources.length === 0 ? '' : ` on ${resources.map(nameOf).join(', ')}`;
  const head = paint('heading', escapeControls(`${plan.pipeline.name}${on}: ${counts.join(', ')}`));
  return [head, ...lines, ''].join('\n');
}

function nameOf(resource: string): string {
  return resource === 'embedded-emulator' ? 'the embedded emulator' : resource;
}

function hostOf(resource: string): string {
  return URL.canParse(resource) ? new URL(resource).host : resource;
}
