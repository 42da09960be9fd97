import { FederatedIdentityCredential } from '@cdktf/provider-azurerm/lib/federated-identity-credential/index.js';
import { RoleDefinition } from '@cdktf/provider-azurerm/lib/role-definition/index.js';
import { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity/index.js';
import type { Construct } from 'constructs';
import type { DeployIdentitySettings, EnvironmentSettings } from '../../schemas/index.ts';
import { type Settled, withDefaults } from '../environment/settled-environment.ts';
import { checkEach, checkGuid } from '../guards/check-ids.ts';
import { type Fault, fault, isLiteral, type PropertyPath } from '../guards/fault.ts';
import { federatedSubjects, type SettledTrust } from '../guards/federated-subjects.ts';
import { GuardedConstruct } from '../guards/guarded-construct.ts';
import { checkResourceName } from '../guards/resource-names.ts';
import { subscriptionOf } from './_subscription-of.ts';
import type { ByosStorage } from './byos-storage.ts';
import type { DatasetStorage } from './dataset-storage.ts';
import { RoleGrant } from './role-grant.ts';
import type { ExistingAccount } from './existing-account.ts';
import type { SpeechAccount } from './speech-account.ts';

export interface DeployIdentityProps
  extends Omit<DeployIdentitySettings, 'enabled' | 'name'>, Pick<EnvironmentSettings, 'location' | 'tags'> {
  readonly name: string;
  readonly resourceGroupName: string;
  readonly account: SpeechAccount | ExistingAccount;
  /** @default pipelines use no storage of the stack */
  readonly storage?: DatasetStorage;
  /** @default the service keeps reports and results in storage of its own */
  readonly byosStorage?: ByosStorage;
}

/** An identity for CI that signs in with OpenID Connect: there is no secret to leak or to renew. */
export class DeployIdentity extends GuardedConstruct {
  readonly resource: UserAssignedIdentity;
  readonly #props: Settled<'deploy-identity', DeployIdentityProps>;

  constructor(scope: Construct, id: string, props: DeployIdentityProps) {
    super(scope, id);
    this.#props = withDefaults('deploy-identity', props);
    const { name, location, resourceGroupName, tags, runner, mayPurge } = this.#props;
    this.guard([...guardDeployIdentity(this.#props), ...checkResourceName(name, { kind: 'identity', path: ['name'] })]);
    this.resource = new UserAssignedIdentity(this, 'Default', { name, location, resourceGroupName, tags: { ...tags } });
    this.#trust();
    if (runner) this.#mayRunPipelines();
    if (mayPurge) this.#mayPurge();
  }

  /** One after the other: Azure refuses to write two credentials of an identity at the same time. */
  #trust(): void {
    let previous: FederatedIdentityCredential | undefined;
    for (const { name, issuer, subject } of unique(federatedSubjects(this.#props))) {
      previous = new FederatedIdentityCredential(this, `trust-${name}`, {
        name,
        resourceGroupName: this.#props.resourceGroupName,
        parentId: this.resource.id,
        issuer,
        subject,
        audience: ['api://AzureADTokenExchange'],
        ...(previous === undefined ? {} : { dependsOn: [previous] }),
      });
    }
  }

  #mayRunPipelines(): void {
    const { account, storage, byosStorage } = this.#props;
    const grantee = { principal: this.resource.principalId, principalType: 'ServicePrincipal' } as const;
    new RoleGrant(this, 'runs-pipelines', {
      ...grantee,
      role: 'Cognitive Services Speech Contributor',
      scope: account.id,
      description: 'CI runs SpeechOps pipelines.',
    });
    if (storage !== undefined)
      new RoleGrant(this, 'writes-datasets', {
        ...grantee,
        role: 'Storage Blob Data Contributor',
        scope: storage.id,
        description: 'CI uploads datasets.',
      });
    if (byosStorage !== undefined)
      new RoleGrant(this, 'reads-results', {
        ...grantee,
        role: 'Storage Blob Data Reader',
        scope: byosStorage.id,
        description: 'CI reads results of evaluations.',
      });
  }

  /** Purging is a right on the subscription; no built-in role has it without much else. */
  #mayPurge(): void {
    const { name, account } = this.#props;
    const subscription = subscriptionOf(account.id);
    // Names of role definitions are unique in the tenant, and so is the subdomain; the name of the identity is not.
    const { subdomain } = account;
    const role = new RoleDefinition(this, 'purger', {
      name: `Speech account purger (${name}, ${subdomain})`,
      description: 'Sees and purges deleted accounts of Cognitive Services.',
      scope: subscription,
      assignableScopes: [subscription],
      permissions: [
        {
          actions: [
            'Microsoft.CognitiveServices/deletedAccounts/read',
            'Microsoft.CognitiveServices/locations/resourceGroups/deletedAccounts/read',
            'Microsoft.CognitiveServices/locations/resourceGroups/deletedAccounts/delete',
          ],
        },
      ],
    });
    new RoleGrant(this, 'purges', {
      role: role.roleDefinitionResourceId,
      principal: this.resource.principalId,
      principalType: 'ServicePrincipal',
      scope: subscription,
      description: 'CI destroys and makes environments anew.',
    });
  }
}

function unique<Named extends { readonly name: string }>(subjects: readonly Named[]): readonly Named[] {
  return [...new Map(subjects.map((subject) => [subject.name, subject])).values()];
}

/** What is wrong with what an identity trusts. */
function guardDeployIdentity(trust: SettledTrust): readonly Fault[] {
  const { github, gitlab, azureDevops, federatedCredentials } = trust;
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

function checkGithub(github: SettledTrust['github']): readonly Fault[] {
  if (github === undefined) return [];
  const { repository: value, environments, branches, tags, pullRequests } = github;
  const path = ['github', 'repository'];
  const isRepository = !isLiteral(value) || /^[\w.-]+\/[\w.-]+(?<!\.git)$/.test(value);
  const faults = checkSubjects({ environments, branches, tags }, 'github');
  const isNothing = [environments, branches, tags].every((list) => list.length === 0) && !pullRequests;
  const names = ['environments', 'branches', 'tags', 'pullRequests'];
  return [
    ...(isRepository ? checkGithubIds(github) : [fault('repository', { path, value, example: 'owner/name' })]),
    ...faults,
    ...checkRefs({ branches, tags }, 'github'),
    ...(isNothing ? [fault('no-subject', { path: ['github'], names })] : []),
    ...(pullRequests ? [fault('unreviewed-code', { path: ['github', 'pullRequests'] })] : []),
  ];
}

/** Both ids or none; a repository that has none is trusted under a name that its tokens may have no more. */
function checkGithubIds({ ownerId, repositoryId, byName }: NonNullable<SettledTrust['github']>): readonly Fault[] {
  const ids = Object.entries({ ownerId, repositoryId });
  const missing = ids.filter(([, id]) => id === undefined).map(([name]) => name);
  const [first] = missing;
  if (first === undefined) return [];
  if (missing.length < ids.length) return [fault('half-of-ids', { path: ['github', first] })];
  if (byName === false) return [fault('ids-needed', { path: ['github', 'byName'] })];
  return byName === true ? [] : [fault('repository-without-ids', { path: ['github', 'repository'] })];
}

function checkGitlab(gitlab: SettledTrust['gitlab']): readonly Fault[] {
  if (gitlab === undefined) return [];
  const { project: value, url, branches, tags } = gitlab;
  const path = ['gitlab', 'project'];
  const isNothing = [branches, tags].every((list) => list.length === 0);
  return [
    ...(!isLiteral(value) || /^[\w.-]+(\/[\w.-]+)+(?<!\.git)$/.test(value)
      ? []
      : [fault('repository', { path, value, example: 'group/name' })]),
    ...checkIssuer(url, ['gitlab', 'url']),
    ...checkSubjects({ branches, tags }, 'gitlab'),
    ...checkRefs({ branches, tags }, 'gitlab'),
    ...(isNothing ? [fault('no-subject', { path: ['gitlab'], names: ['branches', 'tags'] })] : []),
  ];
}

function checkAzureDevops(azureDevops: SettledTrust['azureDevops']): readonly Fault[] {
  if (azureDevops === undefined) return [];
  const { organizationId, serviceConnections, subjects, issuer } = azureDevops;
  const at = 'azureDevops';
  const isNothing = serviceConnections.length + subjects.length === 0;
  const names = ['serviceConnections', 'subjects'];
  return [
    ...checkSubjects({ serviceConnections, subjects }, at),
    ...(isOfEntra(issuer) ? checkEntraSubjects(subjects, [at, 'subjects']) : []),
    ...checkGuid(organizationId, [at, 'organizationId']),
    ...(issuer === undefined ? [] : checkIssuer(issuer, [at, 'issuer'])),
    ...(isNothing ? [fault('no-subject', { path: [at], names })] : []),
    ...(serviceConnections.length === 0 ? [] : checkConnections(azureDevops)),
    ...(subjects.length > 0 && issuer === undefined
      ? [fault('subjects-without-issuer', { path: [at, 'issuer'] })]
      : []),
  ];
}

/** Connections whose subjects are made of their names: Entra ID makes subjects of ids that nobody can guess. */
function checkConnections(azureDevops: NonNullable<SettledTrust['azureDevops']>): readonly Fault[] {
  const { organization, organizationId, project, issuer } = azureDevops;
  const at = 'azureDevops';
  if (isOfEntra(issuer)) return [fault('entra-issuer', { path: [at, 'issuer'], value: issuer })];
  const parts = Object.entries({ organization, project });
  return [
    ...parts.flatMap(([name, value]) =>
      value === undefined ? [fault('connection-without', { path: [at, name] })] : checkSubject(value, [at, name]),
    ),
    ...checkOwnIssuer(issuer, organizationId),
  ];
}

function checkOwnIssuer(issuer: string | undefined, organizationId: string | undefined): readonly Fault[] {
  const at = 'azureDevops';
  if (issuer === undefined && organizationId === undefined) {
    return [fault('issuer-unknown', { path: [at, 'organizationId'] })];
  }
  const isOwn = issuer === undefined || /^https:\/\/vstoken\.dev\.azure\.com\//i.test(issuer);
  return isOwn ? [fault('retiring-issuer', { path: [at, 'serviceConnections'] })] : [];
}

/** Finds names of branches and tags that are whole references: `refs/heads/` stands in the subject already. */
function checkRefs(lists: Readonly<Record<'branches' | 'tags', readonly string[]>>, part: string): readonly Fault[] {
  return Object.entries(lists).flatMap(([name, values]) =>
    checkEach(values, {
      path: [part, name],
      check: (value, path) => {
        const short = value.replace(/^refs\/(heads|tags)\//, '');
        return !isLiteral(value) || short === value ? [] : [fault('whole-reference', { path, value, short })];
      },
    }),
  );
}

function checkSubjects(lists: Readonly<Record<string, readonly string[]>>, part: string): readonly Fault[] {
  return Object.entries(lists).flatMap(([name, values]) =>
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
  if (!isLiteral(value)) return [];
  if (!/^https:\/\/[^\s?#@]+$/.test(value)) return [fault('issuer', { path, value })];
  const isOfTokens = /^https:\/\/[a-z.]+\/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\/v2\.0$/.test(value);
  // The tokens that `sts.windows.net` signs have another form, and a slash at the end.
  const isOfLogin = /^https:\/\/login\.(microsoftonline|partner)\./i.test(value);
  return isOfLogin && !isOfTokens ? [fault('entra-issuer-form', { path, value })] : [];
}

function isOfEntra(issuer: string | undefined): issuer is string {
  return isLiteral(issuer) && /^https:\/\/(login\.microsoftonline\.|login\.partner\.|sts\.windows\.)/i.test(issuer);
}

/** Subjects of Azure DevOps' own issuer name the connection, which those of Entra ID do not. */
function checkEntraSubjects(subjects: readonly string[], at: PropertyPath): readonly Fault[] {
  return checkEach(subjects, {
    path: at,
    check: (value, path) => (/^sc:\/\//i.test(value) ? [fault('entra-subject', { path, value })] : []),
  });
}
