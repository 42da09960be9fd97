import { Command, Option } from 'commander';
import packageFile from '../../../package.json' with { type: 'json' };
import type { UploadWith } from '../../../schemas/types.gen.ts';
import { checkData } from '../../data/check/check-data.ts';
import { readTestSets } from '../../data/check/read-test-sets.ts';
import type { Tier } from '../../data/check/check-context.ts';
import type { CheckedSet, Purpose } from '../../data/check/checked-set.ts';
import { statisticsOf } from '../../data/statistics/set-statistics.ts';
import { WordCounts } from '../../data/statistics/word-counts.ts';
import { counted } from '../../document/counted.ts';
import { fixableCodes } from '../../data/check/fixable.ts';
import { formatDiagnostics } from '../../document/diagnostics/format-diagnostics.ts';
import { jsonText } from '../../document/json-text.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { setStatisticsMarkdown, setStatisticsText } from './set-statistics-text.ts';
import { type ToolFormat, toolFormats } from '../../report/diagnostics/tool-formats.ts';
import { collect } from '../options.ts';
import { pathInRepository } from '../repository.ts';
import { type Io, type Session, UsageError } from '../session.ts';
import { wantsColor } from '../wants-color.ts';
import { assertThere } from './assert-there.ts';
import { showWork } from './show-work.ts';

interface Options {
  readonly kind: UploadWith['kind'];
  readonly locale: string;
  readonly purpose?: Purpose;
  readonly test?: readonly string[];
  readonly tier?: Tier;
  readonly resource?: string;
  readonly statistics?: true;
  readonly vocabulary?: readonly string[];
  readonly format: 'text' | 'json' | ToolFormat;
}

/** What data may be. */
export const kinds = [
  'Acoustic',
  'AudioFiles',
  'Language',
  'LanguageMarkdown',
  'Pronunciation',
  'OutputFormatting',
] as const;

/** Asks Azure for the tier of a Speech resource. */
export type AskTier = (resourceId: string, io: Io) => Promise<Tier>;

/** `speechops data check`: what the service would say of data, before they are uploaded. It changes no file, and sends no request without --resource. */
export function checkCommand(session: Session, { tierOf }: { readonly tierOf: AskTier }): Command {
  return new Command('check')
    .description(
      'Check data before they are uploaded: what the service would refuse, reject, or take and be worse for.',
    )
    .argument('<path...>', 'a folder or zip of recordings, or a text file; several are one set')
    .addOption(new Option('--kind <kind>', 'what the data are').choices(kinds).makeOptionMandatory())
    .requiredOption('--locale <locale>', 'the language that is spoken or written, such as en-US')
    .addOption(
      new Option('--purpose <purpose>', 'what they are for (default: either)').choices(['train', 'test', 'smoke']),
    )
    .option('--test <path>', 'a test set that training data may have nothing in common with, repeatable', collect)
    .addOption(
      new Option('--tier <tier>', 'of the resource that is to take them, standard or free (default: S0)').choices([
        'S0',
        'F0',
      ]),
    )
    .option('--resource <id>', 'the Azure resource id of that, which is asked for its tier')
    .option('--statistics', 'tell also durations and words')
    .option(
      '--vocabulary <path>',
      'a training text: tell the words of the set that it does not have; repeatable, implies --statistics',
      collect,
    )
    .addOption(
      new Option('--format <format>', 'how the result is printed')
        .choices(['text', 'json', ...toolFormats])
        .default('text'),
    )
    .addHelpText(
      'after',
      `
Example:
  speechops data check data/test --kind Acoustic --locale en-US --purpose test
  speechops data check data/related-text.txt --kind Language --locale de-DE
  speechops data check data/train --kind Acoustic --locale en-US --purpose train --test data/test
  speechops data check data/test --kind Acoustic --locale en-US --vocabulary data/related-text.txt
  speechops data check terms.txt --kind Pronunciation --locale en-US --tier F0

Exit status: 0 nothing is refused or rejected, 1 something is, 2 no such path.`,
    )
    .action(async (paths: readonly string[], options: Options) => await check(paths, { ...options, session, tierOf }));
}

async function check(
  paths: readonly string[],
  options: Options & { readonly session: Session; readonly tierOf: AskTier },
): Promise<void> {
  const { session, kind, locale, purpose, test = [], vocabulary = [], format, tierOf } = options;
  if (options.resource !== undefined && options.tier !== undefined)
    throw new UsageError('Leave out --tier, or --resource: Azure says the tier of the resource');
  const { io } = session;
  await assertThere([...paths, ...test, ...vocabulary], io);
  const { cwd, signal } = io;
  const tests =
    test.length === 0
      ? undefined
      : await readTestSets(test, { locale, cwd, signal, isHeard: kind === 'Acoustic' || kind === 'AudioFiles' });
  const isCounted = options.statistics === true || vocabulary.length > 0;
  const words = isCounted ? new WordCounts() : undefined;
  const tier = options.resource === undefined ? options.tier : await tierOf(options.resource, io);
  const work = showWork('Read', io);
  let bytes = 0;
  const onProgress = (read: number): void => work.tell({ bytes: (bytes += read) });
  const set = await checkData(paths, { kind, locale, purpose, cwd, signal, tests, words, tier, onProgress }).finally(
    work.end,
  );
  const known = vocabulary.length === 0 ? undefined : await wordsOfText(vocabulary, { locale, cwd, signal });
  const statistics = words && statisticsOf(set, { counts: words, known });
  const { omitted, excerpts } = set;
  if (format === 'json')
    io.stdout.write(
      jsonText({ ...summaryOf(set), ...(statistics && { statistics }), omitted, diagnostics: set.diagnostics }),
    );
  else if (format === 'text') {
    io.stdout.write(
      formatDiagnostics(set.diagnostics, { sources: excerpts, color: wantsColor(io.stdout, io), omitted }),
    );
    if (statistics !== undefined) io.stdout.write(setStatisticsText(statistics));
  } else {
    // Loaded where it is asked for: people mostly ask for text.
    const { diagnosticsAs } = await import('../../report/diagnostics/formats.ts');
    const inRepository = (file: string): string => pathInRepository(file, io.cwd);
    const diagnostics = set.diagnostics.map((one) => ({ ...one, path: inRepository(one.path) }));
    io.stdout.write(
      diagnosticsAs[format]({ files: paths.map(inRepository), diagnostics, omitted }, { version: packageFile.version }),
    );
    if (format === 'markdown' && statistics !== undefined) io.stdout.write(`\n${setStatisticsMarkdown(statistics)}`);
  }
  io.stderr.write(`${escapeControls(summaryText(set))}\n`);
  const fixable = fixableCodes(set.diagnostics);
  if (fixable.length > 0)
    io.stderr.write(`\`speechops data fix\` writes the data anew, and mends ${fixable.join(', ')}\n`);
  session.exitCode = set.counts.errors > 0 ? 1 : 0;
}

/** The words of a training text: an utterance a line, or a structured text where it is called `.md`. Its faults are those of another check. */
async function wordsOfText(
  paths: readonly string[],
  options: { readonly locale: string; readonly cwd: string; readonly signal: AbortSignal | undefined },
): Promise<WordCounts> {
  const words = new WordCounts();
  for (const given of paths) {
    const kind = /\.(?:md|markdown)$/i.test(given) ? 'LanguageMarkdown' : 'Language';
    await checkData([given], { ...options, kind, words, most: 0 });
  }
  if (words.words === 0)
    throw new UsageError(
      `Give a training text after --vocabulary: there is no line in ${paths.join(', ')} that is taken`,
    );
  return words;
}

function summaryOf({ kind, lines, rejected, isRefused, counts, recordings }: CheckedSet): object {
  const seconds = recordings.reduce((sum, recording) => sum + recording.seconds, 0);
  return { kind, lines, rejected, isRefused, ...counts, recordings: recordings.length, seconds };
}

/** What the service would make of a set, in a line. */
export function summaryText({ paths, lines, rejected, isRefused, counts }: CheckedSet): string {
  const found = `${counted(counts.errors, 'error')}, ${counted(counts.warnings, 'warning')}`;
  const fate = isRefused
    ? `the service would refuse it${lines > 0 && rejected >= lines ? `: none of ${counted(lines, 'line')} is taken` : ''}`
    : `the service would reject ${rejected.toLocaleString('en-US')} of ${counted(lines, 'line')}`;
  return `${paths.join(', ')}: ${found}${counts.errors > 0 ? `; ${fate}` : ''}`;
}
