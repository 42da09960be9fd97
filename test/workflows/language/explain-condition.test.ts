import { describe, expect, it } from 'vitest';
import { explainCondition } from '../../../workflows/language/explain-condition.ts';

const contexts = {
  inputs: { 'max-wer': 0.15, mode: 'strict' },
  steps: { baseline: { outputs: { wer: 0.2439, words: 942, better: true } } },
  env: {},
  matrix: {},
  run: {},
};

describe('explainCondition', () => {
  it.each([
    ['${{ steps.baseline.outputs.wer > inputs.max-wer }}', '24.4 % > 15.0 %'],
    ["steps.baseline.outputs.better && inputs.mode == 'inputs.mode'", "true && 'strict' == 'inputs.mode'"],
    ['${{ steps.later.outputs.wer > 0.1 || env.CI }}', 'steps.later.outputs.wer > 0.1 || env.CI'],
    ['steps.baseline.outputs.words >= 700', '942 >= 700'],
    ['steps.baseline.outputs.better', 'steps.baseline.outputs.better is true'],
  ])('writes %s as %s', (condition, explained) => {
    expect(explainCondition(condition, contexts)).toBe(explained);
  });
});
