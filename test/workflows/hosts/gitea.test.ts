import { expect, it } from 'vitest';
import { openHost } from '../../../workflows/hosts/host-of.ts';
import { startGitHub, token } from './stand-in-github.ts';

it('comments, finds its own among those of others, and keeps an issue on Gitea', async () => {
  const me = { login: 'deployer' };
  const server = await startGitHub({ gitea: true, as: me });
  const place = { kind: 'gitea', apiUrl: `${server.origin}/api/v1`, repository: 'acme/wards', token } as const;
  const host = openHost(place, { retryDelayMilliseconds: 1 });
  server.comments.push({ id: 1, pullRequest: 3, body: 'of another', user: { login: 'mallory' } });
  const { id } = await host.createComment(3, 'one');
  expect(await host.updateComment(3, { id, body: 'two' })).toBe(true);
  expect((await host.comments(3)).map(({ body, isOwn }) => [body, isOwn])).toEqual([
    ['of another', false],
    ['two', true],
  ]);
  server.pulls.push({ number: 3, title: 'Change', head: { ref: 'branch' } });
  expect((await host.openPullRequests({ most: 50 })).pullRequests).toMatchObject([{ number: 3, headBranch: 'branch' }]);
  const issue = await host.issues.create({ marker: 'speechops-drift', title: 'Drift', body: 'ward' });
  await host.issues.close(issue);
  expect(await host.issues.find('speechops-drift')).toMatchObject({ id: issue.id, body: 'ward', state: 'closed' });
  server.faults.push({ status: 403, body: { message: 'token does not have at least one of required scope(s)' } });
  await expect(host.createComment(3, 'x')).rejects.toThrow('the token needs the scope `write:issue`');
});
