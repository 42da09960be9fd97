import { nearestName } from '../../workflows/document/nearest-name.ts';
import { entryAt, scalarText, valueAt } from '../../workflows/document/yaml/plain-value.ts';
import type { SourceEntry, SourceMap } from '../../workflows/document/yaml/read-document.ts';
import type { Span } from '../../workflows/document/diagnostics/diagnostics.ts';
import { type Fault, fault } from '../guards/fault.ts';

/** An environment with everything that it inherits; every part still knows where it was written. */
export interface ResolvedEnvironment {
  readonly name: string;
  readonly nameSpan: Span;
  readonly isAbstract: boolean;
  readonly source: SourceMap;
  /** Where it and those that it extends are written, itself first. */
  readonly parts: readonly Span[];
}

interface ResolveOptions {
  readonly report: (fault: Fault, at: Span) => void;
}

/** The environments under `environments`; one that extends what is not there, or itself, is reported and left out. */
export function resolveExtends(environments: SourceMap, { report }: ResolveOptions): readonly ResolvedEnvironment[] {
  const told = new Set<string>();
  return environments.entries.flatMap((entry) => {
    const chain = chainOf(entry, environments);
    if (chain.fault !== undefined) {
      if (!told.has(chain.fault.name)) report(chain.fault.fault, chain.fault.at);
      told.add(chain.fault.name);
      return [];
    }
    if (chain.entries === undefined) return [];
    const maps = chain.entries.map(({ value }) => value).filter((value) => value.kind === 'map');
    const [own, ...bases] = maps;
    if (own === undefined || maps.length < chain.entries.length) return [];
    const inherited = bases.map((map) => without(map, ['abstract', 'import']));
    const source = [own, ...inherited].reduceRight((base, map) => merge(map, withoutOthers(base, map)));
    const abstract = valueAt(own, 'abstract');
    return {
      name: entry.key,
      nameSpan: entry.keySpan,
      isAbstract: abstract?.kind === 'scalar' && abstract.value === true,
      source: withoutDisabled(without(source, ['extends', 'abstract'])),
      parts: maps.map(({ start, end }) => ({ start, end })),
    };
  });
}

/** The environment and those that it extends; nothing when the schema has told what is wrong with one. */
interface Chain {
  readonly entries?: readonly SourceEntry[];
  readonly fault?: { readonly name: string; readonly fault: Fault; readonly at: Span };
}

function chainOf(start: SourceEntry, environments: SourceMap): Chain {
  const entries: SourceEntry[] = [start];
  const all = environments.entries.map(({ key }) => key);
  for (let at = start; ;) {
    const node = valueAt(at.value, 'extends');
    const value = scalarText(node);
    if (node === undefined) return { entries };
    if (value === undefined) return {};
    const path = ['extends'];
    const base = entryAt(environments, value);
    if (base === undefined) {
      const names = all.filter((name) => name !== at.key);
      const unknown = fault('unknown-environment', { path, value, names, nearest: nearestName(value, names) });
      return { fault: { name: at.key, fault: unknown, at: node } };
    }
    const back = entries.indexOf(base);
    if (back >= 0) {
      const names = [...entries.slice(back).map(({ key }) => key), base.key];
      // Told once for the whole round, whoever asks.
      const name = names.toSorted()[0] ?? '';
      return { fault: { name, fault: fault('extends-cycle', { path, names }), at: node } };
    }
    entries.push(base);
    at = base;
  }
}

/** Mappings key by key; everything else as the first has it. */
function merge(own: SourceMap, base: SourceMap): SourceMap {
  const entries = own.entries.map((entry) => {
    const inherited = valueAt(base, entry.key);
    if (entry.value.kind !== 'map' || inherited?.kind !== 'map') return entry;
    return { ...entry, value: merge(entry.value, inherited) };
  });
  const added = base.entries.filter(({ key }) => entryAt(own, key) === undefined);
  return { ...own, entries: [...entries, ...added] };
}

/**
 * What an environment inherits: nothing about another account where it names one of somebody else, and nothing about the place of a state
 * where it keeps its own in a place of another kind.
 */
function withoutOthers(base: SourceMap, own: SourceMap): SourceMap {
  const isOtherAccount = valueAt(valueAt(own, 'account'), 'existing') !== undefined;
  const [kind, inherited] = [own, base].map((map) => scalarText(valueAt(valueAt(map, 'backend'), 'kind')));
  const isOtherKind = kind !== undefined && inherited !== undefined && kind !== inherited;
  return without(base, [...(isOtherAccount ? ['account'] : []), ...(isOtherKind ? ['backend'] : [])]);
}

function without(map: SourceMap, keys: readonly string[]): SourceMap {
  return { ...map, entries: map.entries.filter(({ key }) => !keys.includes(key)) };
}

/** Leaves out every part that says `enabled: false`. */
function withoutDisabled(map: SourceMap): SourceMap {
  const entries = map.entries.flatMap((entry) => {
    if (entry.value.kind !== 'map') return entry;
    const enabled = valueAt(entry.value, 'enabled');
    if (enabled?.kind === 'scalar' && enabled.value === false) return [];
    return { ...entry, value: withoutDisabled(entry.value) };
  });
  return { ...map, entries };
}
