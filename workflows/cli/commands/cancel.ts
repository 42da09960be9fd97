import { Command } from 'commander';
import { cancelRun, RunHasEnded } from '../../durable/cancel-run.ts';
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
        try {
          return await cancelRun(await findRun(control, named), control);
        } catch (error) {
          throw error instanceof RunHasEnded ? new UsageError(error.message, { cause: error }) : error;
        }
      });
      io.stderr.write(`${said}\n`);
    });
}
