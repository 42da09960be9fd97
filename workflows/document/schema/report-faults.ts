import type { ErrorObject } from 'ajv/dist/2020.js';
import type { Span } from '../diagnostics/diagnostics.ts';
import { entryAt, isTemplate, scalarText } from '../yaml/plain-value.ts';
import type { SourceEntry, SourceMap, SourceNode } from '../yaml/read-document.ts';
import { reportKeys, type SchemaPlace } from './report-keys.ts';
import { reportValue } from './report-value.ts';

/** Reports what a schema finds wrong at the places in the text where it is. */
export function reportFaults(faults: readonly ErrorObject[], place: SchemaPlace): void {
  for (const [pointer, group] of Map.groupBy(faults, ({ instancePath }) => instancePath)) {
    const path = pointer
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const part = findPart(path, place);
    if (part === undefined) continue;
    if (part.node.kind === 'map') reportKeys(group, { ...part, node: part.node, path, place });
    const value = group.find(({ keyword, propertyName }) => propertyName === undefined && !aboutKeys.has(keyword));
    const text = scalarText(part.node);
    if (value === undefined || (text !== undefined && isTemplate(text))) continue;
    const where = place.describe(path.slice(0, -1), place.root);
    reportValue(value, { ...part, key: nameOfValue(path), where, findings: place.findings });
  }
}

const aboutKeys: ReadonlySet<string> = new Set(['additionalProperties', 'required', 'propertyNames']);

/** The key, for an item of a list the key of the list. */
function nameOfValue(path: readonly string[]): string {
  return path.findLast((part) => !/^\d+$/.test(part)) ?? '';
}

interface Part {
  readonly node: SourceNode;
  /** Where the part is named: its key, or what stands first in it. */
  readonly name: Span;
}

function findPart(path: readonly string[], { root, name }: SchemaPlace): Part | undefined {
  let part: Part = { node: root, name: name ?? firstSpan(root) };
  for (const step of path) {
    if (part.node.kind === 'list') {
      const item = part.node.items[Number(step)];
      if (item === undefined) return undefined;
      part = { node: item, name: firstSpan(item) };
    } else {
      const entry = part.node.kind === 'map' ? entryAt(part.node, step) : undefined;
      if (entry === undefined) return undefined;
      part = { node: entry.value, name: entry.keySpan };
    }
  }
  return part;
}

function firstSpan(node: SourceNode): Span {
  if (node.kind === 'map') return node.entries[0]?.keySpan ?? { start: node.start, end: node.start + 1 };
  return node.kind === 'list' ? { start: node.start, end: node.start + 1 } : node;
}

/** The same part of a document with the keys that were meant. */
export function renamed(node: SourceMap, renames: ReadonlyMap<SourceEntry, string>): SourceMap;
export function renamed(node: SourceNode, renames: ReadonlyMap<SourceEntry, string>): SourceNode;
export function renamed(node: SourceNode, renames: ReadonlyMap<SourceEntry, string>): SourceNode {
  if (renames.size === 0 || node.kind === 'scalar') return node;
  if (node.kind === 'list') return { ...node, items: node.items.map((item) => renamed(item, renames)) };
  const entries = node.entries.map((entry) => {
    const key = renames.get(entry) ?? entry.key;
    return { ...entry, key, value: renamed(entry.value, renames) };
  });
  return { ...node, entries };
}
