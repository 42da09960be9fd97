import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { escapeLines } from '../../document/quote-name.ts';
import { type Ci, ciFiles, cis } from '../init/ci-files.ts';
import { packedProgram, type PackedProgram } from '../init/packed-program.ts';
import { projectFiles, type ProjectAnswers } from '../init/project-files.ts';
import { writeProject, type WrittenFile } from '../init/write-project.ts';
import { type Io, type Session, UsageError } from '../session.ts';

interface Options {
  readonly name?: string;
  readonly locale?: string;
  readonly environment?: boolean;
  readonly ci?: Ci;
  readonly yes?: boolean;
}

/** `speechops init`: a repository of one's own, with a pipeline that runs. */
export function initCommand(session: Session): Command {
  const { io } = session;
  return new Command('init')
    .argument('[folder]', 'where', '.')
    .option('--name <name>', 'of the pipeline and its endpoint (default: the name of the folder)', projectName)
    .option('--locale <locale>', 'of what is said, as in de-DE (default: en-US)', locale)
    .option('--environment', 'write environment.yaml and cdktf.json, too, for the resources in Azure')
    .addOption(
      new Option('--ci <ci>', 'write workflows, too, that plan pull requests, run what was planned, and watch').choices(
        cis,
      ),
    )
    .option('-y, --yes', 'ask nothing')
    .addHelpText('after', '\nExample: speechops init --yes --name ward --locale en-GB --ci github')
    .action(async (named: string, options: Options) => {
      const folder = path.resolve(io.cwd, named);
      const answers = await answersOf(options, { io, folder });
      const packed = packedProgram();
      const { ci } = answers;
      const workflows = ci === undefined ? [] : await ciFiles(ci, answers);
      const written = await writeProject(folder, [...projectFiles(answers, packed), ...workflows]);
      io.stdout.write(escapeLines(summaryOf(written, { folder, answers, packed })));
    });
}

type Answers = ProjectAnswers & { readonly ci?: Ci | undefined };

async function answersOf(
  options: Options,
  { io, folder }: { readonly io: Io; readonly folder: string },
): Promise<Answers> {
  const given = {
    name: options.name ?? nameFrom(path.basename(folder)),
    locale: options.locale ?? 'en-US',
    hasEnvironment: options.environment === true,
    ci: options.ci,
  };
  if (options.yes === true) return given;
  const { ask } = io;
  if (ask === undefined)
    throw new UsageError(
      'Add --yes, or call it on a terminal: there is nobody to ask (--help shows what may be given)',
    );
  const answered = async (question: string, preset: string): Promise<string> =>
    (await ask(`${question} (${preset}) `)).trim() || preset;
  return {
    name: options.name ?? checked(projectName, await answered('Name of the pipeline and its endpoint', given.name)),
    locale: options.locale ?? checked(locale, await answered('Locale of what is said', given.locale)),
    hasEnvironment:
      given.hasEnvironment || /^y/i.test(await answered('Are the resources in Azure to be code here, too? y/n', 'n')),
    ci: options.ci ?? ciFrom(await answered(`Workflows for a CI? ${cis.join(', ')} or none`, 'none')),
  };
}

function ciFrom(answer: string): Ci | undefined {
  const found = cis.find((ci) => ci === answer.toLowerCase());
  if (found === undefined && !/^no?(ne)?$/i.test(answer))
    throw new UsageError(`Allowed are ${cis.join(', ')} and none.`);
  return found;
}

/** The name of a folder as the name of a project. */
function nameFrom(folder: string): string {
  const name = folder
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, longestName);
  return namePattern.test(name) ? name : 'speech';
}

function projectName(text: string): string {
  if (namePattern.test(text) && text.length <= longestName) return text;
  throw new InvalidArgumentError(
    `Allowed are lower-case letters, digits and hyphens, at most ${longestName}, a letter first.`,
  );
}

function locale(text: string): string {
  if (/^[a-z]{2,3}(-[A-Z][a-z]{3})?-([A-Z]{2}|\d{3})$/.test(text)) return text;
  throw new InvalidArgumentError('Allowed is a locale such as en-US or de-DE.');
}

function checked(check: (text: string) => string, text: string): string {
  try {
    return check(text);
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

const namePattern = /^[a-z](?:[a-z0-9-]*[a-z0-9])?$/;
const longestName = 40;

function summaryOf(
  written: readonly WrittenFile[],
  of: { readonly folder: string; readonly answers: Answers; readonly packed: PackedProgram | undefined },
): string {
  const { folder, answers, packed } = of;
  const told = written.filter(({ what }) => what !== undefined);
  const width = Math.max(...told.map(({ name }) => name.length));
  const rows = told.map(({ name, what, outcome }) => `  ${name.padEnd(width)}  ${notes[outcome]}${what ?? ''}`);
  const pipeline = `pipelines/${answers.name}.yaml`;
  const steps = [
    ...(packed === undefined
      ? []
      : [[`npm pack --pack-destination . ${packed.clone}`, 'once: it is not published yet']]),
    ['npm install', ''],
    [`npx speechops run ${pipeline} --emulator`, 'try it: nothing leaves this machine'],
    ['npx speechops portal --emulator', 'look at it in a browser'],
    [`npx speechops plan ${pipeline}`, 'what it would do in Azure, with SPEECHOPS_ENDPOINT set'],
  ] as const;
  const commands = steps.map(([command, what]) => `  ${command}${what === '' ? '' : `\n      ${what}`}`);
  const needs =
    answers.ci === undefined
      ? []
      : ['', 'Variables and permissions that the workflows need: node_modules/speechops/examples/ci/README.md'];
  return `${[`In ${folder}:`, ...rows, '', 'Next, there:', ...commands, ...needs].join('\n')}\n`;
}

const notes: Readonly<Record<WrittenFile['outcome'], string>> = {
  written: '',
  completed: '(was there: what is missing was added) ',
  kept: '(was there, and is kept) ',
};
