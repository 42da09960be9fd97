import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { counted } from '../../document/counted.ts';
import { decodeText } from '../../document/decode-text.ts';
import { jsonText } from '../../document/json-text.ts';
import { escapeControls, escapeLines } from '../../document/quote-name.ts';
import { MAX_CHARACTERS } from '../../document/yaml/read-document.ts';
import { migrateFiles, type OldFile } from '../../migrate/migrate-files.ts';
import type { MigrationNote } from '../../migrate/old-call.ts';
import { writeProject, type WrittenFile } from '../init/write-project.ts';
import { formatOption } from '../options.ts';
import { CheckFailure, type Session, UsageError } from '../session.ts';

interface Options {
  readonly out: string;
  readonly name?: string;
  readonly locale?: string;
  readonly format: 'text' | 'json';
}

/** `speechops migrate`: a pipeline of workflows and scripts of before. Executes nothing, and changes no file that is there. */
export function migrateCommand(session: Session): Command {
  const { io } = session;
  return new Command('migrate')
    .argument(
      '<file...>',
      'workflows, scripts with `spx csr` or REST calls, .http files, and .json files that they send',
    )
    .option('--out <folder>', 'where pipelines/NAME.yaml is written; a file that is there is kept', '.')
    .option('--name <name>', 'of the pipeline (default: from the name of the first file)', pipelineName)
    .option('--locale <locale>', 'of its data, models and endpoints (default: what the files say)', localeOf)
    .addOption(formatOption())
    .addHelpText(
      'after',
      `
Call it where paths in the files begin, mostly the root of the repository. Nothing is executed, and no secret is copied.
Exit status: 0 a pipeline was written, 1 no call became a step, a file cannot be read, or the pipeline was there already.
Example: speechops migrate .github/workflows/speech-train-data-ci-cd.yml --name calls`,
    )
    .action(async (names: readonly string[], options: Options) => {
      const files = await Promise.all(names.map(async (name) => await oldFile(name, io.cwd)));
      const folder = path.resolve(io.cwd, options.out);
      const { out: _, format: __, ...named } = options;
      const dataRoot = path.relative(path.join(folder, 'pipelines'), io.cwd).replaceAll(path.sep, '/');
      const { pipeline, notes, faults } = migrateFiles(files, { ...named, dataRoot });
      if (faults.length > 0)
        throw new CheckFailure(
          faults.map(({ file, reason }) => `Cannot read ${escapeControls(file)}: ${reason}`).join('\n'),
        );
      const project =
        pipeline === undefined
          ? []
          : [{ name: `pipelines/${pipeline.name}.yaml`, content: pipeline.content, what: 'what the old files do' }];
      const written = await writeProject(folder, project);
      if (written.every(({ outcome }) => outcome === 'kept')) session.exitCode = 1;
      io.stdout.write(
        options.format === 'json'
          ? jsonText({ files: written, notes })
          : escapeLines(shown(written, { notes, out: options.out })),
      );
    });
}

async function oldFile(name: string, cwd: string): Promise<OldFile> {
  const place = path.resolve(cwd, name);
  const found = await stat(place).catch((error: unknown) => {
    throw new UsageError(`There is no file ${escapeControls(name)}`, { cause: error });
  });
  if (!found.isFile()) throw new UsageError(`Give files: ${escapeControls(name)} is none`);
  // A character takes at most four bytes.
  if (found.size > MAX_CHARACTERS * 4)
    throw new CheckFailure(`Cannot read ${escapeControls(name)}: it has more than ${MAX_CHARACTERS} characters`);
  const { text, fault } = decodeText(await readFile(place));
  if (fault !== undefined) throw new CheckFailure(`Cannot read ${escapeControls(name)}: it is no text in UTF-8`);
  return { name: name.replaceAll(path.sep, '/'), text };
}

function pipelineName(text: string): string {
  if (/^[a-z](?:[a-z0-9-]{0,62}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError('Allowed are lower-case letters, digits and hyphens, at most 64, a letter first.');
}

function localeOf(text: string): string {
  if (/^[a-z]{2,3}(-[A-Z][a-z]{3})?-([A-Z]{2}|\d{3})$/.test(text)) return text;
  throw new InvalidArgumentError('Allowed is a locale such as en-US or de-DE.');
}

function shown(
  written: readonly WrittenFile[],
  { notes, out }: { readonly notes: readonly MigrationNote[]; readonly out: string },
): string {
  const [file] = written;
  const place = path.join(out, file?.name ?? '');
  const head =
    file === undefined
      ? 'No call became a step, and nothing was written\n'
      : file.outcome === 'kept'
        ? `kept     ${place}: it was there already; give another --name or --out\n`
        : `written  ${place}: ${file.what ?? ''}\n`;
  const next = file === undefined ? '' : `\nNext: npx speechops lint ${place} && npx speechops plan ${place}\n`;
  return head + titles.map((title) => section(title, notes)).join('') + next;
}

const titles = [
  { outcome: 'carried', title: (count: number) => `${counted(count, 'thing')} carried over` },
  { outcome: 'unneeded', title: (count: number) => `${counted(count, 'thing')} not needed any more` },
  { outcome: 'left', title: (count: number) => `${counted(count, 'thing')} to do by hand` },
] as const;

function section({ outcome, title }: (typeof titles)[number], notes: readonly MigrationNote[]): string {
  const own = notes.filter((note) => note.outcome === outcome);
  if (own.length === 0) return '';
  const rows = own.map(({ file, line, what, to, why }) => {
    const where = `${file}:${line}: ${what}`;
    return `  ${escapeControls(`${where}${to === undefined ? '' : ` -> ${to}`}${why === undefined ? '' : `: ${why}`}`)}\n`;
  });
  return `\n${title(own.length)}:\n${rows.join('')}`;
}
