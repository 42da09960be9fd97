import { createHash } from 'node:crypto';
import type { DriftDocument } from '../../../schemas/types.gen.ts';
import { counted } from '../../document/counted.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { deadText } from '../dead-text.ts';
import { driftSummary, driftTable } from './drift-text.ts';
import { beginningOf } from '../../document/beginning-of.ts';

/** An issue about drift on the same resources always has the same marker. */
export interface DriftIssue {
  readonly marker: string;
  /** Undefined when nothing differs. */
  readonly issue: { readonly title: string; readonly body: string } | undefined;
  /** How it is now, in a sentence. */
  readonly comment: string;
}

/**
 * The issue that is open as long as something differs, in at most so many characters. Its text has no time of now and no notes: while the same
 * differs it is the same.
 */
export function driftIssue(drift: DriftDocument, { longestText }: { readonly longestText: number }): DriftIssue {
  const { resource } = drift;
  const named = resource.split(', ').toSorted();
  const digest = createHash('sha256').update(named.join('\n')).digest('hex').slice(0, 12);
  const findings = drift.findings.filter(({ level }) => level === 'drift');
  const hosts = named.map((one) => URL.parse(one)?.host ?? one);
  const title = beginningOf(escapeControls(`Drift on ${hosts.join(', ')}`), 120);
  return {
    marker: `speechops-drift-${digest}`,
    issue:
      findings.length === 0
        ? undefined
        : { title, body: bodyOf({ ...drift, findings }, { longest: longestText - 200 }) },
    comment: `${deadText(driftSummary(drift))}.`,
  };
}

/** As many rows of the table as there is room for. */
function bodyOf(drift: DriftDocument, { longest }: { readonly longest: number }): string {
  const { findings, resource, compared } = drift;
  const files = compared.length === 0 ? '' : ` Compared with: ${deadText(short(compared))}.`;
  const head = `${counted(findings.length, 'thing')} on ${deadText(short(resource.split(', ')))} ${findings.length === 1 ? 'is' : 'are'} otherwise than the repository says.${files}`;
  const foot = 'This issue is updated by `speechops drift --issue`, and closed by it when nothing differs any more.';
  const lines = driftTable(drift).join('\n\n').split('\n');
  const kept: string[] = [];
  let room = longest - head.length - foot.length - 100;
  for (const line of lines) {
    room -= line.length + 1;
    if (room < 0) break;
    kept.push(line);
  }
  const left = lines.length - kept.length;
  const more =
    left === 0 ? [] : [`${left} more are left out, for which an issue has no room: \`speechops drift\` prints them.`];
  return [head, kept.join('\n'), ...more, foot].join('\n\n');
}

function short(names: readonly string[]): string {
  return names.length <= 20 ? names.join(', ') : `${names.slice(0, 20).join(', ')} and ${names.length - 20} more`;
}
