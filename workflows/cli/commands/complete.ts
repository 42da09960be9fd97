import { type Dirent, readdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { type Complete, RootCommand } from '@bomb.sh/tab';
import { Argument, Command } from 'commander';
import { escapeControls } from '../../document/quote-name.ts';
import { asksPerson } from '../../language/pipeline.ts';
import { connectControl } from '../runs/control-socket.ts';
import { newestRun, runsFolder, stateFolder } from '../runs-folder.ts';
import type { Io, Session } from '../session.ts';

/** The commands to complete, loaded as they are wanted. */
export interface Completed {
  /** All commands, without what they take. */
  readonly listed: readonly Command[];
  load(name: string): Promise<Command | undefined>;
}

/**
 * `speechops complete`: prints what a shell reads to complete the command line, and answers it (`complete -- WORDS…`) with
 * commands, options, their values, pipelines, runs and steps. The library writes to the process's own stdout.
 */
export function completeCommand(_session: Session): Command {
  return new Command('complete')
    .addArgument(new Argument('[shell]', 'the shell').choices(shells))
    .argument('[words...]', 'after --: the words of a command line, whose last one is completed')
    .helpOption('-h, --help', 'display help for command')
    .addHelpText(
      'after',
      `
Examples: source <(npx speechops complete bash)
          npx speechops complete fish | source
bash needs its package bash-completion (apt install bash-completion, brew install bash-completion@2).
The shell completes the command speechops: name it so where it is not on the PATH (alias speechops='npx speechops').`,
    )
    .action((shell: string | undefined, _words: readonly string[], _options: unknown, command: Command) => {
      if (shell === undefined) return command.help({ error: true });
      new RootCommand().setup('speechops', 'speechops', shell);
    });
}

/** The answer to the shell: what the last of these words can become. */
export async function completeWords(
  words: readonly string[],
  of: { readonly io: Io; readonly completed: Completed },
): Promise<void> {
  const { io, completed } = of;
  const [first = '', ...others] = words;
  const root = new RootCommand();
  const command = others.length > 0 ? await completed.load(first) : undefined;
  for (const described of command === undefined ? completed.listed : [command])
    await describe(described, { root, words, io });
  root.parse([...words]);
}

async function describe(
  command: Command,
  { root, words, io }: { readonly root: RootCommand; readonly words: readonly string[]; readonly io: Io },
): Promise<void> {
  const described = root.command(command.name(), command.description());
  for (const { long, short, description, argChoices = [], required, optional } of command
    .createHelp()
    .visibleOptions(command)) {
    const name = long?.replace(/^--/, '');
    if (name === undefined) continue;
    const values = (complete: Complete): void => argChoices.forEach((choice) => complete(choice, ''));
    const alias = short?.replace(/^-/, '');
    if (required || optional) described.option(name, description, values, alias);
    else if (alias === undefined) described.option(name, description);
    else described.option(name, description, alias);
  }
  for (const argument of command.registeredArguments) {
    const values = argument.argChoices ?? (await valuesOf(argument.name(), { words, io }));
    // The library prints a line for each: a name that would steer the terminal, or be several lines, is left out.
    const printable = values.filter((value) => escapeControls(value) === value);
    const tell = (complete: Complete): void => printable.forEach((value) => complete(value, ''));
    described.argument(argument.name(), tell, argument.variadic);
  }
}

/** Values of an argument by its name. */
async function valuesOf(
  name: string,
  of: { readonly words: readonly string[]; readonly io: Io },
): Promise<readonly string[]> {
  const { words, io } = of;
  const [, given = ''] = words;
  if (name === 'file' || name === 'files') return pipelinesIn(io.cwd);
  if (name === 'run') return await runsHere(io);
  return name === 'step' ? await approveSteps(given, io) : [];
}

/** YAML files in the folder and those in it, as far as a look at some hundred folders tells. */
function pipelinesIn(folder: string): readonly string[] {
  const found: string[] = [];
  const folders = [''];
  for (let looked = 0; looked < mostFolders; looked += 1) {
    const at = folders.shift();
    if (at === undefined) break;
    for (const entry of entriesOf(path.join(folder, at))) {
      const name = at + entry.name;
      if (entry.isDirectory() && !/^(\.|node_modules$)/.test(entry.name)) folders.push(`${name}/`);
      else if (/\.ya?ml$/i.test(entry.name)) found.push(name);
    }
  }
  return found;
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** The runs that have left a record, and those that a process knows that has the store open: it takes too long to open it here. */
async function runsHere(io: Io): Promise<readonly string[]> {
  const ended = await readdir(runsFolder(io)).catch(() => []);
  const known = await withLivingControl(io, async (control) =>
    (await control.runs({ limit: 50 })).map(({ runId }) => runId),
  );
  return [...new Set([newestRun, ...(known ?? []), ...ended])];
}

async function approveSteps(runId: string, io: Io): Promise<readonly string[]> {
  const run = await withLivingControl(io, async (control) => await control.details(runId));
  return (run?.plan?.pipeline.steps ?? []).filter(({ uses }) => asksPerson(uses)).map(({ id }) => id);
}

async function withLivingControl<T>(
  io: Io,
  use: (control: NonNullable<Awaited<ReturnType<typeof connectControl>>>) => Promise<T>,
): Promise<T | undefined> {
  const control = await connectControl(stateFolder(io), { signal: io.signal });
  try {
    return control && (await use(control));
  } catch {
    return undefined;
  } finally {
    await control?.close();
  }
}

const mostFolders = 300;
const shells = ['bash', 'zsh', 'fish', 'powershell'];
