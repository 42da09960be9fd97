import type { ErrorObject } from 'ajv/dist/2020.js';
import { type JsonSchema, schemaOfKind } from '../../../schemas/index.ts';
import type { Findings, Span } from '../diagnostics/diagnostics.ts';
import { nearestName } from '../nearest-name.ts';
import { entryAt, scalarText, valueAt } from '../yaml/plain-value.ts';
import type { SourceEntry, SourceMap } from '../yaml/read-document.ts';

/** What faults of a part of a document are reported with. */
export interface SchemaPlace {
  readonly root: SourceMap;
  readonly findings: Findings;
  /** Filled with misspelt keys and what was meant. */
  readonly renames: Map<SourceEntry, string>;
  /** Where the root is named, when it has a name of its own. */
  readonly name?: Span;
  /** What the part at a path is called in messages. */
  readonly describe: (path: readonly string[], root: SourceMap) => string;
  /** What to say of a key that is not in the schema for a reason. */
  readonly hintFor?: (key: string, path: readonly string[]) => string | undefined;
}

interface Keys {
  readonly node: SourceMap;
  readonly name: Span;
  readonly path: readonly string[];
  readonly place: SchemaPlace;
}

/** Reports the keys of a map that may not be there, those that must, and names that are no names. */
export function reportKeys(faults: readonly ErrorObject[], keys: Keys): void {
  const where = keys.place.describe(keys.path, keys.place.root);
  const missing = new Set(faults.filter(isMissing).map(({ params }) => String(params['missingProperty'])));
  // A map with hundreds of wrong keys is no pipeline: the first of them say so.
  for (const fault of faults.slice(0, mostFaults)) {
    if (fault.keyword === 'additionalProperties') reportUnknown(fault, { ...keys, where, missing });
    if (fault.propertyName !== undefined) reportName(fault, keys);
  }
  for (const fault of faults.filter(isMissing)) {
    const key = String(fault.params['missingProperty']);
    if (!missing.has(key)) continue;
    const description = (fault.parentSchema as JsonSchema | undefined)?.properties?.[key]?.description;
    keys.place.findings.report('missing-key', keys.name, { key, where, description: firstSentence(description) });
  }
}

const mostFaults = 100;

function isMissing({ keyword }: ErrorObject): boolean {
  return keyword === 'required';
}

function reportUnknown(fault: ErrorObject, at: Keys & { readonly where: string; readonly missing: Set<string> }): void {
  const key = String(fault.params['additionalProperty']);
  const entry = entryAt(at.node, key);
  if (entry === undefined) return;
  const allowed = Object.keys((fault.parentSchema as JsonSchema | undefined)?.properties ?? {});
  // A key that is there already was hardly meant by another one.
  const free = allowed.filter((name) => entryAt(at.node, name) === undefined);
  const refused = at.place.hintFor?.(key, at.path);
  const [word = '', ...value] = key.split(/:? +|:$/);
  const begun = [...at.missing].find((name) => name.startsWith(key));
  const meant = free.includes(word) ? word : (nearestName(key, free) ?? begun ?? longerName(key, free));
  const nearest = refused === undefined ? meant : undefined;
  if (nearest !== undefined) {
    at.missing.delete(nearest);
    at.place.renames.set(entry, nearest);
  }
  const misplaced = nearest === undefined ? (refused ?? whereItBelongs(key, at)) : undefined;
  at.place.findings.report('unknown-key', entry.keySpan, {
    key,
    where: at.where,
    allowed,
    // `{ kind Acoustic }` is a key without a value, where a colon was meant.
    nearest: nearest === word && value.length > 0 ? `${word}: ${value.join(' ')}`.trim() : nearest,
    misplaced,
  });
}

/** The one name that ends with this word: `custom-subdomain` for `subdomain`. */
function longerName(word: string, names: readonly string[]): string | undefined {
  const [longer, ...others] = names.filter((name) => name.endsWith(`-${word.toLowerCase()}`));
  return others.length === 0 ? longer : undefined;
}

/** Settings are often written beside `with`, and keys of the step under it. */
function whereItBelongs(key: string, { node, path, place }: Keys): string | undefined {
  if ((path[0] !== 'steps' && path[0] !== 'finally') || path.length !== 2) return undefined;
  const uses = scalarText(valueAt(node, 'uses')) ?? '';
  const schema = schemaOfKind(uses);
  return place.name === undefined && schema?.properties?.[key] !== undefined ? 'Move it under `with`' : undefined;
}

function reportName(fault: ErrorObject, { node, place }: Keys): void {
  const name = fault.propertyName ?? '';
  const span = entryAt(node, name)?.keySpan;
  if (span !== undefined) place.findings.report('invalid-name', span, { name, reserved: fault.keyword === 'not' });
}

function firstSentence(text: string | undefined): string | undefined {
  return text?.split(/[.:](?= |$)/)[0];
}
