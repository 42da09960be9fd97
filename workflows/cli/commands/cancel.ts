import { Command } from 'commander';
import { isOpen } from '../../engine/engine.ts';
import type { RunDetails } from '../../durable/journal.ts';
import { hasFinally } from '../../plan/plan.ts';
import { runArgument } from '../options.ts';
import { type Session, UsageError } from '../session.ts';
import { findRun } from '../runs/find-run.ts';
import { withRunControl } from '../runs/run-control.ts';

/** `speechops cancel`: ends a run where it stands; its steps under `finally` are still done. */
export function cancelCommand(session: Session): Command {
  const { io } = session;
  return new Command('cancel')
    .addArgument(runArgument())
    .addHelpText('after', '\nExample: speechops cancel call-center-en-us-20260102-030405-7f3a')
    .action(async (named: string) => {
      const said = await withRunControl(io, async (control) => {
        const found = await findRun(control, named);
        const { runId } = found;
        // A cancelled run may be about to resume, for its steps under `finally`.
        const isAboutToResume = found.status === 'cancelled' && found.record === undefined && hasFinally(found.plan);
        if (!isOpen(found.status) && !isAboutToResume) throw hasEnded(found);
        const count = await control.cancel(runId);
        if (isAboutToResume && count > 2) throw hasEnded(found);
        const rest = count === 1 && found.status === 'running' && hasFinally(found.plan) ? whatIsDone(found) : '';
        return `Cancelled ${runId}${rest}\n`;
      });
      io.stderr.write(said);
    });
}

function hasEnded({ runId, status }: RunDetails): UsageError {
  return new UsageError(`Leave ${runId} as it is: it has ended already (${status})`);
}

function whatIsDone({ abandoned }: RunDetails): string {
  if (abandoned === 'until-resumed') return '; its steps under finally are not done, because its process is dead';
  return '; its steps under finally are still done (cancel it again to do without them)';
}
