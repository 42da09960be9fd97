import type { TestUtterance } from '../compare/said-in-tests.ts';
import type { ComparedRecording, TestSets } from '../compare/test-sets.ts';
import type { DataFindings, DataPlace } from './data-findings.ts';

/** Reports a recording of the training that is one of a test set, or sounds as one. */
export function reportLeakOfRecording(
  recording: ComparedRecording,
  { tests, findings }: { readonly tests: TestSets; readonly findings: DataFindings },
): void {
  const found = tests.heard(recording);
  if (found === undefined) return;
  const { name, path: test, isSame } = found;
  findings.report('test-recording-in-training', { path: recording.path }, { recording: name, test, isSame });
}

/** Reports a line of training text that says what a test set says. */
export function reportLeakOfText(
  text: string,
  { at, tests, findings }: { readonly at: DataPlace; readonly tests: TestSets; readonly findings: DataFindings },
): void {
  const said = tests.said(text);
  if (said !== undefined) reportSaid(said, { at, findings });
}

/** Reports that a test set says what is said at a place, filled in as a sentence. */
export function reportSaid(
  { recording, path: test, line }: TestUtterance,
  { at, findings, sentence }: { readonly at: DataPlace; readonly findings: DataFindings; readonly sentence?: string },
): void {
  findings.report('test-text-in-training', at, {
    recording,
    test,
    line,
    ...(sentence === undefined ? {} : { sentence }),
  });
}
