import type { RunDetails } from '../durable/journal.ts';
import { EvaluationError } from '../expressions/expressions.ts';
import type { PipelineStep } from '../language/pipeline.ts';
import { settingsKnownNow } from '../plan/known-input.ts';
import { approvalCommand } from '../steps/approve.ts';

/** What an approve step of a run asks a person. */
export interface ApprovalQuestion {
  /** The question; undefined when it cannot be told. */
  readonly message?: string;
  /** The people who may answer; undefined when everybody may, or when it cannot be told. */
  readonly by?: readonly string[];
  /** The command that says yes. */
  readonly command: string;
}

/** The question of an approve step, as far as the outputs of the steps that have ended tell it. */
export function approvalQuestion(step: Pick<PipelineStep, 'id'>, run: RunDetails): ApprovalQuestion {
  const asked = wording(step.id, run);
  return { ...asked, command: approvalCommand({ runId: run.runId, stepId: step.id, by: asked.by }) };
}

function wording(stepId: string, { plan, runId, steps: ended }: RunDetails): Omit<ApprovalQuestion, 'command'> {
  const step = plan?.pipeline.steps.find(({ id }) => id === stepId);
  if (plan === undefined || step === undefined) return {};
  try {
    const { message, by } = settingsKnownNow(step, { plan, runId, ended });
    return {
      ...(typeof message === 'string' ? { message } : {}),
      ...(Array.isArray(by) ? { by: by.map(String) } : {}),
    };
  } catch (error) {
    if (error instanceof EvaluationError) return {};
    throw error;
  }
}
