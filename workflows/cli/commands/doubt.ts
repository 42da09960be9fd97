import { Command, Option } from 'commander';
import { maskControls, quoteName } from '../../document/quote-name.ts';
import { type TranscriptLine, withOtherTexts } from '../../document/transcript.ts';
import { unifiedDiff } from '../../document/unified-diff.ts';
import { observeModels } from '../../engine/observe.ts';
import { StepFailure } from '../../engine/step-kind.ts';
import { entityId } from '../../plan/identity.ts';
import type { Evaluation } from '../../plan/speech-entities.ts';
import {
  columnsOf,
  correctionText,
  doubtsJson,
  type DoubtsReport,
  doubtsText,
  type TranscriptCorrection,
} from '../../report/commands/doubts-text.ts';
import { correctText } from '../../scoring/correct-text.ts';
import { type Doubt, findDoubts } from '../../scoring/doubts.ts';
import { type NormalisationProfile, normalisationProfiles, profileOfLocale } from '../../scoring/normalise-text.ts';
import { type Score, scoreUtterances, type Utterance } from '../../scoring/score-utterances.ts';
import { type Tokenisation, unitOfLocale } from '../../scoring/tokenise.ts';
import {
  archiveOf,
  linesOf,
  type Reader,
  recognisedIn,
  transcriptName,
  transcriptTextIn,
} from '../../steps/test-set.ts';
import { findEvaluation } from '../connect/find-object.ts';
import { formatOption } from '../options.ts';
import { connectToResource } from '../runs/connect-to-resource.ts';
import { CheckFailure, type Session, UsageError } from '../session.ts';
import { readText } from '../transcripts.ts';

interface Options {
  readonly emulator?: boolean;
  readonly resource?: string;
  readonly profile?: NormalisationProfile;
  readonly accept?: string;
  readonly format: 'text' | 'json';
}

/**
 * `speechops doubt EVALUATION…`: the places of a test set's transcript that all models contradict in the same words, and of those that a
 * person accepts a patch of the transcript. Changes nothing.
 */
export function doubtCommand(session: Session): Command {
  const { io } = session;
  return new Command('doubt')
    .argument('<evaluation...>', 'ids, URLs or display names of evaluations of one test set, with two models or more')
    .option('--accept <file>', 'print a patch of the transcript with the places in this file, lines of this output')
    .addOption(
      new Option('--profile <name>', 'rules that make ways of writing equal (default: that of the locale)').choices(
        normalisationProfiles,
      ),
    )
    .addOption(formatOption())
    .option('--emulator', 'look at the embedded emulator, which keeps its data in .speechops/emulator')
    .option('--resource <id>', 'Azure resource id of the Speech resource')
    .addHelpText('after', EXAMPLE)
    .action(async (names: readonly string[], options: Options) => {
      const accepted = options.accept === undefined ? undefined : await readText(options.accept, io.cwd);
      const connection = await connectToResource(io, options);
      try {
        const report = (text: string): void => void io.stderr.write(`${text}\n`);
        const reader = { ports: connection.ports, signal: io.signal, report };
        const set = await measuredSet(names, { reader, profile: options.profile });
        const { accept: file = '' } = options;
        const correction = accepted === undefined ? undefined : correctionOf(set, acceptedIn(accepted, { set, file }));
        const found: DoubtsReport = { ...set, names, correction };
        if (options.format === 'json') io.stdout.write(doubtsJson(found));
        else if (correction === undefined) io.stdout.write(doubtsText(found));
        else {
          io.stderr.write(correctionText(found, correction));
          io.stdout.write(io.stdout.isTTY === true ? shownPatch(correction.patch) : correction.patch);
        }
        session.exitCode = 0;
      } finally {
        await connection.close();
      }
    });
}

const EXAMPLE = `
Prints a line for each place: recording and number of the word, the words of the transcript, those that all models have, and the
words around. Listen to the recording there, leave the lines that are right as they recognised it, and apply the patch.
Example:
  speechops doubt 5ae0ac4a-4b0f-4d6e-8b5e-0d1a9f4d7c11 > doubts.tsv
  speechops doubt 5ae0ac4a-4b0f-4d6e-8b5e-0d1a9f4d7c11 --accept doubts.tsv | patch test/trans.txt`;

/** On a terminal, which the texts of others must not steer; elsewhere a patch has every character as it is. */
function shownPatch(patch: string): string {
  return patch.split('\n').map(maskControls).join('\n');
}

/** A test set with what models recognised of it. */
interface MeasuredSet {
  /** As it was written. */
  readonly transcript: string;
  readonly lines: readonly TranscriptLine[];
  readonly models: readonly {
    readonly id: string;
    readonly name: string;
    readonly heard: readonly Utterance[];
    readonly score: Score;
  }[];
  readonly doubts: readonly Doubt[];
  readonly how: Tokenisation;
}

async function measuredSet(
  names: readonly string[],
  { reader, profile }: { readonly reader: Reader; readonly profile: NormalisationProfile | undefined },
): Promise<MeasuredSet> {
  const { speech } = reader.ports;
  const all = await speech.evaluations.list({ signal: reader.signal });
  const evaluations = names.map((name) => findEvaluation(name, all));
  const [first] = evaluations as [Evaluation];
  for (const { displayName, status, dataset } of evaluations) {
    if (status !== 'Succeeded')
      throw new CheckFailure(`Choose an evaluation that is Succeeded: ${quoteName(displayName)} is ${status}`);
    if (entityId(dataset.self) !== entityId(first.dataset.self))
      throw new CheckFailure(
        `Give evaluations of one test set: ${quoteName(displayName)} has another one than ${quoteName(first.displayName)}`,
      );
  }
  const sides = new Map(
    evaluations.flatMap((evaluation) =>
      ([1, 2] as const).map((side) => [entityId(evaluation[`model${side}`].self), { evaluation, side }] as const),
    ),
  );
  if (sides.size < 2)
    throw new CheckFailure(
      `Give an evaluation with two models, or one more with another model: ${quoteName(first.displayName)} has the same model twice`,
    );
  try {
    const transcript = await transcriptTextIn(await archiveOf(first.dataset.self, reader), reader);
    const lines = linesOf(transcript);
    const references = lines.map(({ file, text }): Utterance => ({ id: file, text }));
    const how = { profile: profile ?? profileOfLocale(first.locale), unit: unitOfLocale(first.locale) };
    const nameOf = await namesOfModels(first.locale, reader);
    const models: MeasuredSet['models'][number][] = [];
    for (const [id, side] of sides) {
      const recognised = await recognisedIn(side, reader);
      const heard = [...recognised].flatMap(([recording, text]) =>
        text === undefined ? [] : [{ id: recording, text }],
      );
      if (heard.length === 0)
        throw new CheckFailure(
          `Evaluate the model again: evaluation ${quoteName(side.evaluation.displayName)} has no files of what was recognised`,
        );
      models.push({ id, name: nameOf(id), heard, score: scoreUtterances({ references, hypotheses: heard, ...how }) });
    }
    return { transcript, lines, models, doubts: findDoubts(models.map(({ score }) => score)), how };
  } catch (error) {
    if (error instanceof StepFailure) throw new CheckFailure(error.message, { cause: error });
    throw error;
  }
}

/** What people call a model, by its id: its display name, with the id where another one is called the same. */
async function namesOfModels(locale: string, { ports, signal }: Reader): Promise<(id: string) => string> {
  const { models, baseModels } = await observeModels(ports, { locale, signal });
  const all = [...models, ...baseModels];
  return (id) => {
    const name = all.find(({ self }) => entityId(self) === id)?.displayName;
    if (name === undefined) return id;
    return all.filter(({ displayName }) => displayName === name).length === 1 ? name : `${name} (${id})`;
  };
}

/**
 * The doubts that lines of a file name. A line that names none, also because the models have other words there than the line says, is a
 * {@link UsageError}.
 */
function acceptedIn(
  text: string,
  { set, file }: { readonly set: MeasuredSet; readonly file: string },
): readonly Doubt[] {
  const doubts = new Map(set.doubts.map((doubt) => [columnsOf(doubt, set.how).join('\t'), doubt]));
  const accepted = new Set<Doubt>();
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const columns = line.split('\t');
    const doubt = doubts.get(columns.slice(0, 3).join('\t'));
    if (doubt === undefined)
      throw new UsageError(
        `${file}:${index + 1}: Give lines as this command prints them without --accept: ${JSON.stringify(columns[0])} is no place where all models have these words`,
      );
    accepted.add(doubt);
  }
  return set.doubts.filter((doubt) => accepted.has(doubt));
}

/** The transcript with the words of the accepted places, as a patch, and what it does to the rates. */
function correctionOf(set: MeasuredSet, accepted: readonly Doubt[]): TranscriptCorrection {
  const { how } = set;
  const written = new Map<number, string>();
  const references = set.lines.map(({ file, text, line }): Utterance => {
    const corrections = accepted
      .filter(({ id }) => id === file)
      .map(({ from, until, agreed }) => ({ from, until, words: agreed }));
    if (corrections.length === 0) return { id: file, text };
    const corrected = correctText(text, { corrections, ...how });
    if (corrected === undefined)
      throw new CheckFailure(
        `Correct line ${line} of ${transcriptName} by hand: profile ${how.profile} makes one of several words there`,
      );
    if (corrected === '')
      throw new CheckFailure(`Leave ${quoteName(file)} out of the test set: nothing remains of its transcript`);
    written.set(line, corrected);
    return { id: file, text: corrected };
  });
  return {
    accepted,
    patch: unifiedDiff(set.transcript, withOtherTexts(set.transcript, written), { name: transcriptName }),
    scores: set.models.map(({ heard }) => scoreUtterances({ references, hypotheses: heard, ...how })),
  };
}
