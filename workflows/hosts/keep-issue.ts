import type { HostIssues } from './review-host.ts';

/** What was done with the issue; `url` where there is one. */
export interface KeptIssue {
  readonly action: 'opened' | 'updated' | 'reopened' | 'closed' | 'unchanged' | 'none';
  readonly url?: string;
}

/**
 * Keeps one issue that is open as long as something is the case: opened and reopened when it begins, given another text when that
 * changes, closed when it ends. An issue that is as it should be is not touched, so that nobody is told the same twice.
 */
export async function keepIssue(
  issues: HostIssues,
  wanted: {
    readonly marker: string;
    /** What is the case; undefined when nothing is. */
    readonly issue: { readonly title: string; readonly body: string } | undefined;
    /** Is said below an issue that is opened again, or closed. */
    readonly comment: string;
  },
): Promise<KeptIssue> {
  const { marker, issue, comment } = wanted;
  const found = await issues.find(marker);
  if (found === undefined) {
    if (issue === undefined) return { action: 'none' };
    const { url } = await issues.create({ marker, ...issue });
    return { action: 'opened', url };
  }
  const { url, state } = found;
  if (issue === undefined) {
    if (state === 'closed') return { action: 'none', url };
    // A comment that is lost is better than one a day.
    await issues.close(found);
    await issues.comment(found, comment);
    return { action: 'closed', url };
  }
  const isSame = found.title === issue.title && found.body.trim() === issue.body.trim();
  if (!isSame) await issues.update(found, { marker, ...issue });
  if (state === 'open') return { action: isSame ? 'unchanged' : 'updated', url };
  await issues.reopen(found);
  await issues.comment(found, comment);
  return { action: 'reopened', url };
}
