import { data, type Expr } from '@actions/expressions';
import { replacer } from '@actions/expressions/data/replacer';
import { falsy } from '@actions/expressions/result';
import { TokenType } from '@actions/expressions/lexer';
import { BoundedEvaluator, sizeAsJson } from './bounded-evaluator.ts';
import { contextData } from './context-data.ts';
import { BoundExceeded, EvaluationError } from './evaluation-error.ts';
import { EvaluationSession } from './evaluation-session.ts';
import { contextNames, type TemplatePart } from './expression-syntax.ts';
import type { PlainValue } from '../document/yaml/plain-value.ts';
import { childrenOf, nodeOf, nodesIn, runProperty, stepOutput } from './expression-tree.ts';
import { quoteName } from '../document/quote-name.ts';

export { EvaluationError };

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
    readonly status?: 'succeeded' | 'failed' | 'cancelled';
  };
  /** What all the evaluations in these contexts may take together. @default as much as one pipeline, for each alone */
  readonly session?: EvaluationSession;
}

/**
 * The value of a template. An expression alone keeps its type (white space around it does not count); with text around it
 * the result is text. Throws an {@link EvaluationError} for what the checks of a pipeline cannot foresee, such as
 * `fromJSON` of a text that is not JSON, or a result that is too large: see {@link EvaluationSession}.
 */
export function evaluate(template: string, contexts: Contexts): PlainValue {
  const known = evaluateWithin(template, {
    contexts,
    waitsAt: waitsIn({ isKnown: () => true, isRunKnown: () => true }),
  });
  if (known.known) return known.value;
  const { waitsFor, lacks } = known;
  throw new EvaluationError(
    lacks?.message ?? `Cannot evaluate ${quoteName(template)}: it waits for ${waitsFor.join(', ')}`,
  );
}

/**
 * A value, or what has to finish before there is one: ids of steps, or words where it is more than a step. `lacks` says which secret
 * variable has to be set first.
 */
export type Known<Value> =
  | { readonly known: true; readonly value: Value }
  | { readonly known: false; readonly waitsFor: readonly string[]; readonly lacks?: LackingSecret };

/** A secret variable that is not set. */
export interface LackingSecret {
  readonly variable: string;
  /** What to do, as a sentence without a full stop. */
  readonly message: string;
}

/**
 * The value of a template as far as it can be known: an output for which `isKnown` is false, and what `contexts.run` lacks,
 * make it unknown, unless `&&` or `||` never look at it, and so does a secret variable that is not set. Throws as {@link evaluate} does.
 */
export function evaluateKnown(
  template: string,
  contexts: Contexts,
  isKnown: (stepId: string, output: string) => boolean,
): Known<PlainValue> {
  const isRunKnown = (property: string): boolean => Object.hasOwn(contexts.run, property);
  return evaluateWithin(template, { contexts, waitsAt: waitsIn({ isKnown, isRunKnown }) });
}

/**
 * The same over contexts of other names, which the session knows: `waitsAt` says of a part of an expression what it waits for, nothing when
 * it is known, and is undefined for what is no name that may be unknown.
 */
export function evaluateAmong(
  template: string,
  {
    contexts,
    waitsAt,
    session,
  }: {
    readonly contexts: Readonly<Record<string, Readonly<Record<string, PlainValue>>>>;
    readonly waitsAt: Scope['waitsAt'];
    readonly session: EvaluationSession;
  },
): Known<PlainValue> {
  return evaluateIn(template, { contexts: () => contextData(contexts), waitsAt, session });
}

/** What steps and the run have to give yet, by their ids. */
function waitsIn({
  isKnown,
  isRunKnown,
}: {
  readonly isKnown: (stepId: string, output: string) => boolean;
  readonly isRunKnown: (property: string) => boolean;
}): Scope['waitsAt'] {
  return (expr) => {
    const reference = stepOutput(expr);
    if (reference !== undefined) return isKnown(reference.stepId, reference.output) ? [] : [reference.stepId];
    const property = runProperty(expr);
    if (property === undefined) return undefined;
    return isRunKnown(property) ? [] : [property === 'status' ? 'every other step' : 'the start of the run'];
  };
}

type Given = Pick<Scope, 'waitsAt'> & { readonly contexts: Contexts };

/**
 * The value of a template that reads a secret variable is an https URL, or there is none: the checks of a pipeline cannot
 * foresee what an expression gives. Nothing that is said of such a template repeats what its functions were given.
 */
function evaluateWithin(template: string, given: Given): Known<PlainValue> {
  const { secretVariables = nothing, env, session = new EvaluationSession() } = given.contexts;
  const secrets = secretVariables.size === 0 ? [] : secretsReadBy(template, { secretVariables, session });
  const [first] = secrets;
  const evaluated = (): Known<PlainValue> =>
    evaluateIn(template, {
      contexts: () => contextData(readable(given.contexts)),
      waitsAt: given.waitsAt,
      session,
    });
  if (first === undefined) return evaluated();
  const variable = secrets.find((name) => (env[name] ?? '') === '');
  if (variable !== undefined) {
    const message = `Set the secret variable ${variable} where the run is executed (a worker must list it, too: --allow-env ${variable}): ${quoteName(template.trim())} needs its value`;
    return { known: false, waitsFor: [`the secret variable ${variable}`], lacks: { variable, message } };
  }
  const result = attempt(evaluated);
  if (result?.known === false) return result;
  const url = typeof result?.value === 'string' && URL.canParse(result.value) ? new URL(result.value) : undefined;
  if (result !== undefined && url?.protocol === 'https:') return result;
  throw new EvaluationError(
    `Cannot use the secret variable ${first} in ${quoteName(template.trim())}: it gives no https URL. Set ${first} to one; an http address of this machine goes into a variable without \`secret\``,
  );
}

function attempt(act: () => Known<PlainValue>): Known<PlainValue> | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof BoundExceeded) throw error;
    return undefined;
  }
}

/**
 * Those of the variables that the template reads; all of them where it reads `env` as a whole. Throws where one does not stand
 * by itself: what a function makes of it would not be masked, and a condition would tell it piece by piece.
 */
function secretsReadBy(
  template: string,
  of: { readonly secretVariables: ReadonlySet<string>; readonly session: EvaluationSession },
): readonly string[] {
  const read = new Set<string>();
  for (const part of of.session.read(template).parts) {
    if (part.kind !== 'expression') continue;
    const named = new Set<Expr>();
    for (const expr of nodesIn(part.expression.tree)) {
      const node = nodeOf(expr);
      if (node.kind === 'context' && node.name === 'env' && !named.has(expr)) return [...of.secretVariables];
      const within = node.kind === 'property' ? nodeOf(node.of) : undefined;
      if (node.kind !== 'property' || within?.kind !== 'context' || within.name !== 'env') continue;
      // Capitals are not told apart.
      const name = node.name.toLowerCase();
      const secret = [...of.secretVariables].find((each) => each.toLowerCase() === name);
      if (secret !== undefined && expr !== part.expression.tree)
        throw new EvaluationError(
          `Write the secret variable ${secret} by itself between the braces: \`\${{ env.${secret} }}\``,
        );
      if (secret !== undefined) read.add(secret);
      named.add(node.of);
    }
  }
  return [...read];
}

function evaluateIn(template: string, { contexts, waitsAt, session }: Omit<Scope, 'waits'>): Known<PlainValue> {
  const parts = partsOf(template, session);
  const scope: Scope = { contexts, waitsAt, session, waits: new Map() };
  session.begin();
  try {
    const results = parts.map((part) => evaluatePart(part, scope));
    const waitsFor = waiting(results);
    if (waitsFor.length > 0) return { known: false, waitsFor };
    const values = results.flatMap((result) => (result.known ? [result.value] : []));
    const [only] = values;
    if (only !== undefined && values.length === 1) {
      session.make(sizeAsJson(only));
      return { known: true, value: toPlain(only) };
    }
    const texts = values.map((value) => value.coerceString());
    session.make(texts.reduce((size, text) => size + text.length, 0));
    return { known: true, value: texts.join('') };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `Cannot evaluate ${quoteName(template.trim())}: ${reason}`;
    if (error instanceof BoundExceeded) throw new BoundExceeded(error.problem, { of: error.of, message });
    throw new EvaluationError(message, { cause: error });
  }
}

function partsOf(template: string, session: EvaluationSession): readonly TemplatePart[] {
  const { parts, fault } = session.read(template);
  if (fault !== undefined)
    throw new EvaluationError(`Cannot read ${quoteName(template.trim())}: ${fault.kind} ${fault.found}`);
  const expressions = parts.filter((part) => part.kind === 'expression');
  const isAlone =
    expressions.length === 1 && parts.every((part) => part.kind === 'expression' || part.text.trim() === '');
  return isAlone ? expressions : parts;
}

interface Scope {
  /** Called when something is evaluated: most of what is asked before a run is not known. */
  readonly contexts: () => data.Dictionary;
  /** What a name waits for, nothing when it is known; undefined for a part that is no name which may be unknown. */
  readonly waitsAt: (expr: Expr) => readonly string[] | undefined;
  readonly session: EvaluationSession;
  /** What each part of an expression refers to that is not known, so that every part is looked at once. */
  readonly waits: Map<Expr, ReadonlySet<string>>;
}

function evaluatePart(part: TemplatePart, scope: Scope): Known<data.ExpressionData> {
  if (part.kind === 'text') return { known: true, value: new data.StringData(part.text) };
  return evaluateTree(part.expression.tree, scope);
}

/** Follows `&&` and `||` as far as they are known; everything else needs all that it refers to. */
function evaluateTree(expr: Expr, scope: Scope): Known<data.ExpressionData> {
  const waitsFor = unknownIn(expr, scope);
  if (waitsFor.size === 0) return { known: true, value: evaluateAll(expr, scope) };
  const node = nodeOf(expr);
  if (node.kind === 'group') return evaluateTree(node.inner, scope);
  if (node.kind !== 'and-or') {
    const children =
      scope.waitsAt(expr) !== undefined ? [] : childrenOf(node).map((child) => evaluateTree(child, scope));
    const open = children.length === 0 ? [...waitsFor] : waiting(children);
    // Everything under the node may turn out to be known after all, when what is unknown in it is never looked at.
    if (open.length > 0) return { known: false, waitsFor: open };
    return { known: true, value: evaluateAll(expr, scope) };
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

function evaluateAll(expr: Expr, { contexts, session }: Scope): data.ExpressionData {
  return new BoundedEvaluator(expr, { contexts: contexts(), session }).evaluate();
}

function unknownIn(expr: Expr, scope: Scope): ReadonlySet<string> {
  const found = scope.waits.get(expr) ?? findUnknown(expr, scope);
  scope.waits.set(expr, found);
  return found;
}

function findUnknown(expr: Expr, scope: Scope): ReadonlySet<string> {
  const own = scope.waitsAt(expr);
  if (own !== undefined) return own.length === 0 ? nothing : new Set(own);
  const children = childrenOf(nodeOf(expr)).map((child) => unknownIn(child, scope));
  const sets = children.filter(({ size }) => size > 0);
  return sets.length > 1 ? new Set(sets.flatMap((set) => [...set])) : (sets[0] ?? nothing);
}

const nothing: ReadonlySet<string> = new Set();

function waiting(results: readonly Known<unknown>[]): readonly string[] {
  const open = results.filter((result) => !result.known);
  return open.length === 0 ? [] : [...new Set(open.flatMap(({ waitsFor }) => waitsFor))];
}

/** What expressions may read of the contexts. */
function readable({ inputs, steps, env, matrix, run }: Contexts): Record<(typeof contextNames)[number], PlainValue> {
  return { inputs, steps, env, matrix, run: run as PlainValue };
}

function toPlain(value: data.ExpressionData): PlainValue {
  return JSON.parse(JSON.stringify(value, replacer)) as PlainValue;
}
