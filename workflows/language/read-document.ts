import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  Parser,
  type YAMLError,
} from 'yaml';
import type { Findings, Span } from './diagnostics.ts';

/** A YAML document as far as a pipeline needs it: every part knows where it is in the text. */
export type SourceNode = SourceMap | SourceList | SourceScalar;

export interface SourceMap extends Span {
  readonly kind: 'map';
  readonly entries: readonly SourceEntry[];
}

export interface SourceEntry {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: SourceNode;
}

interface SourceList extends Span {
  readonly kind: 'list';
  readonly items: readonly SourceNode[];
}

export interface SourceScalar extends Span {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** How it is written; `plain` includes what is no text. */
  readonly style: 'plain' | 'single-quoted' | 'double-quoted' | 'block';
}

/** More characters are refused: no pipeline that people review is a tenth as long. */
export const MAX_CHARACTERS = 1024 * 1024;
/** The library takes time and memory for each of them, and a text may have one a character. Of 10,000 steps there are fewer. */
const MAX_PARTS = 300_000;
/** Of these parts so many may be values or begin a list or a mapping, which cost the most. */
const MAX_VALUES = 150_000;
const MAX_DEPTH = 64;
const MAX_ALIAS_NODES = 10_000;

/**
 * The document that a text is, or undefined when it cannot be used as one; why is in the findings. Duplicate keys are
 * reported and the first one is kept. Takes time and memory in proportion to the text, whatever it says.
 */
export function readDocument(text: string, findings: Findings): SourceNode | undefined {
  if (text.length > MAX_CHARACTERS) {
    findings.report('document-too-large', { start: 0, end: 0 }, { limit: MAX_CHARACTERS, of: 'characters' });
    return undefined;
  }
  if (hasTooManyParts(text)) {
    findings.report('document-too-large', { start: 0, end: 0 }, { limit: MAX_VALUES, of: 'values' });
    return undefined;
  }
  const control = /(?![\t\n\r\u0085])[\p{Cc}\uFFFE\uFFFF]/u.exec(text);
  if (control !== null) {
    const at = { start: control.index, end: control.index + 1 };
    findings.report('control-character', at, { character: control[0] });
    return undefined;
  }
  const document = compose(text, findings);
  if (document === undefined) return undefined;
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    findings.report('empty-document', { start: 0, end: 0 }, {});
    return undefined;
  }
  return new NodeReader(text, findings).read(document.contents);
}

/** Names, values, signs, comments and ends of lines are parts. Only reads what is long enough to have too many. */
function hasTooManyParts(text: string): boolean {
  if (text.length < MAX_VALUES) return false;
  let parts = 0;
  let values = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme !== startOfText && lexeme[0] !== ' ') parts += 1;
    if (beginsValue.has(lexeme[0] ?? '')) values += 1;
    if (parts > MAX_PARTS || values > MAX_VALUES) return true;
  }
  return false;
}

/** The lexer gives it before each text that has no quotes. */
const startOfText = '\u001F';
/** Of texts, aliases, lists and mappings. */
const beginsValue: ReadonlySet<string> = new Set([startOfText, '"', "'", '-', '?', '[', '{', '*']);

/**
 * Feeds the parser piece by piece, so that reading stops at the first sign of trouble instead of after it: the library's
 * own convenience functions go on to the end and recurse as deep as the text is nested.
 */
function compose(text: string, findings: Findings): Document.Parsed | undefined {
  const parser = new Parser();
  const composer = new Composer({
    schema: 'core',
    resolveKnownTags: false,
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const documents: Document.Parsed[] = [];
  let strays = 0;
  const take = (tokens: Iterable<Parameters<Composer['next']>[0]>): boolean => {
    for (const token of tokens) {
      strays += token.type === 'error' ? 1 : 0;
      documents.push(...composer.next(token));
    }
    return strays < 20 && documents.length < 2 && documents.every(({ errors }) => errors.length === 0);
  };
  stopEarly(composer);
  try {
    for (const lexeme of new Lexer().lex(text)) {
      if (!take(parser.next(lexeme))) break;
      if (parser.stack.length > MAX_DEPTH) {
        findings.report('document-too-deep', { start: parser.offset, end: parser.offset + 1 }, { limit: MAX_DEPTH });
        return undefined;
      }
    }
    take(parser.end());
    documents.push(...composer.end(true, text.length));
  } catch (error) {
    if (!(error instanceof EnoughErrors)) throw error;
    documents.length = 0;
    return reportYamlError(error.errors, { text, findings });
  }
  return theOnlyOne(documents, { text, findings });
}

/** Ends composing after a few errors: a text can have one a character, and only the first is told. */
function stopEarly(composer: Composer): void {
  const errors: { readonly pos: readonly [number, number]; readonly code: string; readonly message: string }[] = [];
  const inner = composer as unknown as {
    onError: (source: unknown, code: string, message: string, warning?: boolean) => void;
  };
  const report = inner.onError;
  let hasTold = false;
  inner.onError = (source, code, message, warning) => {
    // Of warnings only the first tag that is not known is told; a text can have one a line.
    if (warning === true && (code !== 'TAG_RESOLVE_FAILED' || hasTold)) return;
    hasTold ||= warning === true;
    report(source, code, message, warning);
    if (warning !== true) errors.push({ pos: offsets(source), code, message });
    if (errors.length >= 20) throw new EnoughErrors(errors);
  };
}

class EnoughErrors extends Error {
  readonly errors: readonly Pick<YAMLError, 'pos' | 'code' | 'message'>[];
  constructor(errors: readonly unknown[]) {
    super('Stop reading: there are enough errors');
    this.errors = errors as readonly Pick<YAMLError, 'pos' | 'code' | 'message'>[];
  }
}

function offsets(source: unknown): [number, number] {
  if (typeof source === 'number') return [source, source + 1];
  if (Array.isArray(source)) return [Number(source[0]), Number(source[1])];
  const { offset = 0, source: written } = source as { offset?: number; source?: string };
  return [offset, offset + (typeof written === 'string' ? written.length : 1)];
}

interface Reading {
  readonly text: string;
  readonly findings: Findings;
}

function theOnlyOne(documents: readonly Document.Parsed[], reading: Reading): Document.Parsed | undefined {
  const [document, second] = documents;
  const errors = document?.errors ?? [];
  const tag = document?.warnings.find(({ code }) => code === 'TAG_RESOLVE_FAILED');
  if (errors.length > 0) return reportYamlError(errors, reading);
  if (tag !== undefined) return reportYamlError([tag], reading);
  if (second !== undefined) {
    const start = second.contents?.range?.[0] ?? second.range[0];
    reading.findings.report('several-documents', { start, end: start + 1 }, {});
    return undefined;
  }
  return document;
}

function reportYamlError(
  errors: readonly Pick<YAMLError, 'pos' | 'code' | 'message'>[],
  { text, findings }: Reading,
): undefined {
  const [first] = errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  if (first === undefined) return;
  const [from, to] = first.pos;
  // Faults of indentation are told at the indentation; what is indented is easier to see.
  const start = from + (/^[ \t]*(?=\S)/.exec(text.slice(from, from + 1000))?.[0].length ?? 0);
  const at = { start, end: Math.max(to, start + 1) };
  if (first.code === 'TAG_RESOLVE_FAILED') findings.report('unsupported-tag', at, { tag: text.slice(from, to) });
  else findings.report('yaml-syntax', at, { problem: first.message.charAt(0).toLowerCase() + first.message.slice(1) });
}

/** Turns the library's nodes into ours: aliases become what they stand for, keys become names. */
class NodeReader {
  readonly #text: string;
  readonly #findings: Findings;
  readonly #anchors = new Map<
    string,
    { readonly node: SourceNode; readonly size: number; readonly characters: number }
  >();
  /** What the aliases stand for so far. */
  #aliasNodes = 0;
  #aliasCharacters = 0;
  /** What was read so far, and what aliases in it stand for. */
  #size = 0;
  #characters = 0;

  constructor(text: string, findings: Findings) {
    this.#text = text;
    this.#findings = findings;
  }

  /** Undefined when the aliases stand for too much or for nothing. */
  read(root: Node): SourceNode | undefined {
    const node = this.#node(root);
    return this.#isExpandedTooFar() ? undefined : node;
  }

  #node(node: Node): SourceNode {
    const [sizeBefore, charactersBefore] = [this.#size, this.#characters];
    const result = this.#withoutAnchor(node);
    if (!isAlias(node) && node.anchor !== undefined) {
      const [size, characters] = [this.#size - sizeBefore, this.#characters - charactersBefore];
      this.#anchors.set(node.anchor, { node: result, size, characters });
    }
    return result;
  }

  #isExpandedTooFar(): boolean {
    return this.#aliasNodes > MAX_ALIAS_NODES || this.#aliasCharacters > MAX_CHARACTERS;
  }

  #withoutAnchor(node: Node): SourceNode {
    const [start, end] = node.range ?? [0, 0];
    this.#size += 1;
    if (isAlias(node)) return this.#alias(node.source, { start, end });
    if (isMap(node)) return { kind: 'map', start, end: this.#trimmed(start, end), entries: this.#entries(node.items) };
    if (isSeq(node)) {
      const items = node.items.map((item) => this.#item(item as Node | Pair, { start, end }));
      return { kind: 'list', start, end: this.#trimmed(start, end), items };
    }
    this.#characters += end - start;
    const value: unknown = isScalar(node) ? node.value : null;
    const isPlainValue = ['string', 'number', 'boolean'].includes(typeof value);
    return {
      kind: 'scalar',
      start,
      end,
      value: isPlainValue ? (value as string | number | boolean) : null,
      style: styleOf(isScalar(node) ? node.type : undefined),
    };
  }

  /** A flow list may hold a single pair, `[a: 1]`. */
  #item(item: Node | Pair, at: Span): SourceNode {
    if (!('key' in item)) return this.#node(item);
    return { kind: 'map', ...at, entries: this.#entries([item]) };
  }

  #alias(name: string, at: Span): SourceNode {
    const anchor = this.#anchors.get(name);
    if (anchor === undefined) {
      this.#findings.report('unresolved-alias', at, { alias: name });
      return { kind: 'scalar', ...at, value: '', style: 'plain' };
    }
    const before = this.#isExpandedTooFar();
    this.#aliasNodes += anchor.size;
    this.#aliasCharacters += anchor.characters;
    this.#size += anchor.size;
    this.#characters += anchor.characters;
    if (!before && this.#isExpandedTooFar()) {
      const limits = { limit: MAX_ALIAS_NODES, limitOfCharacters: MAX_CHARACTERS };
      this.#findings.report('alias-expansion', at, limits);
    }
    return anchor.node;
  }

  #entries(pairs: readonly unknown[]): readonly SourceEntry[] {
    const entries: SourceEntry[] = [];
    const first = new Map<string, number>();
    for (const { key, value } of pairs as readonly Pair[]) {
      const [start, end] = key.range ?? [0, 0];
      const keySpan = { start, end };
      if (isScalar(key) && key.anchor !== undefined) this.#node(key);
      const read = value === null ? emptyScalar(end) : this.#node(value);
      const name = isScalar(key) && (key.value === null ? undefined : String(key.value));
      if (typeof name !== 'string' || typeof (key as { value: unknown }).value === 'object') {
        this.#findings.report('non-string-key', keySpan, {});
      } else if (name === '<<') this.#findings.report('merge-key', keySpan, {});
      else if (first.has(name)) {
        this.#findings.report('duplicate-key', keySpan, () => ({
          key: name,
          firstLine: this.#findings.lineOf(first.get(name) ?? 0),
        }));
      } else {
        first.set(name, start);
        entries.push({ key: name, keySpan, value: read });
      }
    }
    return entries;
  }

  #trimmed(start: number, end: number): number {
    return start + this.#text.slice(start, end).trimEnd().length;
  }
}

interface Pair {
  readonly key: Node;
  readonly value: Node | null;
}

function emptyScalar(offset: number): SourceScalar {
  return { kind: 'scalar', start: offset, end: offset, value: null, style: 'plain' };
}

function styleOf(type: string | undefined | null): SourceScalar['style'] {
  if (type === 'QUOTE_SINGLE') return 'single-quoted';
  if (type === 'QUOTE_DOUBLE') return 'double-quoted';
  return type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED' ? 'block' : 'plain';
}
