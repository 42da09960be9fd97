import { Testing } from 'cdktf';
import { describe, expect, it } from 'vitest';
import { SpeechStack } from '../../stacks/speech-stack.ts';

describe('SpeechStack', () => {
  it('synthesises an S0 Speech account with a custom subdomain and without key authentication', () => {
    const stack = new SpeechStack(Testing.app(), 'dev', {
      resourceGroup: 'speech-dev',
      location: 'westeurope',
      accountName: 'speechops-dev',
    });
    const synthesised: unknown = JSON.parse(Testing.synth(stack));
    expect(synthesised).toMatchObject({
      terraform: { required_providers: { azurerm: { source: 'hashicorp/azurerm' } } },
      resource: {
        azurerm_cognitive_account: {
          speech: {
            kind: 'SpeechServices',
            sku_name: 'S0',
            custom_subdomain_name: 'speechops-dev',
            local_auth_enabled: false,
            identity: [{ type: 'SystemAssigned' }],
          },
        },
      },
      output: { 'speechops-endpoint': { value: 'https://speechops-dev.cognitiveservices.azure.com' } },
    });
  });
});
