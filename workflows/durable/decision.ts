import type { StepRecord } from '../engine/run-record.ts';

/** What a person has decided about an approve step. */
export interface Decision {
  readonly approved: boolean;
  readonly by: string;
  readonly at: string;
  readonly comment?: string;
  /** Only the step can say whether this person may decide: until it has, others may decide too. @default false */
  readonly isUnsure?: boolean;
}

/** A decision as it is kept. `question`: how often the step had ended with a decision before. @default 0 */
export type KeptDecision = Decision & { readonly question?: number };

/**
 * Those of a step's decisions, in the order in which they were given, that count for the question that is open now: what
 * was said yes to stays so when the step is done again, and a no is for the question that it was given to.
 */
export function decisionsThatCount(decisions: readonly KeptDecision[], question: number): readonly KeptDecision[] {
  return decisions.filter((decision) => decision.approved || (decision.question ?? 0) >= question);
}

/** Whether a step has ended in a way after which only another decision helps: the next one is for when it is done again. */
export function hasEndedItsQuestion(step: StepRecord | undefined): boolean {
  return step?.status === 'failed' && step.failure !== 'cancelled';
}
