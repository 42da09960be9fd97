import { Command, CommanderError } from 'commander';
import { DataError, ServiceError } from '../engine/ports.ts';
import { EvaluationError } from '../expressions/evaluation-error.ts';
import { escapeControls, escapeLines } from '../document/quote-name.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { statePlace } from './runs-folder.ts';
import { withLiveStderr } from './live-stream.ts';
import type { Completed } from './commands/complete.ts';
import { masked } from './masked-io.ts';
import { CheckFailure, type ExitCode, type Io, type Session, UsageError } from './session.ts';

/**
 * Runs the `speechops` command line and answers its exit code. Arguments are those after the program's name.
 * Writes only to the streams of `io`; never exits the process and never throws for what a user or the world did wrong.
 */
export async function main(args: readonly string[], given: Io): Promise<ExitCode> {
  const io = withLiveStderr(masked(given));
  const session: Session = { io, exitCode: 0 };
  const program = new Command('speechops')
    .description(
      'Azure Custom Speech as code: keep the model behind an endpoint good, with pipelines in your repository.',
    )
    .version(packageFile.version, '-V, --version')
    .showHelpAfterError('(run with --help for the arguments and an example)')
    .addHelpText('after', '\nExit status: 0 done, 1 what was checked did not pass, 2 wrong usage, 3 the world failed.');
  const [first = '', second] = args;
  // What the other commands need takes longer to load than a short command to run.
  const named = Object.hasOwn(commands, first) ? [first] : Object.keys(commands);
  for (const name of named) {
    const command = await commands[name]?.();
    if (command !== undefined) program.addCommand(command(session));
  }
  for (const command of [program, ...program.commands]) {
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
    return code === 0 ? 0 : (session.errorExitCode ?? code);
  }
}

/** In the order in which a newcomer needs them; each is loaded when it is called, or when help names all of them. */
const commands: Readonly<Record<string, () => Promise<(session: Session) => Command>>> = {
  init: async () => (await import('./commands/init.ts')).initCommand,
  lint: async () => (await import('./commands/lint.ts')).lintCommand,
  plan: async () => (await import('./commands/plan.ts')).planCommand,
  run: async () => (await import('./commands/run.ts')).runCommand,
  resume: async () => (await import('./commands/resume.ts')).resumeCommand,
  approve: async () => (await import('./commands/approve.ts')).approveCommand,
  approvals: async () => (await import('./commands/approvals.ts')).approvalsCommand,
  cancel: async () => (await import('./commands/cancel.ts')).cancelCommand,
  runs: async () => (await import('./commands/runs.ts')).runsCommand,
  show: async () => (await import('./commands/runs.ts')).showCommand,
  fork: async () => (await import('./commands/resume.ts')).forkCommand,
  submit: async () => (await import('./commands/submit.ts')).submitCommand,
  schedule: async () => (await import('./commands/schedule.ts')).scheduleCommand,
  worker: async () => (await import('./commands/worker.ts')).workerCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  score: async () => (await import('./commands/score.ts')).scoreCommand,
  emulator: async () => (await import('./commands/emulator.ts')).emulatorCommand,
  complete: async () => (await import('./commands/complete.ts')).completeCommand,
};

function completedFor(session: Session): Completed {
  return { names: Object.keys(commands), load: async (name) => (await commands[name]?.())?.(session) };
}

async function explain(error: unknown, io: Io): Promise<ExitCode> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const said = error instanceof Error ? error.message : String(error);
  const { adviceOnRights } = await import('../store/reach-database.ts');
  const { damageOfStore } = await import('../store/embedded-store.ts');
  const isEmbedded = (io.env['SPEECHOPS_DATABASE_URL'] ?? '').trim() === '';
  const damage = isEmbedded ? damageOfStore(error, statePlace(io))?.message : undefined;
  const message = adviceOnRights(said) ?? damage ?? said;
  io.stderr.write(`error: ${escapeControls(message)}\n`);
  if (error instanceof UsageError || error instanceof DataError) return 2;
  if (error instanceof EvaluationError || error instanceof CheckFailure) return 1;
  if (error instanceof ServiceError) return 3;
  if (io.env['SPEECHOPS_DEBUG'] && error instanceof Error) io.stderr.write(`${escapeLines(error.stack ?? '')}\n`);
  return 3;
}
