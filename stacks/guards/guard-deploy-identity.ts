import { checkEach, checkGuid } from './check-ids.ts';
import { type Fault, fault, isLiteral, type PropertyPath } from './fault.ts';
import { type DeployTrust, federatedSubjects } from './federated-subjects.ts';

/** What is wrong with what an identity trusts. */
export function guardDeployIdentity(trust: DeployTrust): readonly Fault[] {
  const { github, gitlab, azureDevops, federatedCredentials = {} } = trust;
  const names = federatedSubjects(trust).map(({ name }) => name);
  const value = names.length;
  const twice = names.find((name, index) => names.indexOf(name) < index);
  const isNothing = [github, gitlab, azureDevops].every((part) => part === undefined) && value === 0;
  return [
    ...checkGithub(github),
    ...checkGitlab(gitlab),
    ...checkAzureDevops(azureDevops),
    ...Object.entries(federatedCredentials).flatMap(([name, { issuer, subject }]) => [
      ...checkIssuer(issuer, ['federatedCredentials', name, 'issuer']),
      ...checkSubject(subject, ['federatedCredentials', name, 'subject']),
    ]),
    ...(isNothing ? [fault('no-trust', { path: ['github'] })] : []),
    ...(twice === undefined ? [] : [fault('same-credential', { path: ['github'], value: twice })]),
    ...(value > 20 ? [fault('too-many-credentials', { path: ['github'], value })] : []),
  ];
}

function checkGithub(github: DeployTrust['github']): readonly Fault[] {
  if (github === undefined) return [];
  const { repository: value, environments, branches, tags, pullRequests = false } = github;
  const path = ['github', 'repository'];
  const faults = checkSubjects({ environments, branches, tags }, 'github');
  const isNothing = [environments, branches, tags].every((list) => (list ?? []).length === 0) && !pullRequests;
  const names = ['environments', 'branches', 'tags', 'pullRequests'];
  return [
    ...(!isLiteral(value) || /^[\w.-]+\/[\w.-]+(?<!\.git)$/.test(value)
      ? []
      : [fault('repository', { path, value, example: 'owner/name' })]),
    ...faults,
    ...(isNothing ? [fault('no-subject', { path: ['github'], names })] : []),
    ...(pullRequests ? [fault('unreviewed-code', { path: ['github', 'pullRequests'] })] : []),
  ];
}

function checkGitlab(gitlab: DeployTrust['gitlab']): readonly Fault[] {
  if (gitlab === undefined) return [];
  const { project: value, url, branches, tags } = gitlab;
  const path = ['gitlab', 'project'];
  const isNothing = [branches, tags].every((list) => (list ?? []).length === 0);
  return [
    ...(!isLiteral(value) || /^[\w.-]+(\/[\w.-]+)+(?<!\.git)$/.test(value)
      ? []
      : [fault('repository', { path, value, example: 'group/name' })]),
    ...(url === undefined ? [] : checkIssuer(url, ['gitlab', 'url'])),
    ...checkSubjects({ branches, tags }, 'gitlab'),
    ...(isNothing ? [fault('no-subject', { path: ['gitlab'], names: ['branches', 'tags'] })] : []),
  ];
}

function checkAzureDevops(azureDevops: DeployTrust['azureDevops']): readonly Fault[] {
  if (azureDevops === undefined) return [];
  const { organization, organizationId, project, serviceConnections, issuer } = azureDevops;
  const at = 'azureDevops';
  return [
    ...checkSubject(organization, [at, 'organization']),
    ...checkSubject(project, [at, 'project']),
    ...checkSubjects({ serviceConnections }, at),
    ...checkGuid(organizationId, [at, 'organizationId']),
    ...(issuer === undefined ? [] : checkIssuer(issuer, [at, 'issuer'])),
    ...(issuer === undefined && organizationId === undefined
      ? [fault('issuer-unknown', { path: [at, 'organizationId'] })]
      : []),
  ];
}

function checkSubjects(lists: Readonly<Record<string, readonly string[] | undefined>>, part: string): readonly Fault[] {
  return Object.entries(lists).flatMap(([name, values = []]) =>
    checkEach(values, {
      path: [part, name],
      check: (value, path) =>
        values.indexOf(value) < Number(path.at(-1)) ? [fault('duplicate', { path, value })] : checkSubject(value, path),
    }),
  );
}

function checkSubject(value: string, path: PropertyPath): readonly Fault[] {
  if (value.trim() === '') return [fault('empty-subject', { path })];
  return isLiteral(value) && value.includes('*') ? [fault('wildcard-subject', { path, value })] : [];
}

function checkIssuer(value: string, path: PropertyPath): readonly Fault[] {
  return !isLiteral(value) || /^https:\/\/[^\s?#@]+$/.test(value) ? [] : [fault('issuer', { path, value })];
}
