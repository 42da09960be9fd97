import { dirname, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { ResultsDocument } from '../../../schemas/types.gen.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { formatRate, parseRate, suggestRate } from '../../document/rates.ts';
import { scoreResults } from '../../evidence/score-results.ts';
import { scoreJson } from '../../report/score/score-json.ts';
import { scoreJunit } from '../../report/score/score-junit.ts';
import { scoreMarkdown } from '../../report/score/score-markdown.ts';
import { isWithinBound, type ScoreReport } from '../../report/score/score-report.ts';
import { scoreText } from '../../report/score/score-text.ts';
import { normalisationProfiles } from '../../scoring/normalise-text.ts';
import { transcriptForms } from '../../scoring/readers/transcript.ts';
import type { Score } from '../../scoring/score-utterances.ts';
import { madeHere } from '../made-here.ts';
import { readScore, type ScoreInputs } from '../scoring/read-score.ts';
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
    .addOption(
      new Option(
        '--by <field>',
        'also the rates by speaker, by a field of JSON lines, or a column of --manifest',
      ).argParser(once),
    )
    .option('--manifest <file>', 'a table with a header line, TSV or CSV, that says of recordings what --by names')
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
  speechops score --ref test/trans.txt --hyp recognised.tsv --by accent --manifest data/recordings.tsv
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

The speaker of --by is the field "speaker" of JSON lines, else what stands in the id before the first - or _. The first column of --manifest
has the ids, with or without folder and extension.
An error is shown as [-said-]{+recognised+}.

A line of --terms: a term, its other spellings separated by |; # begins a comment.
  co-codamol|cocodamol

In the table that --alignments writes, ops has one letter for each step of the alignment:
C correct, S substituted, D deleted, I inserted.`;

interface ScoreOptions extends ScoreInputs {
  readonly format: 'text' | 'json' | 'markdown' | 'junit' | 'html';
  readonly alignments?: string;
  readonly results?: string;
}

function rate(written: string): number {
  const parsed = parseRate(written);
  if (parsed !== undefined) return parsed;
  const suggested = suggestRate(written);
  throw new InvalidArgumentError(
    `Write a rate as 10% or 0.1${suggested === undefined ? '' : `: did you mean ${suggested}`}.`,
  );
}

function once(written: string, before: string | undefined): string {
  if (before === undefined) return written;
  throw new InvalidArgumentError('Give it once, and score again for another field: rates are by one at a time.');
}

function wholeNumber(written: string): number {
  if (/^\d{1,9}$/.test(written)) return Number(written);
  throw new InvalidArgumentError('Allowed is a whole number from 0.');
}

async function score(options: ScoreOptions, session: Session): Promise<void> {
  const { io } = session;
  const startedAt = new Date().toISOString();
  refuseOverwriting(options, io.cwd);
  const warn = (text: string): void => io.stderr.write(`warning: ${escapeControls(text)}\n`);
  const { report, audio } = await readScore(options, { io, warn });
  if (options.alignments !== undefined) await writeAlignments(report.score, { file: options.alignments, cwd: io.cwd });
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

function aboveBound({ score: { wordErrorRate }, maxWer = 0 }: ScoreReport): string {
  return wordErrorRate === null
    ? 'There is no error rate to compare with --max-wer: the references have no words'
    : `The error rate is above --max-wer: ${formatRate(wordErrorRate, [maxWer])}, allowed is ${formatRate(maxWer, [wordErrorRate])}`;
}

function refuseOverwriting(options: ScoreOptions, cwd: string): void {
  const { ref, hyp, against = [], terms, rules, manifest, alignments, results } = options;
  const read = [...ref, ...hyp, ...against, terms, rules, manifest].filter((file) => file !== undefined);
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
