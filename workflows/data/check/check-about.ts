import { nearestName } from '../../document/nearest-name.ts';
import { readAboutFile } from '../about-file.ts';
import type { NamedRecordings } from '../about-set.ts';
import type { DataFile, DataSource } from './reading/data-file.ts';
import type { DataFindings } from './data-findings.ts';

/** Checks what is known of a set: whether it can be read, whether its recordings are there, and whether it may still be kept. `today` is a day such as `2026-01-31`. */
export async function checkAbout(
  source: DataSource,
  {
    cwd,
    recordings,
    findings,
    today = new Date().toISOString().slice(0, 10),
  }: {
    readonly cwd: string;
    readonly recordings: readonly DataFile[] | undefined;
    readonly findings: DataFindings;
    readonly today?: string | undefined;
  },
): Promise<void> {
  const about = await readAboutFile(source, { cwd });
  if (about === undefined) return;
  // Few sets have such a file, and reading one takes the schemas of all documents.
  const { groupsOf, isLike, readAboutSet } = await import('../about-set.ts');
  const lines = about.text.split('\n');
  const { diagnostics, named, retention } = readAboutSet(about.text, about);
  for (const { line, column, endColumn, endLine, message, hint } of diagnostics) {
    const end = endLine === line ? { endColumn } : {};
    findings.report(
      'about-set',
      { path: about.path, line, column, ...end, text: lines[line - 1] ?? '' },
      { what: message, hint },
    );
  }
  if (retention !== undefined && retention.day < today) {
    const { day, line, column } = retention;
    const at = { path: about.path, line, column, endColumn: column + day.length, text: lines[line - 1] ?? '' };
    findings.report('retention-over', at, { day });
  }
  if (recordings === undefined) return;
  const names = recordings.map(({ name }) => name.slice(name.lastIndexOf('/') + 1));
  for (const one of named) {
    if (names.some((name) => name === one.pattern || isLike(name, one.pattern))) continue;
    const at = { path: about.path, line: one.line, column: one.column, endColumn: one.column + one.pattern.length };
    findings.report('unmatched-file', { ...at, text: lines[one.line - 1] ?? '' }, () => unmatched(one, names));
  }
  for (const [recording, speakers] of groupsOf(names, { named, of: 'speakers' }))
    if (speakers.length > 1) findings.report('two-speakers', { path: about.path }, { recording, speakers });
}

function unmatched(
  { of, name, pattern }: NamedRecordings,
  names: readonly string[],
): { readonly pattern: string; readonly of: string; readonly name: string; readonly nearest: string | undefined } {
  return { pattern, of: of === 'speakers' ? 'the speaker' : 'the slice', name, nearest: nearestName(pattern, names) };
}
