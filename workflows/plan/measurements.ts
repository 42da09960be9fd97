import { byAge, digestOf, entityId, oldestUsable, referencesIn, type Existing } from './identity.ts';
import { sameModel } from './models.ts';
import { evaluationOfParts, evaluationsOfSets } from './part-sets.ts';
import type { Evaluation } from './speech-entities.ts';
import { trialOfObject } from './trial.ts';

/** The word errors of one model on one dataset. */
export interface Measurement {
  /**
   * The word error rate, a fraction: all errors over the words of the reference. The service's own rate, whose percentage it
   * rounds to two decimals, stands here only when the service gives no counts.
   */
  readonly wer: number;
  /** Absent when the service gives no counts. */
  readonly counts?: WordCounts;
}

/** The service's counts over all utterances of a dataset; `words` are the words of the reference, at least one. */
export interface WordCounts {
  readonly words: number;
  readonly substitutions: number;
  readonly deletions: number;
  readonly insertions: number;
}

/** The measurement that a step wants: of a model on a dataset, beside another model or alone. References are `self` or ids. */
export interface MeasurementRequest {
  readonly dataset: string;
  readonly model: string;
  readonly against?: string;
  /** Which of several evaluations of the same it is, from 1 on: a repetition is another object. @default 1 */
  readonly repetition?: number;
}

/** The entry of an evaluation's customProperties that says which repetition it is; the first has none. */
export const repetitionProperty = 'speechops-repetition';

/** What an evaluation of this is made from. */
export function digestOfMeasurement({ dataset, model, against = model, repetition = 1 }: MeasurementRequest): string {
  const models = [entityId(model), entityId(against)];
  return digestOf('evaluation', {
    dataset: entityId(dataset),
    models,
    ...(repetition === 1 ? {} : { repetition }),
  });
}

/** As many requests for the same as there are to be evaluations of it. */
export function repeated(request: MeasurementRequest, times: number): readonly MeasurementRequest[] {
  return Array.from({ length: times }, (_, index) => (index === 0 ? request : { ...request, repetition: index + 1 }));
}

/**
 * What is drawn from to judge evaluations on a dataset: the same for the step that decides and for its evidence, and for all models, so
 * that a model has one interval on it whichever it is compared with.
 */
export function seedOfDataset(dataset: string): number {
  return Number.parseInt(digestOf('dataset', entityId(dataset)).slice(0, 8), 16);
}

/**
 * The evaluation that already measures this, also when another pipeline or a person made it: the same dataset and model, on
 * either side, with the same opponent where there is one. Datasets and models never change after they are made, so its numbers
 * stay true.
 */
export function findMeasurement(
  evaluations: readonly Evaluation[],
  request: MeasurementRequest,
): Existing<Evaluation> | undefined {
  const parts = referencesIn(request.dataset);
  return parts.length > 1 ? findMeasurementOfParts(evaluations, { ...request, parts }) : findOne(evaluations, request);
}

/** Of the parts of a set, which have the models on the same sides, so that what was recognised can be read as of one. */
function findMeasurementOfParts(
  evaluations: readonly Evaluation[],
  request: MeasurementRequest & { readonly parts: readonly string[] },
): Existing<Evaluation> | undefined {
  const { model, against = model, parts } = request;
  for (const side of [1, 2] as const) {
    const aligned = evaluations.filter((evaluation) => {
      const [own, other] = side === 1 ? [evaluation.model1, evaluation.model2] : [evaluation.model2, evaluation.model1];
      return sameModel(own.self, model) && (request.against === undefined || sameModel(other.self, against));
    });
    const [first, ...others] = parts.flatMap((dataset) => findOne(aligned, { ...request, dataset }) ?? []);
    if (first === undefined || others.length + 1 < parts.length) continue;
    const found = [first, ...others];
    return {
      action: found.every(({ action }) => action === 'reuse') ? 'reuse' : 'adopt',
      entity: evaluationOfParts([first.entity, ...others.map(({ entity }) => entity)]),
    };
  }
  return undefined;
}

function findOne(evaluations: readonly Evaluation[], request: MeasurementRequest): Existing<Evaluation> | undefined {
  return oldestUsable(
    evaluations.filter((evaluation) => {
      // That of a trial will be gone.
      if (trialOfObject(evaluation) !== undefined) return false;
      if (entityId(evaluation.dataset.self) !== entityId(request.dataset)) return false;
      if (Number(evaluation.customProperties?.[repetitionProperty] ?? 1) !== (request.repetition ?? 1)) return false;
      const wanted = [request.model, request.against ?? request.model];
      return wanted.every((model) => sideOf(evaluation, model) !== undefined);
    }),
  );
}

/** One side of a Succeeded evaluation: what a model recognised on its dataset. */
export interface MeasuredSide {
  readonly evaluation: Evaluation;
  readonly side: 1 | 2;
}

/**
 * Where models were measured on the same dataset, or on all parts of a set: the first two in the newest evaluation of both, else in the newest of each on one
 * dataset; the others in the newest of each on that dataset. Undefined when there is no dataset on which all were.
 */
export function findComparison(
  evaluations: readonly Evaluation[],
  [first, second, ...others]: readonly [string, string, ...string[]],
): readonly [MeasuredSide, MeasuredSide, ...MeasuredSide[]] | undefined {
  const { whole, incomplete } = evaluationsOfSets(
    evaluations.filter((evaluation) => trialOfObject(evaluation) === undefined),
  );
  // Recordings of a part tell models apart, too, where there is no more.
  const newestFirst = [whole, incomplete].flatMap((some) => some.toSorted((one, other) => byAge(other, one)));
  const measuring = (model: string, among: readonly Evaluation[]): MeasuredSide | undefined => {
    const evaluation = among.find((one) => sideOf(one, model) !== undefined);
    const side = evaluation && sideOf(evaluation, model);
    return evaluation && side && { evaluation, side };
  };
  const ofFirst = newestFirst.filter((one) => sideOf(one, first) !== undefined);
  const together = ofFirst.filter((one) => sideOf(one, second) !== undefined);
  for (const evaluation of [...together, ...ofFirst]) {
    const sameDataset = newestFirst.filter((one) => entityId(one.dataset.self) === entityId(evaluation.dataset.self));
    const among = together.includes(evaluation) ? [evaluation] : sameDataset;
    const [one, other] = [measuring(first, among), measuring(second, among)];
    const rest = others.flatMap((model) => measuring(model, sameDataset) ?? []);
    if (one !== undefined && other !== undefined && rest.length === others.length) return [one, other, ...rest];
  }
  return undefined;
}

/**
 * The numbers of one model in a Succeeded evaluation, or undefined when it has none: before completion every number is
 * -1, and a test set without words has no rate.
 */
export function measurementOf(evaluation: Evaluation, model: string): Measurement | undefined {
  const side = sideOf(evaluation, model);
  const properties = evaluation.properties;
  if (side === undefined || properties === undefined || evaluation.status !== 'Succeeded') return undefined;
  const counts = {
    words: properties[`wordCount${side}`] ?? -1,
    substitutions: properties[`wordSubstitutionCount${side}`] ?? -1,
    deletions: properties[`wordDeletionCount${side}`] ?? -1,
    insertions: properties[`wordInsertionCount${side}`] ?? -1,
  };
  if (counts.words === 0) return undefined;
  if (Object.values(counts).every((count) => Number.isSafeInteger(count) && count >= 0))
    return { wer: rateOf(counts), counts };
  const wer = properties[`wordErrorRate${side}`] ?? -1;
  return wer < 0 ? undefined : { wer };
}

/** What Succeeded evaluations have measured of a model, on whichever dataset; the newest first. */
export function measurementsOf(
  evaluations: readonly Evaluation[],
  model: string,
): readonly { readonly evaluation: Evaluation; readonly measurement: Measurement }[] {
  return evaluations
    .toSorted((one, other) => byAge(other, one))
    .flatMap((evaluation) => {
      const measurement = measurementOf(evaluation, model);
      return measurement === undefined ? [] : [{ evaluation, measurement }];
    });
}

/** How many words a dataset has, or all parts of a set, as far as a Succeeded evaluation has counted them. */
export function wordsOf(dataset: string, evaluations: readonly Evaluation[]): number | undefined {
  const parts = referencesIn(dataset).map((part) =>
    evaluations
      .filter((evaluation) => entityId(evaluation.dataset.self) === entityId(part))
      .map((evaluation) => measurementOf(evaluation, evaluation.model1.self)?.counts?.words)
      .find((words) => words !== undefined),
  );
  return parts.includes(undefined) ? undefined : parts.reduce<number>((sum, words = 0) => sum + words, 0);
}

/**
 * Whether the first makes fewer errors per word, by at least `by` (a rate, the difference of the two); not when both make as
 * many, however many words each has. Counted in whole numbers, so that an improvement of exactly `by` is one.
 */
export function isBetter(
  candidate: Measurement,
  incumbent: Measurement,
  { by = 0 }: { readonly by?: number } = {},
): boolean {
  const [ours, theirs] = [fractionOf(candidate), fractionOf(incumbent)];
  const gain = theirs.errors * ours.words - ours.errors * theirs.words;
  const { digits, scale } = decimalOf(by);
  return gain > 0n && gain * scale >= digits * ours.words * theirs.words;
}

function fractionOf({ wer, counts }: Measurement): { readonly errors: bigint; readonly words: bigint } {
  if (counts === undefined) return { errors: BigInt(Math.round(wer * roundedIn)), words: BigInt(roundedIn) };
  return { errors: BigInt(errorsOf(counts)), words: BigInt(counts.words) };
}

/** The service gives rates in units of 0.01 %, and division leaves the nearest number to them. */
const roundedIn = 10_000;

/** The number as it is written: 0.015 is 15 in 1000. */
function decimalOf(rate: number): { readonly digits: bigint; readonly scale: bigint } {
  const [mantissa = '', exponent = '0'] = String(rate).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), scale: 10n ** BigInt(fraction.length - Number(exponent)) };
}

/** Equal fractions give the same number here, and the number that a bound such as `2.89%` is read as. */
function rateOf(counts: WordCounts): number {
  return errorsOf(counts) / counts.words;
}

function errorsOf({ substitutions, deletions, insertions }: WordCounts): number {
  return substitutions + deletions + insertions;
}

export function sideOf(evaluation: Evaluation, model: string): 1 | 2 | undefined {
  if (sameModel(evaluation.model1.self, model)) return 1;
  return sameModel(evaluation.model2.self, model) ? 2 : undefined;
}
