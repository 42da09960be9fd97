/** One of Azure's clouds, which share neither identities nor hosts. */
export interface AzureCloud {
  /** Who signs in there. */
  readonly authorityHost: string;
  /** Custom subdomains of Speech resources end with it, and it is what tokens for them are asked for. */
  readonly speechDomain: string;
  /** Azure Resource Manager. */
  readonly managementEndpoint: string;
}

/**
 * The cloud that the first of these addresses belongs to which is of a sovereign cloud, be it a Speech resource, a sign-in
 * host or Azure Resource Manager; else the public one.
 */
export function cloudOf(addresses: readonly (string | undefined)[]): AzureCloud {
  for (const address of addresses) {
    const host = hostOf(address ?? '');
    const cloud = sovereignClouds.find(({ domains }) => domains.some((domain) => host.endsWith(`.${domain}`)));
    if (cloud !== undefined) return cloud;
  }
  return publicCloud;
}

/** Also without a scheme, as `AZURE_AUTHORITY_HOST` is sometimes set. */
function hostOf(address: string): string {
  const url = address.includes('://') ? address : `https://${address}`;
  return URL.canParse(url) ? new URL(url).hostname : '';
}

const publicCloud: AzureCloud = {
  authorityHost: 'https://login.microsoftonline.com',
  speechDomain: 'cognitiveservices.azure.com',
  managementEndpoint: 'https://management.azure.com',
};

/** Microsoft Learn: "Azure Government developer guide", "Azure China developer guide", "Speech service in sovereign clouds". */
const sovereignClouds: readonly (AzureCloud & { readonly domains: readonly string[] })[] = [
  {
    domains: ['azure.us', 'microsoft.us', 'microsoftonline.us', 'usgovcloudapi.net'],
    authorityHost: 'https://login.microsoftonline.us',
    speechDomain: 'cognitiveservices.azure.us',
    managementEndpoint: 'https://management.usgovcloudapi.net',
  },
  {
    domains: ['azure.cn', 'chinacloudapi.cn', 'partner.microsoftonline.cn'],
    authorityHost: 'https://login.chinacloudapi.cn',
    speechDomain: 'cognitiveservices.azure.cn',
    managementEndpoint: 'https://management.chinacloudapi.cn',
  },
];
