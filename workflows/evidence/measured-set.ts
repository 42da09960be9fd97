import type {
  ResultsComparison,
  ResultsRate,
  ResultsRecognised,
  ResultsSet,
  ResultsSlice,
  ResultsTerm,
} from '../../schemas/types.gen.ts';
import { compareScores, type ScoreComparison, type Significance } from '../scoring/compare-scores.ts';
import { errorPatterns } from '../scoring/error-patterns.ts';
import type { Marks } from '../scoring/marks/marked-text.ts';
import { rateInterval } from '../scoring/rate-interval.ts';
import { type Score, totalOf, type UtteranceScore } from '../scoring/score-utterances.ts';
import { shownInterval } from '../scoring/significance/few-utterances.ts';
import { holmAdjusted } from '../scoring/significance/holm.ts';
import type { TermScore } from '../scoring/terms.ts';

/** What is known of an utterance by its id; undefined where nobody knows it. */
export type KnownOf = (id: string) => string | undefined;

/** A test set as it was scored, and what it is called. */
export interface MeasuredSet {
  /** Unique in the document. */
  readonly id: string;
  readonly title: string;
  readonly model: string;
  readonly score: Score;
  /** The model beside it, on the same references. */
  readonly against?: { readonly model: string; readonly comparison: ScoreComparison } | undefined;
  /** The rate above which it does not pass, 0..1. */
  readonly bound?: number | undefined;
  /** Whose utterance one is: utterances of one speaker are drawn together where there are enough of them. */
  readonly speakerOf?: KnownOf | undefined;
  /** Where the audio of an utterance is. */
  readonly audioOf?: KnownOf | undefined;
  /** What the set is cut by. */
  readonly slices?: { readonly by: string; readonly valueOf: KnownOf } | undefined;
  readonly terms?: readonly TermScore[] | undefined;
  /** The same terms in what the model beside it recognised. */
  readonly againstTerms?: readonly TermScore[] | undefined;
  /** What intervals are drawn from. */
  readonly seed: number;
}

/** Words that are confused, missed and inserted are listed so far; the utterances have them all. */
const mostPatterns = 100;

/** The test set with its rates and their intervals, its slices, and every utterance as each model recognised it. */
export function measuredSet(set: MeasuredSet): ResultsSet {
  const { id, title, model, score, against, bound, speakerOf, audioOf, slices, terms, againstTerms } = set;
  const other = against?.comparison.against;
  const significance = against?.comparison.significance;
  return {
    id,
    title,
    profile: score.profile,
    profileVersion: score.profileVersion,
    ...(score.rules === undefined ? {} : { rules: `${score.rules.name} ${score.rules.digest}` }),
    unit: score.unit,
    mergeCompounds: score.mergeCompounds,
    ...(score.marks === undefined ? {} : { marks: marksOf(score.marks) }),
    model,
    ...(against === undefined ? {} : { against: against.model }),
    rate: rateOfAll(score.utterances, set),
    ...(other === undefined ? {} : { againstRate: rateOfAll(other.utterances, set) }),
    ...(significance === undefined ? {} : { comparison: comparisonOf(significance) }),
    ...(bound === undefined ? {} : { bound }),
    slices: slices === undefined ? [] : slicesOf(set, slices),
    ...(terms === undefined ? {} : { terms: termsOf(terms, againstTerms) }),
    ...patternsOf(score, other),
    utterances: score.utterances.map((utterance, index) => {
      const audio = audioOf?.(utterance.id);
      const group = speakerOf?.(utterance.id);
      const beside = other?.utterances[index];
      return {
        id: utterance.id,
        ...(audio === undefined ? {} : { audio }),
        ...(group === undefined ? {} : { group }),
        reference: joined(utterance.reference, score),
        recognised: recognised(utterance, score),
        ...(beside === undefined ? {} : { against: recognisedBeside(beside, { utterance, score }) }),
      };
    }),
  };
}

function termsOf(terms: readonly TermScore[], against: readonly TermScore[] | undefined): readonly ResultsTerm[] {
  const countsOf = ({ hits, misses, falseAlarms }: TermScore): Omit<TermScore, 'name'> => ({
    hits,
    misses,
    falseAlarms,
  });
  return terms.map((term, index) => {
    const beside = against?.[index];
    return {
      name: term.name,
      ...countsOf(term),
      ...(beside === undefined ? {} : { against: countsOf(beside) }),
    };
  });
}

function recognised(utterance: UtteranceScore, score: Score): ResultsRecognised {
  return { text: joined(utterance.hypothesis, score), operations: utterance.operations };
}

/** With its own reference where it takes another way through alternations. */
function recognisedBeside(
  beside: UtteranceScore,
  { utterance, score }: { readonly utterance: UtteranceScore; readonly score: Score },
): ResultsRecognised {
  const [own, reference] = [joined(beside.reference, score), joined(utterance.reference, score)];
  return { ...recognised(beside, score), ...(own === reference ? {} : { reference: own }) };
}

function joined(units: readonly string[], { unit }: Score): string {
  return units.join(unit === 'char' ? '' : ' ');
}

const markNames = ['alternations', 'optionalWords', 'fragments'] as const;

function marksOf(marks: Marks): (typeof markNames)[number][] {
  return markNames.filter((name) => marks[name] === true);
}

function rateOfAll(
  utterances: readonly UtteranceScore[],
  { seed, speakerOf }: Pick<MeasuredSet, 'seed' | 'speakerOf'>,
): ResultsRate {
  const { counts, words, errors, wordErrorRate } = totalOf(utterances);
  const { substitutions, deletions, insertions } = counts;
  return {
    value: wordErrorRate,
    ...rateInterval(utterances, { seed, speakerOf }),
    utterances: utterances.length,
    words,
    errors,
    substitutions,
    deletions,
    insertions,
  };
}

function comparisonOf({
  delta,
  probabilityOfImprovement,
  pValue,
  matchedPairs,
  seed,
  verdict,
  utterances,
}: Significance): ResultsComparison {
  const interval = shownInterval(delta, utterances);
  return {
    delta: delta.value,
    ...(interval === undefined ? {} : { deltaLow: interval.low, deltaHigh: interval.high }),
    probabilityOfImprovement,
    pValue,
    matchedPairsPValue: matchedPairs.pValue,
    seed,
    verdict,
  };
}

/** The slices in the order in which their values are met first; the p-values are those of tests that are made together. */
function slicesOf(set: MeasuredSet, { by, valueOf }: NonNullable<MeasuredSet['slices']>): readonly ResultsSlice[] {
  const { score, against, seed, speakerOf } = set;
  const other = against?.comparison.against;
  const parts = [...Map.groupBy(score.utterances.keys(), (index) => valueOf(score.utterances[index]!.id) ?? null)];
  const slices = parts.map(([value, indexes]): ResultsSlice => {
    const of = (all: Score): Score => ({ ...all, utterances: indexes.map((index) => all.utterances[index]!) });
    const part = of(score);
    const beside = other === undefined ? undefined : of(other);
    const compared =
      beside === undefined
        ? undefined
        : compareScores(part, beside, { seed, ...(speakerOf === undefined ? {} : { speakerOf }) }).significance;
    return {
      by,
      value,
      rate: rateOfAll(part.utterances, set),
      ...(beside === undefined ? {} : { againstRate: rateOfAll(beside.utterances, set) }),
      ...(compared === undefined ? {} : { comparison: comparisonOf(compared) }),
    };
  });
  const adjusted = holmAdjusted(slices.flatMap(({ comparison }) => comparison?.pValue ?? []));
  let next = 0;
  return slices.map((slice) => {
    const { comparison } = slice;
    if (comparison === undefined) return slice;
    const pValue = adjusted[next++]!;
    const isClear = comparison.verdict === 'too few' || pValue < 0.05;
    return {
      ...slice,
      comparison: {
        ...comparison,
        pValue,
        together: adjusted.length,
        verdict: isClear ? comparison.verdict : 'no difference',
      },
    };
  });
}

function patternsOf(score: Score, other: Score | undefined): Pick<ResultsSet, 'confusions' | 'missed' | 'inserted'> {
  const here = errorPatterns(score.utterances);
  if (other === undefined) {
    return {
      confusions: here.confusions.slice(0, mostPatterns),
      missed: here.missed.slice(0, mostPatterns),
      inserted: here.inserted.slice(0, mostPatterns),
    };
  }
  const there = errorPatterns(other.utterances);
  // No word has a space in it.
  const pairOf = (pair: { readonly reference: string; readonly hypothesis: string }): string =>
    `${pair.reference} ${pair.hypothesis}`;
  const pairs = new Map(there.confusions.map((pair) => [pairOf(pair), pair.count]));
  const words = new Map(there.missed.map(({ word, count }) => [word, count]));
  const madeUp = new Map(there.inserted.map(({ word, count }) => [word, count]));
  return {
    confusions: here.confusions
      .slice(0, mostPatterns)
      .map((pair) => ({ ...pair, againstCount: pairs.get(pairOf(pair)) ?? 0 })),
    missed: here.missed.slice(0, mostPatterns).map((entry) => ({ ...entry, againstCount: words.get(entry.word) ?? 0 })),
    inserted: here.inserted
      .slice(0, mostPatterns)
      .map((entry) => ({ ...entry, againstCount: madeUp.get(entry.word) ?? 0 })),
  };
}
