import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hostOf, placeOf } from '../../../workflows/hosts/host-of.ts';

const gitHub = {
  GITHUB_ACTIONS: 'true',
  GITHUB_API_URL: 'https://api.github.com',
  GITHUB_REPOSITORY: 'acme/wards',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_RUN_ID: '77',
  GITHUB_SHA: 'merge',
  GITHUB_TOKEN: 'ghs_1',
};

describe('where a pull request is reviewed', () => {
  it('is told by the event of a GitHub job, with the commit that the author pushed', async () => {
    const event = await eventFile({ pull_request: { number: 12, head: { sha: 'abc' } } });
    expect(await hostOf({ ...gitHub, GITHUB_EVENT_PATH: event })).toEqual({
      place: {
        kind: 'github',
        apiUrl: 'https://api.github.com',
        repository: 'acme/wards',
        token: 'ghs_1',
        pullRequest: 12,
        commit: 'abc',
        jobUrl: 'https://github.com/acme/wards/actions/runs/77',
      },
    });
  });

  it('is told by a comment on a pull request, a workflow after another, and the name of a merge', async () => {
    const ofComment = await eventFile({ issue: { number: 5, pull_request: {} } });
    const ofIssue = await eventFile({ issue: { number: 5 } });
    const ofRun = await eventFile({ workflow_run: { head_sha: 'def', pull_requests: [{ number: 6 }] } });
    const numberIn = async (env: object) => {
      const found = await hostOf({ ...gitHub, ...env });
      return 'place' in found ? found.place.pullRequest : found.fault;
    };
    expect(await numberIn({ GITHUB_EVENT_PATH: ofComment })).toBe(5);
    expect(await numberIn({ GITHUB_EVENT_PATH: ofIssue })).toBeUndefined();
    expect(await numberIn({ GITHUB_EVENT_PATH: ofRun })).toBe(6);
    expect(await numberIn({ GITHUB_REF: 'refs/pull/7/merge' })).toBe(7);
    expect(await numberIn({ GITHUB_EVENT_PATH: '/nowhere', GITHUB_REF: 'refs/heads/main' })).toBeUndefined();
  });

  it('is Gitea where Gitea or Forgejo runs the job', async () => {
    for (const name of ['GITEA_ACTIONS', 'FORGEJO_ACTIONS'])
      expect(await hostOf({ ...gitHub, [name]: 'true', GITHUB_API_URL: 'https://git.acme.org/api/v1' })).toMatchObject({
        place: { kind: 'gitea', apiUrl: 'https://git.acme.org/api/v1', token: 'ghs_1' },
      });
  });

  it('is told by GitLab CI, and is of the project that a merge request goes into', async () => {
    const env = {
      GITLAB_CI: 'true',
      CI_API_V4_URL: 'https://gitlab.example.com/api/v4',
      CI_PROJECT_ID: '8',
      CI_MERGE_REQUEST_PROJECT_ID: '7',
      CI_MERGE_REQUEST_IID: '3',
      CI_COMMIT_SHA: 'abc',
      CI_JOB_URL: 'https://gitlab.example.com/j/1',
      GITLAB_TOKEN: 'glpat-1',
    };
    expect(await hostOf(env)).toEqual({
      place: {
        kind: 'gitlab',
        apiUrl: 'https://gitlab.example.com/api/v4',
        repository: '7',
        token: 'glpat-1',
        pullRequest: 3,
        commit: 'abc',
        jobUrl: 'https://gitlab.example.com/j/1',
      },
    });
    expect(await hostOf({ ...env, GITLAB_TOKEN: '', CI_JOB_TOKEN: 'job' })).toMatchObject({
      fault: expect.stringContaining('the token of the job (CI_JOB_TOKEN) may not write comments'),
    });
  });

  it('is told by Azure Pipelines, also of a repository on GitHub', async () => {
    const env = {
      TF_BUILD: 'True',
      SYSTEM_COLLECTIONURI: 'https://dev.azure.com/acme/',
      SYSTEM_TEAMPROJECT: 'Call Center',
      BUILD_REPOSITORY_ID: '3411ebc1',
      BUILD_REPOSITORY_PROVIDER: 'TfsGit',
      SYSTEM_PULLREQUEST_PULLREQUESTID: '22',
      SYSTEM_PULLREQUEST_SOURCECOMMITID: 'abc',
      BUILD_BUILDID: '9',
      SYSTEM_ACCESSTOKEN: 'eyJ',
    };
    expect(await hostOf(env)).toEqual({
      place: {
        kind: 'azure-devops',
        apiUrl: 'https://dev.azure.com/acme',
        repository: 'Call Center/3411ebc1',
        token: 'eyJ',
        pullRequest: 22,
        commit: 'abc',
        jobUrl: 'https://dev.azure.com/acme/Call%20Center/_build/results?buildId=9',
      },
    });
    const ofGitHub = {
      BUILD_REPOSITORY_PROVIDER: 'GitHub',
      BUILD_REPOSITORY_NAME: 'acme/wards',
      SYSTEM_PULLREQUEST_PULLREQUESTNUMBER: '4',
      GITHUB_TOKEN: 'ghp_1',
    };
    expect(await hostOf({ ...env, ...ofGitHub })).toMatchObject({
      place: {
        kind: 'github',
        apiUrl: 'https://api.github.com',
        repository: 'acme/wards',
        pullRequest: 4,
        token: 'ghp_1',
      },
    });
  });

  it('is told by Bitbucket Pipelines', async () => {
    const env = {
      BITBUCKET_BUILD_NUMBER: '5',
      BITBUCKET_WORKSPACE: 'acme',
      BITBUCKET_REPO_SLUG: 'wards',
      BITBUCKET_PR_ID: '2',
      BITBUCKET_COMMIT: 'abc',
      BITBUCKET_TOKEN: 'ATCTT1',
    };
    expect(await hostOf(env)).toEqual({
      place: {
        kind: 'bitbucket',
        apiUrl: 'https://api.bitbucket.org/2.0',
        repository: 'acme/wards',
        token: 'ATCTT1',
        pullRequest: 2,
        commit: 'abc',
        jobUrl: 'https://bitbucket.org/acme/wards/pipelines/results/5',
      },
    });
  });

  it('is what options say, before the environment', async () => {
    const options = {
      host: 'gitea',
      repository: 'a/b',
      pullRequest: 3,
      apiUrl: 'https://git.acme.org/api/v1/',
    } as const;
    expect(await hostOf({ GITEA_TOKEN: 't' }, options)).toEqual({
      place: { kind: 'gitea', apiUrl: 'https://git.acme.org/api/v1', repository: 'a/b', token: 't', pullRequest: 3 },
    });
    expect(await hostOf({ ...gitHub }, { pullRequest: 9, repository: 'c/d' })).toMatchObject({
      place: { kind: 'github', repository: 'c/d', pullRequest: 9 },
    });
  });

  it('is told what is missing', async () => {
    const fault = async (env: Record<string, string>, options = {}) => {
      const found = await hostOf(env, options);
      return 'fault' in found ? found.fault : '';
    };
    expect(await fault({})).toContain('Say where the pull request is with --host');
    expect(await fault({}, { host: 'gitea' })).toContain('Give --api-url');
    expect(await fault({}, { host: 'gitea', apiUrl: 'here' })).toContain('not here');
    expect(await fault({}, { host: 'github', repository: 'wards' })).toContain('as OWNER/NAME');
    expect(await fault({}, { host: 'github', repository: 'a/b' })).toContain('Set GITHUB_TOKEN');
    const inCi = await fault({ CI: 'true' }, { host: 'github', repository: 'a/b' });
    expect(inCi).toContain('in the step under `env:`');
    expect(await fault({ CI: 'false' }, { host: 'github', repository: 'a/b' })).toMatch(
      /^Set GITHUB_TOKEN where you start speechops, to what `gh auth token` prints.*start speechops again$/,
    );
    for (const [host, apiUrl] of [
      ['gitlab', 'https://gitlab.com/api/v4'],
      ['azure-devops', 'https://dev.azure.com/acme'],
      ['bitbucket', 'https://api.bitbucket.org/2.0'],
      ['gitea', 'https://codeberg.org/api/v1'],
    ] as const)
      expect(await fault({}, { host, apiUrl, repository: 'a/b' })).toMatch(/^Set [A-Z_]+ where you start speechops/);
    expect(await placeOf({}, { host: 'github', repository: 'a/b' })).toMatchObject({ place: { repository: 'a/b' } });
  });
});

async function eventFile(event: object): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'speechops-event-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  const file = path.join(folder, 'event.json');
  await writeFile(file, JSON.stringify(event));
  return file;
}
