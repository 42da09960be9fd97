import type { TokenCredential } from '@azure/core-auth';
import { isLoopback } from '../document/base-url.ts';
import type { AzureCloud } from './azure-cloud.ts';

/**
 * The identity of the environment (`DefaultAzureCredential`: variables, a managed identity, `az login`), signed in where
 * `AZURE_AUTHORITY_HOST` says, else with the cloud's own authority; in the tenant given, else in that of `AZURE_TENANT_ID`, which
 * the library does not hand to `az`, else in the identity's own.
 */
export async function entraCredential(
  cloud: AzureCloud,
  env: Readonly<Record<string, string | undefined>>,
  { tenantId }: { readonly tenantId?: string | undefined } = {},
): Promise<TokenCredential> {
  // A large package, and whoever has a key does without it.
  const { DefaultAzureCredential } = await import('@azure/identity');
  const authorityHost = env['AZURE_AUTHORITY_HOST'] || cloud.authorityHost;
  const tenant = tenantId || env['AZURE_TENANT_ID'];
  // An authority on this machine is not one that Entra ID knows.
  const isLocal = URL.canParse(authorityHost) && isLoopback(new URL(authorityHost));
  return new DefaultAzureCredential({
    authorityHost,
    ...(isLocal ? { disableInstanceDiscovery: true } : {}),
    ...(tenant ? { tenantId: tenant } : {}),
  });
}
