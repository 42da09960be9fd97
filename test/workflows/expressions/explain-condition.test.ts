import { describe, expect, it } from 'vitest';
import { cpuOf, leastSeconds, mostTimes, pieces } from '../../cpu-of.ts';
import { explainCondition } from '../../../workflows/expressions/explain-condition.ts';

const contexts = {
  inputs: { 'max-wer': 0.15, bound: 0.029, mode: 'strict' },
  steps: {
    baseline: { outputs: { wer: 0.2439, words: 942, better: true } },
    near: { outputs: { wer: 0.0289 } },
    over: { outputs: { wer: 0.0291 } },
  },
  env: {},
  matrix: {},
  run: {},
};

describe('explainCondition', () => {
  it.each([
    ['${{ steps.baseline.outputs.wer > inputs.max-wer }}', '24.4 % > 15.0 %'],
    ['steps.near.outputs.wer > inputs.bound', '2.89 % > 2.90 %'],
    ['steps.over.outputs.wer > inputs.bound', '2.91 % > 2.90 %'],
    ['inputs.bound >= inputs.bound', '2.9 % >= 2.9 %'],
    ['steps.near.outputs.wer > 0.029', '2.89 % > 0.029'],
    ["steps.baseline.outputs.better && inputs.mode == 'inputs.mode'", "true && 'strict' == 'inputs.mode'"],
    ['${{ steps.later.outputs.wer > 0.1 || env.CI }}', 'steps.later.outputs.wer > 0.1 || env.CI'],
    ['sub(steps.baseline.outputs.wer, inputs.max-wer) > 0.01', 'sub(24.4 %, 15.0 %) > 0.01'],
    ['steps.baseline.outputs.words >= 700', '942 >= 700'],
    ['steps.baseline.outputs.better', 'steps.baseline.outputs.better is true'],
  ])('writes %s as %s', (condition, explained) => {
    expect(explainCondition(condition, contexts)).toBe(explained);
  });

  it.each([
    ['https://x.org/models/1', "'…/1' == 'a'"],
    ['https://x.org/models/1?a=/b#c', "'…/1' == 'a'"],
    ['https://x.org', "'https://x.org' == 'a'"],
    ['https://x.org/models/', "'https://x.org/models/' == 'a'"],
    ['https://x.org/a b', "'https://x.org/a b' == 'a'"],
    ['y'.repeat(1_000_000), `'${'y'.repeat(80)}…' == 'a'`],
    [`https://x${'/a?'.repeat(300_000)} `, `'${`https://x${'/a?'.repeat(300)}`.slice(0, 80)}…' == 'a'`],
  ])('shows of the value %.60s what a person reads', (value, explained) => {
    const explain = (of: string): string =>
      explainCondition("${{ inputs.value == 'a' }}", { ...contexts, inputs: { value: of } });
    expect(explain(value)).toBe(explained);
    const bound =
      mostTimes *
      Math.max(
        cpuOf(() => pieces(value).map(explain)),
        leastSeconds,
      );
    expect(cpuOf(() => explain(value), bound)).toBeLessThan(bound);
  });

  it('shows the beginning of a long condition', () => {
    const long = `\${{ ${"inputs.mode == 'a' || ".repeat(150)}true }}`;
    expect(explainCondition(long, contexts)).toHaveLength(1001);
  });
});
