import type { TestSets } from '../compare/test-sets.ts';
import type { DataFindings, DataPlace } from './data-findings.ts';

/** Reports a line of training text that says what a test set says. */
export function reportLeakOfText(
  text: string,
  { at, tests, findings }: { readonly at: DataPlace; readonly tests: TestSets; readonly findings: DataFindings },
): void {
  const said = tests.said(text);
  if (said === undefined) return;
  const { recording, path: test, line } = said;
  findings.report('test-text-in-training', at, { recording, test, line });
}
