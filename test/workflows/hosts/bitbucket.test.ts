import { describe, expect, it } from 'vitest';
import { openHost } from '../../../workflows/hosts/host-of.ts';
import { forbidden, startBitbucket, token } from './stand-in-bitbucket.ts';

describe('Bitbucket', () => {
  it('reads comments on the pull request itself over all pages, without deleted ones', async () => {
    const { host, comments } = await startBitbucket();
    comments.push(
      { id: 1, content: { raw: 'gone' }, user: { uuid: '{ann}' }, deleted: true },
      { id: 2, content: { raw: 'on a line' }, user: { uuid: '{ann}' }, inline: { path: 'a', to: 1 } },
      { id: 3, content: { raw: 'a question' }, user: { uuid: '{ann}' } },
      { id: 4, content: { raw: 'ours' }, user: { uuid: '{me}' } },
    );
    expect((await host.comments(2)).map(({ id, body, isOwn }) => [id, body, isOwn])).toEqual([
      ['3', 'a question', false],
      ['4', 'ours', true],
    ]);
  });

  it('creates and updates a comment, and says when it has gone or cannot be its own', async () => {
    const { host, comments, server, user } = await startBitbucket();
    const { id } = await host.createComment(2, 'one');
    expect(await host.updateComment(2, { id, body: 'two' })).toBe(true);
    expect(comments.map(({ content }) => content.raw)).toEqual(['two']);
    expect(await host.updateComment(2, { id: '99', body: 'x' })).toBe(false);
    server.faults.push({ status: 403, body: forbidden });
    await expect(host.updateComment(2, { id, body: 'x' })).rejects.toThrow(
      'the token needs the scope `pullrequest:write`',
    );
    user.isTold = false;
    const unknown = openHost({ kind: 'bitbucket', apiUrl: `${server.origin}/2.0`, repository: 'acme/wards', token });
    await unknown.comments(2);
    server.faults.push({ status: 403, body: forbidden });
    expect(await unknown.updateComment(2, { id, body: 'x' })).toBe(false);
  });

  it('lists open pull requests', async () => {
    const { host } = await startBitbucket();
    expect(await host.openPullRequests({ most: 50 })).toEqual({
      pullRequests: [{ number: 2, title: 'Change', url: 'https://bitbucket.org/acme/wards/2', headBranch: 'branch' }],
      hasMore: false,
    });
  });

  it('keeps an issue, and says when there is no tracker', async () => {
    const { host, server } = await startBitbucket();
    const issue = await host.issues.create({ marker: 'speechops-drift', title: 'Drift', body: 'ward' });
    await host.issues.update(issue, { marker: 'speechops-drift', title: 'Drift', body: 'two' });
    await host.issues.close(issue);
    expect(await host.issues.find('speechops-drift')).toMatchObject({ id: issue.id, body: 'two', state: 'closed' });
    await host.issues.reopen(issue);
    expect(await host.issues.find('speechops-drift')).toMatchObject({ state: 'open' });
    server.faults.push({
      status: 404,
      body: { type: 'error', error: { message: 'Repository has no issue tracker.' } },
    });
    await expect(host.issues.find('speechops-drift')).rejects.toThrow('"Repository has no issue tracker"');
  });

  it('repeats after 429, and says when the token is wrong', async () => {
    const { host, server } = await startBitbucket();
    server.faults.push({ status: 429, headers: { 'Retry-After': '0' } });
    expect(await host.comments(2)).toEqual([]);
    server.faults.push({ status: 401, body: { type: 'error', error: { message: 'Token is invalid' } } });
    await expect(host.comments(2)).rejects.toThrow('Bitbucket answers 401 "Token is invalid"');
  });
});
