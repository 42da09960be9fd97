import { data, type Expr } from '@actions/expressions';
import type { Template, Expression } from '../../expressions/expression-syntax.ts';
import { calculations } from '../../expressions/calculations.ts';
import { type ExpressionNode, nodeOf, stepOutput } from '../../expressions/expression-tree.ts';
import type { Findings } from '../../document/diagnostics/diagnostics.ts';
import { comparable, fits, nameOfValueType, type ValueType } from '../../expressions/value-type.ts';
import { reportFault } from './expression-faults.ts';
import { type ExpressionNames, ExpressionPlaces, type ExpressionScope } from './expression-scope.ts';
import { NameTypes } from './name-types.ts';

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
  const places = new ExpressionPlaces(expression, scope);
  const names = new NameTypes(expression.tree, { scope, places });
  return typeAmong(expression, { findings: scope.findings, places, names });
}

/** The same of an expression over other contexts than those of pipelines. */
export function typeAmong(expression: Expression, of: CheckedNames): ValueType {
  return new Checker(of).typeOf(expression.tree);
}

/** What the names in an expression are, and where findings about it go. */
interface CheckedNames {
  readonly findings: Findings;
  readonly places: ExpressionPlaces;
  readonly names: ExpressionNames;
}

class Checker {
  readonly #findings: Findings;
  readonly #places: ExpressionPlaces;
  readonly #names: ExpressionNames;

  constructor({ findings, places, names }: CheckedNames) {
    this.#findings = findings;
    this.#places = places;
    this.#names = names;
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
        return this.#names.context(node.name, expr);
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
      this.#findings.report('argument-type', this.#places.at(operand), {
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
      const at = this.#places.at(node.left, node.right);
      const operator = node.operator.lexeme;
      const names = { left: nameOfValueType(left), operator, right: nameOfValueType(right) };
      this.#findings.report('type-mismatch', at, { ...names, hint });
    }
    return 'boolean';
  }

  #access(node: ExpressionNode & { readonly kind: 'property' | 'index' | 'every' }, expr: Expr): ValueType {
    if (node.kind === 'index') this.typeOf(node.index);
    const of = nodeOf(node.of);
    if (of.kind === 'context' && node.kind === 'property') return this.#names.member(of.name, { node, expr });
    const path = this.#names.path(expr);
    if (path !== undefined) return path;
    // Which one is read is decided later.
    if (of.kind === 'context') this.#names.anyMember(of.name);
    const type = this.typeOf(node.of);
    if (type === 'any' || type === 'mapping' || type === 'list') return 'any';
    const property = node.kind === 'property' ? node.name : '*';
    this.#findings.report('property-of-value', this.#places.at(expr), { property, type: nameOfValueType(type) });
    return 'any';
  }
}

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
