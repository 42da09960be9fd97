import { Command, CommanderError } from 'commander';
import { DataError, ServiceError } from '../engine/ports.ts';
import { EvaluationError } from '../expressions/evaluation-error.ts';
import { escapeControls, escapeLines } from '../document/quote-name.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { statePlace } from './runs-folder.ts';
import { withLiveStderr } from './live-stream.ts';
import { commandList } from './command-list.ts';
import type { Completed } from './commands/complete.ts';
import { masked } from './masked-io.ts';
import { CheckFailure, type ExitCode, type Io, type Session, UsageError } from './session.ts';

/**
 * Runs the `speechops` command line and answers its exit code. Arguments are those after the program's name.
 * Writes only to the streams of `io`; never exits the process and never throws for what a user or the world did wrong.
 */
export async function main(typed: readonly string[], given: Io): Promise<ExitCode> {
  const io = withLiveStderr(masked(given));
  const session: Session = { io, exitCode: 0 };
  const program = new Command('speechops')
    .description(
      'Azure Custom Speech as code: keep the model behind an endpoint good, with pipelines in your repository.',
    )
    .version(packageFile.version, '-V, --version')
    .showHelpAfterError('(run with --help for the arguments and an example)')
    .addHelpText('after', '\nExit status: 0 done, 1 what was checked did not pass, 2 wrong usage, 3 the world failed.');
  const args = typed[0] === '--' ? typed.slice(1) : typed;
  const [first = '', second] = args;
  const called = await loadCommand(first === 'help' ? second : first, session);
  for (const command of called === undefined ? listedCommands() : [called]) program.addCommand(command);
  for (const command of withCommandsOf(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => io.stdout.write(text),
      // It repeats what was typed, and in a CI job that may be a stranger's.
      writeErr: (text) => io.stderr.write(escapeLines(text)),
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
    });
  }
  try {
    if (first === 'complete' && second === '--') {
      const { completeWords } = await import('./commands/complete.ts');
      await completeWords(args.slice(2), { io, completed: completedFor(session) });
      return 0;
    }
    await program.parseAsync(args, { from: 'user' });
    return session.exitCode;
  } catch (error) {
    const code = await explain(error, io);
    // There 2 means that something would change, also where the rest of what was typed is wrong.
    const errorCode = args.includes('--detailed-exitcode') ? 1 : code;
    return code === 0 ? 0 : errorCode;
  }
}

function completedFor(session: Session): Completed {
  return { listed: listedCommands(), load: async (name) => await loadCommand(name, session) };
}

/** A command, and those that it has. */
function withCommandsOf(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withCommandsOf)];
}

/** The command of this name with all that it takes; undefined when there is none. */
async function loadCommand(name: string | undefined, session: Session): Promise<Command | undefined> {
  if (name === undefined || !Object.hasOwn(commandList, name)) return undefined;
  const listed = commandList[name];
  return (await listed?.load())?.(session).description(listed?.description ?? '');
}

/** Every command, to be shown and not to be called. */
function listedCommands(): readonly Command[] {
  return Object.entries(commandList).map(([name, { description }]) => new Command(name).description(description));
}

async function explain(error: unknown, io: Io): Promise<ExitCode> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const said = error instanceof Error ? error.message : String(error);
  const { adviceOnRights } = await import('../store/reach-database.ts');
  const { damageOfStore } = await import('../store/embedded-store.ts');
  const isEmbedded = (io.env['SPEECHOPS_DATABASE_URL'] ?? '').trim() === '';
  const damage = isEmbedded ? damageOfStore(error, statePlace(io))?.message : undefined;
  const message = adviceOnRights(said) ?? damage ?? said;
  const lines = error instanceof UsageError && message === said ? error.lines : [message];
  io.stderr.write(`error: ${lines.map(escapeControls).join('\n')}\n`);
  if (error instanceof UsageError || error instanceof DataError) return 2;
  if (error instanceof EvaluationError || error instanceof CheckFailure) return 1;
  if (error instanceof ServiceError) return 3;
  if (io.env['SPEECHOPS_DEBUG'] && error instanceof Error) io.stderr.write(`${escapeLines(error.stack ?? '')}\n`);
  return 3;
}
