import path from 'node:path';
import type { EvaluateWith } from '../../../schemas/types.gen.ts';
import { observeModels, timeAt } from '../../engine/observe.ts';
import {
  type Outputs,
  StepFailure,
  type StepContext,
  type StepInput,
  type StepOutcome,
} from '../../engine/step-kind.ts';
import { findMeasurement, type MeasuredSide, seedOfDataset, sideOf } from '../../plan/measurements.ts';
import { modelInUse, type KnownModels } from '../../plan/models.ts';
import type { Evaluation } from '../../plan/speech-entities.ts';
import type { Term } from '../../scoring/readers/term-list.ts';
import { outlast, untilSucceeded } from '../ensure.ts';
import { boundedOutputs } from './bounded-outputs.ts';
import { datasetNamed, evaluationsAsOne } from './ensure-evaluation.ts';
import { type Evidence, readEvidence } from './gate.ts';
import { assertTerms, judgeTerms, termOutputs } from './listed-terms.ts';
import { liveEndpoint } from './live-endpoint.ts';
import { testLive } from './live-test.ts';
import { choosePair, describePair, measuredSides, outputsOf, type Pair } from './measured-pair.ts';
import { ensureEvaluations, noiseAmong } from './repeated-evaluations.ts';
import { ensureSets, furtherSets, type ReadSet, readSet } from './sets.ts';
import { cutsOf } from './slices.ts';

/** Finds, adopts or makes the evaluations that the step wants, waits for them, and judges what they recognised. */
export async function runEvaluate(input: StepInput<EvaluateWith>, context: StepContext): Promise<StepOutcome> {
  const known = await outlast(
    context,
    async () => await observeModels(context.ports, { locale: input.pipeline.locale, signal: context.signal }),
  );
  const pair = choosePair(input.with, known);
  if (typeof pair === 'string') throw new StepFailure(pair);
  const endpoint = input.with.live === undefined ? undefined : liveEndpoint(input.with.live, known);
  if (typeof endpoint === 'string') throw new StepFailure(endpoint);
  const terms = await termsOf(input, context);
  const cuts = await cutsOf(input, context);
  const dataset = await datasetNamed(input.with.dataset, context);
  const sets = await furtherSets(input.with, context);
  context.report(describePair(pair));
  // Before the step's own, so that this one is the newest of its models, which a swap compares its smoke audio with.
  const ofSets = await ensureSets(sets, { input, pair, context });
  const own = await ensureEvaluations(input, context, { dataset, pair, name: input.with.name });
  const [{ self }, ...repetitions] = own;
  const what = `evaluation ${input.step.id}`;
  const collection = evaluationsAsOne(context);
  const evaluation = await untilSucceeded<Evaluation>(context, { what, collection, self });
  const sides = measuredSides(evaluation, pair);
  if (typeof sides === 'string') throw new StepFailure(sides, { evaluation: evaluation.self });
  const recordings = dataset.properties?.acceptedLineCount;
  const evidence = await readEvidence({ ...sides, recordings, minWords: input.with['min-words'] }, context);
  const noise =
    typeof evidence === 'string'
      ? evidence
      : await noiseAmong([sides, ...repetitions], { what, pair, recordings }, context);
  const readSets: ReadSet[] = [];
  for (const set of ofSets) readSets.push(await readSet(set, { pair, context }));
  const made = own.filter(({ action }) => action !== 'reuse').length;
  const bounded = {
    ...boundedOutputs({ pair, dataset: dataset.self, evidence, cuts, sets: readSets }),
    ...(terms === undefined ? {} : await outputsOfTerms(input, context, { terms, evidence, side: sides.model.side })),
    ...(sets.length === 0 && endpoint === undefined ? {} : { reused: made === 0 }),
    ...(input.with.noise === undefined ? {} : { evaluationsMade: made }),
  };
  const observedAt = timeAt(context.ports);
  const outputs = outputsOf(evaluation, { pair, sides, evidence, bounded, noise, wanted: input.with, observedAt });
  const isReused = made === 0 && ofSets.every(({ ensured }) => ensured.action === 'reuse');
  const measured = { kind: isReused ? 'reused' : 'done', outputs } as const;
  if (endpoint === undefined) return measured;
  const measuredBefore = await lastMeasured(input.with, { evaluation, pair, known, dataset: dataset.self, context });
  const live = await testLive(context, { endpoint, dataset: dataset.self, measuredBefore });
  return { kind: 'done', outputs: { ...measured.outputs, ...live } };
}

/**
 * Where the model was measured whose answers are expected of the endpoint. That is the model of an endpoint also after its expiry,
 * when the newest base model stands in for it and answers: an evaluation cannot measure it any more, and one of before is looked for.
 */
async function lastMeasured(
  { model: reference }: EvaluateWith,
  of: {
    readonly evaluation: Evaluation;
    readonly pair: Pair;
    readonly known: KnownModels;
    readonly dataset: string;
    readonly context: StepContext;
  },
): Promise<MeasuredSide | undefined> {
  const { evaluation, pair, known, dataset, context } = of;
  const inUse = pair.model.isStandIn ? modelInUse(reference, known) : pair.model;
  if (typeof inUse === 'string') return undefined;
  const { self } = 'model' in inUse ? inUse.model : inUse;
  const own = sideOf(evaluation, self);
  if (own !== undefined) return { evaluation, side: own };
  const { evaluations } = context.ports.speech;
  const all = await outlast(context, async () => await evaluations.list({ signal: context.signal }));
  const found = findMeasurement(all, { dataset, model: self });
  const side = found?.action === 'reuse' ? sideOf(found.entity, self) : undefined;
  return found && side && { evaluation: found.entity, side };
}

/** The terms of a step's list, before anything is paid for that could not be counted. */
async function termsOf(
  { with: wanted, pipeline, folder }: StepInput<EvaluateWith>,
  { ports }: StepContext,
): Promise<readonly Term[] | undefined> {
  if (wanted.terms === undefined) return undefined;
  const terms = await ports.data.terms(path.resolve(folder, wanted.terms));
  assertTerms(terms, pipeline);
  return terms;
}

async function outputsOfTerms(
  { with: { 'max-term-error-rate': bound }, pipeline: { locale } }: StepInput<EvaluateWith>,
  context: StepContext,
  of: { readonly terms: readonly Term[]; readonly evidence: Evidence | string; readonly side: MeasuredSide },
): Promise<Outputs> {
  const { terms, evidence, side } = of;
  const { self: dataset } = side.evaluation.dataset;
  const judged =
    typeof evidence === 'string'
      ? evidence
      : await judgeTerms(side, { terms, dataset, locale, seed: seedOfDataset(dataset) }, context);
  return termOutputs(judged, { bound });
}
