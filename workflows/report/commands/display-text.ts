import { escapeControls } from '../../document/quote-name.ts';
import type { DisplayOutcome } from '../../scoring/display-tests.ts';

/** What came of display tests: those that did not pass with what is displayed, and how many there are of each outcome. */
export function displayText(outcomes: readonly DisplayOutcome[], { table }: { readonly table: string }): string {
  const count = (wanted: DisplayOutcome['outcome']): number =>
    outcomes.filter(({ outcome }) => outcome === wanted).length;
  const lines = outcomes.flatMap(({ test, outcome, wrong }) => {
    if (outcome === 'passed') return [];
    const place = `${table}:${test.line}: ${test.spoken}`;
    if (outcome === 'not heard') return [`${place}\n`, `  not heard: no phrase has these words\n`];
    return [
      `${place}\n`,
      `  wanted      ${test.display}\n`,
      ...wrong.slice(0, mostPhrases).map(({ id, display }) => `  displayed   ${display} (${id})\n`),
      ...(wrong.length > mostPhrases ? [`  and in ${wrong.length - mostPhrases} more phrases otherwise\n`] : []),
    ];
  });
  const counts = `${count('passed')} passed, ${count('failed')} failed, ${count('not heard')} not heard`;
  return [...lines, `${counts}\n`].map((line) => `${escapeControls(line.slice(0, -1))}\n`).join('');
}

/** Of one test. */
const mostPhrases = 3;

/** The same for programs, with how many recordings were recognised for it. */
export function displayJson(
  outcomes: readonly DisplayOutcome[],
  recognitions?: { readonly recordings: number; readonly failed: number },
): string {
  const tests = outcomes.map(({ test, outcome, wrong }) => ({ ...test, outcome, wrong }));
  const passed = tests.every(({ outcome }) => outcome === 'passed') && (recognitions?.failed ?? 0) === 0;
  return `${JSON.stringify({ passed, ...recognitions, tests }, undefined, 2)}\n`;
}
