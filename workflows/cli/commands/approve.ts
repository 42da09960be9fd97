import { userInfo } from 'node:os';
import { Command } from 'commander';
import { isOpen } from '../../engine/engine.ts';
import type { Decision } from '../../durable/decision.ts';
import type { RunDetails } from '../../durable/journal.ts';
import { planToResume } from '../../durable/journal-format.ts';
import { asksPerson, type PipelineStep } from '../../language/pipeline.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { approvalQuestion } from '../../report/approval-question.ts';
import { runArgument } from '../options.ts';
import { type Session, UsageError } from '../session.ts';
import type { RunControl } from '../runs/control-request.ts';
import { findAskingRun, runsThatAsk } from '../runs/find-run.ts';
import { withRunControl } from '../runs/run-control.ts';

interface Options {
  readonly reject?: boolean;
  readonly by?: string;
  readonly comment?: string;
}

/** `speechops approve`: a person's answer to an approve step, also before the step waits for it. */
export function approveCommand(session: Session): Command {
  const { io } = session;
  return new Command('approve')
    .addArgument(runArgument({ last: 'the newest that waits for the step' }))
    .argument('<step>', 'id of the approve step')
    .option('--reject', 'say no: the step fails')
    .option('--by <name>', 'who answers, taken at their word (default: SPEECHOPS_USER, or the user of this machine)')
    .option('--comment <text>', 'why, for the record')
    .addHelpText(
      'after',
      '\nExample: speechops approve call-center-en-us-20260102-030405-7f3a go-live-ok --comment "heard ten calls"',
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
      const { runId, kept, isUnsure, isToResume } = await withRunControl(io, async (control) => {
        const { run, step } = approveStep(await findAskingRun(control, named, stepId), stepId);
        const { runId: id } = run;
        if (run.status === 'succeeded') throw new UsageError(await asksNoMore(id, { stepId, control }));
        const allowed = step.with['by'] === undefined ? 'anybody' : approvalQuestion(step, run).by;
        if (Array.isArray(allowed) && !allowed.includes(by)) {
          throw new UsageError(`Ask ${allowed.join(' or ')}: ${by} may not answer ${stepId}`);
        }
        const unsure = allowed === undefined ? { isUnsure: true } : {};
        const decided = await control.decide(id, stepId, { ...wanted, ...unsure });
        return { runId: id, kept: decided, isUnsure: allowed === undefined, isToResume: waitsForResume(run, decided) };
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

/** Whether the answer has an effect only when a person resumes the run. */
function waitsForResume({ status, abandoned }: RunDetails, { approved }: Decision): boolean {
  return isOpen(status) ? abandoned === 'until-resumed' : approved;
}

function approveStep(run: RunDetails, stepId: string): { readonly run: RunDetails; readonly step: PipelineStep } {
  const plan = planToResume(run);
  if (typeof plan === 'string') throw new UsageError(plan);
  const candidates = plan.pipeline.steps.filter(({ uses }) => asksPerson(uses));
  const step = candidates.find(({ id }) => id === stepId);
  if (step !== undefined) return { run, step };
  const known = candidates.map(({ id }) => id).join(', ');
  throw new UsageError(
    `Cannot approve ${stepId}: the run ${run.runId} has no ${known === '' ? 'approve step' : `such approve step, but ${known}`}`,
  );
}
