import { createHash } from 'node:crypto';
import type { SettledDeployIdentity } from '../../schemas/index.ts';

/** Whom an identity trusts; at least one of them. */
export type SettledTrust = Pick<SettledDeployIdentity, 'github' | 'gitlab' | 'azureDevops' | 'federatedCredentials'>;

/** One federated credential: Azure takes tokens of this issuer with exactly this subject. */
export interface FederatedSubject {
  /** Unique in the identity, and part of the construct's id. */
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
}

/** What is trusted, as issuers write it into their tokens. */
export function federatedSubjects(trust: SettledTrust): readonly FederatedSubject[] {
  return [
    ...githubSubjects(trust.github),
    ...gitlabSubjects(trust.gitlab),
    ...azureDevopsSubjects(trust.azureDevops),
    ...Object.entries(trust.federatedCredentials).map(([name, rest]) => ({
      name: nameOf('other', name),
      ...rest,
    })),
  ];
}

function githubSubjects(github: SettledTrust['github']): readonly FederatedSubject[] {
  if (github === undefined) return [];
  const { environments, branches, tags, pullRequests } = github;
  const issuer = 'https://token.actions.githubusercontent.com';
  const tails: readonly (readonly [kind: string, tail: string])[] = [
    // GitHub writes the colon, which separates the parts of a subject, in another way.
    ...environments.map((name) => [`environment-${name}`, `environment:${name.replaceAll(':', '%3A')}`] as const),
    ...branches.map((name) => [`branch-${name}`, `ref:refs/heads/${name}`] as const),
    ...tags.map((name) => [`tag-${name}`, `ref:refs/tags/${name}`] as const),
    ...(pullRequests ? [['pull-requests', 'pull_request'] as const] : []),
  ];
  return githubRepositories(github).flatMap(({ provider, repository }) =>
    tails.map(([kind, tail]) => ({ name: nameOf(provider, kind), issuer, subject: `repo:${repository}:${tail}` })),
  );
}

/** The repository as its tokens name it: with ids that nobody can take over, without them, or both while it moves. */
function githubRepositories({
  repository,
  ownerId,
  repositoryId,
  byName,
}: NonNullable<SettledTrust['github']>): readonly { readonly provider: string; readonly repository: string }[] {
  const plain = { provider: 'github', repository };
  if (ownerId === undefined || repositoryId === undefined) return [plain];
  const [owner = '', name = ''] = repository.split('/');
  const immutable = { provider: 'github-id', repository: `${owner}@${ownerId}/${name}@${repositoryId}` };
  return byName === true ? [immutable, plain] : [immutable];
}

function gitlabSubjects(gitlab: SettledTrust['gitlab']): readonly FederatedSubject[] {
  if (gitlab === undefined) return [];
  const { project, url, branches, tags } = gitlab;
  const to = (kind: string, ref: string): FederatedSubject => ({
    name: nameOf('gitlab', `${kind}-${ref}`),
    // As GitLab writes it into its tokens, with which Azure compares it letter by letter.
    issuer: url.replace(/\/+$/, ''),
    subject: `project_path:${project}:ref_type:${kind}:ref:${ref}`,
  });
  return [...branches.map((ref) => to('branch', ref)), ...tags.map((ref) => to('tag', ref))];
}

function azureDevopsSubjects(azureDevops: SettledTrust['azureDevops']): readonly FederatedSubject[] {
  if (azureDevops === undefined) return [];
  const { organization, organizationId, project, serviceConnections, subjects } = azureDevops;
  const issuer = azureDevops.issuer ?? `https://vstoken.dev.azure.com/${organizationId}`;
  return [
    ...serviceConnections.map((connection) => ({
      name: nameOf('azure-devops', connection),
      issuer,
      subject: `sc://${organization}/${project}/${connection}`,
    })),
    // Their names in the identity are a digest: of the subject, people know the id at its end at most.
    ...subjects.map((subject) => ({ name: nameOf('azure-devops', `entra-${digestOf(subject)}`), issuer, subject })),
  ];
}

/** Names of credentials are 3 to 120 letters, digits, `-` and `_`; one that is too long is cut and ends with a digest. */
function nameOf(provider: string, what: string): string {
  const name = `${provider}-${what.replaceAll(/[^\w-]+/g, '-')}`;
  return name.length <= 120 ? name : `${name.slice(0, 109)}-${digestOf(what)}`;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}
