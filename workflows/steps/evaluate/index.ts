import path from 'node:path';
import type { EvaluateWith } from '../../../schemas/types.gen.ts';
import { observeModels, timeAt } from '../../engine/observe.ts';
import { StepFailure, type StepContext, type StepInput, type StepKind } from '../../engine/step-kind.ts';
import type { PlainValue } from '../../document/plain-value.ts';
import { counted } from '../../document/counted.ts';
import { formatRate } from '../../document/rates.ts';
import {
  digestOfMeasurement,
  findMeasurement,
  type MeasuredSide,
  seedOfDataset,
  sideOf,
} from '../../plan/measurements.ts';
import { modelInUse, modelLacking, type KnownModels } from '../../plan/models.ts';
import type { Dataset, EntityReference, Evaluation } from '../../plan/speech-entities.ts';
import type { MissingObject } from '../../plan/step-plan.ts';
import type { Term } from '../../scoring/terms.ts';
import { customProperties, ensureEntity, outlast, untilSucceeded } from '../ensure.ts';
import { readEvidence } from './gate.ts';
import { assertTerms, judgeTerms } from './listed-terms.ts';
import { liveEndpoint, liveInWords, testLive } from './live-test.ts';
import { choosePair, describePair, measuredSides, outputsOf, type Pair } from './measured-pair.ts';
import { effects, planEvaluate } from './plan-evaluate.ts';

/** `evaluate`: the word error rate of a model on a dataset is known, beside another model's where one is named. */
export const evaluate: StepKind<EvaluateWith> = {
  uses: 'evaluate',
  effects,
  plan: planEvaluate,

  lacks({ known: { model, against, live }, pipeline }, facts) {
    const known = { ...facts, locale: pipeline.locale };
    return modelLacking(model, known) ?? modelLacking(against, known) ?? liveLacking(live, known);
  },

  async run(input, context) {
    const known = await outlast(
      context,
      async () => await observeModels(context.ports, { locale: input.pipeline.locale, signal: context.signal }),
    );
    const pair = choosePair(input.with, known);
    if (typeof pair === 'string') throw new StepFailure(pair);
    const endpoint = input.with.live === undefined ? undefined : liveEndpoint(input.with.live, known);
    if (typeof endpoint === 'string') throw new StepFailure(endpoint);
    const terms = await termsOf(input, context);
    const { self: dataset, properties } = await theDataset(input.with.dataset, context);
    const request = {
      dataset,
      model: pair.model.self,
      ...(pair.against === undefined ? {} : { against: pair.against.self }),
    };
    const evaluations = context.ports.speech.evaluations;
    const digest = digestOfMeasurement(request);
    context.report(describePair(pair));
    const { action, self } = await ensureEntity<Evaluation>(context, {
      effect: 'create-evaluation',
      digest,
      collection: evaluations,
      find: async () => findMeasurement(await evaluations.list({ signal: context.signal }), request),
      projectOf: input.pipeline,
      create: (link) => createEvaluation(input, context, { ...request, digest, link }),
    });
    const evaluation = await untilSucceeded<Evaluation>(context, {
      what: `evaluation ${input.step.id}`,
      collection: evaluations,
      self,
    });
    const sides = measuredSides(evaluation, pair);
    if (typeof sides === 'string') throw new StepFailure(sides, { evaluation: evaluation.self });
    const read = await readEvidence(
      {
        ...sides,
        recordings: properties?.acceptedLineCount,
        minWords: input.with['min-words'],
        slices: input.with.slices,
      },
      context,
    );
    const { locale } = input.pipeline;
    const evidence =
      terms === undefined || typeof read === 'string'
        ? read
        : {
            ...read,
            terms: await judgeTerms(
              sides.model.side,
              { terms, dataset, locale, seed: seedOfDataset(dataset) },
              context,
            ),
          };
    const observedAt = timeAt(context.ports);
    const outputs = outputsOf(evaluation, { pair, sides, evidence, wanted: input.with, observedAt });
    const measured = { kind: action === 'reuse' ? 'reused' : 'done', outputs } as const;
    if (endpoint === undefined) return measured;
    const measuredBefore = await lastMeasured(input.with, { evaluation, pair, known, dataset, context });
    const live = await testLive(context, { endpoint, dataset, measuredBefore });
    return { kind: 'done', outputs: { ...measured.outputs, ...live } };
  },

  summarise(outputs) {
    const { wer, words, standIn, againstWer, againstStandIn, better, verdict, slicesVerdict, termsVerdict } = outputs;
    const over = typeof words === 'number' ? ` over ${counted(words, 'word')}` : '';
    const rates = [wer, againstWer].filter((rate) => typeof rate === 'number');
    const inBrackets = (text: PlainValue | undefined): string => (typeof text === 'string' ? ` (${text})` : '');
    return [
      ...(typeof wer === 'number' ? [`WER ${formatRate(wer, rates)}${over}${inBrackets(standIn)}`] : []),
      ...(typeof againstWer === 'number'
        ? [
            `against ${formatRate(againstWer, rates)}${inBrackets(againstStandIn)}: ${typeof verdict === 'string' ? verdict : better === true ? 'better' : 'not better'}`,
          ]
        : []),
      // The verdict of a model that is better says it already.
      ...[
        ['by speaker', slicesVerdict],
        ['terms', termsVerdict],
      ].flatMap(([about, told]) =>
        typeof told === 'string' && !String(verdict).includes(told) ? [`${String(about)}: ${told}`] : [],
      ),
      ...liveInWords(outputs),
    ];
  },
};

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

/** Why the test set cannot be recognised through an endpoint. */
function liveLacking(live: string | undefined, known: KnownModels): MissingObject | undefined {
  const found = live === undefined ? undefined : liveEndpoint(live, known);
  return typeof found === 'string' ? { object: `endpoint of live (${known.locale})`, message: found } : undefined;
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

async function theDataset(reference: string, context: StepContext): Promise<Dataset> {
  const dataset = await context.ports.speech.datasets.get(reference, { signal: context.signal });
  if (dataset === undefined)
    throw new StepFailure(`Check the dataset ${reference}: the Speech resource has no such dataset`);
  return dataset;
}

async function createEvaluation(
  { with: wanted, pipeline }: StepInput<EvaluateWith>,
  context: StepContext,
  request: {
    readonly dataset: string;
    readonly model: string;
    readonly against?: string;
    readonly digest: string;
    readonly link: { readonly project?: EntityReference };
  },
): Promise<Evaluation> {
  return await context.ports.speech.evaluations.create(
    {
      displayName: wanted.name,
      locale: pipeline.locale,
      dataset: { self: request.dataset },
      model1: { self: request.model },
      model2: { self: request.against ?? request.model },
      // The portal shows scores only for evaluations that carry this mark (Microsoft Learn, "Evaluate data").
      customProperties: { ...customProperties(request.digest, pipeline), testingKind: 'Evaluation' },
      ...request.link,
    },
    { signal: context.signal },
  );
}
