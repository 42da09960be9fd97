import { escapeControls } from '../language/quote-name.ts';
import type { Plan } from '../plan/plan.ts';
import type { PlannedAction } from '../plan/step-plan.ts';

const marks: Readonly<Record<PlannedAction, string>> = {
  create: '+ create',
  update: '~ update',
  adopt: '> adopt',
  reuse: '= reuse',
  skip: '- skip',
  'at-run-time': '? at run time',
};

/** The plan as a table for a terminal: a line a step with what it would do and why, then the counts. */
export function planText(plan: Plan): string {
  const width = Math.max(...plan.steps.map(({ id }) => id.length));
  const lines = plan.steps.map(
    ({ id, action, summary }) => `  ${id.padEnd(width)}  ${marks[action].padEnd(13)}  ${summary}`,
  );
  const counts = Object.keys(marks)
    .map((action) => [action, plan.steps.filter((step) => step.action === action).length] as const)
    .filter(([, count]) => count > 0)
    .map(([action, count]) => `${count} ${action === 'at-run-time' ? 'decided at run time' : `to ${action}`}`);
  const head = `${plan.pipeline.name}: ${counts.join(', ')}`;
  return [...[head, ...lines].map(escapeControls), ''].join('\n');
}
