import type { AccountCheck } from '../azure/diagnose-account.ts';
import { escapeControls } from '../document/quote-name.ts';

/**
 * Checks of a Speech resource for a terminal: a line a check, what passed included, below it the commands that mend it, and how
 * many did not pass.
 */
export function checksText(checks: readonly AccountCheck[]): string {
  const lines = checks.flatMap(({ level, message, commands = [] }) => [
    escapeControls(`${level.padEnd(7)}  ${message}`),
    ...commands.map((command) => escapeControls(`           ${command}`)),
  ]);
  const problems = checks.filter(({ level }) => level === 'problem').length;
  const end = problems === 0 ? 'Pipelines can work here' : `${problems} to mend before pipelines can work here`;
  return [...lines, end, ''].join('\n');
}

/** A check in one line, with the commands that mend it. */
export function checkLine({ message, commands = [] }: AccountCheck): string {
  return commands.length === 0 ? message : `${message} (${commands.join(', or ')})`;
}
