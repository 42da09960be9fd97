import type { StepRecord } from '../engine/run-record.ts';

/** A person's decision about an approve step. */
export interface Decision {
  readonly approved: boolean;
  readonly by: string;
  readonly at: string;
  readonly comment?: string;
  /** Whether only the step can tell if this person may decide. Until it has, other decisions are kept, too. @default false */
  readonly isUnsure?: boolean;
}

/** A decision in the journal. `question`: how often the step had ended on a decision before. @default 0 */
export type KeptDecision = Decision & { readonly question?: number };

/**
 * The decisions of a step that count for its open question, in the order in which they were given. A yes still counts when the
 * step is done again. A no counts only for the question that it answered.
 */
export function decisionsThatCount(decisions: readonly KeptDecision[], question: number): readonly KeptDecision[] {
  return decisions.filter((decision) => decision.approved || (decision.question ?? 0) >= question);
}

/** Whether the step has failed by itself. The next decision then answers a new question, asked when the step is done again. */
export function hasEndedItsQuestion(step: StepRecord | undefined): boolean {
  return step?.status === 'failed' && step.failure !== 'cancelled';
}
