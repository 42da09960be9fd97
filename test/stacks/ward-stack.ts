import { CognitiveAccount } from '@cdktf/provider-azurerm/lib/cognitive-account/index.js';
import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider/index.js';
import { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group/index.js';
import { TerraformOutput, TerraformProvider, TerraformResource, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { providerSource, providerVersion } from '../../stacks/provider/provider-address.ts';

export interface WardStackProps {
  /** Display names of more endpoints, by the id that each has in the stack. */
  readonly endpoints?: Readonly<Record<string, string>>;
}

/** An account, and in it the project and the endpoint that the ward's pipeline swaps the model of. */
export class WardStack extends TerraformStack {
  constructor(scope: Construct, id: string, { endpoints = {} }: WardStackProps = {}) {
    super(scope, id);
    new AzurermProvider(this, 'azurerm', { features: [{}] });
    const group = new ResourceGroup(this, 'group', { name: 'speech-ward', location: 'westeurope' });
    const account = new CognitiveAccount(this, 'account', {
      name: 'speech-ward',
      resourceGroupName: group.name,
      location: group.location,
      kind: 'SpeechServices',
      skuName: 'S0',
      customSubdomainName: 'speech-ward',
      localAuthEnabled: true,
    });
    new CustomSpeechProvider(this, 'customspeech', { endpoint: account.endpoint, key: account.primaryAccessKey });
    const project = new CustomSpeechObject(this, 'project', {
      type: 'project',
      settings: { display_name: 'Ward', locale: 'en-US' },
    });
    for (const [name, displayName] of Object.entries({ endpoint: 'ward', ...endpoints })) {
      new CustomSpeechObject(this, name, {
        type: 'endpoint',
        settings: { display_name: displayName, locale: 'en-US', project: project.getStringAttribute('self') },
      });
    }
    new TerraformOutput(this, 'speechops-endpoint', { value: account.endpoint });
  }
}

class CustomSpeechProvider extends TerraformProvider {
  readonly #settings: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, settings: Readonly<Record<string, string>>) {
    super(scope, id, {
      terraformResourceType: 'customspeech',
      terraformGeneratorMetadata: { providerName: 'customspeech', providerVersion },
      terraformProviderSource: providerSource,
    });
    this.#settings = settings;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { ...this.#settings };
  }
}

class CustomSpeechObject extends TerraformResource {
  readonly #settings: Readonly<Record<string, string>>;

  constructor(
    scope: Construct,
    id: string,
    { type, settings }: { readonly type: string; readonly settings: Readonly<Record<string, string>> },
  ) {
    super(scope, id, {
      terraformResourceType: `customspeech_${type}`,
      terraformGeneratorMetadata: { providerName: 'customspeech', providerVersion },
    });
    this.#settings = settings;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { ...this.#settings };
  }
}
