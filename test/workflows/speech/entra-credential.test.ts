import { DefaultAzureCredential } from '@azure/identity';
import { expect, it, vi } from 'vitest';
import { cloudOf } from '../../../workflows/speech/azure-cloud.ts';
import { entraCredential } from '../../../workflows/speech/entra-credential.ts';

vi.mock('@azure/identity');

it.each([
  ['https://calls.cognitiveservices.azure.com', {}, 'https://login.microsoftonline.com'],
  ['https://calls.cognitiveservices.azure.us', {}, 'https://login.microsoftonline.us'],
  ['https://calls.cognitiveservices.azure.cn', { AZURE_AUTHORITY_HOST: '' }, 'https://login.chinacloudapi.cn'],
  [
    'https://calls.cognitiveservices.azure.us',
    { AZURE_AUTHORITY_HOST: 'https://login.example' },
    'https://login.example',
  ],
])('the identity for %s with %j signs in at %s', async (endpoint, env, authorityHost) => {
  await entraCredential(cloudOf([endpoint]), env);
  expect(DefaultAzureCredential).toHaveBeenLastCalledWith({ authorityHost });
});

it('the tenant that the environment names is where the identity signs in, unless another one is given', async () => {
  const authorityHost = 'https://login.microsoftonline.com';
  const env = { AZURE_TENANT_ID: 'contoso.example' };
  await entraCredential(cloudOf([]), env);
  expect(DefaultAzureCredential).toHaveBeenLastCalledWith({ authorityHost, tenantId: 'contoso.example' });
  await entraCredential(cloudOf([]), env, { tenantId: 'fabrikam.example' });
  expect(DefaultAzureCredential).toHaveBeenLastCalledWith({ authorityHost, tenantId: 'fabrikam.example' });
});

it('an authority on this machine is not looked for at that of the cloud', async () => {
  const authorityHost = 'https://127.0.0.1:7270';
  await entraCredential(cloudOf([]), { AZURE_AUTHORITY_HOST: authorityHost });
  expect(DefaultAzureCredential).toHaveBeenLastCalledWith({ authorityHost, disableInstanceDiscovery: true });
});
