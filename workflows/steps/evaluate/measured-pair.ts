import type { EvaluateWith } from '../../../schemas/types.gen.ts';
import type { Outputs } from '../../engine/step-kind.ts';
import { measurementOf, type MeasurementRequest, sideOf } from '../../plan/measurements.ts';
import { chooseModel, type ChosenModel, expiryOf, type KnownModels } from '../../plan/models.ts';
import type { Evaluation } from '../../plan/speech-entities.ts';
import { type Evidence, gateOutputs, intervalOutputs } from './gate.ts';
import { type Noise, noiseOutputs } from './noise.ts';
import type { MeasuredModel, MeasuredSides } from './scored-recordings.ts';

/** The models that a step measures, as they were chosen. */
export interface Pair {
  readonly model: ChosenModel;
  readonly against?: ChosenModel;
}

export function choosePair(wanted: EvaluateWith, known: KnownModels): Pair | string {
  const model = chooseModel(wanted.model, known);
  if (typeof model === 'string') return model;
  if (wanted.against === undefined) return { model };
  const against = chooseModel(wanted.against, known);
  return typeof against === 'string' ? against : { model, against };
}

/** The measurement of a pair on a dataset. */
export function requestOf({ model, against }: Pair, dataset: string): MeasurementRequest {
  return { dataset, model: model.self, ...(against === undefined ? {} : { against: against.self }) };
}

export function describePair({ model, against }: Pair): string {
  const name = (chosen: ChosenModel): string => `${chosen.displayName} (${chosen.because})`;
  return against === undefined ? name(model) : `${name(model)} against ${name(against)}`;
}

/** Where an evaluation measured the models of a pair, or why it has no numbers to compare. */
export function measuredSides(evaluation: Evaluation, { model, against }: Pair): MeasuredSides | string {
  const measuredIn = ({ self }: ChosenModel): MeasuredModel | undefined => {
    const [side, measurement] = [sideOf(evaluation, self), measurementOf(evaluation, self)];
    return side && measurement && { side: { evaluation, side }, measurement };
  };
  const [first, second] = [measuredIn(model), against && measuredIn(against)];
  if (first === undefined || (against !== undefined && second === undefined)) {
    return `Check the test dataset: evaluation ${evaluation.displayName} is ${evaluation.status} but has no word error rate`;
  }
  return { model: first, ...(second === undefined ? {} : { against: second }) };
}

/** The step's outputs; those that evidence alone gives are left out while it has still to be read. */
export function outputsOf(
  evaluation: Evaluation,
  of: {
    readonly pair: Pair;
    readonly sides: MeasuredSides;
    readonly evidence: Evidence | string | undefined;
    /** The outputs about what is bounded besides, as far as it is known. */
    readonly bounded: Outputs;
    /** How far repeated evaluations differ, or why that is not known; undefined where there is one, or they have still to be read. */
    readonly noise?: Noise | string | undefined;
    readonly wanted: EvaluateWith;
    /** ISO date-time by the clock of the service. */
    readonly observedAt: string;
  },
): Outputs {
  const { pair, sides, evidence, bounded, noise, wanted, observedAt } = of;
  const { model, against } = pair;
  const { measurement: measured } = sides.model;
  const opponent = sides.against?.measurement;
  return {
    evaluation: evaluation.self,
    model: model.self,
    ...(against === undefined ? {} : { againstModel: against.self }),
    wer: measured.wer,
    ...measured.counts,
    ...(evidence === undefined ? {} : intervalOutputs(measured, evidence)),
    ...bounded,
    ...(wanted.noise === undefined || noise === undefined
      ? {}
      : noiseOutputs(noise, { evaluations: wanted.noise, isCompared: against !== undefined })),
    ...(model.isStandIn ? { standIn: model.because } : {}),
    ...expiryOf(model.transcribesUntil, { observedAt }),
    ...(opponent === undefined || against === undefined
      ? {}
      : gateOutputs(
          {
            measured,
            opponent,
            model,
            against,
            minImprovement: wanted['min-improvement'],
            bounded,
            noise,
          },
          evidence,
        )),
    ...(against?.isStandIn === true ? { againstStandIn: against.because } : {}),
  };
}
