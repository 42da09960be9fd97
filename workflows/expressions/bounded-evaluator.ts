import { data, Evaluator, type Expr, wellKnownFunctions } from '@actions/expressions';
import { Binary, type FunctionCall, IndexAccess, Literal, Star } from '@actions/expressions/ast';
import type { Token } from '@actions/expressions/lexer';
import { calculations } from './calculations.ts';
import { assertSize, type EvaluationSession } from './evaluation-session.ts';

/**
 * GitHub's evaluator that counts what it does and looks at the size of a text before it makes it. Throws a `BoundExceeded`
 * for what is too much; time and memory are therefore in proportion to the steps of the session, whatever the values are.
 */
export class BoundedEvaluator extends Evaluator {
  readonly #session: EvaluationSession;

  constructor(expr: Expr, at: { readonly contexts: data.Dictionary; readonly session: EvaluationSession }) {
    super(expr, at.contexts);
    this.#session = at.session;
  }

  protected override eval(expr: Expr): data.ExpressionData {
    this.#session.take(1);
    const value = super.eval(expr);
    if (value.kind === data.Kind.String) this.#session.take(value.value.length >> 6);
    return value;
  }

  override visitBinary(binary: Binary): data.ExpressionData {
    const left = this.eval(binary.left);
    const right = this.eval(binary.right);
    this.#session.take(stepsToRead(left) + stepsToRead(right));
    return super.visitBinary(new Binary(literal(left), binary.operator, literal(right)));
  }

  override visitIndexAccess({ expr, index }: IndexAccess): data.ExpressionData {
    const isEvery = index instanceof Star;
    const known = isEvery ? index : literal(this.eval(index));
    const of = this.eval(expr);
    if (isEvery && isCollection(of)) this.#session.take(of.values().reduce((sum, item) => sum + 1 + itemsIn(item), 0));
    return super.visitIndexAccess(new IndexAccess(literal(of), known));
  }

  override visitFunctionCall({ functionName, args }: FunctionCall): data.ExpressionData {
    const name = functionName.lexeme.toLowerCase();
    const values = args.map((arg) => this.eval(arg));
    this.#session.take(values.reduce((sum, value) => sum + stepsToRead(value), 0));
    switch (name) {
      case 'format':
        return new data.StringData(format(values));
      case 'contains':
        this.#session.take(stepsToSearch(values));
        break;
      case 'join':
        assertSize(sizeOfJoined(values));
        break;
      case 'fromjson':
        this.#session.take(Math.ceil((values[0]?.coerceString().length ?? 0) / 8));
        break;
      case 'tojson':
        this.#session.take(sizeAsJson(values[0], 2) >> 3);
    }
    const calculation = calculations.get(name);
    if (calculation !== undefined) return calculation.call(values);
    const called = wellKnownFunctions[name];
    if (called === undefined) throw new Error(`There is no function ${functionName.lexeme}`);
    return called.call(...values);
  }
}

/** A value that is evaluated already, as a part of an expression. */
function literal(value: data.ExpressionData): Literal {
  return new Literal(value, noToken);
}

const noToken = { lexeme: '' } as Token;

function stepsToRead(value: data.ExpressionData): number {
  if (value.kind === data.Kind.String) return value.value.length >> 6;
  return itemsIn(value);
}

function itemsIn(value: data.ExpressionData): number {
  return isCollection(value) ? value.values().length : 0;
}

function isCollection(value: data.ExpressionData): value is data.Array | data.Dictionary {
  return value.kind === data.Kind.Array || value.kind === data.Kind.Dictionary;
}

/** Every item of a list is compared with the other value, which is read anew each time. */
function stepsToSearch([list, wanted]: readonly data.ExpressionData[]): number {
  if (list?.kind !== data.Kind.Array || wanted === undefined) return 0;
  return list.values().reduce((sum, item) => sum + 1 + stepsToRead(item) + stepsToRead(wanted), 0);
}

function sizeOfJoined([list, separator]: readonly data.ExpressionData[]): number {
  if (list?.kind !== data.Kind.Array) return 0;
  const between = separator === undefined ? 1 : separator.primitive ? separator.coerceString().length : 1;
  return list.values().reduce((sum, item) => sum + item.coerceString().length + between, 0);
}

/**
 * The characters of a value as JSON, at least: what is too large is refused as soon as that is certain. With `indent` as
 * `toJSON` writes it.
 */
export function sizeAsJson(value: data.ExpressionData | undefined, indent = 0): number {
  let size = 0;
  const add = (characters: number): void => {
    size += characters;
    assertSize(size);
  };
  const measure = (part: data.ExpressionData | undefined, depth: number): void => {
    const lineBreak = indent === 0 ? 0 : 1 + depth * indent;
    if (part?.kind === data.Kind.String) {
      add(part.value.length + 2);
      add(JSON.stringify(part.value).length - part.value.length - 2);
    } else if (part?.kind === data.Kind.Array) {
      for (const item of part.values()) {
        add(lineBreak + 1);
        measure(item, depth + 1);
      }
      add(2);
    } else if (part?.kind === data.Kind.Dictionary) {
      for (const { key, value: item } of part.pairs()) {
        add(lineBreak + key.length + 4);
        measure(item, depth + 1);
      }
      add(2);
    } else add(part?.coerceString().length ?? 0);
  };
  measure(value, 1);
  return size;
}

/** The library's `format`, which is told how long the text may be, and reads its pattern once. */
function format([pattern, ...values]: readonly data.ExpressionData[]): string {
  const written = pattern?.coerceString() ?? '';
  const parts: string[] = [];
  let size = 0;
  const add = (text: string): void => {
    size += text.length;
    assertSize(size);
    parts.push(text);
  };
  let position = 0;
  for (const match of written.matchAll(/\{\{|\}\}|\{(\d+)[^}]*\}|[{}]/g)) {
    const [found, index] = match;
    if (match.index > position) add(written.slice(position, match.index));
    position = match.index + found.length;
    if (index !== undefined)
      add(values[Number(index)]?.coerceString() ?? refuse(written, 'asks for more values than there are'));
    else if (found.length === 2) add(found.slice(1));
    else refuse(written, `has ${found} alone`);
  }
  add(written.slice(position));
  return parts.join('');
}

function refuse(pattern: string, problem: string): never {
  throw new Error(`The pattern '${pattern.slice(0, 60)}' of format ${problem}`);
}
