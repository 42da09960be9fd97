import path from 'node:path';
import { Command, Option } from 'commander';
import { forgetRecordings } from '../../data/sets/forget-recordings.ts';
import { parseBaseUrl } from '../../document/base-url.ts';
import { counted } from '../../document/counted.ts';
import { jsonText } from '../../document/json-text.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { collect, formatOption } from '../options.ts';
import { type Io, type Session, UsageError } from '../session.ts';
import type { TaintedObjects } from '../tainted-objects.ts';
import { assertThere } from './assert-there.ts';

interface Options {
  readonly kind: 'Acoustic' | 'AudioFiles';
  readonly locale: string;
  readonly out: string;
  readonly online?: boolean;
  readonly emulator?: boolean;
  readonly alsoAt?: readonly string[];
  readonly format: 'text' | 'json';
}

/** Asks the Speech resource of the environment what it has made of the data at each path. */
export type AskMade = (
  paths: readonly string[],
  asked: { readonly io: Io; readonly emulator: boolean; readonly alsoAt: readonly string[] } & Pick<
    Options,
    'kind' | 'locale'
  >,
) => Promise<ReadonlyMap<string, TaintedObjects>>;

/** What became of the data at one path. */
interface ForgottenPath {
  readonly path: string;
  /** Absent where nothing had to be forgotten. */
  readonly out?: string;
  readonly forgotten: readonly string[];
  readonly left: number;
  /** What the Speech resource has made of the data as they were; absent where it was not asked. */
  readonly made?: TaintedObjects;
}

/** `speechops data forget`: sets without a recording or a speaker, and what was made of them before. */
export function forgetCommand(session: Session, { whatWasMade }: { readonly whatWasMade: AskMade }): Command {
  return new Command('forget')
    .description('Write sets anew without a recording or a speaker, and tell what was made of them before.')
    .argument('<id|speaker>', 'a recording, or a speaker of data.yaml')
    .argument('<path...>', 'folders or zips of recordings; several become a folder each')
    .addOption(
      new Option('--kind <kind>', 'whether they have a transcript')
        .choices(['Acoustic', 'AudioFiles'])
        .default('Acoustic'),
    )
    .requiredOption('--locale <locale>', 'the language that is spoken, such as en-US')
    .requiredOption('--out <folder>', 'a new folder for what is left')
    .option('--online', 'ask the Speech resource of the environment which datasets, models and endpoints have them')
    .option('--emulator', 'with --online: ask the embedded emulator')
    .option(
      '--also-at <url>',
      'with --online: another Speech resource to which models were copied, or from which they came; repeatable',
      collect,
    )
    .addOption(formatOption())
    .addHelpText(
      'after',
      `
Example:
  speechops data forget caller-12 data/calls --locale en-US --out data/calls-2
  speechops data forget call-0042 data/train data/test --locale en-US --out data/left --online
  speechops data forget caller-12 data/calls --locale en-US --out data/calls-2 --online --also-at https://contoso-north.cognitiveservices.azure.com

Nothing is changed where it lies: delete the old folder, and what version control and backups have of it, once the pipeline takes the new
one. With --online it lists the datasets that were uploaded of these data, by their content, and of what they were before, by the
versions of datasets.lock.yaml (data lock) in the repository, the models that were trained with them, and the endpoints that serve
these, each with the command that deletes it; nothing is deleted.

Exit status: 0 written, 2 there is no such recording or speaker, or nothing would be left, 3 the Speech resource did not answer.`,
    )
    .action(
      async (who: string, paths: readonly string[], options: Options) =>
        await forget(who, { ...options, paths, session, whatWasMade }),
    );
}

async function forget(
  who: string,
  options: Options & { readonly paths: readonly string[]; readonly session: Session; readonly whatWasMade: AskMade },
): Promise<void> {
  const {
    session,
    whatWasMade,
    paths,
    kind,
    locale,
    out,
    online = false,
    emulator = false,
    alsoAt = [],
    format,
  } = options;
  const { io } = session;
  const { cwd, signal } = io;
  if (emulator && !online)
    throw new UsageError('Add --online, or leave out --emulator: without it no resource is asked');
  if (alsoAt.length > 0 && (!online || emulator))
    throw new UsageError(
      online
        ? 'Leave out --emulator: --also-at names other resources'
        : 'Add --online, or leave out --also-at: without it no resource is asked',
    );
  const others = alsoAt.map((given) => {
    const parsed = parseBaseUrl(given);
    if ('url' in parsed) return parsed.url;
    throw new UsageError(`Give --also-at the base URL of a Speech resource: ${JSON.stringify(given)}, ${parsed.fault}`);
  });
  await assertThere(paths, io);
  // Before anything is written, so that the same command does all of it once the resource answers.
  const made = online ? await whatWasMade(paths, { io, emulator, kind, locale, alsoAt: others }) : undefined;
  const done: ForgottenPath[] = [];
  for (const given of paths) {
    const place =
      paths.length === 1 ? out : path.join(out, path.basename(path.resolve(cwd, given)).replace(/\.zip$/i, ''));
    const isTranscribed = kind === 'Acoustic';
    const found = await forgetRecordings(given, { who, out: place, isTranscribed, locale, cwd, signal });
    done.push({ path: given, ...found, ...(found.forgotten.length === 0 ? {} : { out: place }) });
  }
  if (done.every(({ forgotten }) => forgotten.length === 0))
    throw new UsageError(
      `Name a recording, or a speaker of data.yaml: ${paths.join(', ')} has no ${JSON.stringify(who)}`,
    );
  const told = done.map((one) => {
    const ofIt = made?.get(one.path);
    return ofIt === undefined || one.out === undefined ? one : { ...one, made: ofIt };
  });
  io.stdout.write(format === 'json' ? jsonText({ sets: told }) : told.map(textOf).join(''));
  if (!online) io.stderr.write('datasets and models that were made of them before: not asked, add --online\n');
}

function textOf({ path: given, out, forgotten, left, made }: ForgottenPath): string {
  if (out === undefined) return `${escapeControls(`${given}: nothing to forget`)}\n`;
  const lines = [`${out}: ${counted(left, 'recording')} of ${given}, without ${forgotten.join(', ')}`];
  if (made !== undefined) {
    const { datasets, models, endpoints, copiedElsewhere, unjudged } = made;
    if (datasets.length + models.length === 0)
      lines.push(`  no dataset of the resource was uploaded of ${given} as it is`);
    else
      lines.push(
        `  write ${out} in place of ${given} into \`from\` and run the pipeline; once it serves the new model:`,
      );
    for (const [what, objects] of [
      ['endpoint', endpoints],
      ['model', models],
      ['dataset', datasets],
    ] as const)
      for (const { name, id, at, deletion } of objects) {
        const where = at === undefined ? '' : ` at ${at}`;
        lines.push(
          what === 'endpoint'
            ? `  endpoint ${name} ${id}${where} serves such a model until the pipeline swaps it`
            : `  ${what} ${name} ${id}${where} has what is forgotten: ${deletion}`,
        );
      }
    for (const { name, id } of copiedElsewhere)
      lines.push(`  model ${name} ${id} was copied to other resources: name them with --also-at, to find its copies`);
    if (unjudged.length > 0)
      lines.push(
        `  ${counted(unjudged.length, 'model')} came from other resources, and no data are named by a copy: name the one that trains with --also-at (${unjudged.map(({ name, id }) => `${name} ${id}`).join(', ')})`,
      );
  }
  return lines.map((line) => `${escapeControls(line)}\n`).join('');
}
