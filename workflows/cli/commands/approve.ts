import { userInfo } from 'node:os';
import { Argument, Command } from 'commander';
import type { PlanApproval } from '../../../schemas/types.gen.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { AnswerRefused, approveStep, mayAnswer, waitsForResume } from '../../report/approval-answer.ts';
import { runArgument } from '../options.ts';
import { shortHash } from '../../plan/plan.ts';
import { type Io, type Session, UsageError } from '../session.ts';
import { approvePlan, namesPlanFile } from '../pipelines/approvals-file.ts';
import { readPlanFile } from '../pipelines/saved-plan-file.ts';
import type { RunControl } from '../runs/control-request.ts';
import { findAskingRun, runsThatAsk } from '../runs/find-run.ts';
import { withRunControl } from '../runs/run-control.ts';

interface Options {
  readonly reject?: boolean;
  readonly by?: string;
  readonly comment?: string;
  readonly plan?: string;
}

/** `speechops approve`: a person's answer to an approve step, also before the step waits for it. */
export function approveCommand(session: Session): Command {
  const { io } = session;
  return new Command('approve')
    .addArgument(runOrPlan())
    .argument('<step>', 'id of the approve step')
    .option('--reject', 'say no: the step fails')
    .option('--by <name>', 'who answers, taken at their word (default: SPEECHOPS_USER, or the user of this machine)')
    .option('--comment <text>', 'why, for the record')
    .option('--plan <hash>', 'answer a run of this plan alone, by its hash or the beginning of it')
    .addHelpText(
      'after',
      `
Examples:
  speechops approve call-center-en-us-20260102-030405-7f3a go-live-ok --comment "heard ten calls"
  speechops approve plan.json go-live-ok --by ann     before it runs: counts for this plan and no other`,
    )
    .action(async (named: string, stepId: string, options: Options) => {
      const by = (options.by ?? (io.env['SPEECHOPS_USER'] || userInfo().username)).trim();
      if (by === '') throw new UsageError('Say with --by who answers: the name is empty');
      const wanted = {
        approved: options.reject !== true,
        by,
        at: new Date().toISOString(),
        ...(options.comment === undefined ? {} : { comment: options.comment }),
      };
      if (namesPlanFile(named)) {
        session.exitCode = await answerPlan(named, { io, plan: options.plan, answer: { step: stepId, ...wanted } });
        return;
      }
      const { runId, kept, isUnsure, isToResume } = await withRunControl(io, async (control) => {
        const run = await findAskingRun(control, named, stepId);
        const { runId: id } = run;
        const step = refusing(() => approveStep(run, stepId));
        assertPlan(run.plan?.hash, { wanted: options.plan, what: `run ${id} is of` });
        if (run.status === 'succeeded') throw new UsageError(await asksNoMore(id, { stepId, control }));
        const answer = refusing(() => mayAnswer(step, { run, by }));
        const decided = await control.decide(id, stepId, { ...wanted, ...(answer.isUnsure && { isUnsure: true }) });
        return { runId: id, kept: decided, isUnsure: answer.isUnsure, isToResume: waitsForResume(run, decided) };
      });
      const say = (text: string): void => io.stderr.write(`${escapeControls(text)}\n`);
      const said = kept.approved ? 'approved' : 'rejected';
      if (kept.at !== wanted.at || kept.by !== by) {
        say(`Nothing changed: ${kept.by} ${said} ${stepId} at ${kept.at} already`);
        session.exitCode = 1;
        return;
      }
      say(`${by} ${said} ${stepId} of ${runId}`);
      if (isUnsure) say(`It counts if ${stepId} lets ${by} answer: that is known when the step asks`);
      if (isToResume) say(`Resume it: speechops resume ${runId}`);
    });
}

function runOrPlan(): Argument {
  const { description } = runArgument({ last: 'the newest that waits for the step' });
  return new Argument('<run>', `${description}; or the file of a saved plan, before it runs`);
}

/** Keeps the answer to a plan beside it, for its run to take. Returns the exit code. */
async function answerPlan(
  planFile: string,
  of: { readonly io: Io; readonly plan: string | undefined; readonly answer: Omit<PlanApproval, 'pipeline'> },
): Promise<0 | 1> {
  const { io, answer } = of;
  assertPlan((await readPlanFile(planFile, io)).hash, { wanted: of.plan, what: `${planFile} has` });
  const { kept, plan, file } = await approvePlan(planFile, { io, answer });
  const said = kept.approved ? 'approved' : 'rejected';
  const isNew = kept.at === answer.at && kept.by === answer.by;
  const text = isNew
    ? `${kept.by} ${said} ${kept.step} of plan ${shortHash(plan)}: ${file} says so to speechops run --plan ${planFile}`
    : `Nothing changed: ${kept.by} ${said} ${kept.step} at ${kept.at} already`;
  io.stderr.write(`${escapeControls(text)}\n`);
  return isNew ? 0 : 1;
}

function assertPlan(
  hash: string | undefined,
  of: { readonly wanted: string | undefined; readonly what: string },
): void {
  const { wanted, what } = of;
  if (wanted === undefined || (wanted.length >= fewestDigits && hash?.startsWith(wanted) === true)) return;
  throw new UsageError(
    wanted.length < fewestDigits
      ? `Give at least ${fewestDigits} characters of the hash of the plan with --plan`
      : `Look at the plan again, and approve that: ${what} ${hash === undefined ? 'a plan without a hash' : `plan ${shortHash(hash)}`}, not ${shortHash(wanted)}`,
  );
}

/** A person compares as many. */
const fewestDigits = 8;

/** Why the step of a run that has succeeded takes no answer, and which runs wait for one. */
async function asksNoMore(
  runId: string,
  { stepId, control }: { readonly stepId: string; readonly control: RunControl },
): Promise<string> {
  const waiting = (await runsThatAsk(control, stepId, { limit: 5 })).map((run) => run.runId);
  const others =
    waiting.length === 0 ? 'no run waits' : `${waiting.join(', ')} ${waiting.length === 1 ? 'waits' : 'wait'}`;
  return `Cannot approve ${stepId}: the run ${runId} has succeeded, and ${others} for ${stepId} (speechops approvals lists what waits)`;
}

function refusing<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof AnswerRefused ? new UsageError(error.message, { cause: error }) : error;
  }
}
