import { describe, expect, it } from 'vitest';
import { BoundExceeded, EvaluationError } from '../../../workflows/expressions/evaluation-error.ts';
import { EvaluationSession } from '../../../workflows/expressions/evaluation-session.ts';
import { type Contexts, evaluate } from '../../../workflows/expressions/expressions.ts';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';

const list = JSON.stringify(Array.from({ length: 20_000 }, (_, index) => index));
const contexts: Contexts = {
  inputs: { ten: 'abcdefghij', long: 'x'.repeat(300_000), k60: 'y'.repeat(60_000), list },
  steps: {},
  env: {},
  matrix: {},
  run: {},
};
const doubled = (inner: string, times: number): string =>
  `${"format('{0}{0}', ".repeat(times)}${inner}${')'.repeat(times)}`;

describe('an expression', () => {
  it.each([
    ['of doubled text', doubled('inputs.ten', 13)],
    ['of text that is doubled thousands of millions of times', doubled('inputs.ten', 40)],
    ['of a long value with itself', "format('{0}{1}', inputs.k60, inputs.k60)"],
    ['that joins long values', 'join(fromJSON(format(\'["{0}","{0}"]\', format(\'{0}\', inputs.k60))), inputs.k60)'],
    ['that quotes JSON again and again', `${'toJSON('.repeat(30)}'"'${')'.repeat(30)}`],
    ['of everything', 'toJSON(inputs)'],
    ['of a mapping that is large', 'inputs'],
    ['that is long as it is', 'inputs.long'],
    ['whose size is hidden by what is chosen of it', `startsWith(${doubled('inputs.ten', 30)}, 'a') && 'yes'`],
    ['whose size is hidden in an index', `inputs[${doubled('inputs.ten', 30)}]`],
  ])('%s is refused before the text is made', (_, expression) => {
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    expect(() => evaluate(`\${{ ${expression} }}`, contexts)).toThrow(
      /it gives a text of more than 65,536 characters$/,
    );
    expect(process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed - before).toBeLessThan(50_000_000);
  });

  it('is refused with the text around it', () => {
    const session = new EvaluationSession();
    expect(evaluate(`${'a'.repeat(5536)}\${{ inputs.k60 }}`, { ...contexts, session })).toHaveLength(65_536);
    expect(() => evaluate(`${'a'.repeat(5537)}\${{ inputs.k60 }}`, contexts)).toThrow(BoundExceeded);
  });

  it.each([
    ['doubled as far as it may', `\${{ ${doubled('inputs.ten', 12)} }}`, 40_960],
    ['of the longest text', "${{ format('{0}{1}', inputs.k60, '12345') }}", 60_005],
  ])('%s has a value', (_, template, length) => {
    expect(evaluate(template, contexts)).toHaveLength(length);
  });

  it('may look at a value that is longer than its own may be', () => {
    expect(evaluate("${{ inputs.long == 'x' }}", contexts)).toBe(false);
  });

  it.each([
    ['searches a long list for a long text', 'contains(fromJSON(inputs.list), inputs.k60)'],
    ['reads a long text again and again', `${"inputs.long == 'x' || ".repeat(100)}true`],
    ['reads a long list again and again', `${'contains(fromJSON(inputs.list), -1) || '.repeat(30)}true`],
  ])('that %s takes too many steps', (_, expression) => {
    expect(() => evaluate(`\${{ ${expression} }}`, contexts)).toThrow(
      /: it takes more than 100,000 steps to evaluate$/,
    );
  });

  it('is cut where an error repeats it', () => {
    const template = `\${{ fromJSON('${'x'.repeat(4000)}') }}`;
    const error = ((): unknown => {
      try {
        return evaluate(template, contexts);
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toBeInstanceOf(EvaluationError);
    expect((error as Error).message.length).toBeLessThan(300);
  });
});

describe('format', () => {
  it.each([
    ["format('{{0}} {0} {1}', 'a', 2)", '{0} a 2'],
    ["format('}}{0}{{', 'a')", '}a{'],
    ["format('{0:x}{0}', 'a')", 'aa'],
    ["format('no values')", 'no values'],
    ["format('{0}', 'it''s {1}')", "it's {1}"],
  ])('%s gives %s', (expression, text) => expect(evaluate(`\${{ ${expression} }}`, contexts)).toBe(text));

  it.each(["format('{1}', 'a')", "format('{', 'a')", "format('}', 'a')", "format('{a}', 'a')", "format('{0', 'a')"])(
    'refuses %s',
    (expression) => expect(() => evaluate(`\${{ ${expression} }}`, contexts)).toThrow(EvaluationError),
  );
});

describe('evaluations that belong together', () => {
  it('give so many characters, and no more', () => {
    const session = new EvaluationSession();
    const read = (): unknown => evaluate('${{ inputs.k60 }}', { ...contexts, session });
    for (let time = 0; time < 69; time += 1) read();
    expect(session.isSpent).toBe(false);
    expect(read).toThrow(/all expressions together give more than 4,194,304 characters$/);
    expect(session.isSpent).toBe(true);
  });

  it('take so many steps, and no more', () => {
    const session = new EvaluationSession();
    const read = (): unknown => evaluate("${{ inputs.long == 'x' }}", { ...contexts, session });
    let times = 0;
    expect(() => {
      for (; times < 1000; times += 1) read();
    }).toThrow(/all expressions together take more than 1,000,000 steps to evaluate$/);
    expect(times).toBeGreaterThan(50);
  });

  it('are those of one pipeline: ten thousand copies of a step fit', () => {
    const values = Array.from({ length: 250 }, (_, index) => `value-${index}`);
    const steps = Array.from(
      { length: 40 },
      (_, index) => `  - { id: s${index}, uses: approve, with: { message: "Look at \${{ matrix.a }} of ${index}" } }\n`,
    );
    const text = `name: x\nlocale: en-US\nstrategy: { matrix: { a: [${values.join(', ')}] } }\nsteps:\n${steps.join('')}`;
    const { pipeline, diagnostics } = loadPipeline(text, { path: 'p.yaml' });
    expect(diagnostics).toEqual([]);
    expect(pipeline?.steps).toHaveLength(10_000);
    expect(pipeline?.steps.at(-1)?.with).toMatchObject({ message: 'Look at value-249 of 39' });
  });

  it('are told once for a pipeline, where they are too much', () => {
    const values = Array.from({ length: 250 }, (_, index) => index);
    const steps = Array.from(
      { length: 40 },
      (_, index) =>
        `  - { id: s${index}, uses: approve, with: { message: "\${{ ${'matrix.a && '.repeat(250)}1 == 1 || 'x' }}" } }\n`,
    );
    const text = `name: x\nlocale: en-US\nstrategy: { matrix: { a: [${values.join(', ')}] } }\nsteps:\n${steps.join('')}`;
    const { diagnostics, counts } = loadPipeline(text, { path: 'p.yaml' });
    expect(diagnostics.filter(({ code }) => code === 'evaluation-budget')).toHaveLength(1);
    expect(counts.errors).toBeLessThan(50);
  });
});
