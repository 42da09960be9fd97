import { data, type Expr } from '@actions/expressions';
import { calculations } from '../expressions/calculations.ts';
import { type JsonSchema, type StepKindName, stepSchemas } from '../../schemas/index.ts';
import type { Matrix } from './matrix/check-matrix.ts';
import type { Findings, Span } from '../document/diagnostics.ts';
import {
  contextNames,
  type Expression,
  functions,
  type SyntaxFault,
  type Template,
} from '../expressions/expression-syntax.ts';
import {
  childrenOf,
  type ExpressionNode,
  nodeOf,
  spanOf,
  stepOutput,
  type StepOutputReference,
} from '../expressions/expression-tree.ts';
import { nearestName } from '../document/nearest-name.ts';
import { hintForFault } from './expression-hints.ts';
import type { InputType } from './pipeline.ts';
import type { VariableScope } from './variables/check-variables.ts';
import { isCredentialName } from './variables/credential-names.ts';
import type { References } from './step-references.ts';
import { comparable, fits, nameOfValueType, typeOfSchema, type ValueType } from '../expressions/value-type.ts';

/** What an expression may refer to, and where its findings go. */
export interface ExpressionScope {
  /** With their types, where these are known. */
  readonly inputs: ReadonlyMap<string, InputType | undefined>;
  /** The other steps, as they are seen from the step that the expression belongs to. */
  readonly references: References;
  /** Whether the expression belongs to a step under `finally`. */
  readonly isFinally: boolean;
  readonly matrix: Matrix | undefined;
  readonly variables: VariableScope;
  /** Whether a secret variable may be read: only where its value stays in a URL that nobody is shown. */
  readonly takesSecrets: boolean;
  readonly findings: Findings;
  /** Where a part of the scalar's value is in the text. */
  locate(part: Span): Span;
  /** Told for each input that the expression reads, declared or not; without a name when it may read each of them. */
  onInput(name: string | undefined): void;
  onUnknownMatrixValue(name: string, at: Span): void;
}

/** The type of a template, checked on the way: names exist, compared values are of one type. */
export function typeOfTemplate({ parts, fault }: Template, scope: ExpressionScope): ValueType {
  const types = parts.map((part) => (part.kind === 'text' ? 'text' : checkExpression(part.expression, scope)));
  if (fault !== undefined) reportFault(fault, scope);
  if (fault !== undefined) return 'any';
  const values = types.filter((_, index) => !isBlank(parts[index]));
  return values.length === 1 ? (values[0] ?? 'text') : 'text';
}

function isBlank(part: Template['parts'][number] | undefined): boolean {
  return part?.kind === 'text' && part.text.trim() === '';
}

/** The type of a single expression, checked on the way. */
export function checkExpression(expression: Expression, scope: ExpressionScope): ValueType {
  return new Checker(expression, scope).typeOf(expression.tree);
}

/** Reports an expression that cannot be read. */
export function reportFault(
  syntaxFault: SyntaxFault,
  {
    findings,
    locate,
    references,
  }: Pick<ExpressionScope, 'findings' | 'locate'> & { readonly references?: Pick<References, 'has'> },
): void {
  const { kind, found, symbol: _, ...part } = syntaxFault;
  const at = locate(part);
  const hint = hintForFault(syntaxFault, (name) => references?.has(name) === true);
  switch (kind) {
    case 'unclosed':
      return findings.report('unclosed-expression', at, {});
    case 'empty':
      return findings.report('empty-expression', at, {});
    case 'syntax':
      return findings.report('expression-syntax', at, { problem: found, hint });
    case 'unknown-context':
      return findings.report('unknown-context', at, () => ({
        context: found,
        allowed: contextNames,
        nearest: nearestName(found, contextNames),
        hint,
      }));
    case 'unknown-function': {
      const allowed = [...functions.values()].map(({ name }) => name);
      return findings.report('unknown-function', at, () => ({
        function: found,
        allowed,
        nearest: nearestName(found, allowed),
        hint,
      }));
    }
    case 'argument-count': {
      const form = functions.get(found.toLowerCase());
      return findings.report('argument-count', at, {
        function: found,
        least: form?.minArgs ?? 0,
        most: form?.maxArgs ?? 0,
      });
    }
  }
}

class Checker {
  readonly #expression: Expression;
  readonly #scope: ExpressionScope;
  readonly #spans = new Map<Expr, Span>();

  constructor(expression: Expression, scope: ExpressionScope) {
    this.#expression = expression;
    this.#scope = scope;
  }

  typeOf(expr: Expr): ValueType {
    const node = nodeOf(expr);
    switch (node.kind) {
      case 'literal':
        return literalTypes[node.value.kind] ?? 'any';
      case 'group':
        return this.typeOf(node.inner);
      case 'not':
        this.typeOf(node.operand);
        return 'boolean';
      case 'compare':
        return this.#compare(node);
      case 'and-or': {
        const types = new Set(node.operands.map((operand) => this.typeOf(operand)));
        const [only] = types;
        return types.size === 1 && only !== undefined ? only : 'any';
      }
      case 'call': {
        const types = node.operands.map((operand) => this.typeOf(operand));
        const name = node.name.toLowerCase();
        return calculations.has(name) ? this.#calculation(node, types) : (functionTypes[name] ?? 'any');
      }
      case 'context':
        return this.#context(node.name, expr);
      case 'property':
      case 'index':
      case 'every':
        return this.#access(node, expr);
    }
  }

  #calculation(node: ExpressionNode & { readonly kind: 'call' }, types: readonly ValueType[]): ValueType {
    const calculation = calculations.get(node.name.toLowerCase());
    if (calculation === undefined) return 'any';
    for (const [index, actual] of types.entries()) {
      const wanted = calculation.takes(types.slice(0, index));
      const operand = node.operands[index];
      if (operand === undefined || wanted.some((type) => fits(actual, type))) continue;
      const hint =
        hintForRate(['rate', operand]) ?? (actual === 'text' ? 'Read it from text with fromJSON(…)' : undefined);
      this.#scope.findings.report('argument-type', this.#at(operand), {
        function: calculation.name,
        argument: index + 1,
        actual: nameOfValueType(actual),
        wanted: wanted.map(nameOfValueType),
        hint,
      });
      return 'any';
    }
    return calculation.gives(types);
  }

  #compare(node: ExpressionNode & { readonly kind: 'compare' }): ValueType {
    const left = this.typeOf(node.left);
    const right = this.typeOf(node.right);
    const isCountForDuration =
      (left === 'number' && right === 'duration' && isCountAsItStands(node.left, { duration: node.right })) ||
      (right === 'number' && left === 'duration' && isCountAsItStands(node.right, { duration: node.left }));
    const hint =
      hintForRate([left, node.right]) ??
      hintForRate([right, node.left]) ??
      (isCountForDuration ? 'A duration is a number of seconds: `mul(…, 86400)` makes one of days' : undefined);
    const isSame = comparable(left, right);
    const isNumberForOther =
      [left, right].includes('number') && ['rate', 'duration'].some((type) => left === type || right === type);
    if ((!isSame && !isNumberForOther) || hint !== undefined) {
      const at = this.#at(node.left, node.right);
      const operator = node.operator.lexeme;
      const names = { left: nameOfValueType(left), operator, right: nameOfValueType(right) };
      this.#scope.findings.report('type-mismatch', at, { ...names, hint });
    }
    return 'boolean';
  }

  #context(name: string, expr: Expr): ValueType {
    const { findings, matrix, isFinally } = this.#scope;
    if (name === 'env') for (const variable of this.#scope.variables.declared.keys()) this.#variable(variable, expr);
    if (name === 'steps') findings.report('incomplete-step-reference', this.#at(expr), {});
    if (name === 'matrix' && (matrix === undefined || isFinally)) {
      findings.report('no-matrix', this.#at(expr), { inFinally: matrix !== undefined });
      return 'any';
    }
    return name === 'steps' ? 'any' : 'mapping';
  }

  #access(node: ExpressionNode & { readonly kind: 'property' | 'index' | 'every' }, expr: Expr): ValueType {
    if (node.kind === 'index') this.typeOf(node.index);
    const reference = stepOutput(expr);
    if (reference !== undefined) return this.#output(reference);
    const of = nodeOf(node.of);
    if (of.kind === 'context' && node.kind === 'property') return this.#member(of.name, { node, expr });
    if (isStepPath(expr)) return this.#incomplete(expr);
    // Which one is read is decided later.
    if (of.kind === 'context' && of.name === 'inputs') this.#scope.onInput(undefined);
    const type = this.typeOf(node.of);
    if (type === 'any' || type === 'mapping' || type === 'list') return 'any';
    const property = node.kind === 'property' ? node.name : '*';
    this.#scope.findings.report('property-of-value', this.#at(expr), { property, type: nameOfValueType(type) });
    return 'any';
  }

  #member(
    context: string,
    at: { readonly node: { readonly name: string; readonly token: object }; readonly expr: Expr },
  ): ValueType {
    const { findings, inputs, matrix, isFinally } = this.#scope;
    const { name } = at.node;
    if (context === 'inputs') {
      this.#scope.onInput(name);
      if (inputs.has(name)) {
        const type = inputs.get(name) ?? 'any';
        return type === 'string' ? 'text' : type;
      }
      findings.report('unknown-input', this.#atProperty(at.expr), () => ({
        input: name,
        allowed: [...inputs.keys()],
        nearest: nearestName(name, inputs.keys()),
      }));
      return 'any';
    }
    if (context === 'env') {
      this.#variable(name, at.expr);
      return 'text';
    }
    if (context === 'matrix' && matrix !== undefined && !isFinally) {
      if (!matrix.types.has(name)) this.#scope.onUnknownMatrixValue(name, this.#atProperty(at.expr));
      return matrix.types.get(name) ?? 'any';
    }
    if (context === 'run') {
      if (name === 'id') return 'text';
      if (name === 'status') {
        if (!isFinally) findings.report('status-too-early', this.#at(at.expr), {});
        return 'text';
      }
      const allowed = isFinally ? ['id', 'status'] : ['id'];
      findings.report('unknown-property', this.#atProperty(at.expr), () => ({
        of: 'run',
        property: name,
        allowed,
        nearest: nearestName(name, allowed),
      }));
      return 'any';
    }
    return context === 'steps' ? this.#incomplete(at.expr) : this.#context(context, at.expr);
  }

  #variable(variable: string, expr: Expr): void {
    const { findings, variables, takesSecrets } = this.#scope;
    const { declared, set } = variables;
    variables.onVariable(variable);
    const found = declared.get(variable);
    if (found === undefined) {
      const allowed = [...declared.keys()];
      const nearest = nearestName(variable, allowed);
      findings.report('undeclared-variable', this.#atProperty(expr), { variable, allowed, nearest });
    } else if (found.isSecret && !(takesSecrets && expr === this.#expression.tree)) {
      const byName = isCredentialName(variable);
      findings.report('misplaced-secret', this.#atProperty(expr), { variable, byName });
    } else if (set !== undefined && !set.has(variable)) {
      findings.report('unset-variable', this.#atProperty(expr), { variable });
    }
  }

  /** `steps.<id>` without an output, or with something else than `outputs` where that must be. */
  #incomplete(expr: Expr): ValueType {
    const path = propertyPath(expr);
    const [id, outputs] = path;
    if (id !== undefined && outputs !== undefined && outputs.name !== 'outputs') {
      const at = this.#atToken(outputs.token);
      this.#scope.findings.report('unknown-property', at, () => ({
        of: `steps.${id.name}`,
        property: outputs.name,
        allowed: ['outputs'],
        nearest: nearestName(outputs.name, ['outputs']),
      }));
    } else this.#scope.findings.report('incomplete-step-reference', this.#at(expr), {});
    return 'any';
  }

  #output({ stepId, stepToken, output, outputToken }: StepOutputReference): ValueType {
    const { references, findings } = this.#scope;
    const step = references.resolve(stepId, this.#atToken(stepToken));
    const uses = step?.uses;
    if (uses === undefined) return 'any';
    const outputs = outputsOf(uses);
    const schema = Object.hasOwn(outputs, output) ? outputs[output] : undefined;
    if (schema === undefined) {
      const allowed = Object.keys(outputs);
      findings.report('unknown-output', this.#atToken(outputToken), () => ({
        step: stepId,
        uses,
        output,
        allowed,
        nearest: nearestName(output, allowed),
      }));
      return 'any';
    }
    const key = schema['x-present-with'];
    if (key !== undefined && step?.settings.has(key) !== true) {
      findings.report('output-not-present', this.#atToken(outputToken), { step: stepId, output, key });
    }
    return typeOfSchema(schema);
  }

  #at(first: Expr, last: Expr = first): Span {
    const { start } = spanOf(first, { ...this.#expression, spans: this.#spans });
    const { end } = spanOf(last, { ...this.#expression, spans: this.#spans });
    return this.#scope.locate({ start, end });
  }

  /** The last name of `x.y.z`. */
  #atProperty(expr: Expr): Span {
    const token = propertyPath(expr).at(-1)?.token;
    return token === undefined ? this.#at(expr) : this.#atToken(token);
  }

  #atToken(token: Token): Span {
    const start = this.#expression.offsets.get(token) ?? this.#expression.start;
    return this.#scope.locate({ start, end: start + token.lexeme.length });
  }
}

type Token = StepOutputReference['stepToken'];

const literalTypes: Readonly<Partial<Record<data.Kind, ValueType>>> = {
  [data.Kind.String]: 'text',
  [data.Kind.Number]: 'number',
  [data.Kind.Boolean]: 'boolean',
  [data.Kind.Null]: 'null',
};

const functionTypes: Readonly<Record<string, ValueType>> = {
  contains: 'boolean',
  startswith: 'boolean',
  endswith: 'boolean',
  format: 'text',
  join: 'text',
  tojson: 'text',
};

/** The outputs of a step kind by name. */
function outputsOf(kind: StepKindName): Readonly<Record<string, JsonSchema>> {
  return (stepSchemas[kind] as JsonSchema).$defs?.['outputs']?.properties ?? {};
}

function isStepPath(expr: Expr): boolean {
  const node = nodeOf(expr);
  if (node.kind === 'context') return node.name === 'steps';
  return (
    (node.kind === 'property' || node.kind === 'index' || node.kind === 'every') &&
    stepOutput(expr) === undefined &&
    isStepPath(node.of)
  );
}

/** The names after the context in `steps.x.y`, as far as they are names. */
function propertyPath(expr: Expr): readonly { readonly name: string; readonly token: Token }[] {
  const node = nodeOf(expr);
  if (node.kind === 'property') return [...propertyPath(node.of), { name: node.name, token: node.token }];
  return node.kind === 'index' || node.kind === 'every' ? propertyPath(node.of) : childrenOf(node).length > 0 ? [] : [];
}

/** Numbers that steps give count days, words or lines, and no seconds. What is calculated may be in any unit. */
function isCountAsItStands(number: Expr, { duration }: { readonly duration: Expr }): boolean {
  return stepOutput(number) !== undefined && nodeOf(duration).kind !== 'call';
}

/** A rate is compared with a number above 1, or with a percentage in quotes: what was meant is a fraction. */
function hintForRate([type, other]: readonly [ValueType, Expr]): string | undefined {
  const node = nodeOf(other);
  if (type !== 'rate' || node.kind !== 'literal') return undefined;
  const written = node.value.coerceString();
  const percent = Number(written.replace('%', ''));
  const isPercent = node.value.kind === data.Kind.String ? written.endsWith('%') : percent > 1;
  return isPercent && percent <= 100
    ? `Rates in expressions are fractions: write ${Number(`${percent}e-2`)} for ${percent}%`
    : undefined;
}
