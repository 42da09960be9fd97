import type { EvaluateWith } from '../../../schemas/types.gen.ts';
import { formatRate } from '../../document/rates.ts';
import type { Facts } from '../../plan/facts.ts';
import { findMeasurement, repeated, wordsOf } from '../../plan/measurements.ts';
import { decidedAtRunTime, onceFinished, type StepPlan, type StepPlanInput } from '../../plan/step-plan.ts';
import { powerInWords } from '../../scoring/significance/power.ts';
import { outputsOfEvidence } from './gate.ts';
import { choosePair, describePair, measuredSides, outputsOf } from './measured-pair.ts';
import { slicesInWords } from './slices.ts';

/** What the step may do to the service. */
export const effects = ['create-project', 'create-evaluation'] as const;

/** What the step would do, and what is known of its outputs already. Pure. */
export function planEvaluate(
  { with: wanted, waitsFor, pipeline }: StepPlanInput<EvaluateWith>,
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
  const request = {
    dataset,
    model: pair.model.self,
    ...(pair.against === undefined ? {} : { against: pair.against.self }),
  };
  if (wanted.live !== undefined) {
    const summary = `measure the word error rate of ${describePair(pair)}${extrasInWords(wanted)}, and of what ${wanted.live} answers now`;
    return decidedAtRunTime(summary, { effects });
  }
  const found = repeated(request, wanted.noise ?? 1).map((one) => findMeasurement(facts.evaluations, one));
  const there = found.filter((one) => one !== undefined);
  const [existing] = found;
  const words = pair.against === undefined ? undefined : wordsOf(dataset, facts.evaluations);
  const shows = words === undefined ? '' : `; ${powerInWords(words)}`;
  if (existing === undefined || there.length < found.length) {
    const made = there.length === 0 ? '' : `, of which ${there.length} ${there.length === 1 ? 'is' : 'are'} there`;
    return {
      action: 'create',
      summary: `measure the word error rate of ${describePair(pair)}${extrasInWords(wanted)}${made}${shows}`,
      effects,
      outputs: {},
    };
  }
  const sides = measuredSides(existing.entity, pair);
  const { entity: awaited } = there.find(({ action }) => action === 'adopt') ?? existing;
  if (awaited !== existing.entity || existing.action === 'adopt' || typeof sides === 'string') {
    return {
      action: 'adopt',
      summary: `wait for evaluation ${awaited.displayName}, which is ${awaited.status}`,
      effects: [],
      outputs: { evaluation: existing.entity.self },
    };
  }
  const outputs = outputsOf(existing.entity, {
    pair,
    sides,
    evidence: undefined,
    wanted,
    observedAt: facts.observedAt,
  });
  const rates = [outputs['wer'], outputs['againstWer']].filter((rate) => typeof rate === 'number');
  const written = rates.map((rate) => formatRate(rate, rates)).join(' against ');
  const { verdict = `whether chance explains the difference is found out at run time${shows}` } = outputs;
  return {
    action: 'reuse',
    summary: `word error rate of ${describePair(pair)} is known: ${written}${pair.against === undefined ? '' : `, ${String(verdict)}`}`,
    effects: [],
    outputs,
    undecided: outputsOfEvidence.filter((name) => !Object.hasOwn(outputs, name)),
  };
}

/** What else is measured and bounded, as a part of the plan's sentence. */
function extrasInWords({ slices, terms, 'max-term-error-rate': bound, noise }: EvaluateWith): string {
  const ofTerms = terms === undefined ? '' : `, and of the terms in ${terms}`;
  return `${slicesInWords(slices)}${ofTerms}${bound === undefined ? '' : ` (at most ${formatRate(bound)})`}${noise === undefined ? '' : `, in ${noise} evaluations`}`;
}
