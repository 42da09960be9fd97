import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SavedCost, SavedPolicy } from '../../../schemas/types.gen.ts';
import type { Plan, PlannedStep } from '../../../workflows/plan/plan.ts';
import { type Circumstances, judgePlan, policySentence, stopsPlan } from '../../../workflows/review/judge-plan.ts';
import { readPolicies } from '../../../workflows/review/policies.ts';
import { planOf } from '../report/plan-of.ts';

const example = readFileSync(new URL('../../../examples/call-center/policies.yaml', import.meta.url), 'utf8');
const hash = 'abcdef0123456789';
const monday = '2026-11-30T09:00:00.000Z';

function judged(
  plan: Plan,
  text: string = example,
  change: Partial<Circumstances> = {},
): readonly (readonly [string, SavedPolicy['verdict'], string])[] {
  const { policies, findings } = readPolicies(text, { path: 'policies.yaml' });
  if (policies === undefined) throw new Error(findings.diagnostics()[0]?.message);
  return judgePlan(plan, { policies, cost: undefined, hash, now: monday, ...change }).map((one) => [
    one.step ?? '',
    one.verdict,
    `${one.message}${one.acknowledgedBy === undefined ? '' : ` by ${one.acknowledgedBy}`}`,
  ]);
}

function rules(...written: readonly string[]): string {
  return `version: 1\nrules:\n${written.map((rule) => `  - ${rule}\n`).join('')}`;
}

function swap(
  known: NonNullable<PlannedStep['reviewed']>['known'],
  unknown: readonly string[] = [],
): Partial<PlannedStep> {
  const all = { endpoint: 'ward', before: 'A', after: 'B', ...known };
  return {
    id: 'live',
    uses: 'swap',
    action: 'update',
    effects: ['update-endpoint'],
    reviewed: { known: all, unknown },
  };
}

function costOf(amount: number | undefined): SavedCost {
  const item = { step: 'new', what: 'training', unit: 'hours of training', per: 'once' } as const;
  return {
    currency: 'USD',
    prices: { date: '2026-01-31', source: 'x' },
    items: [amount === undefined ? item : { ...item, amount }],
  };
}

describe('the rules of the example', () => {
  it('deny a swap above 20 % WER, and say both', () => {
    expect(judged(planOf(swap({ wer: 0.244, werBefore: 0.3 })))).toEqual([
      ['live', 'denied', "No model above 20 % goes live ('swap' == 'swap' && 24.4 % > 0.2)"],
    ]);
    expect(judged(planOf(swap({ wer: 0.2, werBefore: 0.3 })))).toEqual([]);
  });

  it('deny a training above a cost', () => {
    const training = { id: 'new', uses: 'train', bills: [{ what: 'x', for: 'training', per: 'once' }] } as const;
    expect(judged(planOf(training), example, { cost: costOf(51) })).toEqual([
      ['new', 'denied', "No training above 50 USD ('train' == 'train' && 51 > 50)"],
    ]);
    expect(judged(planOf(training), example, { cost: costOf(50) })).toEqual([]);
    const undecided = [
      'new',
      'undecided',
      'No training above 50 USD, which is decided once prices.yaml has all its prices and expected hours',
    ];
    expect(judged(planOf(training), example, { cost: costOf(undefined) })).toEqual([undecided]);
    expect(judged(planOf(training))).toEqual([undecided]);
    expect(judged(planOf({ id: 'new', uses: 'train' }))).toEqual([]);
  });

  it('tell the weekend, by UTC', () => {
    const verdicts = (now: string): readonly string[] => judged(planOf({}), example, { now }).map(([, one]) => one);
    expect(verdicts('2026-11-29T23:59:59.000Z')).toEqual(['warned']);
    expect(verdicts('2026-11-30T00:00:00.000Z')).toEqual([]);
  });

  it('let a regression through that somebody answers for, for that endpoint, until that day', () => {
    const worse = (endpoint: string): Plan => planOf(swap({ endpoint, wer: 0.1, werBefore: 0.05 }));
    const what = "The model makes more errors than the one that is served ('swap' == 'swap' && 'A' && 10.0 % > 5.0 %)";
    expect(judged(worse('call-center'))).toEqual([['live', 'needs-acknowledgement', what]]);
    expect(judged(worse('call-center-test'))).toEqual([['live', 'acknowledged', `${what} by Ada Lovelace`]]);
    expect(judged(worse('call-center-test'), example, { now: '2026-12-31T23:00:00.000Z' })[0]?.[1]).toBe(
      'acknowledged',
    );
    expect(judged(worse('call-center-test'), example, { now: '2027-01-01T00:00:00.000Z' })).toEqual([
      ['live', 'needs-acknowledgement', `${what}; the acknowledgement of Ada Lovelace ended on 2026-12-31`],
    ]);
    expect(judged(planOf(swap({ before: null, werBefore: null, wer: 0.1 })))).toEqual([]);
  });
});

describe('what rules say', () => {
  it('says the values that decide, and not what a function is given', () => {
    const late = rules('{ id: r, deny: "contains(\'create update\', step.action)", message: Not now }');
    expect(judged(planOf({ id: 'live' }), late)).toEqual([['live', 'denied', 'Not now']]);
    const high = rules('{ id: r, deny: "step.wer > 0.2", message: Too high }');
    const plan = planOf({ id: 'live', uses: 'swap', reviewed: { known: { wer: 0.3 }, unknown: [] } });
    expect(judged(plan, high)).toEqual([['live', 'denied', 'Too high (30.0 % > 0.2)']]);
  });

  it('is undecided where a value is not known, with the step that decides, or as if the rule held', () => {
    const measured = {
      uses: 'evaluate',
      action: 'at-run-time',
      id: 'measure',
      reviewed: { known: {}, unknown: ['wer'] },
    } as const;
    const plan = planOf(measured, swap({}, ['wer', 'werBefore']));
    const steps = [
      { id: 'measure', name: '', uses: 'evaluate', with: { model: '${{ m }}' }, needs: [], continueOnError: false },
      { id: 'live', name: '', uses: 'swap', with: { model: '${{ m }}' }, needs: ['measure'], continueOnError: false },
    ] as const;
    const whole: Plan = { ...plan, pipeline: { ...plan.pipeline, steps } };
    const rule = 'id: r, deny: "step.wer > 0.2", message: No';
    const told = 'No, which is decided once measure has finished';
    expect(judged(whole, rules(`{ ${rule} }`))).toEqual([
      ['measure', 'undecided', told],
      ['live', 'undecided', told],
    ]);
    expect(judged(whole, rules(`{ ${rule}, unknown: deny }`)).map(([, verdict]) => verdict)).toEqual([
      'denied',
      'denied',
    ]);
    expect(judged(plan, rules('{ id: r, deny: "step.uses == \'swap\' && step.wer > 0.2", message: No }'))).toEqual([
      ['live', 'undecided', 'No, which is decided once an evaluation has measured the model'],
    ]);
    // What is never looked at need not be known.
    expect(judged(plan, rules('{ id: r, deny: "step.uses == \'train\' && step.wer > 0.2", message: No }'))).toEqual([]);
  });

  it('is undecided where a rule reads a whole context, or outputs that are not there yet', () => {
    const plan = planOf(swap({}, ['wer']));
    for (const condition of ["contains(toJSON(step), 'x')", 'step[plan.name] == 3', 'step.outputs.probes > 3'])
      expect(judged(plan, rules(`{ id: r, deny: "${condition}", message: No }`))[0]?.[1], condition).toBe('undecided');
    const known = planOf({ uses: 'evaluate', outputs: { wer: 0.3 } });
    expect(judged(known, rules('{ id: r, deny: step.outputs.wer > 0.2, message: No }'))[0]?.[1]).toBe('denied');
  });

  it('is nothing of steps that do nothing, and of a plan in which none does anything', () => {
    const idle = [{ action: 'reuse' }, { action: 'skip' }, { action: 'fail' }] as const;
    const always = rules(
      '{ id: s, deny: step.id != null, message: No }',
      '{ id: p, deny: plan.name != null, message: No }',
    );
    expect(judged(planOf(...idle), always)).toEqual([]);
    expect(judged(planOf(...idle, {}), always).map(([step]) => step)).toEqual(['s3', '']);
  });

  it('is of a step that deletes and does nothing else, and of how many there are', () => {
    const plan = planOf({ action: 'delete', effects: ['delete-model'] }, { action: 'reuse' });
    const always = rules(
      "{ id: s, deny: step.action == 'delete', message: No }",
      '{ id: p, deny: plan.actions.delete == 1 && plan.actions.update == 0, message: No }',
    );
    expect(judged(plan, always).map(([step]) => step)).toEqual(['s0', '']);
  });

  it('is of the plan, its inputs, its counts and what it costs', () => {
    const plan = planOf({ effects: ['create-endpoint'] }, { action: 'reuse' });
    const given: Plan = {
      ...plan,
      pipeline: { ...plan.pipeline, inputs: { 'max-wer': { type: 'rate', value: 0.5 } } },
    };
    const condition =
      "plan.name == 'calls' && plan.actions.create == 1 && plan.actions.reuse == 1 && contains(plan.effects, 'create-endpoint') && inputs.max-wer > 0.4 && plan.cost == 0 && now.hour == 9 && inputs.none == null";
    expect(judged(given, rules(`{ id: p, warn: "${condition}", message: So }`))[0]?.[1]).toBe('warned');
  });

  it('denies what cannot be evaluated', () => {
    const [told] = judged(planOf({}), rules('{ id: p, acknowledge: "fromJSON(inputs.none) > 1", message: No }'));
    expect(told).toEqual(['', 'denied', expect.stringMatching(/^No\. Cannot evaluate /)]);
  });

  it('takes an acknowledgement for a plan, a model or a step alone', () => {
    const acknowledged = (about: string): string | undefined =>
      judged(
        planOf(swap({})),
        `${rules('{ id: r, acknowledge: step.id != null, message: No }')}acknowledgements: [{ rule: r, by: Ada, reason: x, ${about} }]\n`,
      )[0]?.[1];
    expect(acknowledged('plan: "abcdef012345"')).toBe('acknowledged');
    expect(acknowledged('plan: "abcdef012346"')).toBe('needs-acknowledgement');
    expect(acknowledged('model: B')).toBe('acknowledged');
    expect(acknowledged('model: A')).toBe('needs-acknowledgement');
    expect(acknowledged('step: live, endpoint: ward')).toBe('acknowledged');
    expect(acknowledged('step: other')).toBe('needs-acknowledgement');
  });

  it('is a sentence, which stops a plan or does not', () => {
    const policy = { rule: 'r', message: 'No', step: 's' };
    const told = (['denied', 'needs-acknowledgement', 'acknowledged', 'warned', 'undecided'] as const).map(
      (verdict): SavedPolicy => ({
        ...policy,
        verdict,
        ...(verdict === 'acknowledged' ? { acknowledgedBy: 'Ada', reason: 'x' } : {}),
      }),
    );
    expect(told.filter(stopsPlan).map(({ verdict }) => verdict)).toEqual(['denied', 'needs-acknowledgement']);
    expect(told.map((one) => policySentence(one))).toEqual([
      'Denied by r at s: No',
      'Needs an acknowledgement for r at s: No',
      'Acknowledged by Ada for r at s: No; x',
      'Warned by r at s: No',
      'Not decided yet by r at s: No',
    ]);
  });
});
