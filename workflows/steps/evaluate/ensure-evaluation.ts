import type { EvaluateWith } from '../../../schemas/types.gen.ts';
import { StepFailure, type StepContext, type StepInput } from '../../engine/step-kind.ts';
import { digestOfMeasurement, findMeasurement, repetitionProperty } from '../../plan/measurements.ts';
import type { Dataset, Evaluation } from '../../plan/speech-entities.ts';
import { customProperties, type Ensured, ensureEntity } from '../ensure.ts';
import { type Pair, requestOf } from './measured-pair.ts';

/** An evaluation that a step wants. */
export interface WantedEvaluation {
  readonly dataset: Dataset;
  readonly pair: Pair;
  /** What it is called where it is made. */
  readonly name: string;
}

/** The evaluation of models on a dataset, as it is there, or made. It is not waited for. */
export async function ensureEvaluation(
  { pipeline }: Pick<StepInput<EvaluateWith>, 'pipeline'>,
  context: StepContext,
  { dataset, pair, name, repetition }: WantedEvaluation & { readonly repetition?: number | undefined },
): Promise<Ensured> {
  const request = { ...requestOf(pair, dataset.self), ...(repetition === undefined ? {} : { repetition }) };
  const { signal } = context;
  const { evaluations } = context.ports.speech;
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
          displayName: repetition === undefined ? name : `${name}, repetition ${repetition}`,
          locale: pipeline.locale,
          dataset: { self: request.dataset },
          model1: { self: request.model },
          model2: { self: request.against ?? request.model },
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

/** A dataset by its `self` or id; throws a {@link StepFailure} when the resource has no such one. */
export async function datasetNamed(reference: string, context: StepContext): Promise<Dataset> {
  const dataset = await context.ports.speech.datasets.get(reference, { signal: context.signal });
  if (dataset === undefined)
    throw new StepFailure(`Check the dataset ${reference}: the Speech resource has no such dataset`);
  return dataset;
}
