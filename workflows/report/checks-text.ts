import type { AccountCheck } from '../azure/diagnose-account.ts';
import { escapeControls } from '../language/quote-name.ts';

/** Checks of a Speech resource for a terminal: a line a check, what passed included, and how many did not. */
export function checksText(checks: readonly AccountCheck[]): string {
  const lines = checks.map(({ level, message }) => escapeControls(`${level.padEnd(7)}  ${message}`));
  const problems = checks.filter(({ level }) => level === 'problem').length;
  const end = problems === 0 ? 'Pipelines can work here' : `${problems} to mend before pipelines can work here`;
  return [...lines, end, ''].join('\n');
}
