import type { EvaluateWith } from '../../../schemas/types.gen.ts';
import type { WorkedCollection } from '../../engine/ports.ts';
import { StepFailure, type StepContext, type StepInput } from '../../engine/step-kind.ts';
import { joinReferences, referencesIn } from '../../plan/identity.ts';
import { digestOfMeasurement, findMeasurement, repetitionProperty } from '../../plan/measurements.ts';
import { sameModel } from '../../plan/models.ts';
import { datasetOfParts, evaluationOfParts, nameOfPart } from '../../plan/part-sets.ts';
import type { Dataset, Evaluation } from '../../plan/speech-entities.ts';
import { customProperties, type Ensured, ensureEntity, outlast } from '../ensure.ts';
import { type Pair, requestOf } from './measured-pair.ts';

/** An evaluation that a step wants. */
export interface WantedEvaluation {
  readonly dataset: Dataset;
  readonly pair: Pair;
  /** What it is called where it is made. */
  readonly name: string;
}

/** The evaluation of models on a dataset, as it is there, or made; of a set one of each part. It is not waited for. */
export async function ensureEvaluation(
  input: Pick<StepInput<EvaluateWith>, 'pipeline'>,
  context: StepContext,
  wanted: WantedEvaluation & { readonly repetition?: number | undefined },
): Promise<Ensured> {
  const parts = referencesIn(wanted.dataset.self);
  if (parts.length === 1) return await ensureOne(input, context, wanted);
  const request = { ...requestOf(wanted.pair, wanted.dataset.self), repetition: wanted.repetition ?? 1 };
  const { evaluations } = context.ports.speech;
  const all = await outlast(context, async () => await evaluations.list({ signal: context.signal }));
  const there = findMeasurement(all, request);
  if (there !== undefined) return { action: there.action, self: there.entity.self };
  const made: Ensured[] = [];
  for (const [part, self] of parts.entries()) {
    const name = nameOfPart(wanted.name, { part, of: parts.length });
    made.push(await ensureOne(input, context, { ...wanted, dataset: { ...wanted.dataset, self }, name, isPart: true }));
  }
  return {
    action: made.some(({ action }) => action === 'create') ? 'create' : 'adopt',
    self: joinReferences(made.map(({ self }) => self)),
  };
}

async function ensureOne(
  { pipeline }: Pick<StepInput<EvaluateWith>, 'pipeline'>,
  context: StepContext,
  {
    dataset,
    pair,
    name,
    repetition,
    isPart = false,
  }: WantedEvaluation & { readonly repetition?: number | undefined; readonly isPart?: boolean },
): Promise<Ensured> {
  const request = { ...requestOf(pair, dataset.self), ...(repetition === undefined ? {} : { repetition }) };
  const { signal } = context;
  const { evaluations } = context.ports.speech;
  const digest = digestOfMeasurement(request);
  return await ensureEntity<Evaluation>(context, {
    effect: 'create-evaluation',
    digest,
    collection: evaluations,
    async find() {
      const all = await evaluations.list({ signal });
      // Those of the parts of a set have each model on one side.
      const { model, against = model } = request;
      const isAligned = ({ model1, model2 }: Evaluation): boolean =>
        sameModel(model1.self, model) && sameModel(model2.self, against);
      return findMeasurement(isPart ? all.filter(isAligned) : all, request);
    },
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

/** A dataset by its `self` or id, or the parts of a set as one; throws a {@link StepFailure} when the resource has no such one. */
export async function datasetNamed(reference: string, context: StepContext): Promise<Dataset> {
  const parts: Dataset[] = [];
  for (const one of referencesIn(reference)) {
    const dataset = await context.ports.speech.datasets.get(one, { signal: context.signal });
    if (dataset === undefined)
      throw new StepFailure(`Check the dataset ${one}: the Speech resource has no such dataset`);
    parts.push(dataset);
  }
  const [first, ...others] = parts;
  if (first === undefined) throw new StepFailure('Name a dataset: the expression gives none');
  return datasetOfParts([first, ...others]);
}

/** The evaluations of a resource, of which those of the parts of a set are waited for as one. */
export function evaluationsAsOne({
  ports,
}: Pick<StepContext, 'ports'>): Pick<WorkedCollection<Evaluation, never>, 'wait'> {
  const { evaluations } = ports.speech;
  return {
    async wait(reference, options = {}) {
      const [first = reference, ...others] = referencesIn(reference);
      if (others.length === 0) return await evaluations.wait(first, options);
      const ended: Evaluation[] = [];
      for (const one of [first, ...others]) {
        const isLast = ended.length === others.length;
        ended.push(
          await evaluations.wait(one, {
            ...options,
            // All of them have succeeded when the last has.
            onRead(read) {
              const status = read.status === 'Succeeded' && !isLast ? 'Running' : read.status;
              options.onRead?.({ ...read, status });
            },
          }),
        );
      }
      const [one, ...more] = ended;
      return evaluationOfParts([one!, ...more]);
    },
  };
}
