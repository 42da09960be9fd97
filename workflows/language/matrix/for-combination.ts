import { copyId } from './check-matrix.ts';
import { BoundExceeded } from '../../expressions/evaluation-error.ts';
import type { EvaluationSession } from '../../expressions/evaluation-session.ts';
import { type Contexts, evaluate } from '../../expressions/expressions.ts';
import { type Expression } from '../../expressions/expression-syntax.ts';
import { isTemplate, type PlainValue } from '../../document/yaml/plain-value.ts';
import { contextsIn, nodesIn, stepOutput } from '../../expressions/expression-tree.ts';
import type { Combination } from '../pipeline.ts';

/** The combination, and the evaluations that those for it belong to. */
export interface InCombination {
  readonly combination: Combination;
  readonly session: EvaluationSession;
  /** The ids of the steps that have no copies. @default every step has one */
  readonly once?: ReadonlySet<string>;
}

/**
 * A value of a step as it is in one combination: expressions that read the matrix alone are evaluated, and references to
 * other steps name the copies of this combination. What cannot be evaluated yet stays. Throws a {@link BoundExceeded}.
 */
export function forCombination(value: PlainValue, at: InCombination): PlainValue {
  if (typeof value === 'string') return isTemplate(value) ? templateFor(value, at) : value;
  if (Array.isArray(value)) return value.map((item: PlainValue) => forCombination(item, at));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, forCombination(item, at)]));
}

/** A condition as it is in one combination; what it reads of the matrix stays, so that plans can say it. */
export function conditionFor(condition: string, at: InCombination): string {
  const expressions = expressionsOf(condition, at.session);
  return rewrite(condition, {
    expressions,
    session: at.session,
    written: (expression) => withCopies(condition, { ...at, expression }),
  });
}

function templateFor(template: string, at: InCombination): PlainValue {
  const expressions = expressionsOf(template, at.session);
  if (expressions.every(readsMatrixAlone)) {
    const value = evaluated(template, at);
    return value === undefined ? template : value;
  }
  const written = (expression: Expression): string => {
    // The text around it makes it text in its own right.
    const value = readsMatrixAlone(expression) ? evaluated(`-${template.slice(...braces(expression))}`, at) : undefined;
    return value === undefined ? withCopies(template, { ...at, expression }) : String(value).slice(1);
  };
  return rewrite(template, { expressions, session: at.session, written });
}

/** They are looked through for every combination: that counts as much as parsing them. */
function expressionsOf(template: string, session: EvaluationSession): readonly Expression[] {
  const { parts } = session.read(template);
  session.takeTogether(template.length >> 5);
  return parts.flatMap((part) => (part.kind === 'expression' ? [part.expression] : []));
}

/** The template with another text for each expression, its braces included. */
function rewrite(
  template: string,
  at: {
    readonly expressions: readonly Expression[];
    readonly session: EvaluationSession;
    written(expression: Expression): string;
  },
): string {
  const pieces: string[] = [];
  let position = 0;
  for (const expression of at.expressions) {
    const [open, close] = braces(expression);
    pieces.push(template.slice(position, open), at.written(expression));
    position = close;
  }
  pieces.push(template.slice(position));
  const result = pieces.join('');
  // Where nothing changes the copies share one text.
  if (result === template) return template;
  at.session.make(result.length);
  return result;
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
function evaluated(template: string, { combination, session }: InCombination): PlainValue | undefined {
  const contexts: Contexts = { inputs: {}, steps: {}, env: {}, matrix: combination.values, run: {}, session };
  try {
    return evaluate(template, contexts);
  } catch (error) {
    if (error instanceof BoundExceeded) throw error;
    return undefined;
  }
}

function withCopies(
  template: string,
  { expression, combination, once }: InCombination & { readonly expression: Expression },
): string {
  const [open, close] = braces(expression);
  let result = '';
  let position = open;
  for (const node of nodesIn(expression.tree)) {
    const reference = stepOutput(node);
    const offset = reference && expression.offsets.get(reference.stepToken);
    if (reference === undefined || offset === undefined || once?.has(reference.stepId) === true) continue;
    const { lexeme } = reference.stepToken;
    const id = copyId(reference.stepId, combination);
    result += template.slice(position, offset) + (lexeme.startsWith("'") ? `'${id}'` : id);
    position = offset + lexeme.length;
  }
  return result + template.slice(position, close);
}
