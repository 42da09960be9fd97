import type { RunDetails } from '../../durable/journal.ts';
import { shortHash } from '../../plan/plan.ts';
import { approvalQuestion, type ApprovalQuestion } from '../approval-question.ts';
import { asksNow } from '../step-state.ts';
import { tableText } from '../table.ts';

/** A step of a run that waits for a person. */
export interface WaitingApproval extends ApprovalQuestion {
  readonly runId: string;
  readonly stepId: string;
  /** The hash of the plan that would go on; absent in runs of versions that had none. */
  readonly plan?: string;
}

/** The steps of a run that wait for a person now. */
export function waitingApprovals(run: RunDetails): readonly WaitingApproval[] {
  const steps = run.plan?.pipeline.steps ?? [];
  return steps
    .filter((step) => asksNow(step, run))
    .map((step) => ({
      runId: run.runId,
      stepId: step.id,
      ...(run.plan?.hash === undefined ? {} : { plan: run.plan.hash }),
      ...approvalQuestion(step, run),
    }));
}

/** The approvals as a table for a terminal. */
export function approvalsText(waiting: readonly WaitingApproval[]): string {
  if (waiting.length === 0) return 'Nothing waits for an answer\n';
  const rows = waiting.map(({ runId, stepId, plan, message = '', by, command }) => [
    runId,
    stepId,
    plan === undefined ? '' : shortHash(plan),
    by?.join(', ') ?? 'anybody',
    message,
    command,
  ]);
  return tableText(['RUN', 'STEP', 'PLAN', 'WHO', 'QUESTION', 'COMMAND'], rows);
}
