import { describe, expect, it } from 'vitest';
import { openHost } from '../../../workflows/hosts/host-of.ts';
import { hostOfRemote } from '../../../workflows/hosts/host-of-remote.ts';
import { proposeChange } from '../../../workflows/hosts/propose-change.ts';
import { startAzureDevOps } from './stand-in-azure-devops.ts';
import { startBitbucket } from './stand-in-bitbucket.ts';
import { startGitHub, token } from './stand-in-github.ts';
import { startGitLab } from './stand-in-gitlab.ts';

const change = {
  title: 'Roll back',
  body: 'It was better before',
  headBranch: 'speechops/roll-back',
  baseBranch: 'main',
};

describe('proposeChange', () => {
  it.each([{ gitea: false }, { gitea: true }])(
    'opens one pull request of a branch on GitHub and Gitea',
    async (dialect) => {
      const server = await startGitHub(dialect);
      const place = dialect.gitea
        ? ({ kind: 'gitea', apiUrl: `${server.origin}/api/v1` } as const)
        : ({ kind: 'github', apiUrl: server.origin } as const);
      const host = openHost({ ...place, repository: 'acme/wards', token });
      const first = await proposeChange(host, change);
      expect(first).toMatchObject({ isNew: true, title: 'Roll back', headBranch: change.headBranch });
      expect(first.url).toMatch(/^https:/);
      expect(await proposeChange(host, change)).toEqual({ ...first, isNew: false });
      expect(server.pulls).toHaveLength(1);
      await expect(proposeChange(host, { ...change, headBranch: 'other', baseBranch: 'gone' })).rejects.toThrow(
        'Cannot open a pull request of other',
      );
    },
  );

  it('opens one on GitLab, Azure DevOps and Bitbucket', async () => {
    for (const { host } of [await startGitLab(), await startAzureDevOps(), await startBitbucket()]) {
      const opened = await proposeChange(host, change);
      expect(opened).toMatchObject({ isNew: true, title: 'Roll back', headBranch: change.headBranch });
      expect(opened.url).toMatch(/^https?:/);
      expect(await proposeChange(host, { ...change, headBranch: 'branch' })).toMatchObject({
        isNew: false,
        title: 'Change',
      });
    }
  });
});

describe('a pull request of a fork', () => {
  it('is none of ours, whatever its branch is called', async () => {
    const server = await startGitHub();
    const repo = (full_name: string) => ({ repo: { full_name } });
    server.pulls.push({
      number: 7,
      title: 'Theirs',
      head: { ref: change.headBranch, ...repo('mallory/wards') },
      base: repo('acme/wards'),
    });
    const host = openHost({ kind: 'github', apiUrl: server.origin, repository: 'acme/wards', token });
    expect(await proposeChange(host, change)).toMatchObject({ isNew: true, title: 'Roll back' });
  });
});

describe('hostOfRemote', () => {
  it.each([
    ['https://github.com/acme/wards.git', 'github', 'https://api.github.com', 'acme/wards'],
    ['git@github.com:acme/wards.git', 'github', 'https://api.github.com', 'acme/wards'],
    ['ssh://git@github.example.com:2222/acme/wards', 'github', 'https://github.example.com/api/v3', 'acme/wards'],
    ['https://oauth2:secret@gitlab.com/acme/eu/wards.git', 'gitlab', 'https://gitlab.com/api/v4', 'acme/eu/wards'],
    ['https://bitbucket.org/acme/wards', 'bitbucket', 'https://api.bitbucket.org/2.0', 'acme/wards'],
    [
      'https://acme@dev.azure.com/acme/Call%20Center/_git/wards',
      'azure-devops',
      'https://dev.azure.com/acme',
      'Call Center/wards',
    ],
    ['git@ssh.dev.azure.com:v3/acme/Center/wards', 'azure-devops', 'https://dev.azure.com/acme', 'Center/wards'],
    ['https://acme.visualstudio.com/Center/_git/wards', 'azure-devops', 'https://dev.azure.com/acme', 'Center/wards'],
    ['https://codeberg.org/acme/wards', 'gitea', 'https://codeberg.org/api/v1', 'acme/wards'],
  ])('knows where %s is reviewed', async (remote, kind, apiUrl, repository) => {
    const env = {
      GITHUB_TOKEN: 'g',
      GITLAB_TOKEN: 'l',
      BITBUCKET_TOKEN: 'b',
      AZURE_DEVOPS_EXT_PAT: 'a',
      FORGEJO_TOKEN: 'f',
      GH_HOST: 'github.example.com',
    };
    expect(await hostOfRemote(remote, env)).toMatchObject({ place: { kind, apiUrl, repository } });
    const { GH_HOST } = env;
    expect(await hostOfRemote(remote, { GH_HOST })).toEqual({ fault: expect.stringMatching(/^Set [A-Z_]+/) });
  });

  it('says what it does not know, without what signs in there', async () => {
    expect(await hostOfRemote('https://me:secret@git.example.com/a/b', {})).toEqual({
      fault: expect.stringContaining('Open it by hand: https://git.example.com/a/b is on no host that is known here;'),
    });
    expect(await hostOfRemote('/srv/git/wards.git', {})).toEqual({
      fault: expect.stringContaining('/srv/git/wards.git'),
    });
    const own = await hostOfRemote('http://127.0.0.1:3000/acme/wards.git', {
      GITEA_TOKEN: 't',
      GITEA_SERVER_URL: 'http://127.0.0.1:3000',
    });
    // Whoever has made the repository has said where it came from, and gets no token for it.
    const tokens = { GITHUB_TOKEN: 'g', GITLAB_TOKEN: 'l', GITEA_TOKEN: 't', GH_HOST: 'github.example.com' };
    for (const remote of [
      'https://github.evil.example/a/b',
      'https://git.evil.example/a/b',
      'http://github.com/a/b',
      'https://github.com/%E0',
    ])
      expect(await hostOfRemote(remote, tokens)).toEqual({ fault: expect.stringContaining('Open it by hand') });
    expect(own).toMatchObject({ place: { kind: 'gitea', apiUrl: 'http://127.0.0.1:3000/api/v1' } });
  });
});
