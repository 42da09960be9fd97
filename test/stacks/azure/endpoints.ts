import type { JsonObject } from './answer.ts';

/**
 * `GET /metadata/endpoints?api-version=2022-09-01`: where a cloud is. azurerm reads it when ARM_METADATA_HOSTNAME is set, and takes
 * tokens for `resourceManager` itself, without a slash at its end (hashicorp/go-azure-sdk, sdk/internal/metadata). What this
 * stand-in does not have keeps the addresses of Azure's global cloud, because azurerm asks for tokens of them when it starts.
 */
export function metadataEndpoints(origin: string): JsonObject {
  return {
    name: 'AzureCloud',
    portal: 'https://portal.azure.com',
    authentication: {
      loginEndpoint: origin,
      audiences: ['https://management.core.windows.net/', 'https://management.azure.com/'],
      tenant: 'common',
      identityProvider: 'AAD',
    },
    resourceManager: origin,
    microsoftGraphResourceId: audiences.graph,
    graph: 'https://graph.windows.net/',
    graphAudience: 'https://graph.windows.net/',
    media: 'https://rest.media.azure.net',
    batch: audiences.batch,
    activeDirectoryDataLake: audiences.dataLake,
    attestationResourceId: audiences.attestation,
    synapseAnalyticsResourceId: audiences.synapse,
    logAnalyticsResourceId: audiences.logAnalytics,
    ossrDbmsResourceId: audiences.databases,
    suffixes: {
      storage: 'core.windows.net',
      keyVaultDns: 'vault.azure.net',
      mhsmDns: 'managedhsm.azure.net',
      sqlServerHostname: 'database.windows.net',
      acrLoginServer: 'azurecr.io',
      azureDataLakeStoreFileSystem: 'azuredatalakestore.net',
      azureFrontDoorEndpointSuffix: 'azurefd.net',
      storageSyncEndpointSuffix: 'afs.azure.net',
      mysqlServerEndpoint: 'mysql.database.azure.com',
      mariadbServerEndpoint: 'mariadb.database.azure.com',
      postgresqlServerEndpoint: 'postgres.database.azure.com',
      synapseAnalytics: 'dev.azuresynapse.net',
      attestationEndpoint: 'attest.azure.net',
    },
  };
}

const audiences = {
  graph: 'https://graph.microsoft.com/',
  batch: 'https://batch.core.windows.net/',
  dataLake: 'https://datalake.azure.net/',
  attestation: 'https://attest.azure.net',
  synapse: 'https://dev.azuresynapse.net',
  logAnalytics: 'https://api.loganalytics.io',
  databases: 'https://ossrdbms-aad.database.windows.net',
} as const;

/** Whether somebody can ask Entra for a token for this resource; `origin` is where Azure Resource Manager is. */
export function isAudience(resource: string, origin: string): boolean {
  const others = ['https://storage.azure.com', 'https://vault.azure.net', 'https://managedhsm.azure.net'];
  const all = [
    ...managementAudiences(origin),
    ...Object.values(audiences),
    ...others,
    'https://cognitiveservices.azure.com',
  ];
  return all.map(withoutSlash).includes(withoutSlash(resource));
}

/** The audiences of tokens that Azure Resource Manager takes. */
export function managementAudiences(origin: string): readonly string[] {
  return [origin, 'https://management.azure.com', 'https://management.core.windows.net'];
}

/** A resource's name without the slash that it may have at its end. */
export function withoutSlash(resource: string): string {
  return resource.replace(/\/+$/, '');
}
