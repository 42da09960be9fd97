import { type Expr, data } from '@actions/expressions';
import {
  Binary,
  ContextAccess,
  FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
  Logical,
  Unary,
} from '@actions/expressions/ast';
import type { Token } from '@actions/expressions/lexer';
import type { Span } from '../document/diagnostics/diagnostics.ts';
import { type Expression, parseTemplate } from './expression-syntax.ts';

/** A part of an expression's tree as a discriminated union. */
export type ExpressionNode =
  | { readonly kind: 'literal'; readonly value: data.ExpressionData; readonly token: Token }
  | { readonly kind: 'not'; readonly operand: Expr; readonly operator: Token }
  | { readonly kind: 'compare'; readonly left: Expr; readonly operator: Token; readonly right: Expr }
  | { readonly kind: 'and-or'; readonly operator: Token; readonly operands: readonly Expr[] }
  | { readonly kind: 'group'; readonly inner: Expr }
  | { readonly kind: 'context'; readonly name: string; readonly token: Token }
  | { readonly kind: 'property'; readonly of: Expr; readonly name: string; readonly token: Token }
  | { readonly kind: 'index'; readonly of: Expr; readonly index: Expr }
  | { readonly kind: 'every'; readonly of: Expr }
  | { readonly kind: 'call'; readonly name: string; readonly token: Token; readonly operands: readonly Expr[] };

/** What the node of the library's tree is. `x.y` and `x['y']` are both a property. Found out once for each node: none changes. */
export function nodeOf(expr: Expr): ExpressionNode {
  let node = nodes.get(expr);
  if (node === undefined) {
    node = readNode(expr);
    nodes.set(expr, node);
  }
  return node;
}

/** Gone with the trees. */
const nodes = new WeakMap<Expr, ExpressionNode>();

function readNode(expr: Expr): ExpressionNode {
  if (expr instanceof Literal) return { kind: 'literal', value: expr.literal, token: expr.token };
  if (expr instanceof Unary) return { kind: 'not', operand: expr.expr, operator: expr.operator };
  if (expr instanceof Binary) return { kind: 'compare', left: expr.left, operator: expr.operator, right: expr.right };
  if (expr instanceof Logical) return { kind: 'and-or', operator: expr.operator, operands: expr.args };
  if (expr instanceof Grouping) return { kind: 'group', inner: expr.group };
  if (expr instanceof ContextAccess) return { kind: 'context', name: expr.name.lexeme, token: expr.name };
  if (expr instanceof FunctionCall) {
    return { kind: 'call', name: expr.functionName.lexeme, token: expr.functionName, operands: expr.args };
  }
  if (expr instanceof IndexAccess) {
    const { index } = expr;
    if (index instanceof Literal && index.literal.kind === data.Kind.String) {
      return { kind: 'property', of: expr.expr, name: index.literal.value, token: index.token };
    }
    // The library has one more node, for `*`, which it does not export as a kind of expression.
    const isExpression = [Literal, Unary, Binary, Logical, Grouping, ContextAccess, FunctionCall, IndexAccess].some(
      (kind) => index instanceof kind,
    );
    return isExpression ? { kind: 'index', of: expr.expr, index } : { kind: 'every', of: expr.expr };
  }
  throw new Error(`Teach readNode the expression node ${expr.constructor.name}: the library has a new one`);
}

/** The nodes directly under a node. */
export function childrenOf(node: ExpressionNode): readonly Expr[] {
  switch (node.kind) {
    case 'literal':
    case 'context':
      return [];
    case 'not':
      return [node.operand];
    case 'compare':
      return [node.left, node.right];
    case 'group':
      return [node.inner];
    case 'property':
    case 'every':
      return [node.of];
    case 'index':
      return [node.of, node.index];
    case 'and-or':
    case 'call':
      return node.operands;
  }
}

/**
 * Where a part of an expression is: from its first to behind its last token, brackets aside. `spans` keeps what was found,
 * so that all the parts of one expression are looked at once.
 */
export function spanOf(
  expr: Expr,
  expression: Pick<Expression, 'offsets'> & { readonly spans: Map<Expr, Span> },
): Span {
  const known = expression.spans.get(expr);
  if (known !== undefined) return known;
  const node = nodeOf(expr);
  const own = 'token' in node ? node.token : 'operator' in node ? node.operator : undefined;
  const spans = childrenOf(node).map((child) => spanOf(child, expression));
  const offset = own === undefined ? undefined : expression.offsets.get(own);
  if (own !== undefined && offset !== undefined) spans.push({ start: offset, end: offset + own.lexeme.length });
  const span = { start: Math.min(...spans.map(({ start }) => start)), end: Math.max(...spans.map(({ end }) => end)) };
  expression.spans.set(expr, span);
  return span;
}

/** Every node of an expression, each before those under it, in the order of the text. */
export function* nodesIn(expr: Expr): Generator<Expr> {
  const left = [expr];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    yield next;
    left.push(...childrenOf(nodeOf(next)).toReversed());
  }
}

/** The contexts that an expression reads. */
export function contextsIn(expr: Expr): ReadonlySet<string> {
  const contexts = new Set<string>();
  for (const part of nodesIn(expr)) {
    const node = nodeOf(part);
    if (node.kind === 'context') contexts.add(node.name);
  }
  return contexts;
}

/** The step and output that a node names, when it is `steps.<id>.outputs.<name>` in any spelling. */
export function stepOutput(expr: Expr): StepOutputReference | undefined {
  const output = nodeOf(expr);
  if (output.kind !== 'property') return undefined;
  const outputs = nodeOf(output.of);
  if (outputs.kind !== 'property' || outputs.name !== 'outputs') return undefined;
  const step = nodeOf(outputs.of);
  if (step.kind !== 'property') return undefined;
  const context = nodeOf(step.of);
  if (context.kind !== 'context' || context.name !== 'steps') return undefined;
  return { stepId: step.name, stepToken: step.token, output: output.name, outputToken: output.token };
}

/** The name in `run.<name>`. */
export function runProperty(expr: Expr): string | undefined {
  const node = nodeOf(expr);
  if (node.kind !== 'property') return undefined;
  const of = nodeOf(node.of);
  return of.kind === 'context' && of.name === 'run' ? node.name : undefined;
}

/** Whether an expression is nothing but a name that the run alone gives a value. */
export function isGivenByRun(expr: Expr): boolean {
  return stepOutput(expr) !== undefined || runProperty(expr) !== undefined;
}

/** The same as {@link stepOutput} of a template that is nothing but one such expression. */
export function outputAlone(template: string): StepOutputReference | undefined {
  // Most templates name no output, which costs less to see than to parse them.
  if (!/outputs/i.test(template)) return undefined;
  const [part, ...others] = parseTemplate(template).parts;
  return part?.kind === 'expression' && others.length === 0 ? stepOutput(part.expression.tree) : undefined;
}

/** Every output of a step that a template reads, in the order of the text. */
export function outputsIn(template: string): readonly StepOutputReference[] {
  return parseTemplate(template).parts.flatMap((part) =>
    part.kind === 'text' ? [] : [...nodesIn(part.expression.tree)].flatMap((node) => stepOutput(node) ?? []),
  );
}

/** The names of the variables that a template reads as `env.<name>`, as they are written there. */
export function variablesIn(template: string): readonly string[] {
  // Most templates name no variable, which costs less to see than to parse them.
  if (!/env/i.test(template)) return [];
  return parseTemplate(template).parts.flatMap((part) =>
    part.kind === 'text' ? [] : [...nodesIn(part.expression.tree)].flatMap((expr) => variableIn(expr) ?? []),
  );
}

function variableIn(expr: Expr): string | undefined {
  const node = nodeOf(expr);
  if (node.kind !== 'property') return undefined;
  const of = nodeOf(node.of);
  return of.kind === 'context' && of.name === 'env' ? node.name : undefined;
}

export interface StepOutputReference {
  readonly stepId: string;
  readonly stepToken: Token;
  readonly output: string;
  readonly outputToken: Token;
}
