import { dataSchema } from '../../schemas/documents.ts';
import type { DataDocument, JsonSchema } from '../../schemas/index.ts';
import { createFindings, type Diagnostic } from '../document/diagnostics/diagnostics.ts';
import { readBySchema } from '../document/schema/read-by-schema.ts';
import type { SourceMap } from '../document/yaml/read-document.ts';

/** Recordings that a file about a set names, and where it does. */
export interface NamedRecordings {
  readonly of: 'speakers' | 'slices';
  /** The speaker, or the slice. */
  readonly name: string;
  /** A name, with `*` and `?` for others. */
  readonly pattern: string;
  readonly line: number;
  readonly column: number;
}

/** What is known of a set. */
export interface AboutSet {
  readonly document: DataDocument;
  readonly named: readonly NamedRecordings[];
  /** The last day on which the data may be kept, and where that stands. */
  readonly retention?: { readonly day: string; readonly line: number; readonly column: number };
  /** Faults of the text. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the text of a `data.yaml`; `schemas/data.schema.json` describes it. One with faults says nothing but them. Never throws. */
export function readAboutSet(text: string, { path }: { readonly path: string }): AboutSet {
  const findings = createFindings(path, text);
  const schema = dataSchema as JsonSchema;
  const read = readBySchema<DataDocument>(text, { schema, what: 'what is known of the data', findings });
  const diagnostics = findings.diagnostics();
  if (read === undefined)
    return {
      document: { version: 1 },
      named: [],
      diagnostics: diagnostics.length > 0 ? diagnostics : [noMapping(path)],
    };
  const named = (['speakers', 'slices'] as const).flatMap((of) =>
    namedIn(read.root, of, { text, lineOf: findings.lineOf }),
  );
  const until = read.root.entries.find(({ key }) => key === 'retention')?.value;
  const { retention: day } = read.document;
  if (day === undefined || until === undefined) return { document: read.document, named, diagnostics };
  const retention = { day, line: findings.lineOf(until.start), column: columnOf(until.start, text) };
  return { document: read.document, named, diagnostics, retention };
}

function columnOf(offset: number, text: string): number {
  return offset - text.lastIndexOf('\n', offset - 1);
}

/** Of a text that is a list, a word, or nothing. */
function noMapping(path: string): Diagnostic {
  const place = { path, line: 1, column: 1, endLine: 1, endColumn: 1 };
  const message = 'What is known of the data is no mapping';
  return { code: 'about-set', severity: 'warning', ...place, message, hint: 'Begin with version: 1' };
}

function namedIn(
  root: SourceMap,
  of: NamedRecordings['of'],
  { text, lineOf }: { readonly text: string; readonly lineOf: (offset: number) => number },
): readonly NamedRecordings[] {
  const groups = root.entries.find(({ key }) => key === of)?.value;
  if (groups?.kind !== 'map') return [];
  return groups.entries.flatMap(({ key: name, value }) =>
    (value.kind === 'list' ? value.items : []).flatMap((item) => {
      if (item.kind !== 'scalar') return [];
      const column = columnOf(item.start, text);
      return [{ of, name, pattern: String(item.value), line: lineOf(item.start), column }];
    }),
  );
}

/** The groups of recordings by name: of each the first that names it, and those that do so, too. */
export function groupsOf(
  names: readonly string[],
  { named, of }: { readonly named: readonly NamedRecordings[]; readonly of: NamedRecordings['of'] },
): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  const byName = new Set(names);
  for (const { of: kind, name: group, pattern } of named) {
    if (kind !== of) continue;
    const isPattern = /[*?]/.test(pattern);
    const found = isPattern ? names.filter((name) => isLike(name, pattern)) : byName.has(pattern) ? [pattern] : [];
    for (const name of found) {
      const known = groups.get(name);
      if (known === undefined) groups.set(name, [group]);
      else if (!known.includes(group)) known.push(group);
    }
  }
  return groups;
}

/** Whether a name is like a pattern: `*` stands for any characters, `?` for one. Takes no longer than one times the other. */
export function isLike(name: string, pattern: string): boolean {
  let at = 0;
  let of = 0;
  let star = -1;
  let from = 0;
  while (at < name.length) {
    if (pattern[of] === '*') {
      star = of;
      from = at;
      of += 1;
    } else if (pattern[of] === '?' || pattern[of] === name[at]) {
      at += 1;
      of += 1;
    } else if (star >= 0) {
      from += 1;
      at = from;
      of = star + 1;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(of));
}
