import type { ResultsRate, ResultsRecognised, ResultsSet } from '../../../schemas/types.gen.ts';
import { type KnownObjects, nameOfObject } from '../../../workflows/evidence/known-objects.ts';
import { type KnownOf, measuredSet } from '../../../workflows/evidence/measured-set.ts';
import { entityId } from '../../../workflows/plan/identity.ts';
import { seedOfDataset } from '../../../workflows/plan/measurements.ts';
import { compareScores, type ScoreComparison } from '../../../workflows/scoring/compare-scores.ts';
import { correctText } from '../../../workflows/scoring/correct-text.ts';
import { findDoubts } from '../../../workflows/scoring/doubts.ts';
import { errorsIn, wordsIn } from '../../../workflows/scoring/rank-utterances.ts';
import { scoreUtterances } from '../../../workflows/scoring/score-utterances.ts';
import type { TestSetCut } from './cuts.ts';
import type { MeasuredModel, MeasuredTexts } from './measured-texts.ts';

/** What is computed of a test set and does not change: A, B and the others as they were ordered. */
export interface ComparedTexts {
  readonly ordered: readonly NamedModel[];
  readonly set: ResultsSet;
  /** What it is cut by; undefined where it is not. */
  readonly cut: string | undefined;
  readonly rates: readonly ResultsRate[];
  readonly others: readonly (readonly ResultsRecognised[])[];
  readonly agreed: Readonly<Record<string, string>>;
  readonly uncertainty: readonly number[];
  readonly comparison: ScoreComparison | undefined;
  readonly speakerOf: KnownOf | undefined;
  readonly seed: number;
}

export interface NamedModel extends MeasuredModel {
  readonly name: string;
}

/** Compares the models of a test set; A and B are ids, and the first two models without them. */
export function compareTexts(
  texts: MeasuredTexts,
  {
    known,
    a,
    b,
    cuts,
    by,
  }: {
    readonly known: KnownObjects;
    readonly a?: string | undefined;
    readonly b?: string | undefined;
    readonly cuts: readonly TestSetCut[];
    readonly by?: string | undefined;
  },
): ComparedTexts {
  const ordered = orderedModels(texts.models, { a, b }).map((model) => ({
    ...model,
    name: nameOfObject(model.id, known),
  }));
  const [first, second, ...rest] = ordered as [NamedModel, ...NamedModel[]];
  const dataset = first.evaluation.dataset.self;
  const seed = seedOfDataset(dataset);
  const speakerOf = cuts.find((cut) => cut.by === 'speaker')?.valueOf;
  const cut = cuts.find((one) => one.by === by) ?? cuts[0];
  const comparison =
    second === undefined
      ? undefined
      : compareScores(first.score, second.score, { seed, ...(speakerOf && { speakerOf }) });
  const about = { id: entityId(dataset), title: nameOfObject(dataset, known), speakerOf, seed };
  const parts = new Set(texts.lines.map(({ file }) => cut?.valueOf(file)));
  const set = measuredSet({
    ...about,
    model: first.name,
    score: first.score,
    against: comparison && { model: second?.name ?? '', comparison },
    slices: parts.size <= mostSlices ? cut : undefined,
  });
  const alone = rest.map(({ name, score }) => measuredSet({ ...about, model: name, score }));
  return {
    ordered,
    set:
      cut === undefined ? set : { ...set, utterances: set.utterances.map((one) => ({ ...one, ...groupOf(one, cut) })) },
    cut: cut?.by,
    rates: [set.rate, ...(set.againstRate === undefined ? [] : [set.againstRate]), ...alone.map(({ rate }) => rate)],
    others: alone.map(({ utterances }) => utterances.map((one, index) => besideOf(one, set.utterances[index]))),
    agreed: agreedTexts(texts),
    uncertainty: uncertaintyOf(texts),
    comparison,
    speakerOf,
    seed,
  };
}

/** The part that an utterance is of, in place of its speaker. */
function groupOf({ id }: Pick<ResultsSet['utterances'][number], 'id'>, { valueOf }: TestSetCut): { group: string } {
  return { group: valueOf(id) ?? '(none)' };
}

/** Each part is compared by itself, which takes a while. */
const mostSlices = 50;

function orderedModels(
  models: readonly MeasuredModel[],
  { a, b }: { readonly a?: string | undefined; readonly b?: string | undefined },
): readonly MeasuredModel[] {
  const first = models.find(({ id }) => id === a) ?? models.find(({ id }) => id !== b) ?? models[0];
  const second = models.find(({ id }) => id === b && id !== first?.id) ?? models.find((one) => one !== first);
  return [first, second, ...models.filter((one) => one !== first && one !== second)].filter((one) => one !== undefined);
}

/** With its own reference where it takes another way through alternations. */
function besideOf(
  one: ResultsSet['utterances'][number],
  first: ResultsSet['utterances'][number] | undefined,
): ResultsRecognised {
  return { ...one.recognised, ...(first?.reference === one.reference ? {} : { reference: one.reference }) };
}

/** What the transcript would say where all models contradict it in the same words, by recordings. */
function agreedTexts({ models, lines, how }: MeasuredTexts): Readonly<Record<string, string>> {
  if (models.length < 2) return {};
  const doubts = Map.groupBy(findDoubts(models.map(({ score }) => score)), ({ id }) => id);
  const agreed = lines.flatMap(({ file, text }) => {
    const corrections = doubts.get(file)?.map(({ from, until, agreed: words }) => ({ from, until, words }));
    const corrected = corrections && correctText(text, { corrections, ...how });
    return corrected === undefined || corrected === '' ? [] : [[file, corrected] as const];
  });
  return Object.fromEntries(agreed);
}

/** The mean of the error rates between each two of the reference and the models, by utterances. */
function uncertaintyOf({ models, how }: MeasuredTexts): readonly number[] {
  const between = models.flatMap((one, index) =>
    models.slice(index + 1).map((other) => scoreUtterances({ references: one.heard, hypotheses: other.heard, ...how })),
  );
  const scores = [...models.map(({ score }) => score), ...between];
  return (scores[0]?.utterances ?? []).map((_, index) => {
    const rates = scores.map(({ utterances }) => {
      const { counts } = utterances[index]!;
      return errorsIn(counts) / Math.max(1, wordsIn(counts) + counts.insertions);
    });
    return Math.round((rates.reduce((sum, rate) => sum + rate, 0) / rates.length) * 1e4) / 1e4;
  });
}
