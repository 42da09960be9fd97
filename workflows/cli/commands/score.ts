import { isUtf8 } from 'node:buffer';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { escapeControls } from '../../document/quote-name.ts';
import { type NormalisationProfile, normalisationProfiles } from '../../scoring/normalise-text.ts';
import { type Score, scoreUtterances, type Utterance } from '../../scoring/score-utterances.ts';
import { type ScoringUnit } from '../../scoring/tokenise.ts';
import { type Session, UsageError } from '../session.ts';
import { formatOption } from '../options.ts';
import { readRules } from '../rules-file.ts';

/**
 * The command `speechops score`: the word error rate of what was recognised against what was said, from two files of
 * lines `id<TAB>text` (UTF-8). Works on local files alone. Wrong or unreadable files are a {@link UsageError}.
 */
export function scoreCommand(session: Session): Command {
  return new Command('score')
    .requiredOption('--ref <file>', 'what was said: UTF-8 lines of id, tab, text')
    .requiredOption('--hyp <file>', 'what was recognised, in the same form; lines are paired by id')
    .addOption(
      new Option('--profile <name>', 'rules that make ways of writing equal before words are compared')
        .choices(normalisationProfiles)
        .default('none'),
    )
    .addOption(
      new Option('--rules <file>', 'rules of your own behind those of the profile that the file extends').conflicts(
        'profile',
      ),
    )
    .option(
      '--merge-compounds',
      'count words that are only split or joined otherwise as correct, as the Open ASR Leaderboard does',
    )
    .addOption(new Option('--unit <unit>', 'what is counted').choices(['word', 'char']).default('word'))
    .addOption(formatOption())
    .option('--alignments <file>', "also write each utterance's counts and alignment as a tab-separated table")
    .addHelpText('after', EXAMPLE)
    .action((options: ScoreOptions) => score(options, session));
}

const EXAMPLE = `
Example:
  speechops score --ref test/trans.txt --hyp recognised.tsv --profile azure-en-US

In the table that --alignments writes, ops has one letter for each step of the alignment:
C correct, S substituted, D deleted, I inserted.`;

interface ScoreOptions {
  readonly ref: string;
  readonly hyp: string;
  readonly profile: NormalisationProfile;
  readonly rules?: string;
  readonly mergeCompounds?: true;
  readonly unit: ScoringUnit;
  readonly format: 'text' | 'json';
  readonly alignments?: string;
}

async function score(options: ScoreOptions, session: Session): Promise<void> {
  const { io } = session;
  refuseOverwriting(options, io.cwd);
  const references = await readUtterances(options.ref, io.cwd);
  const hypotheses = await readUtterances(options.hyp, io.cwd);
  const { profile, unit, mergeCompounds = false } = options;
  const rules = options.rules === undefined ? {} : { rules: await readRules(options.rules, io) };
  const result = scoreFiles({ references, hypotheses, profile, unit, mergeCompounds, ...rules });
  if (options.alignments !== undefined) await writeAlignments(result, { file: options.alignments, cwd: io.cwd });
  io.stderr.write(warnings(result, options));
  io.stdout.write(options.format === 'json' ? asJson(result) : asText(result));
  session.exitCode = 0;
}

function refuseOverwriting(options: ScoreOptions, cwd: string): void {
  if (options.alignments === undefined) return;
  const output = resolve(cwd, options.alignments);
  if (output === resolve(cwd, options.ref) || output === resolve(cwd, options.hyp)) {
    throw new UsageError(`Write the alignments to another file: ${options.alignments} is read by this command`);
  }
}

/** Reads lines of `id<TAB>text`. A line without a tab is an utterance without words; blank lines are left out. */
async function readUtterances(file: string, cwd: string): Promise<readonly Utterance[]> {
  const bytes = await readFile(resolve(cwd, file)).catch((error: unknown) => {
    throw new UsageError(`Cannot read ${file}: ${reasonOfScoring(error)}`, { cause: error });
  });
  const lineOfId = new Map<string, number>();
  const utterances: Utterance[] = [];
  for (const [index, line] of decodeLines(bytes, file).entries()) {
    if (/^[ \t]*$/.test(line)) continue;
    const tab = line.indexOf('\t');
    const id = tab === -1 ? line : line.slice(0, tab);
    const where = `${file}:${index + 1}`;
    if (id === '') throw new UsageError(`${where}: Begin the line with an id: there is nothing before the tab`);
    const earlier = lineOfId.get(id);
    if (earlier !== undefined) {
      throw new UsageError(`${where}: Give each id once: ${JSON.stringify(id)} is also on line ${earlier}`);
    }
    lineOfId.set(id, index + 1);
    utterances.push({ id, text: tab === -1 ? '' : line.slice(tab + 1) });
  }
  return utterances;
}

function decodeLines(bytes: Buffer, file: string): readonly string[] {
  if (!isUtf8(bytes)) {
    throw new UsageError(`${file}:${firstLineNotUtf8(bytes)}: Save the file as UTF-8: this line has other bytes`);
  }
  return new TextDecoder()
    .decode(bytes)
    .split('\n')
    .map((line) => line.replace(/\r$/, ''));
}

function firstLineNotUtf8(bytes: Buffer): number {
  let start = 0;
  for (let line = 1; ; line += 1) {
    const end = bytes.indexOf(0x0a, start);
    if (end === -1 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
}

function scoreFiles(task: Parameters<typeof scoreUtterances>[0]): Score {
  try {
    return scoreUtterances(task);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

async function writeAlignments(
  result: Score,
  { file, cwd }: { readonly file: string; readonly cwd: string },
): Promise<void> {
  const rows = result.utterances.map(({ id, counts, operations }) => [
    id,
    counts.correct,
    counts.substitutions,
    counts.deletions,
    counts.insertions,
    operations,
  ]);
  const table = [['id', 'C', 'S', 'D', 'I', 'ops'], ...rows].map((row) => `${row.join('\t')}\n`).join('');
  await writeFile(resolve(cwd, file), table).catch((error: unknown) => {
    throw new UsageError(`Cannot write ${file}: ${reasonOfScoring(error)}`, { cause: error });
  });
}

function reasonOfScoring(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file or folder';
    case 'EISDIR':
      return 'it is a folder, not a file';
    case 'EACCES':
      return 'permission is denied';
    default:
      return message;
  }
}

function warnings(result: Score, files: { readonly ref: string; readonly hyp: string }): string {
  const { missing, unmatched } = result;
  return [
    missing.length > 0 &&
      `warning: ${utteranceCount(missing)} of ${files.ref} not in ${files.hyp}, counted as deleted: ${someOf(missing)}`,
    unmatched.length > 0 &&
      `warning: ${utteranceCount(unmatched)} of ${files.hyp} not in ${files.ref}, not counted: ${someOf(unmatched)}`,
  ]
    .filter((warning) => warning !== false)
    .map((warning) => `${escapeControls(warning)}\n`)
    .join('');
}

function utteranceCount(ids: readonly string[]): string {
  return ids.length === 1 ? '1 utterance' : `${ids.length} utterances`;
}

/** The first few; `--format json` has them all. */
function someOf(ids: readonly string[]): string {
  const shown = ids.slice(0, 5).map((id) => JSON.stringify(id));
  return `${shown.join(', ')}${ids.length > shown.length ? `, and ${ids.length - shown.length} more` : ''}`;
}

function asJson(result: Score): string {
  const summary = {
    profile: result.profile,
    profileVersion: result.profileVersion,
    ...(result.rules === undefined ? {} : { rules: result.rules }),
    mergeCompounds: result.mergeCompounds,
    unit: result.unit,
    utterances: result.utterances.length,
    words: result.words,
    ...result.counts,
    errors: result.errors,
    wordErrorRate: result.wordErrorRate,
    sentenceErrorRate: result.sentenceErrorRate,
    missing: result.missing,
    unmatched: result.unmatched,
  };
  return `${JSON.stringify(summary, undefined, 2)}\n`;
}

function asText(result: Score): string {
  const units = result.unit === 'word' ? 'Words' : 'Characters';
  const rate = result.unit === 'word' ? 'Word error rate' : 'Character error rate';
  const nothing = `none: the references have no ${units.toLowerCase()}`;
  const rows: readonly (readonly [string, string])[] = [
    [rate, `${asPercent(result.wordErrorRate) ?? nothing} (profile ${nameOf(result)})`],
    ['Sentence error rate', asPercent(result.sentenceErrorRate) ?? 'none: there are no references'],
    ['Utterances', String(result.utterances.length)],
    [units, String(result.words)],
    ['Correct', String(result.counts.correct)],
    ['Substitutions', String(result.counts.substitutions)],
    ['Deletions', String(result.counts.deletions)],
    ['Insertions', String(result.counts.insertions)],
    ['Errors', String(result.errors)],
  ];
  return rows.map(([name, value]) => `${name.padEnd(22)}${value}\n`).join('');
}

/** What two rates must have in common to be compared. */
function nameOf({ profile, profileVersion, rules, mergeCompounds }: Score): string {
  const own = rules === undefined ? '' : `, rules ${rules.name} ${rules.digest}`;
  return `${profile} ${profileVersion}${own}${mergeCompounds ? ', compounds merged' : ''}`;
}

function asPercent(rate: number | null): string | undefined {
  return rate === null ? undefined : `${(rate * 100).toFixed(2)} %`;
}
