import type { ErrorObject } from 'ajv/dist/2020.js';
import { type StepKind, stepSchemas } from '../../schemas/index.ts';
import type { Findings, Span } from './diagnostics.ts';
import { isTemplate } from './expression-syntax.ts';
import { nearestName } from './nearest-name.ts';
import { entryAt, plainValue, textOf, valueAt, writtenSteps } from './plain-value.ts';
import { quoteName } from './quote-name.ts';
import type { SourceEntry, SourceMap, SourceNode } from './read-document.ts';
import { reportKeys, type SchemaPlace } from './report-keys.ts';
import { reportValue } from './report-value.ts';
import { validators } from './validators.ts';

/**
 * Checks a document against its schema, then the settings of each step against the schema that its `uses` names. One
 * mistake gives one finding: a misspelt key is not also a missing one, and a value is found wrong once. Gives the document
 * with the keys that were meant in place of misspelt ones, so that later checks do not stumble over them again.
 */
export function checkSchema(document: SourceMap, findings: Findings): SourceMap {
  const renames = new Map<SourceEntry, string>();
  const plain = plainValue(document);
  reportFaults(validators().document(plain), { root: document, findings, renames, describe: describePart });
  const corrected = renamed(document, renames);
  for (const { node } of writtenSteps(corrected)) {
    if (node.kind === 'map') checkSettings(node, { findings, renames });
  }
  return renamed(corrected, renames);
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

/** Whether a text names a step kind. */
export function isStepKind(uses: string | undefined): uses is StepKind {
  return uses !== undefined && Object.hasOwn(stepSchemas, uses);
}

function checkSettings(step: SourceMap, { findings, renames }: Pick<SchemaPlace, 'findings' | 'renames'>): void {
  const uses = valueAt(step, 'uses');
  const kind = textOf(uses);
  if (uses === undefined || kind === undefined || isTemplate(kind)) return;
  if (!isStepKind(kind)) {
    const allowed = Object.keys(stepSchemas);
    findings.report('unknown-step-kind', uses, () => ({ uses: kind, allowed, nearest: nearestName(kind, allowed) }));
    return;
  }
  const settings = entryAt(step, 'with');
  const root: SourceNode = settings?.value ?? { kind: 'map', entries: [], start: uses.start, end: uses.end };
  if (root.kind !== 'map') return;
  const id = textOf(valueAt(step, 'id')) ?? kind;
  // A setting that stands beside `with` is told to move there; it is not also missing.
  const faults = validators()
    .settings(kind, plainValue(root))
    .filter(
      ({ keyword, params }) => keyword !== 'required' || entryAt(step, String(params['missingProperty'])) === undefined,
    );
  reportFaults(faults, {
    root,
    findings,
    renames,
    name: settings?.keySpan ?? uses,
    describe: (path) => `${quoteName(['with', ...path].join('.'))} of the step ${quoteName(id)}`,
  });
}

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
    const text = textOf(part.node);
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

function describePart(path: readonly string[], document: SourceMap): string {
  const [first, second] = path;
  if (first === undefined) return 'the pipeline';
  if (first === 'inputs' && second !== undefined) return `the input ${quoteName(second)}`;
  if (first === 'schedule' && second !== undefined && path.length === 2)
    return `entry ${Number(second) + 1} of \`schedule\``;
  if ((first !== 'steps' && first !== 'finally') || second === undefined) return quoteName(path.join('.'));
  const steps = valueAt(document, first);
  const step = steps?.kind === 'list' ? steps.items[Number(second)] : undefined;
  const id = textOf(valueAt(step, 'id'));
  const number = `step ${Number(second) + 1}${first === 'finally' ? ' under `finally`' : ''}`;
  return id === undefined ? number : `the step ${quoteName(id)}`;
}
