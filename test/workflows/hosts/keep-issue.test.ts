import { describe, expect, it } from 'vitest';
import { keepIssue } from '../../../workflows/hosts/keep-issue.ts';
import type { HostIssue, HostIssues } from '../../../workflows/hosts/review-host.ts';

/** The issues of a repository, and what was done with them. */
function repository(given?: Partial<HostIssue>): { readonly issues: HostIssues; readonly done: string[] } {
  const done: string[] = [];
  const url = 'https://example.com/1';
  let issue: HostIssue | undefined = given && { id: '1', title: 'Drift', body: 'a', state: 'open', url, ...given };
  const issues: HostIssues = {
    find: async () => issue,
    async create({ title, body }) {
      done.push(`create ${body}`);
      issue = { id: '1', title, body, state: 'open', url };
      return issue;
    },
    update: async (_, { body }) => void done.push(`update ${body}`),
    comment: async (_, body) => void done.push(`comment ${body}`),
    close: async () => void done.push('close'),
    reopen: async () => void done.push('reopen'),
  };
  return { issues, done };
}

const marker = 'speechops-drift';
const same = { title: 'Drift', body: 'a' };

describe('keepIssue', () => {
  it.each([
    ['opens one', undefined, same, 'opened', ['create a']],
    ['leaves one alone that is as it should be', { body: 'a\n' }, same, 'unchanged', []],
    ['gives it another text', { body: 'b' }, same, 'updated', ['update a']],
    ['opens it again', { state: 'closed' }, same, 'reopened', ['reopen', 'comment now']],
    [
      'opens it again with another text',
      { state: 'closed', body: 'b' },
      same,
      'reopened',
      ['update a', 'reopen', 'comment now'],
    ],
    ['closes it', {}, undefined, 'closed', ['close', 'comment now']],
    ['leaves it closed', { state: 'closed' }, undefined, 'none', []],
    ['does nothing where there is none', undefined, undefined, 'none', []],
  ] as const)('%s', async (_, given, issue, action, expected) => {
    const { issues, done } = repository(given);
    expect(await keepIssue(issues, { marker, issue, comment: 'now' })).toMatchObject({ action });
    expect(done).toEqual(expected);
  });
});
