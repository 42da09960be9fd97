import { approvalsSchema } from '../../schemas/documents.ts';
import type { ApprovalsDocument, PlanApproval, PlanDocument } from '../../schemas/types.gen.ts';
import { readJsonDocument } from '../document/schema/read-json-document.ts';
import { asksPerson } from '../language/pipeline.ts';

/** The answers that a text has, or why it has none as the end of a sentence. */
export function readApprovals(text: string): { readonly document: ApprovalsDocument } | { readonly fault: string } {
  return readJsonDocument<ApprovalsDocument>(text, {
    schema: approvalsSchema,
    file: 'schemas/approvals.schema.json',
    version,
  });
}

/**
 * The answers to a plan with one more. The first answer of a person to a step counts, so that another one changes nothing; whether the person may
 * answer is known when the step asks, so that others may answer, too. Those
 * to another plan, which `before` may be, do not count for this one.
 */
export function withApproval(
  before: ApprovalsDocument | undefined,
  { plan, approval }: { /** Its hash. */ readonly plan: string; readonly approval: PlanApproval },
): { readonly document: ApprovalsDocument; readonly kept: PlanApproval } {
  const approvals = before?.plan === plan ? before.approvals : [];
  const first = approvals.find(
    ({ pipeline, step, by }) => pipeline === approval.pipeline && step === approval.step && by === approval.by,
  );
  return {
    document: { version, plan, approvals: first === undefined ? [...approvals, approval] : approvals },
    kept: first ?? approval,
  };
}

/** The approve steps of a plan, each with the file of its pipeline. */
export function stepsToApprove({ pipelines }: PlanDocument): readonly Pick<PlanApproval, 'pipeline' | 'step'>[] {
  return pipelines.flatMap(({ file, steps }) =>
    file === undefined
      ? []
      : steps.filter(({ uses }) => asksPerson(uses)).map(({ id: step }) => ({ pipeline: file.path, step })),
  );
}

const version: ApprovalsDocument['version'] = 1;
