import { FederatedIdentityCredential } from '@cdktf/provider-azurerm/lib/federated-identity-credential/index.js';
import { RoleDefinition } from '@cdktf/provider-azurerm/lib/role-definition/index.js';
import { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity/index.js';
import type { Construct } from 'constructs';
import { type DeployTrust, federatedSubjects } from '../guards/federated-subjects.ts';
import { guardDeployIdentity } from '../guards/guard-deploy-identity.ts';
import { checkResourceName } from '../guards/resource-names.ts';
import { GuardedConstruct } from '../guards/guarded-construct.ts';
import { subscriptionOf } from './_subscription-of.ts';
import type { DatasetStorage } from './dataset-storage.ts';
import { RoleGrant } from './role-grant.ts';
import type { SpeechAccount } from './speech-account.ts';

export interface DeployIdentityProps extends DeployTrust {
  readonly name: string;
  readonly location: string;
  readonly resourceGroupName: string;
  readonly account: SpeechAccount;
  /** @default pipelines use no storage of the stack */
  readonly storage?: DatasetStorage;
  /** Whether it may run pipelines. @default true */
  readonly runner?: boolean;
  /** Whether it may purge deleted accounts of the subscription. @default false */
  readonly mayPurge?: boolean;
  /** @default {} */
  readonly tags?: Readonly<Record<string, string>>;
}

/** An identity for CI that signs in with OpenID Connect: there is no secret to leak or to renew. */
export class DeployIdentity extends GuardedConstruct {
  readonly resource: UserAssignedIdentity;
  readonly #props: DeployIdentityProps;

  constructor(scope: Construct, id: string, props: DeployIdentityProps) {
    super(scope, id);
    this.guard([...guardDeployIdentity(props), ...checkResourceName(props.name, { kind: 'identity', path: ['name'] })]);
    this.#props = props;
    const { name, location, resourceGroupName, tags, runner = true, mayPurge = false } = props;
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
    const { account, storage } = this.#props;
    const grantee = { principal: this.resource.principalId, principalType: 'ServicePrincipal' } as const;
    new RoleGrant(this, 'runs-pipelines', {
      ...grantee,
      role: 'Cognitive Services Speech Contributor',
      scope: account.id,
      description: 'CI runs SpeechOps pipelines.',
    });
    if (storage === undefined) return;
    new RoleGrant(this, 'writes-datasets', {
      ...grantee,
      role: 'Storage Blob Data Contributor',
      scope: storage.id,
      description: 'CI uploads datasets.',
    });
  }

  /** Purging is a right on the subscription; no built-in role has it without much else. */
  #mayPurge(): void {
    const { name, account } = this.#props;
    const subscription = subscriptionOf(account.id);
    // Names of role definitions are unique in the tenant, and so is the subdomain; the name of the identity is not.
    const { customSubdomainNameInput: subdomain = name } = account.resource;
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
