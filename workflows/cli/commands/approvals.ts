import { Command } from 'commander';
import { approvalsText, waitingApprovals } from '../../report/commands/approvals-text.ts';
import { formatOption } from '../options.ts';
import { mostRuns } from '../runs/control-request.ts';
import { withRunControl } from '../runs/run-control.ts';
import type { Session } from '../session.ts';

interface Options {
  readonly format: 'text' | 'json';
}

/** `speechops approvals`: the approve steps that wait for a person, with the command that answers each. */
export function approvalsCommand(session: Session): Command {
  const { io } = session;
  return new Command('approvals')
    .addOption(formatOption())
    .addHelpText('after', '\nExample: speechops approvals')
    .action(async ({ format }: Options) => {
      const waiting = await withRunControl(io, async (control) => {
        const runs = await control.runs({ limit: mostRuns });
        const open = runs.filter(({ status }) => status === 'running').toReversed();
        const approvals = [];
        for (const { runId } of open) {
          const run = await control.details(runId);
          if (run !== undefined) approvals.push(...waitingApprovals(run));
        }
        return approvals;
      });
      io.stdout.write(format === 'json' ? `${JSON.stringify(waiting, undefined, 2)}\n` : approvalsText(waiting));
    });
}
