import { Command } from 'commander';
import { isOpen } from '../../engine/engine.ts';
import { type Session, UsageError } from '../session.ts';
import { withRunControl } from './_run-control.ts';

/** `speechops cancel`: ends a run where it stands, its steps under `finally` aside. */
export function cancelCommand(session: Session): Command {
  const { io } = session;
  return new Command('cancel')
    .description(
      'End a run where it stands: its steps under `finally` are still done, unless it is cancelled again. speechops resume goes on with it all the same.',
    )
    .argument('<run>', 'id of the run')
    .addHelpText('after', '\nExample: speechops cancel call-center-en-us-20260102-030405-7f3a')
    .action(async (runId: string) => {
      const isAtWork = await withRunControl(io, async (control) => {
        const found = await control.details(runId);
        if (found === undefined)
          throw new UsageError(`Check the run id ${runId}: there is no such run (speechops runs lists them)`);
        if (!isOpen(found.status))
          throw new UsageError(`Leave ${runId} as it is: it has ended already (${found.status})`);
        await control.cancel(runId);
        return found.status === 'running' && found.plan?.pipeline.steps.some((step) => step.finally === true) === true;
      });
      const rest = isAtWork ? '; its steps under finally are still done (cancel it again to do without them)' : '';
      io.stderr.write(`Cancelled ${runId}${rest}\n`);
    });
}
