import { entityId, oldestUsable, type Existing } from './identity.ts';
import { sameModel } from './models.ts';
import type { Evaluation } from './speech-entities.ts';

/** How one model did on one dataset: the service's rate (a fraction) and its counts of words. */
export interface Measurement {
  readonly wer: number;
  readonly words: number;
  readonly substitutions: number;
  readonly deletions: number;
  readonly insertions: number;
}

/** What is to be measured: a model on a dataset, beside another model or alone. References are `self` or ids. */
export interface MeasurementRequest {
  readonly dataset: string;
  readonly model: string;
  readonly against?: string;
}

/**
 * The evaluation that already measures this, whoever made it: the same dataset and model, on either side, with the same
 * opponent where there is one. Datasets and models never change after they are made, so its numbers stay true.
 */
export function findMeasurement(
  evaluations: readonly Evaluation[],
  request: MeasurementRequest,
): Existing<Evaluation> | undefined {
  return oldestUsable(
    evaluations.filter((evaluation) => {
      if (entityId(evaluation.dataset.self) !== entityId(request.dataset)) return false;
      const wanted = [request.model, request.against ?? request.model];
      return wanted.every((model) => sideOf(evaluation, model) !== undefined);
    }),
  );
}

/**
 * The numbers of one model in a Succeeded evaluation, or undefined when it has none: before completion every number is
 * -1, and a test set without words has no rate.
 */
export function measurementOf(evaluation: Evaluation, model: string): Measurement | undefined {
  const side = sideOf(evaluation, model);
  const properties = evaluation.properties;
  if (side === undefined || properties === undefined || evaluation.status !== 'Succeeded') return undefined;
  const measured = {
    wer: properties[`wordErrorRate${side}`] ?? -1,
    words: properties[`wordCount${side}`] ?? -1,
    substitutions: properties[`wordSubstitutionCount${side}`] ?? -1,
    deletions: properties[`wordDeletionCount${side}`] ?? -1,
    insertions: properties[`wordInsertionCount${side}`] ?? -1,
  };
  return Object.values(measured).some((value) => value < 0) || measured.words === 0 ? undefined : measured;
}

/** Whether the first makes fewer errors per word: by counts, because the service's rates are rounded. */
export function isBetter(candidate: Measurement, incumbent: Measurement): boolean {
  return errors(candidate) * incumbent.words < errors(incumbent) * candidate.words;
}

function errors(measured: Measurement): number {
  return measured.substitutions + measured.deletions + measured.insertions;
}

function sideOf(evaluation: Evaluation, model: string): 1 | 2 | undefined {
  if (sameModel(evaluation.model1.self, model)) return 1;
  return sameModel(evaluation.model2.self, model) ? 2 : undefined;
}
