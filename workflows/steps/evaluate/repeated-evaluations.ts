import type { EvaluateWith } from '../../../schemas/types.gen.ts';
import type { StepContext, StepInput } from '../../engine/step-kind.ts';
import {
  digestOfMeasurement,
  findMeasurement,
  type MeasurementRequest,
  repeated,
  repetitionProperty,
} from '../../plan/measurements.ts';
import type { Evaluation } from '../../plan/speech-entities.ts';
import { customProperties, type Ensured, ensureEntity, untilFinished, withReason } from '../ensure.ts';
import { measuredSides, type Pair } from './measured-pair.ts';
import { judgeNoise, type Noise } from './noise.ts';
import type { MeasuredSides } from './scored-recordings.ts';

/**
 * The evaluations that measure this, found or made, as many as `noise` asks for. The first is the one that a step without `noise` has. All are
 * there before one is waited for, so that the service works on them side by side.
 */
export async function ensureEvaluations(
  request: MeasurementRequest,
  input: StepInput<EvaluateWith>,
  context: StepContext,
): Promise<readonly [Ensured, ...Ensured[]]> {
  const ensured: Ensured[] = [];
  for (const one of repeated(request, input.with.noise ?? 1)) ensured.push(await ensureEvaluation(one, input, context));
  return ensured as [Ensured, ...Ensured[]];
}

/** The evaluation that measures this, found or made. */
async function ensureEvaluation(
  request: MeasurementRequest,
  { with: wanted, pipeline }: StepInput<EvaluateWith>,
  context: StepContext,
): Promise<Ensured> {
  const { evaluations } = context.ports.speech;
  const { signal } = context;
  const { dataset, model, against = model, repetition } = request;
  const digest = digestOfMeasurement(request);
  return await ensureEntity<Evaluation>(context, {
    effect: 'create-evaluation',
    digest,
    collection: evaluations,
    find: async () => findMeasurement(await evaluations.list({ signal }), request),
    projectOf: pipeline,
    create: async (link) =>
      await evaluations.create(
        {
          displayName: repetition === undefined ? wanted.name : `${wanted.name}, repetition ${repetition}`,
          locale: pipeline.locale,
          dataset: { self: dataset },
          model1: { self: model },
          model2: { self: against },
          customProperties: {
            ...customProperties(digest, pipeline),
            ...(repetition === undefined ? {} : { [repetitionProperty]: String(repetition) }),
            // The portal shows scores only for evaluations that carry this mark (Microsoft Learn, "Evaluate data").
            testingKind: 'Evaluation',
          },
          ...link,
        },
        { signal },
      ),
  });
}

/** Waits for the repetitions of an evaluation: how far all of them differ, or why that is not known; undefined without a repetition. */
export async function noiseAmong(
  [first, ...repetitions]: readonly [MeasuredSides, ...Ensured[]],
  of: { readonly what: string; readonly pair: Pair; readonly recordings: number | undefined },
  context: StepContext,
): Promise<Noise | string | undefined> {
  if (repetitions.length === 0) return undefined;
  const sides: (MeasuredSides | string)[] = [first];
  for (const [index, { self }] of repetitions.entries()) {
    const what = `${of.what}, repetition ${index + 2}`;
    const collection = context.ports.speech.evaluations;
    sides.push(sidesOfRepetition(await untilFinished<Evaluation>(context, { what, collection, self }), of.pair));
  }
  return await judgeNoise(sides, of.recordings, context);
}

/** Where a repetition measured the models, or why it shows nothing. */
function sidesOfRepetition(evaluation: Evaluation, pair: Pair): MeasuredSides | string {
  const { displayName, status } = evaluation;
  if (status !== 'Succeeded') return withReason(`evaluation ${displayName} is ${status}`, evaluation);
  const sides = measuredSides(evaluation, pair);
  return typeof sides === 'string' ? `evaluation ${displayName} has no word error rate` : sides;
}
