import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ApprovalsDocument, PlanApproval } from '../../../schemas/types.gen.ts';
import { shortHash } from '../../plan/plan.ts';
import { readApprovals, stepsToApprove, withApproval } from '../../review/plan-approvals.ts';
import { type Io, UsageError } from '../session.ts';
import { reasonOfFile } from '../reason-of-file.ts';
import { replaceOutput } from '../write-output.ts';
import { readPlanFile } from './saved-plan-file.ts';

/** The file beside a saved plan that keeps the answers to its approve steps. */
function approvalsFileOf(planFile: string): string {
  return `${planFile.replace(/\.json$/, '')}.approvals.json`;
}

/** Whether a person who names a run means a saved plan: runs have no such names. */
export function namesPlanFile(named: string): boolean {
  return named.endsWith('.json');
}

/**
 * Keeps an answer to an approve step of a saved plan. Returns the one that counts, the first. Throws a {@link UsageError} when the plan has no
 * such step, or several pipelines have one.
 */
export async function approvePlan(
  planFile: string,
  { io, answer }: { readonly io: Io; readonly answer: Omit<PlanApproval, 'pipeline'> },
): Promise<{ readonly kept: PlanApproval; readonly plan: string; readonly file: string }> {
  const document = await readPlanFile(planFile, io);
  const all = stepsToApprove(document);
  const [found, ...others] = all.filter(({ step }) => step === answer.step);
  if (found === undefined)
    throw new UsageError(
      `Cannot approve ${answer.step}: the plan ${planFile} has no ${all.length === 0 ? 'approve step' : `such approve step, but ${all.map(({ step }) => step).join(', ')}`}`,
    );
  if (others.length > 0)
    throw new UsageError(
      `Plan each pipeline into a file of its own to approve ${answer.step}: ${[found, ...others].map(({ pipeline }) => pipeline).join(' and ')} have one`,
    );
  const file = approvalsFileOf(planFile);
  const approval = { ...answer, pipeline: found.pipeline };
  const { document: next, kept } = withApproval(await read(file, io), { plan: document.hash, approval });
  await replaceOutput(`${JSON.stringify(next, undefined, 2)}\n`, { file, cwd: io.cwd });
  return { kept, plan: document.hash, file };
}

/** The answers beside a saved plan that count for it, and for this pipeline. Those to another plan are told, and do not count. */
export async function approvalsOf(
  planFile: string,
  { io, hash, pipeline }: { readonly io: Io; readonly hash: string; readonly pipeline: string },
): Promise<readonly PlanApproval[]> {
  const file = approvalsFileOf(planFile);
  const found = await read(file, io);
  if (found === undefined) return [];
  if (found.plan !== hash) {
    io.stderr.write(
      `${file} has answers to plan ${shortHash(found.plan)}, and this is ${shortHash(hash)}: its steps ask anew\n`,
    );
    return [];
  }
  return found.approvals.filter((approval) => approval.pipeline === pipeline);
}

/** Undefined when there is no such file. */
async function read(file: string, { cwd }: Io): Promise<ApprovalsDocument | undefined> {
  const text = await readFile(path.resolve(cwd, file), 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UsageError(`Cannot read ${file}: ${reasonOfFile(error)}`, { cause: error });
  });
  if (text === undefined) return undefined;
  const answers = readApprovals(text);
  if ('document' in answers) return answers.document;
  throw new UsageError(`Mend or delete ${file}, which has the answers to a plan: ${answers.fault}`);
}
