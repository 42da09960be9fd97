import { describe, expect, it } from 'vitest';
import { build, inDev, only, synthesise } from '../synthesise.ts';

const subnet =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/hub/subnets/speech';

describe('the account', () => {
  it('is an S0 Speech account with a subdomain, no keys, a closed network and an identity of its own', () => {
    const account = only(synthesise(''), 'azurerm_cognitive_account');
    expect(account).toMatchObject({
      kind: 'SpeechServices',
      sku_name: 'S0',
      name: 'calls-dev',
      custom_subdomain_name: 'calls-dev',
      local_auth_enabled: false,
      public_network_access_enabled: true,
      outbound_network_access_restricted: false,
      network_acls: { default_action: 'Deny', ip_rules: [], virtual_network_rules: [] },
      identity: { type: 'SystemAssigned' },
    });
    expect(account).not.toHaveProperty('network_acls.bypass');
    expect(account).not.toHaveProperty('dynamic_throttling_enabled');
    expect(account).not.toHaveProperty('storage');
  });

  it('takes everything that the environment says', () => {
    const stack = synthesise(`
account:
  name: Contoso.Speech
  custom-subdomain: contoso
  key-auth: true
  key-outputs: true
  identity-ids: [/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i]
  default-action: Deny
  ip-rules: [203.0.113.7, 198.51.100.0/24]
  subnet-rules: [{ subnet-id: ${subnet}, ignore-missing-service-endpoint: true }]
  outbound-restricted: true
  fqdns: [contoso.example]
  prevent-destroy: true
  timeouts: { create: 1h30m }
tags: { team: speech }`);
    expect(only(stack, 'azurerm_cognitive_account')).toMatchObject({
      name: 'Contoso.Speech',
      custom_subdomain_name: 'contoso',
      local_auth_enabled: true,
      identity: { type: 'SystemAssigned, UserAssigned', identity_ids: [expect.stringContaining('/i')] },
      network_acls: {
        default_action: 'Deny',
        ip_rules: ['203.0.113.7', '198.51.100.0/24'],
        virtual_network_rules: [{ subnet_id: subnet, ignore_missing_vnet_service_endpoint: true }],
      },
      outbound_network_access_restricted: true,
      fqdns: ['contoso.example'],
      lifecycle: { prevent_destroy: true },
      timeouts: { create: '1h30m' },
      tags: { team: 'speech' },
    });
    expect(stack.output['account-primary-key']).toEqual({
      value: '${azurerm_cognitive_account.account.primary_access_key}',
      sensitive: true,
    });
  });

  it('gives the hosts that Entra ID and private endpoints work with, in every cloud', () => {
    const { output } = synthesise('');
    expect(output['speechops-endpoint']?.['value']).toBe('https://calls-dev.cognitiveservices.azure.com');
    expect(output['speech-sdk-endpoint']?.['value']).toBe('wss://calls-dev.cognitiveservices.azure.com');
    const china = synthesise(
      'cloud: china\nallow-unlisted-location: true\nprivate-endpoints: { a: { subnet-id: ' + subnet + ' } }',
    );
    expect(china.output['speechops-endpoint']?.['value']).toBe('https://calls-dev.cognitiveservices.azure.cn');
    expect(only(china, 'azurerm_private_dns_zone')['name']).toBe('privatelink.cognitiveservices.azure.cn');
    expect(china.provider.azurerm[0]).toMatchObject({ environment: 'china' });
  });

  it('has no keys in its outputs unless they are asked for', () => {
    expect(JSON.stringify(synthesise('account: { key-auth: true }').output)).not.toContain('access_key');
  });

  it('is closed to the internet once there is a private endpoint, unless the environment says otherwise', () => {
    const endpoint = `private-endpoints: { main: { subnet-id: ${subnet} } }`;
    const access = 'public_network_access_enabled';
    expect(only(synthesise(endpoint), 'azurerm_cognitive_account')[access]).toBe(false);
    const open = synthesise(`${endpoint}\naccount: { public-access: true }`);
    expect(only(open, 'azurerm_cognitive_account')[access]).toBe(true);
    expect(build(inDev(`${endpoint}\naccount: { public-access: true }`)).diagnostics).toEqual([]);
  });
});
