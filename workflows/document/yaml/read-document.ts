import {
  boolCoreTag,
  COLLECTION_STYLE,
  type Event,
  EVENT_ID,
  floatCoreTag,
  getScalarValue,
  intCoreTag,
  type MappingEvent,
  NOT_RESOLVED,
  nullCoreTag,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
  YAMLException,
} from 'js-yaml';
import type { Findings, Span } from '../diagnostics/diagnostics.ts';
import { explainYamlFault } from './explain-yaml-fault.ts';
import { NoPartsError, parseInParts } from './parse-yaml.ts';
import { YamlEvents } from './yaml-events.ts';

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
  /** Whether an alias stands there, and the value is written elsewhere. */
  readonly isAlias?: boolean;
}

/** What a document is called, and the keys that it begins with: what is told of a text without any. */
export interface WantedDocument {
  readonly what: string;
  readonly keys: readonly string[];
}

const pipeline: WantedDocument = { what: 'a pipeline', keys: ['name', 'locale', 'steps'] };

/** More characters are refused: no pipeline that people review is a tenth as long. */
export const MAX_CHARACTERS = 1024 * 1024;
/** Each costs time and memory, and a text may have one a character. Of 10,000 steps there are fewer. */
const MAX_VALUES = 150_000;
const MAX_DEPTH = 64;
/** Of the parts that a longer text is parsed in. */
const PART_CHARACTERS = 32 * 1024;
const MAX_ALIAS_NODES = 10_000;

/**
 * The document that a text is, or undefined when it cannot be used as one; why is in the findings. Duplicate keys are
 * reported and the first one is kept. Takes time and memory in proportion to the text, whatever it says.
 */
export function readDocument(
  text: string,
  findings: Findings,
  wanted: WantedDocument = pipeline,
): SourceNode | undefined {
  if (text.length > MAX_CHARACTERS) {
    findings.report('document-too-large', { start: 0, end: 0 }, { limit: MAX_CHARACTERS, of: 'characters' });
    return undefined;
  }
  // Control characters but these, by ranges: a class of Unicode takes many times as long.
  const control = /[^\t\n\r\u0020-\u007E\u0085\u00A0-\uFFFD]/.exec(text);
  if (control !== null) {
    const at = { start: control.index, end: control.index + 1 };
    findings.report('control-character', at, { character: control[0] });
    return undefined;
  }
  const inParts = readInParts(text, wanted);
  if (inParts !== undefined) return inParts;
  const parsed = parse(text, findings);
  if (parsed === undefined) return undefined;
  if (parsed.reduce((values, { type }) => values + (type === EVENT_ID.POP ? 0 : 1), 0) > MAX_VALUES) {
    findings.report('document-too-large', { start: 0, end: 0 }, { limit: MAX_VALUES, of: 'values' });
    return undefined;
  }
  return new DocumentReader(text, { events: new YamlEvents([parsed]), findings, wanted }).read();
}

/** What a long text without findings is; undefined of any other, whose findings are those of the text as a whole. */
function readInParts(text: string, wanted: WantedDocument): SourceNode | undefined {
  const findings: ReadingFindings = {
    report() {
      throw new NoPartsError();
    },
    lineOf: () => 1,
  };
  const events = new YamlEvents(parseInParts(text, { maxDepth: MAX_DEPTH, partLength: PART_CHARACTERS }));
  try {
    const root = new DocumentReader(text, { events, findings, wanted }).read();
    return events.values > MAX_VALUES ? undefined : root;
  } catch (error) {
    if (error instanceof NoPartsError) return undefined;
    throw error;
  }
}

function parse(text: string, findings: Findings): readonly Event[] | undefined {
  try {
    return parseEvents(text, { maxDepth: MAX_DEPTH });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const start = error.mark?.position ?? 0;
    const at = { start, end: start + 1 };
    if (error.reason.includes('maxDepth')) findings.report('document-too-deep', at, { limit: MAX_DEPTH });
    else {
      const { span = at, ...fault } = explainYamlFault(text, { reason: error.reason, at: start });
      findings.report('yaml-syntax', span, fault);
    }
    return undefined;
  }
}

type CollectionEvent = MappingEvent | SequenceEvent;
type NodeEvent = CollectionEvent | ScalarEvent;

type ReadingFindings = Pick<Findings, 'report' | 'lineOf'>;

/** Thrown when a document cannot be used at all; why is in the findings. */
class Unusable extends Error {}

/**
 * Turns the library's events into nodes: aliases become what they stand for, keys become names, and every part gets the end
 * that only scalars have among the events.
 */
class DocumentReader {
  readonly #text: string;
  readonly #events: YamlEvents;
  readonly #findings: ReadingFindings;
  readonly #wanted: WantedDocument;
  readonly #anchors = new Map<
    string,
    { readonly node: SourceNode; readonly size: number; readonly characters: number }
  >();
  #hasOwnTags = false;
  /** Behind what was read last. */
  #at = 0;
  /** What the aliases stand for so far. */
  #aliasNodes = 0;
  #aliasCharacters = 0;
  /** What was read so far, and what aliases in it stand for. */
  #size = 0;
  #characters = 0;

  constructor(
    text: string,
    {
      events,
      findings,
      wanted,
    }: { readonly events: YamlEvents; readonly findings: ReadingFindings; readonly wanted: WantedDocument },
  ) {
    this.#text = text;
    this.#events = events;
    this.#findings = findings;
    this.#wanted = wanted;
  }

  read(): SourceNode | undefined {
    const document = this.#events.take();
    if (document?.type === EVENT_ID.DOCUMENT) {
      this.#hasOwnTags = document.directives.some(({ kind }) => kind === 'tag');
      try {
        const root = this.#node();
        // It closes the document.
        this.#events.take();
        if (!this.#isOnlyDocument()) return undefined;
        if (root.kind !== 'scalar' || root.value !== null) return this.#isExpandedTooFar() ? undefined : root;
      } catch (error) {
        if (error instanceof Unusable) return undefined;
        throw error;
      }
    }
    this.#findings.report('empty-document', { start: 0, end: 0 }, this.#wanted);
    return undefined;
  }

  #isOnlyDocument(): boolean {
    if (this.#events.take() === undefined) return true;
    const first = this.#events.take();
    const start = first === undefined ? -1 : startOf(first);
    const at = start < 0 ? this.#text.indexOf('---', this.#at) : start;
    this.#findings.report('several-documents', { start: at, end: at + 1 }, {});
    return false;
  }

  #isExpandedTooFar(): boolean {
    return this.#aliasNodes > MAX_ALIAS_NODES || this.#aliasCharacters > MAX_CHARACTERS;
  }

  #node(): SourceNode {
    const event = this.#events.take();
    if (event?.type === EVENT_ID.ALIAS) return this.#alias({ start: event.anchorStart - 1, end: event.anchorEnd });
    if (event === undefined || event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP)
      throw new Error('The events of a document end before it does');
    const sizeBefore = this.#size;
    const charactersBefore = this.#characters;
    this.#size += 1;
    const tag = this.#tagOf(event);
    this.#at = Math.max(this.#at, event.anchorEnd, event.tagEnd);
    const node =
      event.type === EVENT_ID.SCALAR
        ? this.#scalar(event, tag)
        : event.type === EVENT_ID.MAPPING
          ? this.#map(event, tag)
          : this.#list(event, tag);
    if (event.anchorStart >= 0) {
      const size = this.#size - sizeBefore;
      const characters = this.#characters - charactersBefore;
      this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), { node, size, characters });
    }
    return node;
  }

  /** The name in YAML's own namespace, such as `str`; undefined without a tag. */
  #tagOf(event: NodeEvent): string | undefined {
    if (event.tagStart < 0) return undefined;
    const tag = this.#text.slice(event.tagStart, event.tagEnd);
    const [, name] = /^(?:!!|!<tag:yaml\.org,2002:)(str|int|float|bool|null|map|seq)>?$/.exec(tag) ?? [];
    const isKnown = tag === '!' || name !== undefined;
    if (!isKnown || this.#hasOwnTags) {
      this.#findings.report('unsupported-tag', { start: event.tagStart, end: event.tagEnd }, { tag });
      throw new Unusable();
    }
    return name ?? (event.type === EVENT_ID.SCALAR ? 'str' : undefined);
  }

  #map(event: MappingEvent, tag: string | undefined): SourceMap {
    if (tag !== undefined && tag !== 'map') this.#refuseTag(event, tag);
    const entries: SourceEntry[] = [];
    // Most have a few keys, and then to look at each takes less than to make a table of them.
    let byName: Map<string, SourceEntry> | undefined;
    const hasBrackets = this.#open(event);
    while (!this.#isClosed()) {
      const isScalar = this.#events.peek()?.type === EVENT_ID.SCALAR;
      const key = this.#node();
      const keySpan = { start: key.start, end: key.end };
      const value = this.#node();
      const name = isScalar && key.kind === 'scalar' && key.value !== null ? String(key.value) : undefined;
      if (name === undefined)
        this.#findings.report('non-string-key', keySpan, { isBraces: this.#text.startsWith('{{', keySpan.start - 1) });
      else if (name === '<<') this.#findings.report('merge-key', keySpan, {});
      else {
        const first = byName === undefined ? entries.find((one) => one.key === name) : byName.get(name);
        if (first !== undefined) {
          const at = first.keySpan.start;
          this.#findings.report('duplicate-key', keySpan, () => ({ key: name, firstLine: this.#findings.lineOf(at) }));
          continue;
        }
        const entry = { key: name, keySpan, value };
        entries.push(entry);
        if (byName !== undefined) byName.set(name, entry);
        else if (entries.length === 16) byName = new Map(entries.map((one) => [one.key, one]));
      }
    }
    this.#close(hasBrackets);
    return { kind: 'map', start: event.start, end: this.#at, entries };
  }

  #list(event: SequenceEvent, tag: string | undefined): SourceList {
    if (tag !== undefined && tag !== 'seq') this.#refuseTag(event, tag);
    const items: SourceNode[] = [];
    const hasBrackets = this.#open(event);
    while (!this.#isClosed()) items.push(this.#node());
    this.#close(hasBrackets);
    return { kind: 'list', start: event.start, end: this.#at, items };
  }

  #open(event: CollectionEvent): boolean {
    const hasBrackets = this.#hasBrackets(event);
    this.#at = Math.max(this.#at, event.start + (hasBrackets ? 1 : 0));
    return hasBrackets;
  }

  /** A flow list may hold a single pair without braces, `[a: 1]`; it begins where its key does. */
  #hasBrackets({ style, start }: CollectionEvent): boolean {
    const first = this.#events.peek();
    const isPair = first !== undefined && startOf(first) === start;
    return style === COLLECTION_STYLE.FLOW && !isPair && /[[{]/.test(this.#text[start] ?? '');
  }

  #isClosed(): boolean {
    if (this.#events.peek()?.type !== EVENT_ID.POP) return false;
    this.#events.take();
    return true;
  }

  #close(hasBrackets: boolean): void {
    if (hasBrackets) this.#at = this.#skip(/(?:[\s,]|#.*)*[\]}]?/y);
  }

  #scalar(event: ScalarEvent, tag: string | undefined): SourceScalar {
    const style = styles[event.style];
    const { start, end } = this.#spanOf(event);
    this.#at = end;
    this.#characters += end - start;
    const written = getScalarValue(this.#text, event);
    const value = tag === undefined && style === 'plain' ? plainValue(written) : taggedValue(written, tag ?? 'str');
    if (value === undefined) return this.#refuseTag(event, tag ?? '');
    return { kind: 'scalar', start, end, value, style };
  }

  /** With the quotes, or the sign that begins a block. */
  #spanOf({ style, valueStart, valueEnd }: ScalarEvent): Span {
    if (valueStart < 0) {
      // Nothing is written: its place is behind the sign that asks for it.
      const at = this.#skip(/(?:\s|#.*)*[:\-?]/y);
      return { start: at, end: at };
    }
    if (style === SCALAR_STYLE.PLAIN) return { start: valueStart, end: valueEnd };
    if (style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED)
      return { start: valueStart - 1, end: valueEnd + 1 };
    const line = this.#text.lastIndexOf('\n', valueStart - 2) + 1;
    const header = this.#text.slice(Math.max(line, this.#at), valueStart).search(/[|>]/);
    return { start: Math.max(line, this.#at) + Math.max(header, 0), end: valueEnd };
  }

  /** Behind what a sticky expression matches from here on. */
  #skip(over: RegExp): number {
    over.lastIndex = this.#at;
    return over.test(this.#text) ? over.lastIndex : this.#at;
  }

  #alias(at: Span): SourceNode {
    this.#size += 1;
    this.#at = at.end;
    const name = this.#text.slice(at.start + 1, at.end);
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
    // What is too much is refused as a whole: it is not copied again and again before that.
    return this.#isExpandedTooFar() ? anchor.node : placedAt(anchor.node, at);
  }

  #refuseTag({ tagStart, tagEnd }: NodeEvent, tag: string): never {
    const problem = `what follows is no value of the tag !!${tag}`;
    this.#findings.report('yaml-syntax', { start: tagStart, end: tagEnd }, { problem });
    throw new Unusable();
  }
}

/** What an alias stands for, with all its parts where the alias is: what is wrong there may be right at the anchor. */
function placedAt(node: SourceNode, at: Span): SourceNode {
  if (node.kind === 'scalar') return { ...node, ...at, isAlias: true };
  if (node.kind === 'list') return { ...node, ...at, items: node.items.map((item) => placedAt(item, at)) };
  const entries = node.entries.map(({ key, value }) => ({ key, keySpan: at, value: placedAt(value, at) }));
  return { ...node, ...at, entries };
}

function startOf(event: Event): number {
  if (event.type === EVENT_ID.SCALAR) return event.valueStart;
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
  return event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING ? event.start : -1;
}

/** Those of YAML 1.2's core schema that are not text. */
const coreTags = { null: nullCoreTag, bool: boolCoreTag, int: intCoreTag, float: floatCoreTag };

const listedTags = Object.values(coreTags);

/** What a scalar without a tag and without quotes stands for. */
function plainValue(written: string): SourceScalar['value'] {
  const first = written.charAt(0);
  for (const tag of listedTags) {
    if (tag.implicitFirstChars?.includes(first) !== true) continue;
    const value = tag.resolve(written, false, tag.tagName);
    if (value !== NOT_RESOLVED) return value as SourceScalar['value'];
  }
  return written;
}

/** Undefined when the scalar is nothing of that kind. */
function taggedValue(written: string, name: string): SourceScalar['value'] | undefined {
  if (name === 'str') return written;
  const tag = Object.entries(coreTags).find(([one]) => one === name)?.[1];
  const value = tag?.resolve(written, true, tag.tagName);
  return value === NOT_RESOLVED ? undefined : (value as SourceScalar['value'] | undefined);
}

const styles: Readonly<Record<ScalarEvent['style'], SourceScalar['style']>> = {
  [SCALAR_STYLE.PLAIN]: 'plain',
  [SCALAR_STYLE.SINGLE_QUOTED]: 'single-quoted',
  [SCALAR_STYLE.DOUBLE_QUOTED]: 'double-quoted',
  [SCALAR_STYLE.LITERAL_BLOCK]: 'block',
  [SCALAR_STYLE.FOLDED_BLOCK]: 'block',
};
