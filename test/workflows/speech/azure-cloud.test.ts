import { describe, expect, it } from 'vitest';
import { cloudOf } from '../../../workflows/speech/azure-cloud.ts';

describe('cloudOf', () => {
  it.each([
    [['https://calls.cognitiveservices.azure.com'], 'https://management.azure.com'],
    [['https://calls.cognitiveservices.azure.us'], 'https://management.usgovcloudapi.net'],
    [['https://usgovvirginia.api.cognitive.microsoft.us'], 'https://management.usgovcloudapi.net'],
    [['https://chinaeast2.api.cognitive.azure.cn'], 'https://management.chinacloudapi.cn'],
    [['https://login.microsoftonline.us/'], 'https://management.usgovcloudapi.net'],
    [['login.chinacloudapi.cn'], 'https://management.chinacloudapi.cn'],
    [['https://calls.azure.us.example.com', 'nonsense', '', undefined], 'https://management.azure.com'],
    [['http://127.0.0.1:7270', 'https://management.usgovcloudapi.net'], 'https://management.usgovcloudapi.net'],
  ])('knows the cloud of %j', (addresses, managementEndpoint) => {
    expect(cloudOf(addresses).managementEndpoint).toBe(managementEndpoint);
  });
});
