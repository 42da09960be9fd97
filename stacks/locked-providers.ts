import type { TerraformStack } from 'cdktf';
import { providerSource } from './provider/provider-address.ts';

/**
 * The providers of a stack that come from a registry, by source, with the exact versions that it wants. One that an override
 * leaves open has no version to lock.
 */
export function lockedProviders(stack: TerraformStack): Readonly<Record<string, string>> {
  const { terraform } = stack.toTerraform() as { readonly terraform: Required };
  const wanted = Object.values(terraform.required_providers).filter(({ source }) => source !== providerSource);
  return Object.fromEntries(
    wanted
      .filter(({ version = '' }) => /^\d+\.\d+\.\d+$/.test(version))
      // Terraform's short form: `azurerm` is `hashicorp/azurerm`.
      .map(({ source, version = '' }) => [source.includes('/') ? source : `hashicorp/${source}`, version]),
  );
}

interface Required {
  readonly required_providers: Readonly<Record<string, { readonly source: string; readonly version?: string }>>;
}
