import { describe, expect, it } from 'vitest';
import { openHost } from '../../../workflows/hosts/host-of.ts';
import type { ReviewHost } from '../../../workflows/hosts/review-host.ts';
import { startGitHub, type StandInGitHub, token } from './stand-in-github.ts';

const somebody = { login: 'mallory', type: 'User' } as const;
const bot = { login: 'github-actions[bot]', type: 'Bot' } as const;

describe('GitHub', () => {
  it('reads all pages of comments, and says which are of an app', async () => {
    const server = await startGitHub();
    for (const id of [1, 2, 3, 4, 5])
      server.comments.push({ id, pullRequest: 12, body: `text ${id}`, user: id === 4 ? bot : somebody });
    server.comments.push({ id: 9, pullRequest: 13, body: 'of another', user: bot });
    const comments = await hostAt(server).comments(12);
    expect(comments.map(({ id, body, isOwn }) => [id, body, isOwn])).toEqual([
      ['1', 'text 1', false],
      ['2', 'text 2', false],
      ['3', 'text 3', false],
      ['4', 'text 4', true],
      ['5', 'text 5', false],
    ]);
  });

  it('takes the comments of the token’s own user where the host names it', async () => {
    const server = await startGitHub({ as: { login: 'deployer', type: 'User' } });
    server.comments.push({ id: 1, pullRequest: 12, body: 'a', user: bot });
    const host = hostAt(server);
    await host.createComment(12, 'b');
    expect((await host.comments(12)).map(({ isOwn }) => isOwn)).toEqual([false, true]);
  });

  it('creates and updates a comment, and says when it has gone', async () => {
    const server = await startGitHub();
    const host = hostAt(server);
    const { id } = await host.createComment(12, 'one');
    expect(await host.updateComment(12, { id, body: 'two' })).toBe(true);
    expect(server.comments.map(({ body }) => body)).toEqual(['two']);
    server.comments.length = 0;
    expect(await host.updateComment(12, { id, body: 'three' })).toBe(false);
  });

  it('lists the newest open pull requests up to a number', async () => {
    const server = await startGitHub({ mostPerPage: 50 });
    for (let number = 1; number <= 60; number += 1)
      server.pulls.push({ number, title: `Change ${number}`, head: { ref: `branch-${number}` } });
    const { pullRequests, hasMore } = await hostAt(server).openPullRequests({ most: 50 });
    expect(pullRequests).toHaveLength(50);
    expect(hasMore).toBe(true);
    expect(pullRequests[0]).toEqual({
      number: 1,
      title: 'Change 1',
      url: 'https://example.com/acme/wards/1',
      headBranch: 'branch-1',
    });
  });

  it('opens, finds, changes, closes and reopens an issue by its marker', async () => {
    const server = await startGitHub();
    const { issues } = hostAt(server);
    expect(await issues.find('speechops-drift')).toBeUndefined();
    const made = await issues.create({ marker: 'speechops-drift', title: 'Drift', body: 'ward differs' });
    server.issues.unshift(
      { number: 7, title: 'of somebody', body: 'x\n\n<!-- speechops-drift -->', state: 'open', user: somebody },
      { number: 8, title: 'a pull request', body: '', state: 'open', user: bot, pull_request: {} },
    );
    expect(await issues.find('speechops-drift')).toMatchObject({ id: made.id, body: 'ward differs', state: 'open' });
    await issues.update(made, { marker: 'speechops-drift', title: 'Drift: 2', body: 'two differ' });
    await issues.close(made);
    expect(await issues.find('speechops-drift')).toMatchObject({
      title: 'Drift: 2',
      body: 'two differ',
      state: 'closed',
    });
    await issues.reopen(made);
    expect(await issues.find('speechops-drift')).toMatchObject({ state: 'open' });
    expect(await issues.find('speechops')).toBeUndefined();
    await issues.comment(made, 'gone');
    expect(server.comments).toMatchObject([{ pullRequest: Number(made.id), body: 'gone' }]);
  });

  it('says which permission the token needs', async () => {
    const server = await startGitHub();
    server.faults.push({ status: 403, body: { message: 'Resource not accessible by integration' } });
    await expect(hostAt(server).createComment(12, 'x')).rejects.toThrow(
      'Cannot comment on pull request #12: GitHub answers 403 "Resource not accessible by integration" to POST ' +
        '/repos/acme/wards/issues/12/comments; the token needs the permission `pull-requests: write` (under `permissions:` of the job)',
    );
    server.faults.push({ status: 403 });
    await expect(hostAt(server).issues.create({ marker: 'm', title: 't', body: 'b' })).rejects.toThrow('issues: write');
    const wrong = openHost({ ...placeOf(server), token: 'ghp_another' });
    await expect(wrong.createComment(12, 'x')).rejects.toThrow('the token is wrong or has ended');
    await expect(hostAt(server).updateComment(12, { id: '1', body: 'x' })).resolves.toBe(false);
    await expect(openHost({ ...placeOf(server), repository: 'acme/gone' }).comments(1)).rejects.toThrow(
      'check the repository and the number',
    );
  });

  it('repeats a read after 429, 502 and a rate limit with status 403', async () => {
    const server = await startGitHub();
    server.comments.push({ id: 1, pullRequest: 12, body: 'text', user: bot });
    server.faults.push(
      { status: 429, headers: { 'Retry-After': '0' } },
      { status: 502 },
      { status: 403, headers: { 'Retry-After': '0' }, body: { message: 'You have exceeded a secondary rate limit' } },
    );
    expect(await hostAt(server).comments(12)).toHaveLength(1);
  });

  it('creates nothing a second time where the host may have acted', async () => {
    const server = await startGitHub();
    server.faults.push({ status: 429, headers: { 'Retry-After': '0' } }, { status: 502 });
    await expect(hostAt(server).createComment(12, 'x')).rejects.toThrow('GitHub answers 502');
    expect(server.calls()).toEqual([
      'POST /repos/acme/wards/issues/12/comments',
      'POST /repos/acme/wards/issues/12/comments',
    ]);
  });

  it('gives up at a rate limit that lasts for long', async () => {
    const server = await startGitHub();
    server.faults.push({ status: 429, headers: { 'Retry-After': '3600' } });
    await expect(hostAt(server).comments(12)).rejects.toThrow('it limits the rate of requests: try again later');
  });

  it('follows a redirect on the same origin with its token, and none to another', async () => {
    const server = await startGitHub();
    server.comments.push({ id: 1, pullRequest: 12, body: 'text', user: bot });
    const elsewhere = await startGitHub();
    server.faults.push({ status: 301, headers: { Location: '/repos/acme/wards/issues/12/comments?per_page=2' } });
    expect(await hostAt(server).comments(12)).toHaveLength(1);
    server.faults.push({
      status: 302,
      headers: { Location: `${elsewhere.origin}/repos/acme/wards/issues/12/comments` },
    });
    await expect(hostAt(server).comments(12)).rejects.toThrow('check the address of its API');
    expect(elsewhere.requests).toEqual([]);
  });

  it('asks for further pages at the origin of the API, whatever host a link names', async () => {
    const server = await startGitHub();
    const elsewhere = await startGitHub();
    server.faults.push({
      headers: { Link: `<${elsewhere.origin}/repos/acme/wards/issues/12/comments?page=2>; rel="next"` },
      body: [],
    });
    await hostAt(server).comments(12);
    expect(elsewhere.requests).toEqual([]);
    expect(server.calls()[1]).toBe('GET /repos/acme/wards/issues/12/comments');
  });

  it('shows neither the token nor a query in an error', async () => {
    const server = await startGitHub();
    server.faults.push({ status: 400, body: { message: `bad ${token} at https://example.com/x?sig=abc` } });
    const error = await hostAt(server)
      .createComment(12, 'x')
      .catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('"bad *** at https://example.com/x"');
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(token);
  });

  it('refuses to send a token over plain http to another machine', () => {
    const place = { kind: 'github', apiUrl: 'http://github.example.com/api', repository: 'a/b', token } as const;
    expect(() => openHost(place)).toThrow('a token goes over https alone, not to http://github.example.com');
  });
});

function placeOf({ origin }: StandInGitHub) {
  return { kind: 'github', apiUrl: origin, repository: 'acme/wards', token } as const;
}

function hostAt(server: StandInGitHub): ReviewHost {
  return openHost(placeOf(server), { retryDelayMilliseconds: 1 });
}
