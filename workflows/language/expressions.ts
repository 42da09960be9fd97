import { data, Evaluator, type Expr } from '@actions/expressions';
import { replacer } from '@actions/expressions/data/replacer';
import { reviver } from '@actions/expressions/data/reviver';
import { falsy } from '@actions/expressions/result';
import { TokenType } from '@actions/expressions/lexer';
import { contextNames, isTemplate, parseTemplate, type TemplatePart } from './expression-syntax.ts';
import { childrenOf, nodeOf, nodesIn, stepOutput } from './expression-tree.ts';
import type { PlainValue } from './pipeline.ts';

export { isTemplate };

/** What expressions read. A name that is not there is null. */
export interface Contexts {
  readonly inputs: Readonly<Record<string, PlainValue>>;
  readonly steps: Readonly<Record<string, { readonly outputs: Readonly<Record<string, PlainValue>> }>>;
  readonly env: Readonly<Record<string, string>>;
  /** The names in `env` whose values may stand in https URLs alone. @default none */
  readonly secretVariables?: ReadonlySet<string>;
  readonly matrix: Readonly<Record<string, PlainValue>>;
  /** `status` is how the steps ended that are not under `finally`. */
  readonly run: {
    readonly id?: string;
    readonly attempt?: number;
    readonly status?: 'succeeded' | 'failed' | 'cancelled';
  };
}

/** A template of the language: it could not be read, or its functions refused their arguments. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}

/**
 * The value of a template. An expression alone keeps its type (white space around it does not count); with text around it
 * the result is text. Throws an {@link EvaluationError} for what the checks of a pipeline cannot foresee, such as
 * `fromJSON` of a text that is not JSON.
 */
export function evaluate(template: string, contexts: Contexts): PlainValue {
  const known = guarded(template, contexts, () =>
    evaluateIn(template, { contexts: toData(contexts), isKnown: () => true, isRunKnown: () => true }),
  );
  if (!known.known)
    throw new EvaluationError(`Cannot evaluate \`${template}\`: it waits for ${known.waitsFor.join(', ')}`);
  return known.value;
}

/** A value, or what has to finish before there is one: ids of steps, or words where it is more than a step. */
export type Known<Value> =
  | { readonly known: true; readonly value: Value }
  | { readonly known: false; readonly waitsFor: readonly string[] };

/**
 * The value of a template as far as it can be known: an output for which `isKnown` is false, and what `contexts.run` lacks,
 * make it unknown, unless `&&` or `||` never look at it. Throws as {@link evaluate} does.
 */
export function evaluateKnown(
  template: string,
  contexts: Contexts,
  isKnown: (stepId: string, output: string) => boolean,
): Known<PlainValue> {
  const isRunKnown = (property: string): boolean => Object.hasOwn(contexts.run, property);
  return guarded(template, contexts, () => evaluateIn(template, { contexts: toData(contexts), isKnown, isRunKnown }));
}

/**
 * The value of a template that reads a secret variable is an https URL, or there is none: the checks of a pipeline cannot
 * foresee what an expression gives. Nothing that is said of such a template repeats what its functions were given.
 */
function guarded(template: string, contexts: Contexts, act: () => Known<PlainValue>): Known<PlainValue> {
  const { secretVariables = new Set(), env } = contexts;
  const secrets = secretVariables.size === 0 ? [] : secretsReadBy(template, secretVariables);
  const [first] = secrets;
  if (first === undefined) return act();
  const missing = secrets.find((name) => (env[name] ?? '') === '');
  if (missing !== undefined) {
    throw new EvaluationError(
      `Set the secret variable ${missing} for the process that executes the run, and let it be read there: \`${template.trim()}\` needs its value`,
    );
  }
  const result = attempt(act);
  if (result?.known === false) return result;
  const url = typeof result?.value === 'string' && URL.canParse(result.value) ? new URL(result.value) : undefined;
  if (result !== undefined && url?.protocol === 'https:') return result;
  throw new EvaluationError(`Cannot use the secret variable ${first} in \`${template.trim()}\`: it gives no https URL`);
}

function attempt(act: () => Known<PlainValue>): Known<PlainValue> | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

/** Those of the variables that the template reads; all of them where it reads `env` as a whole. */
function secretsReadBy(template: string, secretVariables: ReadonlySet<string>): readonly string[] {
  const read = new Set<string>();
  for (const part of parseTemplate(template).parts) {
    if (part.kind !== 'expression') continue;
    const named = new Set<Expr>();
    for (const expr of nodesIn(part.expression.tree)) {
      const node = nodeOf(expr);
      if (node.kind === 'context' && node.name === 'env' && !named.has(expr)) return [...secretVariables];
      const of = node.kind === 'property' ? nodeOf(node.of) : undefined;
      if (node.kind !== 'property' || of?.kind !== 'context' || of.name !== 'env') continue;
      if (secretVariables.has(node.name)) read.add(node.name);
      named.add(node.of);
    }
  }
  return [...read];
}

function evaluateIn(template: string, scope: Scope): Known<PlainValue> {
  const parts = partsOf(template);
  try {
    const results = parts.map((part) => evaluatePart(part, scope));
    const waitsFor = waiting(results);
    if (waitsFor.length > 0) return { known: false, waitsFor };
    const values = results.flatMap((result) => (result.known ? [result.value] : []));
    const [only] = values;
    if (only !== undefined && values.length === 1) return { known: true, value: toPlain(only) };
    return { known: true, value: values.map((value) => value.coerceString()).join('') };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EvaluationError(`Cannot evaluate \`${template.trim()}\`: ${reason}`, { cause: error });
  }
}

function partsOf(template: string): readonly TemplatePart[] {
  const { parts, fault } = parseTemplate(template);
  if (fault !== undefined)
    throw new EvaluationError(`Cannot read \`${template.trim()}\`: ${fault.kind} ${fault.found}`);
  const expressions = parts.filter((part) => part.kind === 'expression');
  const isAlone =
    expressions.length === 1 && parts.every((part) => part.kind === 'expression' || part.text.trim() === '');
  return isAlone ? expressions : parts;
}

interface Scope {
  readonly contexts: data.Dictionary;
  readonly isKnown: (stepId: string, output: string) => boolean;
  readonly isRunKnown: (property: string) => boolean;
}

function evaluatePart(part: TemplatePart, scope: Scope): Known<data.ExpressionData> {
  if (part.kind === 'text') return { known: true, value: new data.StringData(part.text) };
  return evaluateTree(part.expression.tree, scope);
}

/** Follows `&&` and `||` as far as they are known; everything else needs all that it refers to. */
function evaluateTree(expr: Expr, scope: Scope): Known<data.ExpressionData> {
  const waitsFor = new Set<string>();
  collectUnknown(expr, { scope, into: waitsFor });
  if (waitsFor.size === 0) return { known: true, value: new Evaluator(expr, scope.contexts).evaluate() };
  const node = nodeOf(expr);
  if (node.kind === 'group') return evaluateTree(node.inner, scope);
  if (node.kind !== 'and-or') {
    const children = childrenOf(node).map((child) => evaluateTree(child, scope));
    return unknownOr(expr, { children, waitsFor, scope });
  }
  const open = new Set<string>();
  for (const operand of node.operands) {
    const result = evaluateTree(operand, scope);
    if (!result.known) for (const step of result.waitsFor) open.add(step);
    else if (falsy(result.value) === (node.operator.type === TokenType.AND)) {
      if (open.size === 0) return result;
      break;
    }
  }
  return { known: false, waitsFor: [...open] };
}

/** Everything under the node may turn out to be known after all, when what is unknown in it is never looked at. */
function unknownOr(
  expr: Expr,
  at: {
    readonly children: readonly Known<data.ExpressionData>[];
    readonly waitsFor: ReadonlySet<string>;
    readonly scope: Scope;
  },
): Known<data.ExpressionData> {
  if (at.children.length === 0) return { known: false, waitsFor: [...at.waitsFor] };
  const isLeaf = stepOutput(expr) !== undefined || runProperty(expr) !== undefined;
  const waitsFor = isLeaf ? [...at.waitsFor] : waiting(at.children);
  if (waitsFor.length > 0) return { known: false, waitsFor };
  return { known: true, value: new Evaluator(expr, at.scope.contexts).evaluate() };
}

function collectUnknown(expr: Expr, at: { readonly scope: Scope; readonly into: Set<string> }): void {
  const reference = stepOutput(expr);
  if (reference !== undefined) {
    if (!at.scope.isKnown(reference.stepId, reference.output)) at.into.add(reference.stepId);
    return;
  }
  const property = runProperty(expr);
  if (property !== undefined && !at.scope.isRunKnown(property)) {
    at.into.add(property === 'status' ? 'every other step' : 'the start of the run');
  }
  for (const child of childrenOf(nodeOf(expr))) collectUnknown(child, at);
}

/** The name in `run.<name>`. */
function runProperty(expr: Expr): string | undefined {
  const node = nodeOf(expr);
  if (node.kind !== 'property') return undefined;
  const of = nodeOf(node.of);
  return of.kind === 'context' && of.name === 'run' ? node.name : undefined;
}

function waiting(results: readonly Known<unknown>[]): readonly string[] {
  return [...new Set(results.flatMap((result) => (result.known ? [] : result.waitsFor)))];
}

function toData(contexts: Contexts): data.Dictionary {
  const dictionary = new data.Dictionary();
  for (const name of contextNames) {
    dictionary.add(name, JSON.parse(JSON.stringify(contexts[name]), reviver) as data.ExpressionData);
  }
  return dictionary;
}

function toPlain(value: data.ExpressionData): PlainValue {
  return JSON.parse(JSON.stringify(value, replacer)) as PlainValue;
}
