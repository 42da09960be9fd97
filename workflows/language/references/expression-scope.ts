import type { Expr } from '@actions/expressions';
import type { Findings, Span } from '../../document/diagnostics/diagnostics.ts';
import type { Expression } from '../../expressions/expression-syntax.ts';
import type { ValueType } from '../../expressions/value-type.ts';
import { nodeOf, spanOf, type StepOutputReference } from '../../expressions/expression-tree.ts';
import type { Matrix } from '../matrix/check-matrix.ts';
import type { InputType } from '../pipeline.ts';
import type { VariableScope } from '../variables/check-variables.ts';
import type { References } from './step-references.ts';

/** What an expression may refer to, and where its findings go. */
export interface ExpressionScope {
  /** With their types, where these are known. */
  readonly inputs: ReadonlyMap<string, InputType | undefined>;
  /** The other steps, as they are seen from the step that the expression belongs to. */
  readonly references: References;
  /** Whether the expression belongs to a step under `finally`. */
  readonly isFinally: boolean;
  /** Whether the expression belongs to a step that is done once in spite of a matrix. @default false */
  readonly isOnce?: boolean;
  readonly matrix: Matrix | undefined;
  readonly variables: VariableScope;
  /** Whether the expression may read a secret variable: only where SpeechOps keeps the value in a URL that it shows to nobody. */
  readonly takesSecrets: boolean;
  readonly findings: Findings;
  /** Where a part of the scalar's value is in the text. */
  locate(part: Span): Span;
  /** Told for each input that the expression reads, declared or not; without a name when it may read each of them. */
  onInput(name: string | undefined): void;
  onUnknownMatrixValue(name: string, at: Span): void;
}

/** What the names in an expression are. What is none is reported, and has any type. */
export interface ExpressionNames {
  /** The type of a whole context. */
  context(name: string, expr: Expr): ValueType;
  /** The type of one member of a context. */
  member(
    context: string,
    at: { readonly node: { readonly name: string; readonly token: object }; readonly expr: Expr },
  ): ValueType;
  /** The type of a longer path that means something as a whole; undefined for any other. */
  path(expr: Expr): ValueType | undefined;
  /** Told that a member of a context is read which is not named. */
  anyMember(context: string): void;
}

/** Where the parts of an expression are in the text. */
export class ExpressionPlaces {
  readonly #expression: Expression;
  readonly #locate: ExpressionScope['locate'];
  readonly #spans = new Map<Expr, Span>();

  constructor(expression: Expression, { locate }: Pick<ExpressionScope, 'locate'>) {
    this.#expression = expression;
    this.#locate = locate;
  }

  /** From the one part to the end of the other. */
  at(first: Expr, last: Expr = first): Span {
    const { start } = spanOf(first, { ...this.#expression, spans: this.#spans });
    const { end } = spanOf(last, { ...this.#expression, spans: this.#spans });
    return this.#locate({ start, end });
  }

  /** The last name of `x.y.z`. */
  property(expr: Expr): Span {
    const token = propertyPath(expr).at(-1)?.token;
    return token === undefined ? this.at(expr) : this.token(token);
  }

  token(token: Token): Span {
    const start = this.#expression.offsets.get(token) ?? this.#expression.start;
    return this.#locate({ start, end: start + token.lexeme.length });
  }
}

export type Token = StepOutputReference['stepToken'];

/** The names after the context in `steps.x.y`, as far as they are names. */
export function propertyPath(expr: Expr): readonly { readonly name: string; readonly token: Token }[] {
  const node = nodeOf(expr);
  if (node.kind === 'property') return [...propertyPath(node.of), { name: node.name, token: node.token }];
  return node.kind === 'index' || node.kind === 'every' ? propertyPath(node.of) : [];
}
