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
  const { repository, environments, branches, tags, pullRequests } = github;
  const issuer = 'https://token.actions.githubusercontent.com';
  const to = (kind: string, tail: string): FederatedSubject => ({
    name: nameOf('github', kind),
    issuer,
    subject: `repo:${repository}:${tail}`,
  });
  return [
    ...environments.map((name) => to(`environment-${name}`, `environment:${name}`)),
    ...branches.map((name) => to(`branch-${name}`, `ref:refs/heads/${name}`)),
    ...tags.map((name) => to(`tag-${name}`, `ref:refs/tags/${name}`)),
    ...(pullRequests ? [to('pull-requests', 'pull_request')] : []),
  ];
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
  const { organization, organizationId, project, serviceConnections } = azureDevops;
  const issuer = azureDevops.issuer ?? `https://vstoken.dev.azure.com/${organizationId}`;
  return serviceConnections.map((connection) => ({
    name: nameOf('azure-devops', connection),
    issuer,
    subject: `sc://${organization}/${project}/${connection}`,
  }));
}

/** Names of credentials are letters, digits, `-` and `_`. */
function nameOf(provider: string, what: string): string {
  return `${provider}-${what.replaceAll(/[^\w-]+/g, '-')}`;
}
