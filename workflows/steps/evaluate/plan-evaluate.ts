import type { EvaluateWith } from '../../../schemas/types.gen.ts';
import { isTemplate } from '../../document/yaml/plain-value.ts';
import { formatInterval, formatRate } from '../../document/rates.ts';
import type { Facts } from '../../plan/facts.ts';
import { entityId } from '../../plan/identity.ts';
import { findMeasurement, repeated, wordsOf } from '../../plan/measurements.ts';
import {
  type Bill,
  type BillingInput,
  decidedAtRunTime,
  onceFinished,
  type StepPlan,
  type StepPlanInput,
} from '../../plan/step-plan.ts';
import { sameModel } from '../../plan/models.ts';
import { powerInWords } from '../../scoring/significance/power.ts';
import { outputsOfEvidence } from './gate.ts';
import { choosePair, describePair, measuredSides, outputsOf, requestOf } from './measured-pair.ts';
import { setsInWords } from './sets.ts';
import { slicesInWords, slicesOf } from './slices.ts';

/** What the step may do to the service. */
export const effects = ['create-project', 'create-evaluation'] as const;

/** What the step would do, and what is known of its outputs already. Pure. */
export function planEvaluate(
  { with: wanted, waitsFor, pipeline, step }: StepPlanInput<EvaluateWith>,
  facts: Facts,
): StepPlan {
  if (wanted === undefined) {
    return decidedAtRunTime(`measure the word error rate ${onceFinished(waitsFor)}`, {
      effects,
    });
  }
  const pair = choosePair(wanted, { ...facts, locale: pipeline.locale });
  if (typeof pair === 'string') return decidedAtRunTime(pair, { effects });
  const { dataset } = wanted;
  const extras = extrasInWords(wanted, facts);
  const { sets = [] } = wanted;
  const requests = [...evaluatedDatasets(wanted)].flatMap(([one, times]) => repeated(requestOf(pair, one), times));
  const there = requests.map((one) => findMeasurement(facts.evaluations, one));
  const missing = there.filter((one) => one === undefined).length;
  const makes = there.length === 1 || missing === 0 ? '' : `; makes ${missing} of ${there.length} evaluations`;
  if (wanted.live !== undefined) {
    const summary = `measure the word error rate of ${describePair(pair)}${extras}, and of what ${wanted.live} answers now${makes}`;
    return decidedAtRunTime(summary, { effects });
  }
  const [existing] = there;
  const words = pair.against === undefined ? undefined : wordsOf(dataset, facts.evaluations);
  const shows = words === undefined ? '' : `; ${powerInWords(words)}`;
  if (existing === undefined || missing > 0) {
    return {
      action: 'create',
      summary: `measure the word error rate of ${describePair(pair)}${extras}${makes}${shows}`,
      effects,
      outputs: {},
    };
  }
  const sides = measuredSides(existing.entity, pair);
  const underWay = typeof sides === 'string' ? existing : there.find((one) => one?.action === 'adopt');
  if (underWay !== undefined || typeof sides === 'string') {
    const { displayName, status } = (underWay ?? existing).entity;
    return {
      action: 'adopt',
      summary: `wait for evaluation ${displayName}, which is ${status}`,
      effects: [],
      outputs: { evaluation: existing.entity.self },
    };
  }
  const counted = outputsOf(existing.entity, {
    pair,
    sides,
    evidence: undefined,
    bounded: sets.length === 0 ? {} : { reused: true },
    wanted,
    observedAt: facts.countedFrom ?? facts.observedAt,
  });
  // What the recordings tell stands beside the counts; days are counted from one time in all of a plan.
  const found = facts.found?.[step.id];
  const outputs = found === undefined ? counted : { ...found, ...expiryIn(counted) };
  const undecided = outputsOfEvidence.filter((name) => !Object.hasOwn(outputs, name));
  const { verdict = `whether chance explains the difference is found out at run time${shows}` } = outputs;
  return {
    action: 'reuse',
    summary: `word error rate of ${describePair(pair)} is known: ${ratesInWords(outputs)}${setsInWords(sets, facts.datasets)}${pair.against === undefined ? '' : `, ${String(verdict)}`}`,
    effects: [],
    outputs,
    ...(found === undefined ? { undecided } : {}),
  };
}

function expiryIn({ expires, 'days-left': days }: StepPlan['outputs']): StepPlan['outputs'] {
  return { ...(expires === undefined ? {} : { expires }), ...(days === undefined ? {} : { 'days-left': days }) };
}

/** The rates of both models, as far as they are known, with the interval of the first. */
function ratesInWords({ wer, werLow, werHigh, againstWer }: StepPlan['outputs']): string {
  const rates = [wer, againstWer].filter((rate) => typeof rate === 'number');
  const [first = '', ...others] = rates.map((rate) => formatRate(rate, rates));
  const isKnown = typeof werLow === 'number' && typeof werHigh === 'number' && werLow < werHigh;
  return [`${first}${isKnown ? ` ${formatInterval(werLow, werHigh)}` : ''}`, ...others].join(' against ');
}

/** The datasets of a step, its own first, each with how many evaluations are made of it. Two sets on one dataset have one evaluation. */
function evaluatedDatasets({
  dataset,
  sets = [],
  noise = 1,
}: Partial<Pick<EvaluateWith, 'dataset' | 'sets' | 'noise'>>): ReadonlyMap<string, number> {
  const named = [...(dataset === undefined ? [] : [dataset]), ...sets.map((set) => set.dataset)];
  // An expression stands for a dataset of its own.
  const byId = Map.groupBy(named, (one) => (isTemplate(one) ? one : entityId(one)));
  return new Map([...byId.values()].map(([one = ''], index) => [one, index === 0 ? noise : 1]));
}

/** What the evaluations cost that are not there yet: the audio of each dataset, once for each model; and what the endpoint hears. */
export function evaluationsBilled(
  { known, with: wanted, pipeline, step }: StepPlanInput<EvaluateWith>,
  facts: Facts,
  { written, hoursOf }: BillingInput<EvaluateWith>,
): readonly Bill[] {
  const pair = wanted === undefined ? 'not known' : choosePair(wanted, { ...facts, locale: pipeline.locale });
  const isOneModel =
    typeof pair === 'string'
      ? written.against === undefined
      : pair.against === undefined || sameModel(pair.against.self, pair.model.self);
  const { noise = 1 } = known;
  const bills = [...evaluatedDatasets({ ...written, ...known, noise })].flatMap(([dataset, times], index): Bill[] => {
    const requests = typeof pair === 'string' ? undefined : repeated(requestOf(pair, dataset), times);
    const missing = requests?.filter((one) => findMeasurement(facts.evaluations, one) === undefined).length ?? times;
    if (missing === 0) return [];
    const name = `evaluation ${known.name ?? step.id}${index === 0 ? '' : ` on set ${index}`}`;
    const often = missing === 1 ? '' : `, ${missing} times`;
    const hours = hoursOf(dataset);
    return [
      {
        what: `${name}, ${isOneModel ? 'one model' : 'two models'}${often}`,
        for: 'evaluation',
        per: 'once',
        ...(hours === undefined ? {} : { hours: hours * (isOneModel ? 1 : 2) * missing }),
      },
    ];
  });
  if (written.live === undefined) return bills;
  const hours = written.dataset === undefined ? undefined : hoursOf(written.dataset);
  const what = `test set of ${step.id} on ${known.live ?? 'an endpoint'}`;
  return [...bills, { what, for: 'recognition', per: 'once', ...(hours === undefined ? {} : { hours }) }];
}

/** What else is measured and bounded, as a part of the plan's sentence. */
function extrasInWords(wanted: EvaluateWith, { datasets }: Pick<Facts, 'datasets'>): string {
  const { sets = [], terms, 'max-term-error-rate': bound, noise } = wanted;
  return [
    slicesInWords(slicesOf(wanted)),
    terms === undefined ? '' : `, and of the terms in ${terms}`,
    bound === undefined ? '' : ` (at most ${formatRate(bound)})`,
    noise === undefined ? '' : `, in ${noise} evaluations`,
    setsInWords(sets, datasets),
  ].join('');
}
