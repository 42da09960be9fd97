import { describe, expect, it } from 'vitest';
import { type Contexts, evaluate, evaluateKnown, EvaluationError } from '../../../workflows/expressions/expressions.ts';

const contexts: Contexts = {
  inputs: { 'max-wer': 0.15, nightly: false, note: 'hello' },
  steps: {
    'test-data': { outputs: { dataset: 'https://contoso.com/datasets/1', 'some-name': 'x' } },
    baseline: { outputs: { wer: 0.234, better: true } },
  },
  env: { BRANCH: 'main' },
  matrix: {},
  run: { id: 'r1' },
};

describe('evaluate', () => {
  it.each([
    ['${{ steps.baseline.outputs.wer > inputs.max-wer }}', true],
    ['${{ steps.test-data.outputs.some-name }}', 'x'],
    ["${{ steps['test-data'].outputs['some-name'] }}", 'x'],
    ['${{ inputs.max-wer }}', 0.15],
    ['  ${{ inputs.max-wer }}\n', 0.15],
    ['above ${{ inputs.max-wer }} on ${{ env.BRANCH }}', 'above 0.15 on main'],
    ['${{ inputs.note }}${{ 2 }}', 'hello2'],
    ['plain text', 'plain text'],
    ['${{ env.UNSET }}', null],
    ["${{ env.UNSET || 'default' }}", 'default'],
    ["${{ 'it''s ''fine''' }}", "it's 'fine'"],
    ["${{ '}}' }}", '}}'],
    ["${{ contains('Nightly run', 'night') && format('{0}-{1}', run.id, env.BRANCH) }}", 'r1-main'],
    ['${{ fromJSON(\'{"a":[1,2]}\').a[1] }}', 2],
    ['${{ fromJSON(\'["a","b"]\') }}', ['a', 'b']],
    ["${{ join(fromJSON('[1,2]'), '+') }}", '1+2'],
    ['${{ !inputs.nightly && (1 < 2) }}', true],
    ["${{ env['constructor'] }}", null],
  ])('%s', (template, value) => {
    expect(evaluate(template, contexts)).toEqual(value);
  });

  it.each(["${{ fromJSON('{') }}", '${{ nothing }}', '${{ 1 + 1 }}', '${{'])(
    'throws one kind of error for %s',
    (template) => {
      expect(() => evaluate(template, contexts)).toThrow(EvaluationError);
    },
  );
});

describe('evaluateKnown', () => {
  it.each([
    ['${{ steps.baseline.outputs.wer }}', 0.234],
    ['${{ inputs.nightly && steps.later.outputs.wer }}', false],
    ['${{ steps.baseline.outputs.better || steps.later.outputs.wer }}', true],
    ['${{ !(inputs.nightly && steps.later.outputs.wer) }}', true],
    ["${{ format('{0}', inputs.nightly && steps.later.outputs.wer) }}", 'false'],
    ['${{ true && (false || run.id) }}', 'r1'],
  ])('knows %s', (template, value) => {
    expect(evaluateKnown(template, contexts, isKnown)).toEqual({ known: true, value });
  });

  it.each([
    ['${{ steps.later.outputs.wer }}', ['later']],
    ['${{ steps.later.outputs.wer && inputs.nightly }}', ['later']],
    ['${{ steps.later.outputs.wer > steps.last.outputs.wer }}', ['later', 'last']],
    ['${{ inputs.nightly || steps.later.outputs.wer || steps.last.outputs.wer }}', ['later', 'last']],
    ['${{ steps.later.outputs.wer || true || steps.last.outputs.wer }}', ['later']],
    ['${{ format(steps.later.outputs.a, inputs.nightly && steps.last.outputs.b) }}', ['later']],
    ['${{ inputs.note }} ${{ steps.later.outputs.a }}', ['later']],
    ["${{ fromJSON(steps.later.outputs.a)['b'].c }}", ['later']],
  ])('waits with %s', (template, waitsFor) => {
    expect(evaluateKnown(template, contexts, isKnown)).toEqual({ known: false, waitsFor });
  });

  it('asks about the single output', () => {
    const asked: string[] = [];
    evaluateKnown('${{ steps.a.outputs.b }}', contexts, (stepId, output) => asked.push(`${stepId}.${output}`) > 0);
    expect(new Set(asked)).toEqual(new Set(['a.b']));
  });

  it('reads an expression of thousands of comparisons without exhausting the stack', () => {
    const long = `\${{ 1${'==1'.repeat(1300)} }}`;
    expect(evaluateKnown(long, contexts, isKnown)).toEqual({ known: true, value: true });
  });

  it('waits for a secret variable that is not set, and says which, where `evaluate` throws', () => {
    const secret = { ...contexts, secretVariables: new Set(['SHARE']) };
    const template = 'https://contoso.com/x?${{ env.share }}';
    const message = expect.stringMatching(/^Set the secret variable SHARE where the run is executed/) as string;
    expect(evaluateKnown(template, secret, isKnown)).toEqual({
      known: false,
      waitsFor: ['the secret variable SHARE'],
      lacks: { variable: 'SHARE', message },
    });
    expect(() => evaluate(template, secret)).toThrow(EvaluationError);
    expect(() => evaluate(template, secret)).toThrow(/^Set the secret variable SHARE where the run is executed/);
    const set = { ...secret, env: { SHARE: 'sig=1' } };
    expect(evaluateKnown(template, set, isKnown)).toEqual({ known: true, value: 'https://contoso.com/x?sig=1' });
  });
});

function isKnown(stepId: string): boolean {
  return stepId === 'baseline';
}
