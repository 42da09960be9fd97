import { Command, InvalidArgumentError, Option } from 'commander';
import { runDetailsText, runsText } from '../../report/runs-text.ts';
import { type Session, UsageError } from '../session.ts';
import { withRunControl } from '../runs/run-control.ts';

interface Options {
  readonly format: 'text' | 'json';
}

/** `speechops runs`: the runs there are, newest first. */
export function runsCommand(session: Session): Command {
  const { io } = session;
  return new Command('runs')
    .description('List runs, newest first.')
    .addOption(new Option('--format <format>', 'how they are printed').choices(['text', 'json']).default('text'))
    .addHelpText('after', '\nExample: speechops runs --format json')
    .action(async ({ format }: Options) => {
      const runs = await withRunControl(io, async (control) => await control.runs());
      io.stdout.write(format === 'json' ? `${JSON.stringify(runs, undefined, 2)}\n` : runsText(runs));
    });
}

/** `speechops show`: one run, its steps and what it waits for. */
export function showCommand(session: Session): Command {
  const { io } = session;
  return new Command('show')
    .description('Show a run: its steps, what came out, how long they took, what it waits for, and its log.')
    .argument('<run>', 'id of the run')
    .addOption(new Option('--format <format>', 'how it is printed').choices(['text', 'json']).default('text'))
    .option('--lines <number>', 'how many lines of the log are shown, the newest', lines, 20)
    .addHelpText('after', '\nExample: speechops show call-center-en-us-20260102-030405-7f3a --lines 100')
    .action(async (runId: string, { format, lines: limit }: Options & { readonly lines: number }) => {
      const [found, log] = await withRunControl(io, async (control) => [
        await control.details(runId),
        limit === 0 ? [] : await control.log(runId, { limit }),
      ]);
      if (found === undefined)
        throw new UsageError(`Check the run id ${runId}: there is no such run (speechops runs lists them)`);
      const shown = { ...found, log };
      io.stdout.write(format === 'json' ? `${JSON.stringify(shown, undefined, 2)}\n` : runDetailsText(shown));
    });
}

function lines(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Allowed is a whole number from 0.');
}
