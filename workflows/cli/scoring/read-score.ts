import { counted } from '../../document/counted.ts';
import type { ScoreReport } from '../../report/score/score-report.ts';
import { compareScores } from '../../scoring/compare-scores.ts';
import type { Marks } from '../../scoring/marks/marked-text.ts';
import type { NormalisationProfile } from '../../scoring/normalise-text.ts';
import { rateInterval } from '../../scoring/rate-interval.ts';
import type { TranscribedUtterance, TranscriptForm } from '../../scoring/readers/transcript.ts';
import { type Score, scoreUtterances, tokenisationOf } from '../../scoring/score-utterances.ts';
import { readTerms } from '../../scoring/readers/term-list.ts';
import { scoreTerms, type TermScores } from '../../scoring/terms.ts';
import type { ScoringUnit, Tokenisation } from '../../scoring/tokenise.ts';
import { type AudioPath, readAudioFolder } from '../audio-folder.ts';
import { readRules } from '../rules-file.ts';
import { type Io, UsageError } from '../session.ts';
import {
  nameOf,
  readHypotheses,
  readReferences,
  readText,
  type References,
  type TranscriptFiles,
} from '../transcripts.ts';
import { fieldValues, readGroups } from './groups.ts';

/** What is scored, and how: files as a person names them. */
export interface ScoreInputs {
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
  readonly maxWer?: number;
  readonly worst: number;
  readonly seed: number;
  readonly by?: string;
  readonly manifest?: string;
  readonly terms?: string;
  readonly audio?: string;
  readonly refFormat?: TranscriptForm;
  readonly hypFormat?: TranscriptForm;
}

/**
 * What the files come to: the score with all that was asked for, and where recordings are. Warns of utterances on one side only, and of a
 * folder without recordings. Files that cannot be read or scored are a {@link UsageError}.
 */
export async function readScore(
  inputs: ScoreInputs,
  { io, warn }: { readonly io: Io; readonly warn: (text: string) => void },
): Promise<{ readonly report: ScoreReport; readonly audio: AudioPath | undefined }> {
  const { profile, unit, mergeCompounds = false } = inputs;
  const rules = inputs.rules === undefined ? {} : { rules: await readRules(inputs.rules, io) };
  refuseNormalisedTokens(unit, rules.rules?.extends ?? profile);
  const from = (names: readonly string[], form: TranscriptForm | undefined): TranscriptFiles => ({
    names,
    form,
    display: unit === 'token',
    cwd: io.cwd,
  });
  const references = await readReferences(from(inputs.ref, inputs.refFormat));
  const how = { profile, unit, mergeCompounds, marks: marksOf(inputs, references), ...rules };
  const scored = async (names: readonly string[]): Promise<[Score, readonly TranscribedUtterance[]]> => {
    const hypotheses = await readHypotheses(from(names, inputs.hypFormat), { references, warn });
    const result = usable(() => scoreUtterances({ references: references.utterances, hypotheses, ...how }));
    for (const warning of warnings(result, { ref: nameOf(inputs.ref), hyp: nameOf(names) })) warn(warning);
    return [result, hypotheses];
  };
  const [result, hypotheses] = await scored(inputs.hyp);
  const audio = await recordingsOf(inputs, { references, cwd: io.cwd, warn });
  const against = inputs.against && (await scored(inputs.against))[0];
  const transcribed = [...hypotheses, ...references.utterances];
  const speakerOf = fieldValues('speaker', transcribed);
  const termsIn =
    inputs.terms === undefined ? undefined : await termCounter(inputs.terms, { how: tokenisationOf(how), cwd: io.cwd });
  const report: ScoreReport = {
    score: result,
    interval: rateInterval(result.utterances, { seed: inputs.seed, speakerOf }),
    files: {
      references: nameOf(inputs.ref),
      hypotheses: nameOf(inputs.hyp),
      against: inputs.against && nameOf(inputs.against),
    },
    most: inputs.worst,
    maxWer: inputs.maxWer,
    groups: await readGroups(inputs, { score: result, transcribed, cwd: io.cwd }),
    speakerOf,
    terms: termsIn?.(result),
    againstTerms: against && termsIn?.(against),
    comparison: against && compareScores(result, against, { seed: inputs.seed, speakerOf }),
  };
  return { report, audio };
}

/** Tokens are those of displayed text, of which every profile but `none` takes capitals and punctuation away. */
function refuseNormalisedTokens(unit: ScoringUnit, profile: NormalisationProfile): void {
  if (unit === 'token' && profile !== 'none') {
    throw new UsageError(`Compare tokens as they are displayed: leave profile ${profile} out, or count words`);
  }
}

/** The marks that have a meaning: alternations belong to sclite's form of transcripts. */
function marksOf(inputs: ScoreInputs, { forms }: References): Marks {
  return {
    alternations: inputs.alternations ?? forms.has('trn'),
    optionalWords: inputs.optionalWords ?? false,
    fragments: inputs.fragments ?? false,
  };
}

async function recordingsOf(
  { audio: folder, ref }: ScoreInputs,
  {
    references: { utterances },
    cwd,
    warn,
  }: { readonly references: References; readonly cwd: string; readonly warn: (text: string) => void },
): Promise<AudioPath | undefined> {
  if (folder === undefined) return undefined;
  const audio = await readAudioFolder(folder, cwd);
  if (!utterances.some(({ id }) => audio(id, cwd) !== undefined))
    warn(`no recording of ${nameOf(ref)} is in ${folder}, the first id is ${JSON.stringify(utterances[0]?.id)}`);
  return audio;
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

/** What a function answers; that it cannot answer for these texts is wrong usage. */
function usable<T>(answer: () => T): T {
  try {
    return answer();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
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
