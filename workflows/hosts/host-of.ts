import { readFile } from 'node:fs/promises';
import { azureDevOps } from './azure-devops.ts';
import { bitbucket } from './bitbucket.ts';
import { gitea } from './gitea.ts';
import { gitHub } from './github.ts';
import { gitLab } from './gitlab.ts';
import type { HostPlace } from './host-place.ts';
import type { HostKind, ReviewHost } from './review-host.ts';

export interface HostOptions {
  /** Given by a person, before what the environment says. */
  readonly host?: HostKind | undefined;
  readonly repository?: string | undefined;
  readonly pullRequest?: number | undefined;
  readonly apiUrl?: string | undefined;
}

/** A host whose token may be missing, which is enough to say what would be done. */
export type TokenlessPlace = Omit<HostPlace, 'token'> & { readonly token?: string | undefined };

/**
 * Where the pull request of this job is reviewed, by the variables that GitHub Actions, GitLab CI, Azure Pipelines, Bitbucket Pipelines,
 * Gitea and Forgejo Actions set, and by options, which come first. A fault ends no sentence and says what to set.
 */
export async function hostOf(
  env: Readonly<Record<string, string | undefined>>,
  options: HostOptions = {},
): Promise<{ readonly place: HostPlace } | { readonly fault: string }> {
  const found = await placeOf(env, options);
  if ('fault' in found) return found;
  const { token } = found.place;
  const { kind } = found.place;
  if (token !== undefined) return { place: { ...found.place, token } };
  return { fault: isInCi(env) ? tokenAdvice[kind] : `${tokenAdviceByHand[kind]}, and start speechops again` };
}

/** The same where no token is needed, because nothing is written. */
export async function placeOf(
  env: Readonly<Record<string, string | undefined>>,
  options: HostOptions = {},
): Promise<{ readonly place: TokenlessPlace } | { readonly fault: string }> {
  const value: Variable = (...names) => names.map((name) => (env[name] ?? '').trim()).find((text) => text !== '');
  const kind = options.host ?? kindOf(value);
  if (kind === undefined)
    return { fault: 'Say where the pull request is with --host: no variable of a CI that is known here says it' };
  const said = await readers[kind](value);
  const apiUrl = options.apiUrl ?? said.apiUrl;
  if (apiUrl === undefined) return { fault: `Give --api-url, the base URL of the API of ${kind}` };
  if (!URL.canParse(apiUrl)) return { fault: `Give --api-url as an address that begins with https://, not ${apiUrl}` };
  const repository = options.repository ?? said.repository;
  if (repository === undefined || !repositoryForms[kind].test(repository))
    return { fault: `Name the repository with --repository, as ${kind === 'azure-devops' ? 'PROJECT' : 'OWNER'}/NAME` };
  const number = options.pullRequest ?? Number(said.pullRequest);
  const isNumber = Number.isSafeInteger(number) && number > 0;
  const { token, commit, jobUrl } = said;
  return {
    place: {
      kind,
      apiUrl: apiUrl.replace(/\/+$/, ''),
      repository,
      token,
      ...(isNumber ? { pullRequest: number } : {}),
      ...(commit === undefined ? {} : { commit }),
      ...(jobUrl === undefined ? {} : { jobUrl }),
    },
  };
}

/** The host that a place names. */
export function openHost(
  place: HostPlace,
  options: { readonly signal?: AbortSignal | undefined; readonly retryDelayMilliseconds?: number | undefined } = {},
): ReviewHost {
  return { github: gitHub, gitlab: gitLab, 'azure-devops': azureDevOps, bitbucket, gitea }[place.kind](place, options);
}

type Variable = (...names: readonly string[]) => string | undefined;
type Said = { readonly [Key in keyof Omit<HostPlace, 'kind' | 'pullRequest'>]?: string | undefined } & {
  readonly pullRequest?: string | undefined;
};

function kindOf(value: Variable): HostKind | undefined {
  if (value('GITEA_ACTIONS', 'FORGEJO_ACTIONS', 'FORGEJO') !== undefined) return 'gitea';
  if (value('GITHUB_ACTIONS') !== undefined) return 'github';
  if (value('GITLAB_CI') !== undefined) return 'gitlab';
  // Azure Pipelines builds repositories of GitHub, too.
  if (value('TF_BUILD') !== undefined) return isOfGitHub(value) ? 'github' : 'azure-devops';
  return value('BITBUCKET_BUILD_NUMBER') === undefined ? undefined : 'bitbucket';
}

/** Whether a job of a CI runs this, and no person: all of them set one of these. */
function isInCi(env: Readonly<Record<string, string | undefined>>): boolean {
  return ['CI', 'TF_BUILD', 'GITHUB_ACTIONS', 'GITEA_ACTIONS', 'FORGEJO_ACTIONS', 'GITLAB_CI'].some(
    (name) => !['', 'false'].includes((env[name] ?? '').trim()),
  );
}

function isOfGitHub(value: Variable): boolean {
  return value('TF_BUILD') !== undefined && value('BUILD_REPOSITORY_PROVIDER') === 'GitHub';
}

const readers: Readonly<Record<HostKind, (value: Variable) => Said | Promise<Said>>> = {
  github: ofGitHub,
  gitlab: ofGitLab,
  'azure-devops': ofAzurePipelines,
  bitbucket: ofBitbucket,
  gitea: ofGitea,
};

/** @see https://docs.github.com/actions/reference/workflows-and-actions/variables */
async function ofGitHub(value: Variable): Promise<Said> {
  const token = value('GITHUB_TOKEN', 'GH_TOKEN');
  if (isOfGitHub(value))
    return {
      ...ofAzurePipelines(value),
      apiUrl: 'https://api.github.com',
      repository: value('BUILD_REPOSITORY_NAME'),
      pullRequest: value('SYSTEM_PULLREQUEST_PULLREQUESTNUMBER'),
      token,
    };
  return { apiUrl: 'https://api.github.com', ...(await ofActions(value)), token };
}

/** @see https://docs.gitea.com/usage/actions/actions-variables */
async function ofGitea(value: Variable): Promise<Said> {
  return { ...(await ofActions(value)), token: value('GITEA_TOKEN', 'FORGEJO_TOKEN', 'GITHUB_TOKEN') };
}

/** The variables that all descendants of GitHub Actions have, and the event that started the job. */
async function ofActions(value: Variable): Promise<Said> {
  const event = await eventOf(value('GITHUB_EVENT_PATH'));
  const repository = value('GITHUB_REPOSITORY');
  const server = value('GITHUB_SERVER_URL');
  const run = value('GITHUB_RUN_ID');
  const apiUrl = value('GITHUB_API_URL');
  const number =
    event.pull_request?.number ??
    (event.issue?.pull_request === undefined ? undefined : event.issue.number) ??
    event.workflow_run?.pull_requests?.[0]?.number ??
    /^refs\/pull\/(\d+)\//.exec(value('GITHUB_REF') ?? '')?.[1];
  return {
    ...(apiUrl === undefined ? {} : { apiUrl }),
    repository,
    pullRequest: number === undefined ? undefined : String(number),
    // What is checked out of a pull request is a merge that nobody has seen.
    commit: event.pull_request?.head?.sha ?? event.workflow_run?.head_sha ?? value('GITHUB_SHA'),
    jobUrl: server && repository && run ? `${server}/${repository}/actions/runs/${run}` : undefined,
  };
}

interface ActionsEvent {
  readonly pull_request?: { readonly number?: number; readonly head?: { readonly sha?: string } };
  readonly issue?: { readonly number?: number; readonly pull_request?: unknown };
  readonly workflow_run?: {
    readonly head_sha?: string;
    readonly pull_requests?: readonly { readonly number?: number }[];
  };
}

async function eventOf(file: string | undefined): Promise<ActionsEvent> {
  if (file === undefined) return {};
  try {
    const event: unknown = JSON.parse(await readFile(file, 'utf8'));
    return typeof event === 'object' && event !== null ? event : {};
  } catch {
    // A job without an event is of no pull request that could be told.
    return {};
  }
}

/** @see https://docs.gitlab.com/ci/variables/predefined_variables/ */
function ofGitLab(value: Variable): Said {
  return {
    apiUrl: value('CI_API_V4_URL') ?? 'https://gitlab.com/api/v4',
    // A merge request out of a fork belongs to the project that it would be merged into.
    repository: value('CI_MERGE_REQUEST_PROJECT_ID', 'CI_PROJECT_ID'),
    pullRequest: value('CI_MERGE_REQUEST_IID'),
    commit: value('CI_MERGE_REQUEST_SOURCE_BRANCH_SHA', 'CI_COMMIT_SHA'),
    jobUrl: value('CI_JOB_URL'),
    token: value('GITLAB_TOKEN'),
  };
}

/** @see https://learn.microsoft.com/azure/devops/pipelines/build/variables */
function ofAzurePipelines(value: Variable): Said {
  const collection = value('SYSTEM_COLLECTIONURI')?.replace(/\/+$/, '');
  const project = value('SYSTEM_TEAMPROJECT');
  const repository = value('BUILD_REPOSITORY_ID');
  const build = value('BUILD_BUILDID');
  return {
    apiUrl: collection,
    repository: project && repository ? `${project}/${repository}` : undefined,
    pullRequest: value('SYSTEM_PULLREQUEST_PULLREQUESTID'),
    commit: value('SYSTEM_PULLREQUEST_SOURCECOMMITID', 'BUILD_SOURCEVERSION'),
    jobUrl:
      collection && project && build
        ? `${collection}/${encodeURIComponent(project)}/_build/results?buildId=${build}`
        : undefined,
    token: value('SYSTEM_ACCESSTOKEN', 'AZURE_DEVOPS_EXT_PAT'),
  };
}

/** @see https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/ */
function ofBitbucket(value: Variable): Said {
  const workspace = value('BITBUCKET_WORKSPACE');
  const slug = value('BITBUCKET_REPO_SLUG');
  const repository = workspace && slug ? `${workspace}/${slug}` : undefined;
  const build = value('BITBUCKET_BUILD_NUMBER');
  return {
    apiUrl: 'https://api.bitbucket.org/2.0',
    repository,
    pullRequest: value('BITBUCKET_PR_ID'),
    commit: value('BITBUCKET_COMMIT'),
    jobUrl: repository && build ? `https://bitbucket.org/${repository}/pipelines/results/${build}` : undefined,
    token: value('BITBUCKET_TOKEN'),
  };
}

const pair = /^[^/\s?#]+\/[^/\s?#]+$/;
const repositoryForms: Readonly<Record<HostKind, RegExp>> = {
  github: pair,
  gitea: pair,
  bitbucket: pair,
  // A project of Azure DevOps may have blanks in its name.
  'azure-devops': /^[^/?#]+\/[^/?#]+$/,
  gitlab: /^(\d+|[^/\s?#]+(\/[^/\s?#]+)+)$/,
};

const tokenAdvice: Readonly<Record<HostKind, string>> = {
  github:
    'Set GITHUB_TOKEN: in the step under `env:` to ${{ github.token }}, with `pull-requests: write` under `permissions:`',
  gitlab:
    'Set GITLAB_TOKEN to a project access token with the scope `api` and the role Reporter or higher, as a masked variable: the token of the job (CI_JOB_TOKEN) may not write comments',
  'azure-devops':
    'Set SYSTEM_ACCESSTOKEN: in the step under `env:` to $(System.AccessToken), and let the build service contribute to pull requests',
  bitbucket:
    'Set BITBUCKET_TOKEN to a repository access token with the scope `pullrequest:write`, as a secured variable: Bitbucket Pipelines gives a job none',
  gitea: 'Set GITEA_TOKEN: in the step under `env:` to ${{ github.token }}, or to a token with the scope `write:issue`',
};

/** What a person sets on a machine of theirs. */
const tokenAdviceByHand: Readonly<Record<HostKind, string>> = {
  github:
    'Set GITHUB_TOKEN where you start speechops, to what `gh auth token` prints, or to a personal access token (fine-grained, with read and write of contents and pull requests of this repository)',
  gitlab: 'Set GITLAB_TOKEN where you start speechops, to a personal access token with the scope `api`',
  'azure-devops':
    'Set AZURE_DEVOPS_EXT_PAT where you start speechops, to a personal access token with the scope Code (read and write)',
  bitbucket:
    'Set BITBUCKET_TOKEN where you start speechops, to a repository access token with the scope `pullrequest:write`',
  gitea:
    'Set GITEA_TOKEN where you start speechops, to an access token of yours with the scopes `write:repository` and `write:issue`',
};
