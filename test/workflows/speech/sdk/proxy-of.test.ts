import { afterEach, expect, test, vi } from 'vitest';
import { proxyOf } from '../../../../workflows/speech/sdk/proxy-of.ts';

const service = new URL('https://westus.stt.speech.microsoft.com/stt/speech/universal/v2');

afterEach(() => void vi.unstubAllEnvs());

test('the way to the service is the proxy of the environment, and this machine needs none', async () => {
  for (const name of ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy', 'HTTP_PROXY', 'http_proxy'])
    vi.stubEnv(name, '');
  expect(await proxyOf(service)).toBeUndefined();
  vi.stubEnv('HTTPS_PROXY', 'http://someone:secret@proxy.example:3128');
  const proxy = await proxyOf(service);
  expect([proxy?.hostname, proxy?.port, proxy?.username, proxy?.password]).toEqual([
    'proxy.example',
    '3128',
    'someone',
    'secret',
  ]);
  expect(await proxyOf(new URL('https://127.0.0.1:7270/'))).toBeUndefined();
});
