import type {
  ResultsComparison,
  ResultsRate,
  ResultsSet,
  ResultsSlice,
  ResultsTerm,
  RunStep,
} from '../../schemas/types.gen.ts';
import { entityId } from '../plan/identity.ts';
import { digestOfMeasurement, seedOfDigest, sideOf } from '../plan/measurements.ts';
import type { Evaluation } from '../plan/speech-entities.ts';
import { compareScores, type ScoreComparison } from '../scoring/compare-scores.ts';
import { speakerInId } from '../scoring/group-scores.ts';
import { normalisationProfiles, profileOfLocale } from '../scoring/normalise-text.ts';
import { type Score, scoreUtterances, type Utterance } from '../scoring/score-utterances.ts';
import { unitOfLocale } from '../scoring/tokenise.ts';
import { type KnownObjects, nameOfObject } from './known-objects.ts';
import { type KnownOf, measuredSet } from './measured-set.ts';
import { type EvidencePlace, shownOutputs, type ShownOutputs } from './shown-outputs.ts';

/** What the service tells of an evaluation, utterance by utterance. */
export interface EvaluatedTexts {
  readonly evaluation: Evaluation;
  readonly references: readonly Utterance[];
  /** What the models of both sides recognised, by utterance; an utterance of which nothing is told counts as not recognised. */
  readonly recognised: Readonly<Record<1 | 2, ReadonlyMap<string, string | undefined>>>;
}

export interface EvaluatedStep {
  readonly id: string;
  readonly step: Pick<RunStep, 'uses' | 'outputs'>;
  /** The texts, or why there are none, in a sentence. */
  readonly texts: EvaluatedTexts | string;
  readonly known: KnownObjects | undefined;
  readonly audioOf?: KnownOf | undefined;
}

/**
 * The test set that a step has measured; undefined where it has measured none. Numbers that the step has in its outputs stand as they are
 * there: the step decided by them. What it has not is computed from the texts.
 */
export function evaluatedSet(of: EvaluatedStep): ResultsSet | undefined {
  const { id, step, texts, known } = of;
  const shown = shownOutputs(step);
  const self = shown.text('set.evaluation');
  if (self === undefined) return undefined;
  const model = shown.text('set.model');
  const against = shown.text('set.against');
  const evaluation =
    typeof texts === 'string'
      ? known?.evaluations.find((one) => entityId(one.self) === entityId(self))
      : texts.evaluation;
  const bound = shown.number('set.bound');
  const about = {
    id,
    title: nameOfObject(evaluation?.dataset.self ?? self, known),
    model: model === undefined ? 'the model' : nameOfObject(model, known),
    ...(against === undefined ? {} : { against: nameOfObject(against, known) }),
    ...(bound === undefined ? {} : { bound }),
  };
  const scores = typeof texts === 'string' ? texts : scoresOf(texts, { model, against, shown });
  if (typeof scores === 'string') return { ...about, ...toldAlone(shown, evaluation?.locale), incomplete: scores };
  const { score, comparison } = scores;
  const measured = measuredSet({
    ...about,
    score,
    against: comparison && { model: about.against ?? '', comparison },
    speakerOf: scores.speakerOf,
    audioOf: of.audioOf,
    seed: scores.seed,
  });
  const told = comparisonTold(shown, scores.seed) ?? measured.comparison;
  const differs = shown.text('set.incomplete') ?? differenceOf(measured.rate, rateTold(shown, 'rate'));
  return {
    ...measured,
    rate: withTold(measured.rate, rateTold(shown, 'rate')),
    ...(measured.againstRate === undefined
      ? {}
      : { againstRate: withTold(measured.againstRate, rateTold(shown, 'againstRate')) }),
    ...(told === undefined ? {} : { comparison: told }),
    slices: slicesTold(shown),
    ...termsTold(shown),
    ...(differs === undefined ? {} : { incomplete: differs }),
  };
}

function scoresOf(
  { evaluation, references: said, recognised }: EvaluatedTexts,
  of: { readonly model: string | undefined; readonly against: string | undefined; readonly shown: ShownOutputs },
):
  | {
      readonly score: Score;
      readonly comparison?: ScoreComparison;
      readonly seed: number;
      readonly speakerOf?: KnownOf;
    }
  | string {
  const { shown } = of;
  const { locale } = evaluation;
  // As the step has them that decides, so that both draw the same.
  const references = said.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  const told = shown.text('set.profile');
  const profile = normalisationProfiles.find((name) => name === told) ?? profileOfLocale(locale);
  const scored = (model: string | undefined): Score | string => {
    const side = model === undefined ? undefined : sideOf(evaluation, model);
    if (side === undefined) return 'It is not known which of the two sides of the evaluation is the model.';
    const heard = recognised[side];
    if (heard.size === 0) return 'The evaluation has no files of what was recognised.';
    const hypotheses = references.map(({ id }) => ({ id, text: heard.get(id) ?? '' }));
    return scoreUtterances({ references, hypotheses, profile, unit: unitOfLocale(locale) });
  };
  const { model = '', against } = of;
  const asked = { dataset: evaluation.dataset.self, model, ...(against === undefined ? {} : { against }) };
  const seed = shown.number('set.comparison.seed') ?? seedOfDigest(digestOfMeasurement(asked));
  try {
    const score = scored(of.model);
    if (typeof score === 'string') return score;
    // A name that all recordings begin with says nothing about who speaks.
    const speakers = new Set(references.map(({ id }) => speakerInId(id)));
    const known = speakers.size > 1 ? { speakerOf: speakerInId } : {};
    if (of.against === undefined) return { score, seed, ...known };
    const other = scored(of.against);
    if (typeof other === 'string') return other;
    return { score, comparison: compareScores(score, other, { seed, ...known }), seed, ...known };
  } catch (error) {
    // Two texts that take too long to align, or two recordings of one name.
    if (error instanceof RangeError) return `${error.message}.`;
    throw error;
  }
}

/** The set without its utterances: what the outputs tell. */
function toldAlone(
  shown: ShownOutputs,
  locale: string | undefined,
): Omit<ResultsSet, 'id' | 'title' | 'model' | 'against' | 'bound'> {
  const rate = rateTold(shown, 'rate');
  const againstRate = rateTold(shown, 'againstRate');
  const comparison = comparisonTold(shown);
  const nothing = { utterances: 0, words: 0, errors: 0 };
  return {
    profile: shown.text('set.profile') ?? 'service',
    profileVersion: shown.number('set.profileVersion') ?? 1,
    unit: locale === undefined ? 'word' : unitOfLocale(locale),
    rate: { value: null, ...nothing, ...rate },
    ...(againstRate.value === undefined
      ? {}
      : { againstRate: { value: againstRate.value, ...nothing, ...againstRate } }),
    ...(comparison === undefined ? {} : { comparison }),
    slices: slicesTold(shown),
    ...termsTold(shown),
    confusions: [],
    missed: [],
    inserted: [],
    utterances: [],
  };
}

/** The parts as the step judged them: an output is text, and this one was made of such values. */
function slicesTold(shown: ShownOutputs): readonly ResultsSlice[] {
  return JSON.parse(shown.text('set.slices') ?? '[]') as readonly ResultsSlice[];
}

function termsTold(shown: ShownOutputs): Pick<ResultsSet, 'terms'> {
  const told = shown.text('set.terms');
  return told === undefined ? {} : { terms: JSON.parse(told) as readonly ResultsTerm[] };
}

const rateNumbers = [
  'value',
  'low',
  'high',
  'utterances',
  'words',
  'errors',
  'substitutions',
  'deletions',
  'insertions',
] as const;

function rateTold(
  shown: ShownOutputs,
  of: 'rate' | 'againstRate',
): Partial<Record<(typeof rateNumbers)[number], number>> {
  // Without results of the recordings both ends of the interval are the rate, for the steps that compare.
  const hasInterval = shown.text('set.incomplete') === undefined;
  const told = Object.fromEntries(
    rateNumbers.flatMap((name) => {
      if (!hasInterval && (name === 'low' || name === 'high')) return [];
      const value = shown.number(`set.${of}.${name}` as EvidencePlace);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  const { substitutions, deletions, insertions } = told;
  const isCounted = substitutions !== undefined && deletions !== undefined && insertions !== undefined;
  return { ...(isCounted ? { errors: substitutions + deletions + insertions } : {}), ...told };
}

/** The rate as the outputs have it; what was computed here goes with it as far as both are of the same rate. */
function withTold(computed: ResultsRate, told: ReturnType<typeof rateTold>): ResultsRate {
  if (told.value === undefined || told.value === computed.value) return { ...computed, ...told };
  const { low: _low, high: _high, ...counts } = computed;
  return { ...counts, ...told };
}

/** A sentence where the numbers of the outputs are not those of the utterances: the service counts by rules of its own. */
function differenceOf(computed: ResultsRate, told: ReturnType<typeof rateTold>): string | undefined {
  const { words, errors } = told;
  if (words === undefined || errors === undefined) return undefined;
  if (words === computed.words && errors === computed.errors) return undefined;
  return `The rate is that of the service, ${errors} errors in ${words} words; the utterances as they are aligned here have ${computed.errors} in ${computed.words}.`;
}

/** Drawn from `fallback`, where the outputs name none. */
function comparisonTold(shown: ShownOutputs, fallback?: number): ResultsComparison | undefined {
  const delta = shown.number('set.comparison.delta');
  const probabilityOfImprovement = shown.number('set.comparison.probabilityOfImprovement');
  const pValue = shown.number('set.comparison.pValue');
  if (delta === undefined || probabilityOfImprovement === undefined || pValue === undefined) return undefined;
  const deltaLow = shown.number('set.comparison.deltaLow');
  const deltaHigh = shown.number('set.comparison.deltaHigh');
  const matchedPairsPValue = shown.number('set.comparison.matchedPairsPValue');
  const seed = shown.number('set.comparison.seed') ?? fallback;
  const isWorse = deltaLow !== undefined && deltaLow > 0 && pValue < 0.05;
  const clear = shown.flag('set.comparison.better') === true ? 'better' : isWorse ? 'worse' : 'no difference';
  return {
    delta,
    ...(deltaLow === undefined ? {} : { deltaLow }),
    ...(deltaHigh === undefined ? {} : { deltaHigh }),
    probabilityOfImprovement,
    pValue,
    ...(matchedPairsPValue === undefined ? {} : { matchedPairsPValue }),
    ...(seed === undefined ? {} : { seed }),
    verdict: shown.flag('set.comparison.tooFew') === true ? 'too few' : clear,
  };
}
