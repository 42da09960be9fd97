import { describe, expect, it } from 'vitest';
import { type Policies, readPolicies } from '../../../workflows/review/policies.ts';

function ruleWith(condition: string): string {
  return `version: 1\nrules:\n  - id: r\n    deny: ${condition}\n    message: No\n`;
}

function faults(text: string): readonly string[] {
  return readPolicies(text, { path: 'policies.yaml' })
    .findings.diagnostics()
    .map(({ line, column, endColumn, code }) => `${line}:${column}-${endColumn} ${code}`);
}

function read(text: string): Policies | undefined {
  return readPolicies(text, { path: 'policies.yaml' }).policies;
}

describe('readPolicies', () => {
  it('reads rules, and whether each is about steps or the plan', () => {
    expect(read(ruleWith("step.uses == 'swap' && step.wer > 0.2"))?.rules).toEqual([
      {
        id: 'r',
        effect: 'deny',
        condition: "${{ step.uses == 'swap' && step.wer > 0.2 }}",
        isOfSteps: true,
        deniesUnknown: false,
        message: 'No',
      },
    ]);
    const [rule] = read(ruleWith('${{ now.hour < 8 && inputs.force != true }}\n    unknown: deny'))?.rules ?? [];
    expect(rule).toMatchObject({ condition: '${{ now.hour < 8 && inputs.force != true }}', isOfSteps: false });
    expect(rule?.deniesUnknown).toBe(true);
  });

  it.each([
    ['step.werr > 0.2', '4:16-20 unknown-property'],
    ['step.wer > 20', '4:11-24 type-mismatch'],
    ['"step.werr > 0.2"', '4:17-21 unknown-property'],
    ['${{ step.werr > 0.2 }}', '4:20-24 unknown-property'],
    ['  ${{ step.wer > 20 }}  ', '4:17-30 type-mismatch'],
    ['step.outputs.wr > 0.2', '4:24-26 unknown-property'],
    ['step.outputs.wer > 20', '4:11-32 type-mismatch'],
    ['now.weekday == 7', '4:11-27 type-mismatch'],
    ["now.day == 'Sunday'", '4:15-18 unknown-property'],
    ['plan.price > 3', '4:16-21 unknown-property'],
    ['steps.a.outputs.wer > 0.2', '4:11-16 unknown-context'],
    ["env.CI == 'true'", '4:11-14 unknown-context'],
    ['step.wer >', '4:20-21 expression-syntax'],
    ['${{ step.wer', '4:11-14 unclosed-expression'],
    ['mul(step.uses, 2) > 1', '4:15-24 argument-type'],
    ['step.wer', '4:11-19 condition-type'],
    ['above ${{ step.wer > 0.2 }}', '4:11-38 condition-type'],
    ['20', '4:11-13 wrong-type'],
  ])('tells what is wrong with `%s`, at its place', (condition, fault) => {
    expect(faults(ruleWith(condition))).toEqual([fault]);
    expect(read(ruleWith(condition))).toBeUndefined();
  });

  it('tells what is no document of rules', () => {
    expect(faults('')).toEqual(['1:1-1 empty-document']);
    expect(readPolicies('', { path: 'p' }).findings.diagnostics()).toMatchObject([
      { message: 'Cannot find the policies: the file says nothing', hint: 'Start with `version:` and `rules:`' },
    ]);
    expect(faults('no rules\n')).toEqual(['1:1-2 wrong-type']);
    expect(faults('version: 1\nrules: []\n')).toEqual(['2:1-6 missing-value']);
    const acknowledged = `${ruleWith('now.hour < 8').replace('deny', 'acknowledge')}acknowledgements:\n`;
    expect(faults(`${acknowledged}  - { rule: r, by: Ada }\n`)).toEqual(['7:7-11 missing-key']);
    const ending = `${acknowledged}  - { rule: r, by: Ada, reason: x, until: soon }\n`;
    expect(faults(ending)).toEqual(['7:43-47 invalid-form']);
  });
});
