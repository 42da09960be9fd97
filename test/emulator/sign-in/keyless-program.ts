import { CognitiveServicesManagementClient } from '@azure/arm-cognitiveservices';
import { DefaultAzureCredential } from '@azure/identity';

/**
 * Microsoft's clients as a program without keys uses them: signs in by what the environment says, asks Azure Resource Manager for
 * the account and what belongs to it, and the Speech resource for its projects. Prints what it was answered as JSON.
 */
const [url = '', resourceId = ''] = process.argv.slice(2);
const [, , subscriptionId = '', , group = ''] = resourceId.split('/');
const name = resourceId.split('/').at(-1) ?? '';
const credential = new DefaultAzureCredential({ disableInstanceDiscovery: true });
const client = new CognitiveServicesManagementClient(credential, subscriptionId, { endpoint: url });

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const refused = async (asked: Promise<unknown>): Promise<string> =>
  await asked.then(
    () => 'answered',
    (error: unknown) => String((error as { readonly code?: unknown }).code),
  );
const location = 'westeurope';
const { accounts, deletedAccounts, deployments, resourceSkus, usages, models } = client;
const { privateEndpointConnections, privateLinkResources, commitmentPlans } = client;
const answers = {
  account: (await accounts.get(group, name)).name,
  accounts: (await all(accounts.list())).length + (await all(accounts.listByResourceGroup(group))).length,
  skus: (await accounts.listSkus(group, name)).value?.map(({ sku }) => sku?.name),
  resourceSkus: (await all(resourceSkus.list())).map(({ kind, name: sku }) => `${kind} ${sku}`),
  none: [
    ...(await all(deployments.list(group, name))),
    ...((await accounts.listUsages(group, name)).value ?? []),
    ...(await all(accounts.listModels(group, name))),
    ...(await all(usages.list(location))),
    ...(await all(models.list(location))),
    ...((await privateEndpointConnections.list(group, name)).value ?? []),
    ...(await all(deletedAccounts.list())),
  ],
  privateLink: (await privateLinkResources.list(group, name)).value?.map(({ properties }) => properties?.groupId),
  availability: (
    await client.checkSkuAvailability(location, ['S0', 'S9'], 'SpeechServices', 'Microsoft.CognitiveServices/accounts')
  ).value?.map(({ skuAvailable }) => skuAvailable),
  domains: [
    (await client.checkDomainAvailability('emulator', 'Microsoft.CognitiveServices/accounts')).isSubdomainAvailable,
    (await client.checkDomainAvailability('free', 'Microsoft.CognitiveServices/accounts')).isSubdomainAvailable,
  ],
  noSuchDeleted: await refused(deletedAccounts.get(location, group, name)),
  otherType: await refused(all(commitmentPlans.list(group, name))),
  regenerated: await refused(accounts.regenerateKey(group, name, 'Key1')),
  keys: await refused(accounts.listKeys(group, name)),
  keysAfterUpdate: (await accounts.beginUpdateAndWait(group, name, { properties: { disableLocalAuth: true } }))
    .properties?.disableLocalAuth,
};
const token = await credential.getToken('https://cognitiveservices.azure.com/.default');
const projects = await fetch(`${url}/speechtotext/projects?api-version=2025-10-15`, {
  headers: { Authorization: `Bearer ${token.token}` },
});
process.stdout.write(JSON.stringify({ ...answers, projects: projects.status }));
