import { isOpen } from '../engine/engine.ts';
import type { RunDetails } from '../durable/journal.ts';
import { planToResume } from '../durable/journal-format.ts';
import { asksPerson, type PipelineStep } from '../language/pipeline.ts';
import { approvalQuestion } from './approval-question.ts';

/** An answer that cannot be given; the message says why and what to do. */
export class AnswerRefused extends Error {
  override readonly name = 'AnswerRefused';
}

/** The approve step of a run that a person answers. Throws an {@link AnswerRefused} when it has none of this id. */
export function approveStep(run: RunDetails, stepId: string): PipelineStep {
  const plan = planToResume(run);
  if (typeof plan === 'string') throw new AnswerRefused(plan);
  const candidates = plan.pipeline.steps.filter(({ uses }) => asksPerson(uses));
  const step = candidates.find(({ id }) => id === stepId);
  if (step !== undefined) return step;
  const known = candidates.map(({ id }) => id).join(', ');
  throw new AnswerRefused(
    `Cannot approve ${stepId}: the run ${run.runId} has no ${known === '' ? 'approve step' : `such approve step, but ${known}`}`,
  );
}

/**
 * Whether only the step can tell if this person may answer it, because its `by` waits for other steps. Throws an {@link AnswerRefused} when
 * the person may not.
 */
export function mayAnswer(
  step: PipelineStep,
  { run, by }: { readonly run: RunDetails; readonly by: string },
): { readonly isUnsure: boolean } {
  if (step.with['by'] === undefined) return { isUnsure: false };
  const allowed = approvalQuestion(step, run).by;
  if (allowed !== undefined && !allowed.includes(by))
    throw new AnswerRefused(`Ask ${allowed.join(' or ')}: ${by} may not answer ${step.id}`);
  return { isUnsure: allowed === undefined };
}

/** Whether an answer has an effect only when a person resumes the run. */
export function waitsForResume(
  { status, abandoned }: RunDetails,
  { approved }: { readonly approved: boolean },
): boolean {
  return isOpen(status) ? abandoned === 'until-resumed' : approved;
}
