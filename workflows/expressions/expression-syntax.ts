import { isTemplate } from '../document/yaml/plain-value.ts';
import { calculations } from './calculations.ts';
import { type Expr, ExpressionError, Lexer, Parser, wellKnownFunctions } from '@actions/expressions';
import { type Token, TokenType } from '@actions/expressions/lexer';
import { quoteName } from '../document/quote-name.ts';

/** The contexts that expressions may read. */
export const contextNames = ['inputs', 'steps', 'env', 'matrix', 'run'] as const;

/** The functions that expressions may call, by their names in lower case. */
export const functions: ReadonlyMap<string, FunctionForm> = new Map(
  [...Object.values(wellKnownFunctions), ...calculations.values()].map(
    ({ name, description = '', minArgs, maxArgs }) => [name.toLowerCase(), { name, description, minArgs, maxArgs }],
  ),
);

export interface FunctionForm {
  readonly name: string;
  /** For people: how it is called, in backticks, an empty line, and what it gives. */
  readonly description: string;
  readonly minArgs: number;
  readonly maxArgs: number;
}

/** A text with `${{ }}` in it, taken apart. Offsets are into the text. */
export interface Template {
  readonly parts: readonly TemplatePart[];
  /** What is wrong with the first expression that cannot be read; its part is left out. */
  readonly fault?: SyntaxFault;
}

export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly expression: Expression };

/** An expression as GitHub's library reads it, and where its tokens are. */
export interface Expression {
  readonly tree: Expr;
  readonly start: number;
  readonly end: number;
  readonly offsets: ReadonlyMap<Token, number>;
}

export interface SyntaxFault {
  readonly kind: 'unclosed' | 'empty' | 'syntax' | 'unknown-context' | 'unknown-function' | 'argument-count';
  readonly start: number;
  readonly end: number;
  /** What was found: a name, or a sentence about it. */
  readonly found: string;
  /** The sign that means nothing where it stands. */
  readonly symbol?: string;
}

/** Longer expressions are refused, so that no tree is deep enough to exhaust the stack. */
const MAX_EXPRESSION_LENGTH = 4096;

/** Texts with more expressions and texts between them are refused: each takes many times the memory of what is written. */
const MAX_PARTS = 1000;

/** A condition as a template, whichever way it is written. */
export function templateOf(condition: string): string {
  const text = condition.trim();
  return isTemplate(text) ? text : `\${{ ${text} }}`;
}

/** Takes a text apart. Never throws: what cannot be read is in `fault`. `contexts` are the names that it may read. */
export function parseTemplate(text: string, contexts: readonly string[] = contextNames): Template {
  const parts: TemplatePart[] = [];
  let position = 0;
  for (;;) {
    const open = text.indexOf('${{', position);
    if (open < 0) break;
    if (open > position) parts.push({ kind: 'text', text: text.slice(position, open) });
    const close = findClose(text, open + 3);
    if (close === undefined) {
      const found = text.slice(open, open + 3);
      return { parts, fault: { kind: 'unclosed', start: open, end: open + 3, found } };
    }
    if (parts.length >= MAX_PARTS) {
      const found = `the text has more than ${MAX_PARTS} parts`;
      return { parts, fault: { kind: 'syntax', start: open, end: open + 3, found } };
    }
    const expression = parseExpression(text, { start: open + 3, end: close, contexts });
    if ('kind' in expression) return { parts, fault: expression };
    parts.push({ kind: 'expression', expression });
    position = close + 2;
  }
  if (position < text.length) parts.push({ kind: 'text', text: text.slice(position) });
  return { parts };
}

/** The `}}` that ends an expression: not one inside a quoted string. */
function findClose(text: string, from: number): number | undefined {
  let quoted = false;
  for (let index = from; index < text.length; index += 1) {
    if (text[index] === "'") quoted = !quoted;
    else if (!quoted && text[index] === '}' && text[index + 1] === '}') return index;
  }
  return undefined;
}

/** Reads the expression between two offsets of a text. */
export function parseExpression(
  text: string,
  {
    start,
    end,
    contexts = contextNames,
  }: { readonly start: number; readonly end: number; readonly contexts?: readonly string[] },
): Expression | SyntaxFault {
  const source = text.slice(start, end);
  if (source.trim() === '') return { kind: 'empty', start: Math.max(0, start - 3), end: end + 2, found: '' };
  if (source.length > MAX_EXPRESSION_LENGTH) {
    return { kind: 'syntax', start, end, found: `it is longer than ${MAX_EXPRESSION_LENGTH} characters` };
  }
  const lexed = lex(source, start);
  if ('kind' in lexed) return lexed;
  const { tokens, offsets } = lexed;
  const fault = unknownName(tokens, { offsets, contexts });
  if (fault !== undefined) return fault;
  try {
    const tree = new Parser(tokens, [...contexts], [...calculations.values()]).parse();
    return { tree, start, end, offsets };
  } catch (error) {
    return parserFault(error, { tokens, offsets, end });
  }
}

interface Lexed {
  readonly tokens: Token[];
  readonly offsets: ReadonlyMap<Token, number>;
}

function lex(source: string, start: number): Lexed | SyntaxFault {
  try {
    const { tokens } = new Lexer(source).lex();
    const offsets = new Map<Token, number>();
    let position = 0;
    for (const token of tokens) {
      while (/[ \t\r\n]/.test(source[position] ?? '')) position += 1;
      offsets.set(token, start + position);
      position += token.lexeme.length;
      // The library undoubles only the first quote of a string.
      if (token.type === TokenType.STRING) token.value = token.lexeme.slice(1, -1).replaceAll("''", "'");
    }
    return { tokens, offsets };
  } catch (error) {
    return lexerFault(error, { source, start });
  }
}

/** The lexer's error says in its text where it stopped, followed by the whole expression. */
function lexerFault(
  error: unknown,
  { source, start }: { readonly source: string; readonly start: number },
): SyntaxFault {
  const message = error instanceof Error ? error.message : String(error);
  const position = / position (\d+)$/.exec(message.replace(` within expression: ${source}`, () => ''));
  const offset = Math.min(Math.max(Number(position?.[1] ?? 1) - 1, 0), source.length - 1);
  const symbol = /^\S+/.exec(source.slice(offset))?.[0] ?? source.slice(offset, offset + 1);
  const isOpenString = symbol.startsWith("'");
  return {
    kind: 'syntax',
    start: start + offset,
    end: start + offset + symbol.length,
    ...(isOpenString
      ? { found: 'a quoted string has no end' }
      : { found: `${quoteName(symbol)} means nothing here`, symbol }),
  };
}

/** The first name that is neither a context nor a function; found before parsing, so that the nearest can be offered. */
function unknownName(
  tokens: readonly Token[],
  { offsets, contexts }: { readonly offsets: ReadonlyMap<Token, number>; readonly contexts: readonly string[] },
): SyntaxFault | undefined {
  for (const [index, token] of tokens.entries()) {
    if (token.type !== TokenType.IDENTIFIER || tokens[index - 1]?.type === TokenType.DOT) continue;
    const start = offsets.get(token) ?? 0;
    const place = { start, end: start + token.lexeme.length, found: token.lexeme };
    const isCall = tokens[index + 1]?.type === TokenType.LEFT_PAREN;
    if (isCall && !functions.has(token.lexeme.toLowerCase())) return { kind: 'unknown-function', ...place };
    const isContext = contexts.includes(token.lexeme);
    if (!isCall && !isContext) return { kind: 'unknown-context', ...place };
  }
  return undefined;
}

function parserFault(error: unknown, at: Lexed & { readonly end: number }): SyntaxFault {
  const message = error instanceof Error ? error.message : String(error);
  const pos = error instanceof ExpressionError ? error.pos : undefined;
  const token = at.tokens.find(({ range }) => range.start.line === pos?.line && range.start.column === pos?.column);
  const start = (token && at.offsets.get(token)) ?? at.end;
  const place = { start, end: start + Math.max(1, token?.lexeme.length ?? 1), found: token?.lexeme ?? '' };
  if (/parameters supplied/.test(message)) return { kind: 'argument-count', ...place };
  if (/end of expression/.test(message) || !token?.lexeme) {
    return { kind: 'syntax', ...place, found: 'it ends where something more must come' };
  }
  if (/max expression depth/.test(message)) return { kind: 'syntax', ...place, found: 'it is nested too deeply' };
  const found = `${quoteName(token.lexeme)} is not expected here`;
  return { kind: 'syntax', ...place, found, symbol: token.lexeme };
}
