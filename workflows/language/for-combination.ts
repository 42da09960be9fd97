import { copyId } from './check-matrix.ts';
import { type Contexts, evaluate } from './expressions.ts';
import { type Expression, isTemplate, parseTemplate } from './expression-syntax.ts';
import { contextsIn, nodesIn, stepOutput } from './expression-tree.ts';
import type { Combination, PlainValue } from './pipeline.ts';

/**
 * A value of a step as it is in one combination: expressions that read the matrix alone are evaluated, and references to
 * other steps name the copies of this combination. What cannot be evaluated yet stays.
 */
export function forCombination(value: PlainValue, combination: Combination): PlainValue {
  if (typeof value === 'string') return isTemplate(value) ? templateFor(value, combination) : value;
  if (Array.isArray(value)) return value.map((item: PlainValue) => forCombination(item, combination));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, forCombination(item, combination)]));
}

/** What a template that reads the matrix alone gives in each combination. */
export function valuesOf(template: string, combinations: readonly Combination[]): readonly PlainValue[] {
  return combinations.map((combination) => forCombination(template, combination));
}

/** The first of the combinations in which a template that reads the matrix alone gives nothing. */
export function emptyIn(template: string, combinations: readonly Combination[]): Combination | undefined {
  if (!expressionsOf(template).every(readsMatrixAlone)) return undefined;
  return combinations.find((combination) => {
    const value = evaluated(template, combination);
    return value === null || value === '';
  });
}

/** A condition as it is in one combination; what it reads of the matrix stays, so that plans can say it. */
export function conditionFor(condition: string, combination: Combination): string {
  return rewrite(condition, (expression) => withCopies(condition, { expression, combination }));
}

function templateFor(template: string, combination: Combination): PlainValue {
  const expressions = expressionsOf(template);
  if (expressions.every(readsMatrixAlone)) {
    const value = evaluated(template, combination);
    return value === undefined ? template : value;
  }
  return rewrite(template, (expression) => {
    // The text around it makes it text in its own right.
    const value = readsMatrixAlone(expression)
      ? evaluated(`-${template.slice(...braces(expression))}`, combination)
      : undefined;
    return value === undefined ? withCopies(template, { expression, combination }) : String(value).slice(1);
  });
}

function expressionsOf(template: string): readonly Expression[] {
  return parseTemplate(template).parts.flatMap((part) => (part.kind === 'expression' ? [part.expression] : []));
}

/** The template with another text for each expression, its braces included. */
function rewrite(template: string, written: (expression: Expression) => string): string {
  let result = '';
  let position = 0;
  for (const expression of expressionsOf(template)) {
    const [open, close] = braces(expression);
    result += template.slice(position, open) + written(expression);
    position = close;
  }
  return result + template.slice(position);
}

/** Where an expression starts and ends together with its braces. */
function braces({ start, end }: Expression): readonly [number, number] {
  return [start - '${{'.length, end + '}}'.length];
}

/** Whether an expression reads the matrix and nothing else. */
export function readsMatrixAlone({ tree }: Expression): boolean {
  const contexts = contextsIn(tree);
  return contexts.size === 1 && contexts.has('matrix');
}

/** Undefined when a function refuses its arguments: that is told when the step runs. */
function evaluated(template: string, combination: Combination): PlainValue | undefined {
  const contexts: Contexts = { inputs: {}, steps: {}, env: {}, matrix: combination.values, run: {} };
  try {
    return evaluate(template, contexts);
  } catch {
    return undefined;
  }
}

function withCopies(
  template: string,
  { expression, combination }: { readonly expression: Expression; readonly combination: Combination },
): string {
  const [open, close] = braces(expression);
  let result = '';
  let position = open;
  for (const node of nodesIn(expression.tree)) {
    const reference = stepOutput(node);
    const offset = reference && expression.offsets.get(reference.stepToken);
    if (reference === undefined || offset === undefined) continue;
    const { lexeme } = reference.stepToken;
    const id = copyId(reference.stepId, combination);
    result += template.slice(position, offset) + (lexeme.startsWith("'") ? `'${id}'` : id);
    position = offset + lexeme.length;
  }
  return result + template.slice(position, close);
}
