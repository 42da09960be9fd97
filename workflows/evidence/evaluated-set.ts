import type {
  ResultsComparison,
  ResultsNoise,
  ResultsRate,
  ResultsSet,
  ResultsSlice,
  ResultsTerm,
} from '../../schemas/types.gen.ts';
import { counted } from '../document/counted.ts';
import { type Measurement, measurementOf, seedOfDataset, sideOf } from '../plan/measurements.ts';
import type { Evaluation } from '../plan/speech-entities.ts';
import { compareScores, type ScoreComparison } from '../scoring/compare-scores.ts';
import { speakerInId } from '../scoring/speakers.ts';
import { normalisationProfiles, profileOfLocale } from '../scoring/normalise-text.ts';
import { type Score, scoreUtterances, type Utterance } from '../scoring/score-utterances.ts';
import { fewestDrawn } from '../scoring/significance/few-utterances.ts';
import { unitOfLocale } from '../scoring/tokenise.ts';
import { evaluationIn, type KnownObjects, nameOfObject } from './known-objects.ts';
import { type KnownOf, measuredSet } from './measured-set.ts';
import type { EvidencePlace, ShownSet, ShownValues } from './shown-outputs.ts';

/** What the service tells of an evaluation, utterance by utterance. */
export interface EvaluatedTexts {
  readonly evaluation: Evaluation;
  readonly references: readonly Utterance[];
  /** What the models of both sides recognised, by utterance: undefined where nothing was, none where the service has no result of it. */
  readonly recognised: Readonly<Record<1 | 2, ReadonlyMap<string, string | undefined>>>;
}

export interface EvaluatedStep extends ShownSet {
  /** The texts, or why there are none, in a sentence. */
  readonly texts: EvaluatedTexts | string;
  readonly known: KnownObjects | undefined;
  readonly audioOf?: KnownOf | undefined;
}

/**
 * The test set that a step has measured; undefined where it has measured none. Numbers that the step has in its outputs stand as they are
 * there: the step decided by them. What it has not is computed from the texts, as far as both models have results: utterances without
 * one are left out, and are no reason for another verdict than the step's.
 */
export function evaluatedSet(of: EvaluatedStep): ResultsSet | undefined {
  const { id, shown, texts, known } = of;
  const self = shown.text('set.evaluation');
  if (self === undefined) return undefined;
  const model = shown.text('set.model');
  const against = shown.text('set.against');
  const evaluation = typeof texts === 'string' ? known && evaluationIn(known, self) : texts.evaluation;
  const [bound, regressionBound] = [shown.number('set.bound'), shown.number('set.regressionBound')];
  const [passed, sentence] = [shown.flag('set.passed'), shown.text('set.sentence')];
  const about = {
    id,
    title: shown.text('set.name') ?? nameOfObject(evaluation?.dataset.self ?? self, known),
    model: model === undefined ? 'the model' : nameOfObject(model, known),
    ...(against === undefined ? {} : { against: nameOfObject(against, known) }),
    ...(bound === undefined ? {} : { bound }),
    ...(regressionBound === undefined ? {} : { regressionBound }),
    ...(passed === undefined ? {} : { passed }),
    ...(sentence === undefined ? {} : { sentence }),
  };
  const scores = typeof texts === 'string' ? texts : scoresOf(texts, { model, against, shown });
  const told = rateTold(shown, { of: 'rate', service: evaluation && measurementOf(evaluation, model ?? '') });
  const againstTold = rateTold(shown, {
    of: 'againstRate',
    service: evaluation && measurementOf(evaluation, against ?? ''),
  });
  const missing = shown.text('set.incomplete');
  if (typeof scores === 'string') {
    const numbers = toldAlone(shown, { rate: told, againstRate: againstTold, locale: evaluation?.locale });
    return { ...about, ...numbers, incomplete: missing ?? scores };
  }
  const { score, comparison, leftOut } = scores;
  const measured = measuredSet({
    ...about,
    score,
    against: comparison && { model: about.against ?? '', comparison },
    speakerOf: scores.speakerOf,
    audioOf: of.audioOf,
    seed: scores.seed,
  });
  const isWhole = missing === undefined && leftOut === undefined;
  const { comparison: computed, ...rest } = measured;
  const compared = comparisonTold(shown, scores.seed) ?? (isWhole ? computed : undefined);
  const incomplete = missing ?? leftOut ?? differenceOf(measured.rate, told);
  return {
    ...rest,
    ...about,
    rate: withTold(measured.rate, told, { isWhole }),
    ...(measured.againstRate === undefined
      ? {}
      : { againstRate: withTold(measured.againstRate, againstTold, { isWhole }) }),
    ...(compared === undefined ? {} : { comparison: compared }),
    ...decisionTold(shown),
    slices: slicesTold(shown),
    ...termsTold(shown),
    ...noiseTold(shown),
    utterances: withUnstable(measured.utterances, shown),
    ...(incomplete === undefined ? {} : { incomplete }),
  };
}

function scoresOf(
  { evaluation, references: said, recognised }: EvaluatedTexts,
  of: { readonly model: string | undefined; readonly against: string | undefined; readonly shown: ShownValues },
):
  | {
      readonly score: Score;
      readonly comparison?: ScoreComparison;
      readonly seed: number;
      readonly speakerOf?: KnownOf;
      /** Which utterances are not in the score, in a sentence. */
      readonly leftOut?: string;
    }
  | string {
  const { shown } = of;
  const { locale } = evaluation;
  const sides = [of.model, of.against].flatMap((model) =>
    model === undefined ? [] : (sideOf(evaluation, model) ?? []),
  );
  const told = said.filter(({ id }) => sides.every((side) => recognised[side].has(id)));
  const leftOut =
    told.length === said.length
      ? {}
      : {
          leftOut: `Left out, because the service has no results of them: ${said.length - told.length} of ${counted(said.length, 'recording')}.`,
        };
  // As the step has them that decides, so that both draw the same.
  const references = told.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  const named = shown.text('set.profile');
  const profile = normalisationProfiles.find((name) => name === named) ?? profileOfLocale(locale);
  const scored = (model: string | undefined): Score | string => {
    const side = model === undefined ? undefined : sideOf(evaluation, model);
    if (side === undefined) return 'It is not known which of the two sides of the evaluation is the model.';
    const heard = recognised[side];
    if (heard.size === 0) return 'The evaluation has no files of what was recognised.';
    const hypotheses = references.map(({ id }) => ({ id, text: heard.get(id) ?? '' }));
    return scoreUtterances({ references, hypotheses, profile, unit: unitOfLocale(locale) });
  };
  const seed = shown.number('set.comparison.seed') ?? seedOfDataset(evaluation.dataset.self);
  try {
    const score = scored(of.model);
    if (typeof score === 'string') return score;
    // A name that all recordings begin with says nothing about who speaks.
    const speakers = new Set(references.map(({ id }) => speakerInId(id)));
    const known = speakers.size > 1 ? { speakerOf: speakerInId } : {};
    if (of.against === undefined) return { score, seed, ...known, ...leftOut };
    const other = scored(of.against);
    if (typeof other === 'string') return other;
    return { score, comparison: compareScores(score, other, { seed, ...known }), seed, ...known, ...leftOut };
  } catch (error) {
    // Two texts that take too long to align, or two recordings of one name.
    if (error instanceof RangeError) return `${error.message}.`;
    throw error;
  }
}

/** The set without its utterances: what is told of it. */
function toldAlone(
  shown: ShownValues,
  of: { readonly rate: ToldRate; readonly againstRate: ToldRate; readonly locale: string | undefined },
): Omit<ResultsSet, 'id' | 'title' | 'model' | 'against' | 'bound' | 'regressionBound' | 'passed' | 'sentence'> {
  const { rate, againstRate, locale } = of;
  const { value } = againstRate;
  const comparison = comparisonTold(shown);
  return {
    profile: shown.text('set.profile') ?? 'service',
    profileVersion: shown.number('set.profileVersion') ?? 1,
    unit: locale === undefined ? 'word' : unitOfLocale(locale),
    rate: { ...rate, value: rate.value ?? null },
    ...(value === undefined ? {} : { againstRate: { ...againstRate, value } }),
    ...(comparison === undefined ? {} : { comparison }),
    ...decisionTold(shown),
    slices: slicesTold(shown),
    ...termsTold(shown),
    ...noiseTold(shown),
    confusions: [],
    missed: [],
    inserted: [],
    utterances: [],
  };
}

/** The parts as the step judged them: an output is text, and this one was made of such values. */
function slicesTold(shown: ShownValues): readonly ResultsSlice[] {
  return JSON.parse(shown.text('set.slices') ?? '[]') as readonly ResultsSlice[];
}

function termsTold(shown: ShownValues): Pick<ResultsSet, 'terms' | 'termsPassed' | 'termsSentence'> {
  const told = shown.text('set.terms');
  const [termsPassed, termsSentence] = [shown.flag('set.termsPassed'), shown.text('set.termsSentence')];
  return {
    ...(told === undefined ? {} : { terms: JSON.parse(told) as readonly ResultsTerm[] }),
    ...(termsPassed === undefined ? {} : { termsPassed }),
    ...(termsSentence === undefined ? {} : { termsSentence }),
  };
}

function noiseTold(shown: ShownValues): { readonly noise?: ResultsNoise } {
  const sentence = shown.text('set.noise.sentence');
  const evaluations = shown.number('set.noise.evaluations');
  if (sentence === undefined || evaluations === undefined) return {};
  const numbers = (['unstable', 'low', 'high'] as const).flatMap((name) => {
    const value = shown.number(`set.noise.${name}`);
    return value === undefined ? [] : [[name, value] as const];
  });
  const passed = shown.flag('set.noise.passed');
  return {
    noise: {
      evaluations,
      ...Object.fromEntries(numbers),
      ...(passed === undefined ? {} : { passed }),
      sentence,
    },
  };
}

/** The utterances, those marked that the step has found not to be recognised alike each time. */
function withUnstable(utterances: ResultsSet['utterances'], shown: ShownValues): ResultsSet['utterances'] {
  const unstable = new Set(JSON.parse(shown.text('set.noise.recordings') ?? '[]') as readonly string[]);
  return utterances.map((one) => (unstable.has(one.id) ? { ...one, unstable: true } : one));
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

type ToldRate = Partial<Record<(typeof rateNumbers)[number], number>>;

/** The rate in the outputs, with the counts of the `service` where it is the same rate. */
function rateTold(
  shown: ShownValues,
  { of, service }: { readonly of: 'rate' | 'againstRate'; readonly service: Measurement | undefined },
): ToldRate {
  // Without results of the recordings both ends of the interval are the rate, for the steps that compare.
  const hasInterval = shown.text('set.incomplete') === undefined && !isTooFewDrawn(shown);
  const told: ToldRate = Object.fromEntries(
    rateNumbers.flatMap((name) => {
      if (!hasInterval && (name === 'low' || name === 'high')) return [];
      const value = shown.number(`set.${of}.${name}` as EvidencePlace);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  const all: ToldRate = { ...(service?.wer === told.value ? service?.counts : {}), ...told };
  const { substitutions, deletions, insertions } = all;
  const isCounted = substitutions !== undefined && deletions !== undefined && insertions !== undefined;
  return { ...(isCounted ? { errors: substitutions + deletions + insertions } : {}), ...all };
}

/** An interval that the step drew from so few recordings is much too narrow to be shown. */
function isTooFewDrawn(shown: ShownValues): boolean {
  return (shown.number('set.rate.utterances') ?? fewestDrawn) < fewestDrawn;
}

/** The rate as it was told; what was computed here of the whole set goes with it as far as both are of the same rate. */
function withTold(computed: ResultsRate, told: ToldRate, { isWhole }: { readonly isWhole: boolean }): ResultsRate {
  const { value = computed.value } = told;
  if (isWhole && value === computed.value) return { ...computed, ...told };
  // The rate of the utterances that have results, where no other is told.
  if (told.value === undefined) return computed;
  const { utterances } = computed;
  return { ...(isWhole && utterances !== undefined ? { utterances } : {}), ...told, value };
}

/** A sentence where the numbers of the outputs are not those of the utterances: the service counts by rules of its own. */
function differenceOf(computed: ResultsRate, told: ToldRate): string | undefined {
  const { words, errors } = told;
  if (words === undefined || errors === undefined) return undefined;
  if (words === computed.words && errors === computed.errors) return undefined;
  return `The rate is that of the service, ${counted(errors, 'error')} in ${counted(words, 'word')}; the utterances as they are aligned here have ${computed.errors} in ${computed.words}.`;
}

/** By chance alone, whatever the step decided besides. Drawn from `fallback`, where the outputs name no seed. */
function comparisonTold(shown: ShownValues, fallback?: number): ResultsComparison | undefined {
  const delta = shown.number('set.comparison.delta');
  const probabilityOfImprovement = shown.number('set.comparison.probabilityOfImprovement');
  const pValue = shown.number('set.comparison.pValue');
  if (delta === undefined || probabilityOfImprovement === undefined || pValue === undefined) return undefined;
  const deltaLow = shown.number('set.comparison.deltaLow');
  const deltaHigh = shown.number('set.comparison.deltaHigh');
  const hasInterval = !isTooFewDrawn(shown);
  const matchedPairsPValue = shown.number('set.comparison.matchedPairsPValue');
  const together = shown.number('set.comparison.together');
  const seed = shown.number('set.comparison.seed') ?? fallback;
  const told = comparisonVerdicts.find((one) => one === shown.text('set.comparison.verdict'));
  const isApart = pValue < 0.05;
  const isBetter = isApart && deltaHigh !== undefined && deltaHigh < 0;
  const isWorse = isApart && deltaLow !== undefined && deltaLow > 0;
  const clear = isBetter ? 'better' : isWorse ? 'worse' : 'no difference';
  return {
    delta,
    ...(hasInterval && deltaLow !== undefined ? { deltaLow } : {}),
    ...(hasInterval && deltaHigh !== undefined ? { deltaHigh } : {}),
    probabilityOfImprovement,
    pValue,
    ...(together === undefined ? {} : { together }),
    ...(matchedPairsPValue === undefined ? {} : { matchedPairsPValue }),
    ...(seed === undefined ? {} : { seed }),
    verdict: told ?? (shown.flag('set.comparison.tooFew') === true ? 'too few' : clear),
  };
}

const comparisonVerdicts = ['better', 'worse', 'no difference', 'too few'] as const;

function decisionTold(shown: ShownValues): Pick<ResultsSet, 'decision'> {
  const better = shown.flag('set.decision.better');
  if (better === undefined) return {};
  const sentence = shown.text('set.decision.sentence') ?? (better ? 'better' : 'not better');
  return { decision: { better, sentence } };
}
