import { explainCondition } from '../../workflows/expressions/explain-condition.ts';
import { contextNames, functions, parseTemplate } from '../../workflows/expressions/expression-syntax.ts';
import { type Contexts, evaluate, evaluateKnown, EvaluationError } from '../../workflows/expressions/expressions.ts';
import type { Draws } from './draws.ts';
import { type FuzzLane, fuzzDocuments } from './fuzz-lane.ts';
import { hostileTexts } from './hostile-texts.ts';
import { mutateText, smallerTexts } from './mutate.ts';

/**
 * Expressions, whatever they say: taking one apart never throws, evaluating one throws nothing but an EvaluationError, gives the
 * same twice, and no more than the bound where results have one.
 */
export const fuzzExpressions: FuzzLane = async (options) =>
  await fuzzDocuments(
    { draw: drawTemplate, check, smaller: smallerTexts, show: (text) => JSON.stringify(text) },
    options,
  );

/** The longest text that a result may be, in UTF-16 code units; other results are no longer as JSON. */
const longestResult = 64 * 1024;

const contexts: Contexts = {
  inputs: {
    name: 'a "b" \\ \u202E',
    rate: 0.15,
    flag: true,
    none: null,
    list: [1, 'b', [null]],
    map: { a: { b: 'c' } },
  },
  steps: {
    a: { outputs: { wer: 0.234, dataset: 'https://127.0.0.1/datasets/1?api-version=x', long: 'x'.repeat(1000) } },
  },
  env: { HOME: '/root', EMPTY: '' },
  matrix: { locale: 'en-US', 'max-wer': 0.2 },
  run: { id: 'r', status: 'failed' },
};

function drawTemplate(draws: Draws): string {
  const text = draws.several(3, () =>
    draws.chance(0.7) ? `\${{ ${drawExpression(draws, 5)} }}` : draws.pick(hostileTexts),
  );
  const template = text.length === 0 ? `\${{${drawExpression(draws, 6)}}}` : text.join('');
  return draws.chance(0.4) ? mutateText(template, { draws, pieces: hostileTexts }) : template;
}

function drawExpression(draws: Draws, depth: number): string {
  const inner = (): string => drawExpression(draws, depth - 1);
  if (depth <= 0) return drawLeaf(draws);
  switch (draws.below(8)) {
    case 0:
      return `(${inner()})`;
    case 1:
      return `!${inner()}`;
    case 2:
      return `${inner()} ${draws.pick(['==', '!=', '<', '<=', '>', '>=', '&&', '||'])} ${inner()}`;
    case 3:
      return `${inner()}${draws.pick(['.a', '.outputs', '.*', '[0]', "['b']", '[inputs.name]', '[-1]'])}`;
    case 4:
      // Doubles its text with every round.
      return `${"format('{0}{0}', ".repeat(draws.below(20))}inputs.name${')'.repeat(draws.below(20))}`;
    case 5: {
      const { name, minArgs, maxArgs } = draws.pick([...functions.values()]);
      const count = draws.chance(0.9) ? minArgs + draws.below(Math.min(maxArgs, 4) - minArgs + 1) : draws.below(6);
      return `${name}(${Array.from({ length: count }, inner).join(', ')})`;
    }
    default:
      return drawLeaf(draws);
  }
}

function drawLeaf(draws: Draws): string {
  return draws.pick([
    'inputs.name',
    'inputs.rate',
    'inputs.none',
    'inputs.list',
    'inputs.map.a.b',
    'steps.a.outputs.wer',
    'steps.a.outputs.long',
    'steps.b.outputs.x',
    'env.HOME',
    'matrix.locale',
    'matrix.max-wer',
    'run.status',
    'true',
    'null',
    '0x1F',
    '-1e3',
    "'it''s'",
    `${draws.pick(contextNames)}.${draws.pick(['__proto__', 'constructor', 'toString', 'a'])}`,
    `'${draws.pick(hostileTexts).replaceAll("'", "''")}'`,
    `'{${draws.below(3)}}{{${draws.pick(['}', '}}', '0}', ''])}'`,
  ]);
}

function check(template: string): string | undefined {
  const { fault } = parseTemplate(template);
  if (fault !== undefined && !(fault.start >= 0 && fault.start <= fault.end && fault.end <= template.length))
    return `a fault outside of the text: ${JSON.stringify(fault)}`;
  const known = outcome(() => evaluate(template, contexts));
  if (known !== outcome(() => evaluate(template, contexts))) return 'another value the second time';
  if (isBounded && lengthOf(known) > longestResult) return `a result of ${lengthOf(known)} characters`;
  outcome(() => evaluateKnown(template, contexts, (step) => step !== 'a'));
  if (typeof explainCondition(template, contexts) !== 'string') return 'a condition without an explanation';
  return undefined;
}

function lengthOf(known: string): number {
  const value: unknown = known.startsWith('"') ? JSON.parse(known) : undefined;
  return typeof value === 'string' ? value.length : known.length;
}

/** The value as JSON, or what the evaluation says in place of it. Anything else that is thrown goes on. */
function outcome(act: () => unknown): string {
  try {
    return JSON.stringify(act()) ?? 'undefined';
  } catch (error) {
    if (error instanceof EvaluationError) return `EvaluationError: ${error.message}`;
    throw error;
  }
}

/** Whether results have a bound: asked of the program, so that the check is as strict as it is. */
const isBounded = outcome(() =>
  evaluate(`\${{ ${"format('{0}{0}', ".repeat(18)}'x'${')'.repeat(18)} }}`, contexts),
).startsWith('EvaluationError');
