import type { Cloud } from '../guards/check-location.ts';

/** Where a Speech account is reached. */
export interface SpeechHosts {
  /** For REST, and for `SPEECHOPS_ENDPOINT`. */
  readonly https: string;
  /** For the Speech SDK: `SpeechConfig.fromEndpoint`. */
  readonly websocket: string;
  /** The private DNS zone in which private endpoints answer for the host. */
  readonly privateZone: string;
}

/**
 * The hosts that take Entra ID and go through private endpoints: those with the custom subdomain. The regional hosts
 * (`westeurope.api.cognitive.microsoft.com`) do neither.
 */
export function speechHosts(subdomain: string, cloud: Cloud): SpeechHosts {
  const suffix = {
    public: 'cognitiveservices.azure.com',
    usgovernment: 'cognitiveservices.azure.us',
    china: 'cognitiveservices.azure.cn',
  }[cloud];
  return {
    https: `https://${subdomain}.${suffix}`,
    websocket: `wss://${subdomain}.${suffix}`,
    privateZone: `privatelink.${suffix}`,
  };
}

/** The host of a storage account's blobs. */
export function blobHost(storageAccount: string, cloud: Cloud): string {
  return `${storageAccount}.blob.${storageSuffixes[cloud]}`;
}

/** The private DNS zone in which private endpoints answer for the hosts of blobs. */
export function privateBlobZone(cloud: Cloud): string {
  return `privatelink.blob.${storageSuffixes[cloud]}`;
}

const storageSuffixes = {
  public: 'core.windows.net',
  usgovernment: 'core.usgovcloudapi.net',
  china: 'core.chinacloudapi.cn',
} as const;

/** The host of a key vault. */
export function vaultHost(keyVault: string, cloud: Cloud): string {
  return `${keyVault}.vault.${keySuffixes[cloud]}`;
}

/** The host of a Managed HSM (`ManagedHSM` of the environments in hashicorp/go-azure-sdk, with which azurerm compares it). */
export function managedHsmHost(managedHsm: string, cloud: Cloud): string {
  return `${managedHsm}.managedhsm.${keySuffixes[cloud]}`;
}

const keySuffixes = { public: 'azure.net', usgovernment: 'usgovcloudapi.net', china: 'azure.cn' } as const;
