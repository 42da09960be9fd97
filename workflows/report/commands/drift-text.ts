import type { DriftDocument, DriftFinding } from '../../../schemas/types.gen.ts';
import { counted } from '../../document/counted.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { deadText } from '../dead-text.ts';
import { table } from '../markdown-table.ts';
import { painter } from '../paint.ts';

/** A paragraph for each finding, for a terminal, and a summary below them. `color` paints how much it matters. */
export function driftText(drift: DriftDocument, { color = false }: { readonly color?: boolean } = {}): string {
  const paint = painter({ color });
  const paragraphs = drift.findings.map((finding) => {
    const { level, object, declared, there, advice, command, file, since, resource } = finding;
    const lines = [
      ['declared', file === undefined || declared.includes(file) ? declared : `${declared} (${file})`],
      ['there', `${there}${since === undefined ? '' : `, since ${since.slice(0, 10)} at the latest`}`],
      ['do', advice],
      ...(command === undefined ? [] : [['', command]]),
    ];
    const where = resource === undefined ? '' : ` on ${resource}`;
    const head = escapeControls(`${object.kind} ${nameOf(object)}: ${titles[finding.kind]}${where}`);
    const below = lines.map(([label = '', text = '']) => `  ${label.padEnd(8)}  ${escapeControls(text)}\n`);
    return `${paint(level, level)}: ${head}\n${below.join('')}\n`;
  });
  return `${paragraphs.join('')}${escapeControls(driftSummary(drift))}\n`;
}

/** The same in Markdown, for a summary of a CI job or an issue. */
export function driftMarkdown(drift: DriftDocument): string {
  return `${[deadText(driftSummary(drift)), ...driftTable(drift)].join('\n\n')}\n`;
}

/** The findings as a table in Markdown; nothing where there are none. */
export function driftTable({ findings }: Pick<DriftDocument, 'findings'>): readonly string[] {
  const rows = findings.map((finding) => {
    const { level, object, declared, there, since, advice, command, file, resource } = finding;
    const what = `${object.kind} ${nameOf(object)}${resource === undefined ? '' : ` on ${resource}`}`;
    const said = file === undefined || declared.includes(file) ? declared : `${declared} (${file})`;
    return [level, titles[finding.kind], what, said, there, since?.slice(0, 10) ?? '', advice, command ?? ''];
  });
  const header = ['', 'what', 'object', 'declared', 'there', 'since', 'do', 'command'];
  return findings.length === 0 ? [] : [table(header, rows)];
}

/** One sentence: how much differs, where, and when that was seen. */
export function driftSummary({ resource, observedAt, compared, findings }: DriftDocument): string {
  const drift = findings.filter(({ level }) => level === 'drift').length;
  const notes = findings.length - drift;
  const by = compared.length === 0 ? 'its own marks' : counted(compared.length, 'file');
  const noted = notes === 0 ? '' : `, ${counted(notes, 'note')}`;
  const differs = drift === 0 ? 'Nothing' : counted(drift, 'thing');
  const verb = drift === 1 || drift === 0 ? 'is' : 'are';
  return `${differs} on ${resource} ${verb} otherwise than ${by} ${compared.length === 1 ? 'says' : 'say'}${noted}, seen on ${observedAt.slice(0, 16).replace('T', ' ')} UTC by the clock of the service`;
}

function nameOf({ name, locale }: DriftFinding['object']): string {
  return locale === undefined ? name : `${name} (${locale})`;
}

const titles: Readonly<Record<DriftFinding['kind'], string>> = {
  'other-model': 'serves another model',
  'unproved-model': 'its model was not proved',
  'unheard-model': 'its model was not heard',
  'expired-model': 'its model has expired',
  'expiring-model': 'its model expires soon',
  'endpoint-gone': 'is not there',
  'endpoint-replaced': 'is another one',
  'endpoint-failed': 'has failed',
  'project-gone': 'is not there',
  'dataset-gone': 'is not there',
  'undeclared-endpoint': 'is not declared',
  'canary-left': 'is a canary that is left over',
  'setting-changed': 'has another setting',
  'release-unreadable': 'its release file says nothing of it',
  'stack-changed': 'is otherwise than deployed',
  'stack-object-gone': 'is gone',
};
