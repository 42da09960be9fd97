import type { RunDetails } from '../durable/journal.ts';
import { EvaluationError } from '../expressions/expressions.ts';
import type { PipelineStep } from '../language/pipeline.ts';
import { settingsKnownNow } from '../plan/plan-pipeline.ts';
import { asksNow } from './runs-text.ts';
import { tableText } from './table.ts';

/** A step of a run that waits for a person. */
export interface WaitingApproval {
  readonly runId: string;
  readonly stepId: string;
  /** The question; undefined when it cannot be told. */
  readonly message?: string;
  /** The people who may answer; undefined when everybody may, or when it cannot be told. */
  readonly by?: readonly string[];
  /** The command that says yes. */
  readonly command: string;
}

/** The steps of a run that wait for a person now. */
export function waitingApprovals(run: RunDetails): readonly WaitingApproval[] {
  const steps = run.plan?.pipeline.steps ?? [];
  return steps
    .filter((step) => asksNow(step, run))
    .map((step) => ({
      runId: run.runId,
      stepId: step.id,
      ...wording(step, run),
      command: `speechops approve ${run.runId} ${step.id}`,
    }));
}

/** The approvals as a table for a terminal. */
export function approvalsText(waiting: readonly WaitingApproval[]): string {
  if (waiting.length === 0) return 'Nothing waits for an answer\n';
  const rows = waiting.map(({ runId, stepId, message = '', by, command }) => [
    runId,
    stepId,
    by?.join(', ') ?? 'anybody',
    message,
    command,
  ]);
  return tableText(['RUN', 'STEP', 'WHO', 'QUESTION', 'COMMAND'], rows);
}

function wording(step: PipelineStep, run: RunDetails): Pick<WaitingApproval, 'message' | 'by'> {
  if (run.plan === undefined) return {};
  try {
    const { message, by } = settingsKnownNow(step, { plan: run.plan, runId: run.runId, ended: run.steps });
    return {
      ...(typeof message === 'string' ? { message } : {}),
      ...(Array.isArray(by) ? { by: by.map(String) } : {}),
    };
  } catch (error) {
    if (error instanceof EvaluationError) return {};
    throw error;
  }
}
