import { dirname, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { ResultsDocument } from '../../../schemas/types.gen.ts';
import { counted } from '../../document/counted.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { formatRate, parseRate, suggestRate } from '../../document/rates.ts';
import { scoreResults } from '../../evidence/score-results.ts';
import { scoreJson } from '../../report/score/score-json.ts';
import { scoreJunit } from '../../report/score/score-junit.ts';
import { scoreMarkdown } from '../../report/score/score-markdown.ts';
import { type GroupsOfScore, isWithinBound, type ScoreReport } from '../../report/score/score-report.ts';
import { scoreText } from '../../report/score/score-text.ts';
import { compareScores } from '../../scoring/compare-scores.ts';
import { groupScores, speakerInId } from '../../scoring/group-scores.ts';
import type { Marks } from '../../scoring/marks/marked-text.ts';
import { type NormalisationProfile, normalisationProfiles } from '../../scoring/normalise-text.ts';
import { rateInterval } from '../../scoring/rate-interval.ts';
import { type TranscribedUtterance, type TranscriptForm, transcriptForms } from '../../scoring/readers/transcript.ts';
import { type Score, scoreUtterances, tokenisationOf } from '../../scoring/score-utterances.ts';
import { readTerms, scoreTerms, type TermScores } from '../../scoring/terms.ts';
import { type ScoringUnit, type Tokenisation } from '../../scoring/tokenise.ts';
import { readAudioFolder } from '../audio-folder.ts';
import { madeHere } from '../made-here.ts';
import { readRules } from '../rules-file.ts';
import {
  nameOf,
  readHypotheses,
  readReferences,
  readText,
  type References,
  type TranscriptFiles,
} from '../transcripts.ts';
import { CheckFailure, type Session, UsageError } from '../session.ts';
import { wantsColor } from '../wants-color.ts';
import { writeOutput } from '../write-output.ts';

/**
 * The command `speechops score`: the word error rate of what was recognised against what was said, and which words were missed. Works
 * on local files alone, in the forms that tools write. Wrong or unreadable files are a {@link UsageError}, a rate above the
 * bound is a {@link CheckFailure} behind the report.
 */
export function scoreCommand(session: Session): Command {
  return new Command('score')
    .requiredOption('--ref <file...>', 'what was said')
    .requiredOption('--hyp <file...>', 'what was recognised; utterances are paired by id')
    .option('--against <file...>', 'what another model recognised of the same: both side by side')
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
    .option('--alternations', 'read { a / b / @ } as sclite does: each way counts, @ is nothing; in trn always')
    .option('--optional-words', 'read (uh) as sclite -D does: correct where it is left out')
    .option('--fragments', 'read go- and -ing as sclite -F does: correct with words that begin or end like that')
    .addOption(new Option('--unit <unit>', 'what is counted').choices(['word', 'char', 'token']).default('word'))
    .addOption(
      new Option('--format <format>', 'how the result is printed')
        .choices(['text', 'json', 'markdown', 'junit', 'html'])
        .default('text'),
    )
    .addOption(new Option('--max-wer <rate>', 'exit 1 when the rate is above, for example 10%').argParser(rate))
    .addOption(
      new Option('--worst <number>', 'how many utterances, words and terms are shown; JSON has all')
        .argParser(wholeNumber)
        .default(10),
    )
    .addOption(
      new Option('--seed <number>', 'what is drawn from to tell a difference of --against from chance')
        .argParser(wholeNumber)
        .default(1),
    )
    .option('--by <field>', 'also the rates by speaker, or by a field of JSON lines')
    .option('--terms <file>', 'also how often terms were recognised: one a line, its spellings separated by |')
    .option('--alignments <file>', "also write each utterance's counts and alignment as a tab-separated table")
    .option(
      '--results <file>',
      'also write results.json, the document of all that was found, which reports are made of',
    )
    .option('--audio <folder>', 'where the recordings are, for the page and for --results: named as the ids, or ID.wav')
    .addOption(new Option('--ref-format <form>', 'the form of --ref').choices(transcriptForms))
    .addOption(new Option('--hyp-format <form>', 'the form of --hyp and --against').choices(transcriptForms))
    .addHelpText('after', EXAMPLE)
    .action((options: ScoreOptions) => score(options, session));
}

const EXAMPLE = `
Examples:
  speechops score --ref test/trans.txt --hyp recognised.tsv --profile azure-en-US
  speechops score --ref ref.trn --hyp new.trn --against old.trn --by speaker
  speechops score --ref trans.txt --hyp results/*.json --profile lexical --max-wer 10% --format junit
  speechops score --ref display.tsv --hyp results/*.json --unit token
  speechops score --ref ref.trn --hyp hyp.trn --optional-words --fragments    (as sclite -s -D -F)
  speechops score --ref ref.trn --hyp new.trn --against old.trn --format html > report.html
  speechops score --ref test/trans.txt --hyp recognised.tsv --audio test --format html > report.html

Files are UTF-8, in one of these forms, which is told from the text unless --ref-format or --hyp-format says it:
  tab            id, tab, text            (a tab in any line)
  trn            text (speaker_utterance) (the first line ends in an id, as sclite has it)
  kaldi          id word word             (any other text)
  json           objects, one a line or in a list, with an id (id, key, audio_filepath ...) and a text
                 (text, and where recognised pred_text, hypothesis ... before it)
  azure          results of batch transcriptions and of evaluations, their lexical text
  azure-display  the same, their display text

The speaker of --by is the field "speaker" of JSON lines, else what stands in the id before the first - or _.
An error is shown as [-said-]{+recognised+}.

A line of --terms: a term, its other spellings separated by |; # begins a comment.
  co-codamol|cocodamol

In the table that --alignments writes, ops has one letter for each step of the alignment:
C correct, S substituted, D deleted, I inserted.`;

interface ScoreOptions {
  readonly ref: readonly string[];
  readonly hyp: readonly string[];
  readonly against?: readonly string[];
  readonly profile: NormalisationProfile;
  readonly rules?: string;
  readonly mergeCompounds?: true;
  readonly alternations?: true;
  readonly optionalWords?: true;
  readonly fragments?: true;
  readonly unit: ScoringUnit;
  readonly format: 'text' | 'json' | 'markdown' | 'junit' | 'html';
  readonly maxWer?: number;
  readonly worst: number;
  readonly seed: number;
  readonly by?: string;
  readonly terms?: string;
  readonly alignments?: string;
  readonly results?: string;
  readonly audio?: string;
  readonly refFormat?: TranscriptForm;
  readonly hypFormat?: TranscriptForm;
}

function rate(written: string): number {
  const parsed = parseRate(written);
  if (parsed !== undefined) return parsed;
  const suggested = suggestRate(written);
  throw new InvalidArgumentError(
    `Write a rate as 10% or 0.1${suggested === undefined ? '' : `: did you mean ${suggested}`}.`,
  );
}

function wholeNumber(written: string): number {
  if (/^\d{1,9}$/.test(written)) return Number(written);
  throw new InvalidArgumentError('Allowed is a whole number from 0.');
}

async function score(options: ScoreOptions, session: Session): Promise<void> {
  const { io } = session;
  const startedAt = new Date().toISOString();
  refuseOverwriting(options, io.cwd);
  const { profile, unit, mergeCompounds = false } = options;
  const rules = options.rules === undefined ? {} : { rules: await readRules(options.rules, io) };
  refuseNormalisedTokens(unit, rules.rules?.extends ?? profile);
  const from = (names: readonly string[], form: TranscriptForm | undefined): TranscriptFiles => ({
    names,
    form,
    display: unit === 'token',
    cwd: io.cwd,
  });
  const warn = (text: string): void => io.stderr.write(`warning: ${escapeControls(text)}\n`);
  const references = await readReferences(from(options.ref, options.refFormat));
  const how = { profile, unit, mergeCompounds, marks: marksOf(options, references), ...rules };
  const scored = async (names: readonly string[]): Promise<[Score, readonly TranscribedUtterance[]]> => {
    const hypotheses = await readHypotheses(from(names, options.hypFormat), { references, warn });
    const result = usable(() => scoreUtterances({ references: references.utterances, hypotheses, ...how }));
    for (const warning of warnings(result, { ref: nameOf(options.ref), hyp: nameOf(names) })) warn(warning);
    return [result, hypotheses];
  };
  const audio = options.audio === undefined ? undefined : await readAudioFolder(options.audio, io.cwd);
  const [result, hypotheses] = await scored(options.hyp);
  if (audio !== undefined && !references.utterances.some(({ id }) => audio(id, io.cwd) !== undefined))
    warn(
      `no recording of ${nameOf(options.ref)} is in ${options.audio}, the first id is ${JSON.stringify(references.utterances[0]?.id)}`,
    );
  const against = options.against && (await scored(options.against))[0];
  const speakerOf = valuesBy('speaker', [...hypotheses, ...references.utterances]);
  const termsIn =
    options.terms === undefined
      ? undefined
      : await termCounter(options.terms, { how: tokenisationOf(how), cwd: io.cwd });
  const report: ScoreReport = {
    score: result,
    interval: rateInterval(result.utterances, { seed: options.seed, speakerOf }),
    files: {
      references: nameOf(options.ref),
      hypotheses: nameOf(options.hyp),
      against: options.against && nameOf(options.against),
    },
    most: options.worst,
    maxWer: options.maxWer,
    groups:
      options.by === undefined ? undefined : groupsBy(options.by, result, [...hypotheses, ...references.utterances]),
    speakerOf,
    terms: termsIn?.(result),
    againstTerms: against && termsIn?.(against),
    comparison: against && compareScores(result, against, { seed: options.seed, speakerOf }),
  };
  if (options.alignments !== undefined) await writeAlignments(result, { file: options.alignments, cwd: io.cwd });
  const resultsIn = async (folder: string): Promise<ResultsDocument> => {
    const made = { ...(await madeHere(io)), startedAt, finishedAt: new Date().toISOString() };
    const audioOf = audio && ((id: string) => audio(id, folder));
    return scoreResults({ ...report, audioOf }, { made, seed: options.seed });
  };
  if (options.results !== undefined) {
    const document = await resultsIn(dirname(resolve(io.cwd, options.results)));
    await writeOutput(`${JSON.stringify(document, undefined, 2)}\n`, { file: options.results, cwd: io.cwd });
  }
  io.stdout.write(
    await {
      text: () => scoreText(report, { color: wantsColor(io.stdout, io) }),
      json: () => scoreJson(report),
      markdown: () => scoreMarkdown(report),
      junit: () => scoreJunit(report),
      // What makes pages takes longer to load than all other formats.
      html: async () => (await import('../../report/html/report-html.ts')).reportHtml(await resultsIn(io.cwd)),
    }[options.format](),
  );
  session.exitCode = 0;
  if (!isWithinBound(report)) throw new CheckFailure(aboveBound(report));
}

/** Tokens are those of displayed text, of which every profile but `none` takes capitals and punctuation away. */
function refuseNormalisedTokens(unit: ScoringUnit, profile: NormalisationProfile): void {
  if (unit === 'token' && profile !== 'none') {
    throw new UsageError(`Compare tokens as they are displayed: leave profile ${profile} out, or count words`);
  }
}

/** The marks that have a meaning: alternations belong to sclite's form of transcripts. */
function marksOf(options: ScoreOptions, { forms }: References): Marks {
  return {
    alternations: options.alternations ?? forms.has('trn'),
    optionalWords: options.optionalWords ?? false,
    fragments: options.fragments ?? false,
  };
}

function aboveBound({ score: { wordErrorRate }, maxWer = 0 }: ScoreReport): string {
  return wordErrorRate === null
    ? 'There is no error rate to compare with --max-wer: the references have no words'
    : `The error rate is above --max-wer: ${formatRate(wordErrorRate, [maxWer])}, allowed is ${formatRate(maxWer, [wordErrorRate])}`;
}

/** The groups by a field of the utterances; what the files of the references say goes before what those of the hypotheses say. */
function groupsBy(by: string, { utterances }: Score, transcribed: readonly TranscribedUtterance[]): GroupsOfScore {
  const valueOf = valuesBy(by, transcribed);
  if (utterances.some(({ id }) => valueOf(id) !== undefined)) {
    return { by, groups: groupScores(utterances, valueOf), valueOf };
  }
  const known = [...new Set(transcribed.flatMap(({ fields }) => Object.keys(fields)))];
  throw new UsageError(
    by === 'speaker'
      ? 'Name the speakers: there is no field "speaker", and no id has a - or _ behind the name of one'
      : `No utterance has the field ${JSON.stringify(by)}: ${known.length === 0 ? 'only JSON has fields' : `there are ${known.join(', ')}`}`,
  );
}

function valuesBy(by: string, transcribed: readonly TranscribedUtterance[]): (id: string) => string | undefined {
  const values = new Map(
    transcribed.flatMap(({ id, fields }) => (Object.hasOwn(fields, by) ? [[id, fields[by]] as const] : [])),
  );
  return (id) => values.get(id) ?? (by === 'speaker' ? speakerInId(id) : undefined);
}

/** Counts the terms of a list in a score. */
async function termCounter(
  file: string,
  { how, cwd }: { readonly how: Tokenisation; readonly cwd: string },
): Promise<(score: Score) => TermScores> {
  const read = readTerms(await readText(file, cwd));
  if ('message' in read) throw new UsageError(`${file}:${read.line}: ${read.message}`);
  return ({ utterances }) => {
    try {
      return scoreTerms(utterances, { terms: read.terms, ...how });
    } catch (error) {
      if (error instanceof RangeError) throw new UsageError(`${file}:${error.message}`, { cause: error });
      throw error;
    }
  };
}

function refuseOverwriting(options: ScoreOptions, cwd: string): void {
  const { ref, hyp, against = [], terms, rules, alignments, results } = options;
  const read = [...ref, ...hyp, ...against, terms, rules].filter((file) => file !== undefined);
  const uses = new Map(read.map((file) => [resolve(cwd, file), 'is read by this command']));
  for (const [what, file] of [
    ['alignments', alignments],
    ['results', results],
  ] as const) {
    if (file === undefined) continue;
    const use = uses.get(resolve(cwd, file));
    if (use !== undefined) throw new UsageError(`Write the ${what} to another file: ${file} ${use}`);
    uses.set(resolve(cwd, file), `is for the ${what}`);
  }
}

/** What a function answers; that it cannot answer for these texts is wrong usage. */
function usable<T>(answer: () => T): T {
  try {
    return answer();
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
  await writeOutput(table, { file, cwd });
}

function warnings(result: Score, files: { readonly ref: string; readonly hyp: string }): readonly string[] {
  const { missing, unmatched } = result;
  return [
    missing.length > 0 &&
      `${utteranceCount(missing)} of ${files.ref} not in ${files.hyp}, counted as deleted: ${someOf(missing)}`,
    unmatched.length > 0 &&
      `${utteranceCount(unmatched)} of ${files.hyp} not in ${files.ref}, not counted: ${someOf(unmatched)}`,
  ].filter((warning) => warning !== false);
}

function utteranceCount(ids: readonly string[]): string {
  return counted(ids.length, 'utterance');
}

/** The first few; `--format json` has them all. */
function someOf(ids: readonly string[]): string {
  const shown = ids.slice(0, 5).map((id) => JSON.stringify(id));
  return `${shown.join(', ')}${ids.length > shown.length ? `, and ${ids.length - shown.length} more` : ''}`;
}
