import { describe, expect, it } from 'vitest';
import { functions } from '../../../workflows/expressions/expression-syntax.ts';
import { type Contexts, evaluate, evaluateKnown, EvaluationError } from '../../../workflows/expressions/expressions.ts';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';

const contexts: Contexts = {
  inputs: { text: '0.1', wait: 90 },
  steps: { new: { outputs: { wer: 0.079, againstWer: 0.1 } } },
  env: {},
  matrix: {},
  run: {},
};

describe('expressions calculate', () => {
  it.each([
    ['add(0.1, 0.2)', 0.3],
    ['sub(steps.new.outputs.againstWer, steps.new.outputs.wer)', 0.021],
    ['sub(0.1, 0.09) > 0.01', false],
    ['add(0.09, 0.01) >= 0.1', true],
    ['sub(100.1, 100)', 0.1],
    ['sub(0.01, 0.03)', -0.02],
    ['mul(0.1, 3)', 0.3],
    ['mul(inputs.wait, 2)', 180],
    ['div(1, 3)', 0.333333333333333],
    ['div(0, 3)', 0],
    ['min(3, 1, 2)', 1],
    ['max(3, 1, 2)', 3],
    ['round(2.5)', 3],
    ['round(-2.5)', -3],
    ['round(1.005, 2)', 1.01],
    ['round(1e308, 15)', 1e308],
    ['round(-1e308, 15)', -1e308],
    ['round(0.0789, 3)', 0.079],
    ['percent(steps.new.outputs.wer)', '7.9 %'],
    ['percent(div(sub(0.1, 0.079), 0.1))', '21.0 %'],
    ["format('{0} is {1}', percent(0.5), add(1, 1))", '50.0 % is 2'],
    ['ADD(1, 1)', 2],
  ])('%s is %s', (expression, value) => {
    expect(evaluate(`\${{ ${expression} }}`, contexts)).toBe(value);
  });

  it.each([
    ['div(1, sub(0.3, 0.3))', 'div divides by zero'],
    ['add(inputs.text, 1)', 'add calculates with numbers, and its argument 1 is text'],
    ['add(1, steps.new.outputs.bleu)', 'add calculates with numbers, and its argument 2 is nothing'],
    ['percent(true)', 'percent calculates with numbers, and its argument 1 is true or false'],
    ["max(1, fromJSON('[1]'))", 'max calculates with numbers, and its argument 2 is a list or a mapping'],
    ['sub(NaN, 1)', 'sub calculates with numbers, and its argument 1 is no finite number'],
    ['mul(1e300, 1e300)', 'mul gives a number that is too large'],
    ['add(1.7e308, 1.7e308)', 'add gives a number that is too large'],
    ['round(1, 0.5)', 'round takes 0 to 15 decimals'],
  ])('%s fails: %s', (expression, problem) => {
    const template = `\${{ ${expression} }}`;
    expect(() => evaluate(template, contexts)).toThrow(EvaluationError);
    expect(() => evaluate(template, contexts)).toThrow(`Cannot evaluate \`${template}\`: ${problem}`);
  });

  it('waits for what an argument waits for', () => {
    const waiting = evaluateKnown('${{ add(1, steps.later.outputs.wer) }}', contexts, (step) => step !== 'later');
    expect(waiting).toEqual({ known: false, waitsFor: ['later'] });
  });
});

it.each([...functions.values()])('$name says how it is called and what it gives', ({ name, description }) => {
  expect(description).toMatch(new RegExp(`^\`${name}\\(.*\\)\`\\n\\n\\S`, 'i'));
});

describe('types of calculations', () => {
  it.each([
    ['sub(steps.a.outputs.againstWer, steps.a.outputs.wer) > 0.01'],
    ['div(sub(steps.a.outputs.againstWer, steps.a.outputs.wer), steps.a.outputs.againstWer) > 0.1'],
    ['mul(steps.a.outputs.wer, 100) > 15'],
    ['add(inputs.wait, 60) > inputs.wait'],
    ['div(inputs.wait, inputs.wait) > 2'],
    ['inputs.count > inputs.wait'],
    ['mul(steps.a.outputs.days-left, 86400) < inputs.wait'],
    ['steps.a.outputs.days-left < div(inputs.wait, 86400)'],
    ['max(inputs.count, fromJSON(inputs.text)) > 2'],
    ["percent(steps.a.outputs.wer) == '7.9 %'"],
    ['round(steps.a.outputs.wer, 3) > inputs.bound'],
  ])('%s is right', (condition) => {
    expect(told(condition)).toEqual([]);
  });

  it.each([
    ['sub(steps.a.outputs.wer, inputs.text) > 0', 'text as argument 2 of `sub`: it takes a rate or a number'],
    ['add(inputs.wait, inputs.bound) > 0', 'a rate as argument 2 of `add`: it takes a duration or a number'],
    ['mul(inputs.wait, inputs.wait) > 0', 'a duration as argument 2 of `mul`: it takes a number or a rate'],
    ['div(1, inputs.wait) > 0', 'a duration as argument 2 of `div`: it takes a number or a rate'],
    ['min(null, 1) > 0', 'nothing as argument 1 of `min`: it takes a number or a rate or a duration'],
    ["percent('7.9') == ''", 'text as argument 1 of `percent`: it takes a rate'],
    ['percent(inputs.wait) == 0', 'a duration as argument 1 of `percent`: it takes a rate'],
    ['round(1, inputs.bound) > 0', 'a rate as argument 2 of `round`: it takes a number'],
  ])('%s is refused', (condition, problem) => {
    expect(told(condition)).toEqual([`Cannot use ${problem}`]);
  });

  it.each([
    ['add(1)', 'Cannot call `add` with this number of arguments: it takes 2'],
    ['round(1, 2, 3) > 1', 'Cannot call `round` with this number of arguments: it takes 1 to 2'],
    ['add(1, 1)', 'Cannot take a number as a condition: `if` takes an expression that is true or false'],
    [
      'sub(steps.a.outputs.wer, 0.1) > inputs.wait',
      'Cannot compare a rate with a duration: `>` takes two values of the same type',
    ],
    [
      'steps.a.outputs.days-left < inputs.wait',
      'Cannot compare a number with a duration: `<` takes two values of the same type',
    ],
    [
      'inputs.wait >= steps.a.outputs.words',
      'Cannot compare a duration with a number: `>=` takes two values of the same type',
    ],
    ['percent(0.1) > 0.1', 'Cannot compare text with a number: `>` takes two values of the same type'],
    ['sub(0.1, 0.1, 0.1) > 0', 'Cannot call `sub` with this number of arguments: it takes 2'],
  ])('%s is told', (condition, message) => {
    expect(told(condition)).toEqual([message]);
  });
});

it('is what `lint` proposes where a rate is written as text', () => {
  const { diagnostics } = loadPipeline(
    `name: x
locale: en-US
inputs: { bound: { type: rate, default: 15% } }
steps: [{ id: a, uses: approve, with: { message: "\${{ inputs.bound }}" } }]
`,
    { path: 'p.yaml' },
  );
  expect(diagnostics.map(({ hint }) => hint)).toEqual(['Make text of it with percent(…)']);
});

function told(condition: string): readonly string[] {
  const { diagnostics } = loadPipeline(
    `name: x
locale: en-US
inputs:
  text: { type: string, default: '3' }
  wait: { type: duration, default: 2m }
  bound: { type: rate, default: 15% }
  count: { type: number, default: 3 }
steps:
  - { id: d, uses: upload, with: { kind: Acoustic, from: data } }
  - id: a
    uses: evaluate
    with: { dataset: "\${{ steps.d.outputs.dataset }}", model: base, against: endpoint/calls }
  - id: b
    uses: approve
    with: { message: "Go on \${{ inputs.text }} \${{ inputs.wait }} \${{ inputs.bound }} \${{ inputs.count }}?" }
    if: ${condition}
`,
    { path: 'p.yaml' },
  );
  return diagnostics.map(({ message }) => message);
}
