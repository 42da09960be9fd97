import { TerraformOutput, type TerraformStack } from 'cdktf';
import type { ByosStorage } from './constructs/byos-storage.ts';
import type { CustomSpeech } from './constructs/custom-speech.ts';
import type { DatasetStorage } from './constructs/dataset-storage.ts';
import type { DeployIdentity } from './constructs/deploy-identity.ts';
import type { Monitoring } from './constructs/monitoring.ts';
import type { PrivateAccess } from './constructs/private-access.ts';
import { ExistingAccount } from './constructs/existing-account.ts';
import type { SpeechAccount } from './constructs/speech-account.ts';
import { blobHost } from './constructs/speech-hosts.ts';
import type { SettledEnvironment } from './environment/settled-environment.ts';
import type { StackNames } from './stack-names.ts';

/** What a stack has made. */
export interface StackParts {
  readonly account: SpeechAccount | ExistingAccount;
  readonly storage: DatasetStorage | undefined;
  readonly byosStorage: ByosStorage | undefined;
  readonly monitoring: Monitoring | undefined;
  readonly deployIdentity: DeployIdentity | undefined;
  readonly privateEndpoints: ReadonlyMap<string, PrivateAccess>;
  readonly storageEndpoints: ReadonlyMap<string, PrivateAccess>;
  readonly customSpeech: CustomSpeech | undefined;
}

interface OutputOptions {
  readonly environment: SettledEnvironment;
  readonly names: StackNames;
  readonly parts: StackParts;
}

/** Adds the outputs that pipelines, applications and people need: hosts, ids, and keys only where they are wanted. */
export function addOutputs(stack: TerraformStack, { environment, names, parts }: OutputOptions): void {
  const { account, storage, byosStorage, monitoring, deployIdentity, customSpeech } = parts;
  const { cloud, account: settings } = environment;
  // An account of somebody else is known to have one where storage needs it.
  const hasIdentity = account instanceof ExistingAccount ? storage !== undefined : settings.systemIdentity;
  const values: Readonly<Record<string, string | undefined>> = {
    'speechops-endpoint': account.hosts.https,
    'speech-sdk-endpoint': account.hosts.websocket,
    'account-id': account.id,
    'account-name': account.resource.name,
    'resource-group': account.resource.resourceGroupName,
    'account-principal-id': hasIdentity ? account.principalId : undefined,
    'storage-account-id': storage?.id,
    'storage-blob-endpoint': storage && `https://${blobHost(names.storage, cloud)}`,
    'byos-storage-account-id': byosStorage?.id,
    'workspace-id': monitoring?.workspaceId,
    'deploy-client-id': deployIdentity?.resource.clientId,
    'deploy-principal-id': deployIdentity?.resource.principalId,
    'deploy-tenant-id': deployIdentity?.resource.tenantId,
  };
  for (const [id, value] of Object.entries(values)) {
    if (value !== undefined) new TerraformOutput(stack, id, { value });
  }
  for (const [id, { address }] of parts.privateEndpoints)
    new TerraformOutput(stack, `private-address-${id}`, { value: address });
  for (const [id, { address }] of parts.storageEndpoints)
    new TerraformOutput(stack, `storage-private-address-${id}`, { value: address });
  for (const [id, value] of Object.entries(customSpeech?.endpointIds ?? {}))
    new TerraformOutput(stack, `endpoint-id-${id}`, { value });
  if (!settings.keyOutputs) return;
  const { primaryAccessKey, secondaryAccessKey } = account.resource;
  new TerraformOutput(stack, 'account-primary-key', { value: primaryAccessKey, sensitive: true });
  new TerraformOutput(stack, 'account-secondary-key', { value: secondaryAccessKey, sensitive: true });
}
