import type { TokenCredential } from '@azure/core-auth';
import { findSpeechAccount } from '../../workflows/azure/speech-account.ts';
import { createManagementClient } from '../../workflows/azure/management-client.ts';

/** An account that was deleted and keeps its name for 48 hours, because Azure has refused to purge it. */
export interface RefusedPurge {
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly name: string;
}

/**
 * The accounts in a log of Terraform that azurerm has deleted and could not purge. Terraform forgets them with its next
 * command: the account is gone then, and azurerm purges what it deletes itself and nothing else.
 */
export function refusedPurges(log: string): readonly RefusedPurge[] {
  // The log writes the lines of a message in several ways.
  const text = log.replaceAll(/\\n|\n\s*\|?/g, ' ').replaceAll('\\"', '"');
  const found = text.matchAll(
    /purging (?:Deleted )?Account \(Subscription: "([^"]+)"\s+(?:Location Name: "[^"]*"\s+)?Resource Group Name: "([^"]+)"\s+(?:Deleted )?Account Name: "([^"]+)"\)/g,
  );
  const refused = [...found].map(([, subscription = '', resourceGroup = '', name = '']) => ({
    subscription,
    resourceGroup,
    name,
  }));
  return [...new Map(refused.map((one) => [JSON.stringify(one), one])).values()];
}

/** Purges an account that was deleted, in the public cloud. Throws what Azure says when it refuses. */
export async function purgeAccount(
  account: RefusedPurge,
  options: { readonly credential: TokenCredential; readonly managementEndpoint?: string },
): Promise<void> {
  const { subscription, resourceGroup, name } = account;
  const group = `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`;
  const finding = await findSpeechAccount(`${group}/providers/Microsoft.CognitiveServices/accounts/${name}`, options);
  if (finding.kind === 'found') throw new Error(`${name} is not deleted`);
  if (finding.kind === 'missing') {
    if (finding.unseen !== undefined) throw new Error(finding.unseen);
    return;
  }
  const { deletedAccounts } = createManagementClient(subscription, options);
  await deletedAccounts.beginPurgeAndWait(finding.location, resourceGroup, name);
}

/** What a person types who purges it by hand. */
export function purgeCommand({ subscription, resourceGroup, name }: RefusedPurge): string {
  return `az cognitiveservices account purge --subscription ${subscription} --resource-group ${resourceGroup} --name ${name} --location LOCATION`;
}
