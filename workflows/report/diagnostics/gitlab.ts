import { createHash } from 'node:crypto';
import type { Diagnostic } from '../../document/diagnostics/diagnostics.ts';
import { jsonText } from '../../document/json-text.ts';
import { type CheckedFiles, omittedMessage, wholeMessage } from './checked-files.ts';

/**
 * A Code Quality report of GitLab, which its merge requests show (GitLab Docs, "Code Quality", report format). The fingerprint of a finding is
 * the same while its file, code and message are, wherever the lines go, so that a merge request shows what is new alone.
 */
export function diagnosticsAsGitlab(checked: CheckedFiles): string {
  const met = new Map<string, number>();
  const issues = checked.diagnostics.map((diagnostic) => issue(diagnostic, met));
  const more = omittedMessage(checked);
  const [first = '.'] = checked.files;
  const rest = more === undefined ? [] : [issueAt(first, { description: more, code: 'omitted', severity: 'info' })];
  return jsonText([...issues, ...rest]);
}

function issue(diagnostic: Diagnostic, met: Map<string, number>): object {
  const { path, code, severity, message, line, endLine } = diagnostic;
  const same = JSON.stringify([path, code, message]);
  const times = met.get(same) ?? 0;
  met.set(same, times + 1);
  return issueAt(path, {
    description: wholeMessage(diagnostic),
    code,
    severity: severity === 'error' ? 'major' : 'minor',
    lines: { begin: line, end: endLine },
    what: `${same} ${times}`,
  });
}

function issueAt(
  path: string,
  of: {
    readonly description: string;
    readonly code: string;
    readonly severity: 'major' | 'minor' | 'info';
    readonly lines?: { readonly begin: number; readonly end: number };
    /** What makes it another finding. */
    readonly what?: string;
  },
): object {
  const { description, code, severity, lines = { begin: 1 }, what = code } = of;
  return {
    description,
    check_name: code,
    fingerprint: createHash('sha256').update(what).digest('hex').slice(0, 32),
    severity,
    location: { path, lines },
  };
}
