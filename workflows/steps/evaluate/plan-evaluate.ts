import type { EvaluateWith } from '../../../schemas/types.gen.ts';
import { formatInterval, formatRate } from '../../document/rates.ts';
import type { Facts } from '../../plan/facts.ts';
import { entityId } from '../../plan/identity.ts';
import { findMeasurement, repeated, wordsOf } from '../../plan/measurements.ts';
import { decidedAtRunTime, onceFinished, type StepPlan, type StepPlanInput } from '../../plan/step-plan.ts';
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
  // Two sets on one dataset have one evaluation.
  const others = new Set(sets.map((set) => entityId(set.dataset)).filter((one) => one !== entityId(dataset)));
  const requests = [
    ...repeated(requestOf(pair, dataset), wanted.noise ?? 1),
    ...[...others].map((one) => requestOf(pair, one)),
  ];
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
