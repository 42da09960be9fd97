import { counted } from '../../document/counted.ts';
import { escapeControls, quoteWord } from '../../document/quote-name.ts';
import { formatRate } from '../../document/rates.ts';
import type { Doubt } from '../../scoring/doubts.ts';
import type { Score } from '../../scoring/score-utterances.ts';

/** What `speechops doubt` found in a test set. */
export interface DoubtsReport {
  /** At least two, by their ids, and what people call them. */
  readonly models: readonly { readonly id: string; readonly name: string; readonly score: Score }[];
  readonly doubts: readonly Doubt[];
  /** How the evaluations were named. */
  readonly names: readonly string[];
  readonly correction?: TranscriptCorrection | undefined;
}

/** What comes of the places that a person accepted. */
export interface TranscriptCorrection {
  readonly accepted: readonly Doubt[];
  /** A unified diff of the transcript. */
  readonly patch: string;
  /** Of the models, in their order, against the corrected transcript. */
  readonly scores: readonly Score[];
}

/** The columns by which a place is known again: its name, the words of the transcript, and those that all models have. */
export function columnsOf(doubt: Doubt, { unit }: Pick<Score, 'unit'>): readonly [string, string, string] {
  const between = unit === 'char' ? '' : ' ';
  return [nameOf(doubt), doubt.said.join(between), doubt.agreed.join(between)].map(column) as [string, string, string];
}

/** What a place is called: the recording, and the word at which it begins, counted from 1. */
function nameOf({ id, from }: Doubt): string {
  return `${id}:${from + 1}`;
}

function column(text: string): string {
  return escapeControls(text.replaceAll(/[\t\r\n]+/g, ' '));
}

/** A line for each place, behind comments that say what to do with them. */
export function doubtsText({ doubts, models, names }: DoubtsReport): string {
  const { score } = models[0]!;
  const between = score.unit === 'char' ? '' : ' ';
  const recordings = new Set(doubts.map(({ id }) => id)).size;
  const heading = `# ${counted(doubts.length, 'place')} in ${recordings} of ${counted(score.utterances.length, 'recording')}: ${models.length} models agree, the transcript differs (profile ${score.profile} ${score.profileVersion})`;
  const advice = [
    `# Leave the lines that are right as they were recognised, then: speechops doubt ${names.map((name) => quoteWord(column(name))).join(' ')} --accept FILE`,
    '# place\ttranscript\trecognised\taround',
  ];
  const rows = doubts.map((doubt) => {
    const [name, said, agreed] = columnsOf(doubt, score);
    const change = `${said === '' ? '' : `[-${said}-]`}${agreed === '' ? '' : `{+${agreed}+}`}`;
    return [name, said, agreed, column([...doubt.before, change, ...doubt.behind].join(between))].join('\t');
  });
  return [heading, ...(doubts.length === 0 ? [] : advice), ...rows].map((line) => `${line}\n`).join('');
}

/** What the correction does to the rate of each model, a line each. */
export function correctionText({ models }: DoubtsReport, { accepted, scores }: TranscriptCorrection): string {
  const rates = models.map(({ name, score }, index) => {
    const [before, after] = [score.wordErrorRate, scores[index]?.wordErrorRate ?? null];
    const shown = (rate: number | null, other: number | null): string =>
      rate === null ? 'none' : formatRate(rate, other === null ? [] : [other]);
    return `Model ${name}: ${shown(before, after)} before, ${shown(after, before)} after (profile ${score.profile} ${score.profileVersion})`;
  });
  return [`${counted(accepted.length, 'place')} corrected`, ...rates]
    .map((line) => `${escapeControls(line)}\n`)
    .join('');
}

/** The same for programs; rates are fractions. */
export function doubtsJson({ models, doubts, correction }: DoubtsReport): string {
  const { score: first } = models[0]!;
  const rateOf = ({ wordErrorRate, words, errors }: Score): object => ({ wordErrorRate, words, errors });
  const document = {
    profile: first.profile,
    profileVersion: first.profileVersion,
    unit: first.unit,
    recordings: first.utterances.length,
    models: models.map(({ id, name, score }, index) => {
      const after = correction?.scores[index];
      return { id, name, ...rateOf(score), ...(after === undefined ? {} : { after: rateOf(after) }) };
    }),
    places: doubts.map((doubt) => {
      const [place, transcript, recognised] = columnsOf(doubt, first);
      const around = { before: doubt.before, behind: doubt.behind };
      const accepted = correction === undefined ? {} : { accepted: correction.accepted.includes(doubt) };
      return { place, recording: doubt.id, word: doubt.from + 1, transcript, recognised, ...around, ...accepted };
    }),
    ...(correction === undefined ? {} : { patch: correction.patch }),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
