import type { SourceEntry, SourceMap, SourceNode } from './read-document.ts';

/** What JSON can carry. */
export type PlainValue =
  | string
  | number
  | boolean
  | null
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue };

/** The bare value of a part of a document, for schemas and for the normalised pipeline. Every key is an own property. */
export function plainValue(node: SourceNode): PlainValue {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainValue);
  const object: Record<string, PlainValue> = {};
  for (const { key, value } of node.entries) {
    if (key !== '__proto__') object[key] = plainValue(value);
    else Object.defineProperty(object, key, { value: plainValue(value), enumerable: true });
  }
  return object;
}

/** The bare value of a map, without the entries that take most of a document: those under these keys. */
export function plainValueWithout(node: SourceMap, keys: readonly string[]): PlainValue {
  return plainValue({ ...node, entries: node.entries.filter(({ key }) => !keys.includes(key)) });
}

/** The value under a key of a map, or undefined: also when the node is no map. */
export function valueAt(node: SourceNode | undefined, key: string): SourceNode | undefined {
  return node?.kind === 'map' ? entryAt(node, key)?.value : undefined;
}

/** The entry of a map with this key. Takes the same time in a map of thousands. */
export function entryAt({ entries }: SourceMap, key: string): SourceEntry | undefined {
  if (entries.length <= 16) {
    for (const entry of entries) if (entry.key === key) return entry;
    return undefined;
  }
  let known = byKey.get(entries);
  if (known === undefined) {
    known = new Map(entries.toReversed().map((entry) => [entry.key, entry]));
    byKey.set(entries, known);
  }
  return known.get(key);
}

/** What is asked of long maps again and again; gone with the document. */
const byKey = new WeakMap<readonly SourceEntry[], ReadonlyMap<string, SourceEntry>>();

/** The text of a scalar that is text, or undefined. */
export function scalarText(node: SourceNode | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}

/** The text of a scalar that is text without an expression, or undefined. */
export function literalText(node: SourceNode | undefined): string | undefined {
  const text = scalarText(node);
  return text === undefined || isTemplate(text) ? undefined : text;
}

/** The items of `steps`, then those of `finally`, whatever they are. */
export function writtenSteps(
  document: SourceMap,
): readonly { readonly node: SourceNode; readonly isFinally: boolean }[] {
  return ['steps', 'finally'].flatMap((key) => {
    const list = valueAt(document, key);
    return list?.kind === 'list' ? list.items.map((node) => ({ node, isFinally: key === 'finally' })) : [];
  });
}

/** Whether a text has an expression in it. */
export function isTemplate(text: string): boolean {
  return text.includes('${{');
}

/** All texts in a value that have an expression in them. */
export function templatesIn(value: PlainValue): readonly string[] {
  if (typeof value === 'string') return isTemplate(value) ? [value] : [];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(templatesIn) : [];
}
