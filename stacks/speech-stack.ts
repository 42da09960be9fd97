import { TerraformOutput, TerraformProvider, TerraformResource, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';

export interface SpeechStackProps {
  readonly resourceGroup: string;
  /** Azure region; custom speech trains on dedicated hardware only in some of them (Microsoft Learn, "Regions"). */
  readonly location: string;
  /** Name of the account and its custom subdomain: lower case letters, digits and hyphens. Entra ID needs a subdomain. */
  readonly accountName: string;
}

/** An S0 Speech resource that Entra ID can sign in to, and the URL that `SPEECHOPS_ENDPOINT` takes. */
export class SpeechStack extends TerraformStack {
  constructor(scope: Construct, id: string, props: SpeechStackProps) {
    super(scope, id);
    const provider = new AzurermProvider(this, 'azurerm');
    const account = new TerraformResource(this, 'speech', {
      terraformResourceType: 'azurerm_cognitive_account',
      provider,
    });
    account.addOverride('name', props.accountName);
    account.addOverride('resource_group_name', props.resourceGroup);
    account.addOverride('location', props.location);
    account.addOverride('kind', 'SpeechServices');
    account.addOverride('sku_name', 'S0');
    account.addOverride('custom_subdomain_name', props.accountName);
    account.addOverride('local_auth_enabled', false);
    account.addOverride('identity', [{ type: 'SystemAssigned' }]);
    new TerraformOutput(this, 'speechops-endpoint', {
      value: `https://${props.accountName}.cognitiveservices.azure.com`,
    });
  }
}

class AzurermProvider extends TerraformProvider {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      terraformResourceType: 'azurerm',
      terraformGeneratorMetadata: { providerName: 'azurerm', providerVersionConstraint: '~> 4.0' },
      terraformProviderSource: 'hashicorp/azurerm',
    });
    this.addOverride('features', [{}]);
  }
}
