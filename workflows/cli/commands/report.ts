import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';
import type { ResultsDocument } from '../../../schemas/types.gen.ts';
import { ratesOverTime } from '../../evidence/rates-over-time.ts';
import { readResults } from '../../evidence/read-results.ts';
import { historyMarkdown, historyText } from '../../report/commands/history-text.ts';
import { resultsMarkdown } from '../../report/commands/results-markdown.ts';
import { resultsText } from '../../report/commands/results-text.ts';
import { findRun } from '../runs/find-run.ts';
import { withRunControl } from '../runs/run-control.ts';
import { runsFolder } from '../runs-folder.ts';
import { type Io, type Session, UsageError } from '../session.ts';
import { reasonOfFile } from '../reason-of-file.ts';
import { wantsColor } from '../wants-color.ts';
import { writeOutput } from '../write-output.ts';

interface ReportOptions {
  readonly format: 'text' | 'json' | 'markdown' | 'html';
  readonly output?: string;
}

/**
 * `speechops report`: the evidence of a run again in any form; of several runs how the rates of their test sets went. Reads
 * `results.json` alone. One that is not there, is broken or of another version is a {@link UsageError}.
 */
export function reportCommand(session: Session): Command {
  return new Command('report')
    .argument(
      '<run...>',
      'id of a run, the beginning of it, `last`, the folder of a run, or a file results.json, which may be a pipe',
    )
    .addOption(
      new Option('--format <format>', 'how the report is written')
        .choices(['text', 'json', 'markdown', 'html'])
        .default('text'),
    )
    .option('--output <file>', 'write it to a file, beside which a page finds the audio')
    .addHelpText(
      'after',
      `
Examples:
  speechops report last
  speechops report last --format html --output report.html
  speechops report .speechops/runs/*/results.json --format html --output history.html

With several runs it shows the rate of each step and test set over time; rates of other data, profiles or rules are kept apart.`,
    )
    .action(async (names: readonly string[], options: ReportOptions) => await report(names, { options, session }));
}

async function report(
  names: readonly string[],
  { options: { format, output }, session: { io } }: { readonly options: ReportOptions; readonly session: Session },
): Promise<void> {
  const found: Found[] = [];
  for (const name of names) found.push(await readNamed(name, io));
  const [only] = found;
  if (output !== undefined && found.some(({ file }) => file === path.resolve(io.cwd, output)))
    throw new UsageError(`Write the report to another file: ${output} is read by this command`);
  const color = output === undefined && wantsColor(io.stdout, io);
  const folder = output === undefined ? io.cwd : path.dirname(path.resolve(io.cwd, output));
  const text =
    found.length === 1 && only !== undefined
      ? await ofOne({ ...only, to: folder }, { format, color })
      : await ofSeveral(
          found.map(({ results }) => results),
          { format, color },
        );
  if (output === undefined) io.stdout.write(text);
  else await writeOutput(text, { file: output, cwd: io.cwd });
}

interface Form {
  readonly format: ReportOptions['format'];
  readonly color: boolean;
}

async function ofOne(
  of: Pick<Found, 'results' | 'folder'> & { /** The folder of the report. */ readonly to: string },
  { format, color }: Form,
): Promise<string> {
  switch (format) {
    case 'text':
      return resultsText(of.results, { color });
    case 'json':
      return `${JSON.stringify(of.results, undefined, 2)}\n`;
    case 'markdown':
      return resultsMarkdown(of.results);
    case 'html':
      return (await import('../../report/html/report-html.ts')).reportHtml(withAudioFrom(of));
  }
}

async function ofSeveral(documents: readonly ResultsDocument[], { format, color }: Form): Promise<string> {
  const history = ratesOverTime(documents);
  switch (format) {
    case 'text':
      return historyText(history, { color });
    case 'json':
      return `${JSON.stringify(history, undefined, 2)}\n`;
    case 'markdown':
      return historyMarkdown(history);
    case 'html':
      return (await import('../../report/html/history-html.ts')).historyHtml(history);
  }
}

/** The document with paths of audio as they are from the folder of the report. */
function withAudioFrom({
  results,
  folder: from,
  to,
}: Pick<Found, 'results' | 'folder'> & { readonly to: string }): ResultsDocument {
  if (from === to) return results;
  const moved = (audio: string): string =>
    /^[a-z][a-z\d+.-]+:/i.test(audio) ? audio : path.relative(to, path.resolve(from, audio));
  return {
    ...results,
    sets: results.sets.map((set) => ({
      ...set,
      utterances: set.utterances.map((utterance) =>
        utterance.audio === undefined ? utterance : { ...utterance, audio: moved(utterance.audio) },
      ),
    })),
  };
}

interface Found {
  readonly results: ResultsDocument;
  readonly file: string;
  /** Which its paths of audio are relative to. */
  readonly folder: string;
}

async function readNamed(name: string, io: Io): Promise<Found> {
  const { file, folder } = await fileOf(name, io);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const shown = path.relative(io.cwd, file);
    const runId = path.basename(path.dirname(file));
    const isOfRun = path.dirname(path.dirname(file)) === runsFolder(io) && path.basename(file) === 'results.json';
    if (isOfRun && (error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new UsageError(
        `Let run ${runId} end, with speechops resume ${runId} where it was stopped: it has left no ${shown}`,
        { cause: error },
      );
    throw new UsageError(`Cannot read ${shown}: ${reasonOfFile(error)}`, { cause: error });
  });
  const read = readResults(text);
  if ('results' in read) return { results: read.results, file, folder };
  throw new UsageError(`Cannot report on ${path.relative(io.cwd, file)}: ${read.fault}`);
}

/** What is a file, a pipe or a folder is taken for one; anything else names a run, which has its folder among the others. */
async function fileOf(name: string, io: Io): Promise<Pick<Found, 'file' | 'folder'>> {
  const here = path.resolve(io.cwd, name);
  const folders = [here, ...(/^[\w.-]+$/.test(name) ? [path.join(runsFolder(io), name)] : [])];
  for (const place of folders) {
    const found = name === '' ? undefined : await stat(place).catch(() => undefined);
    if (found?.isDirectory() === true) return { file: path.join(place, 'results.json'), folder: place };
    // A pipe is in no folder, and audio stands beside where the command runs.
    if (found !== undefined) return { file: place, folder: found.isFile() ? path.dirname(place) : io.cwd };
  }
  if (name.includes('/') || name.endsWith('.json')) return { file: here, folder: path.dirname(here) };
  const { runId } = await withRunControl(io, async (control) => await findRun(control, name));
  const folder = path.join(runsFolder(io), runId);
  return { file: path.join(folder, 'results.json'), folder };
}
