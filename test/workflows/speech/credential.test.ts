import { createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline';
import { describe, expect, test } from 'vitest';
import { authenticationPolicy, mayReceiveCredential, SignInError } from '../../../workflows/speech/credential.ts';
import { createSpeechClient } from '../../../workflows/speech/speech-client.ts';

describe('an Entra ID credential', () => {
  const endpoint = new URL('https://calls.cognitiveservices.azure.com');

  test('signs with a bearer token for Azure AI services, asks for it once, and lets it be kept secret', async () => {
    const asked: unknown[] = [];
    const learned: string[] = [];
    const getToken = async (scopes: string | string[], options?: { readonly abortSignal?: unknown }) => {
      asked.push([scopes, options?.abortSignal]);
      return { token: 'token-1', expiresOnTimestamp: Date.now() + 3_600_000 };
    };
    const policy = authenticationPolicy({ getToken }, { endpoint, learn: (secret) => learned.push(secret) });
    for (let time = 0; time < 2; time += 1) {
      const request = createPipelineRequest({ url: endpoint.href, abortSignal: new AbortController().signal });
      const response = { status: 200, headers: createHttpHeaders(), request };
      await policy.sendRequest(request, async () => response);
      expect(request.headers.get('Authorization')).toBe('Bearer token-1');
      expect(request.headers.has('Ocp-Apim-Subscription-Key')).toBe(false);
    }
    expect(asked).toEqual([[['https://cognitiveservices.azure.com/.default'], undefined]]);
    expect(learned).toEqual(['token-1']);
  });

  test.each([
    ['https://calls.cognitiveservices.azure.us', 'https://cognitiveservices.azure.us/.default'],
    ['https://calls.cognitiveservices.azure.cn', 'https://cognitiveservices.azure.cn/.default'],
  ])('signs for %s with a token of its own cloud', async (url, scope) => {
    const asked: unknown[] = [];
    const getToken = async (scopes: string | string[]) => {
      asked.push(scopes);
      return { token: 'token-1', expiresOnTimestamp: Date.now() + 3_600_000 };
    };
    const policy = authenticationPolicy({ getToken }, { endpoint: new URL(url), learn: () => {} });
    const request = createPipelineRequest({ url });
    await policy.sendRequest(request, async () => ({ status: 200, headers: createHttpHeaders(), request }));
    expect(asked).toEqual([[scope]]);
  });

  test('that has no token fails as a sign-in', async () => {
    const policy = authenticationPolicy(
      { getToken: () => Promise.reject(new Error('not signed in')) },
      { endpoint, learn: () => {} },
    );
    const request = createPipelineRequest({ url: endpoint.href });
    await expect(policy.sendRequest(request, () => Promise.reject(new Error('sent')))).rejects.toBeInstanceOf(
      SignInError,
    );
  });

  test.each([
    ['westeurope.api.cognitive.microsoft.com', 'com'],
    ['westeurope.stt.speech.microsoft.com', 'com'],
    ['usgovvirginia.api.cognitive.azure.us', 'us'],
    ['usgovvirginia.api.cognitive.microsoft.us', 'us'],
    ['chinaeast2.api.cognitive.azure.cn', 'cn'],
  ])('is refused for %s, the host of a region', (host, suffix) => {
    const credential = { getToken: () => Promise.resolve(null) };
    expect(() => createSpeechClient({ endpoint: `https://${host}`, credential })).toThrow(
      `Set SPEECHOPS_ENDPOINT to the resource's custom subdomain (https://NAME.cognitiveservices.azure.${suffix}), ` +
        `or set SPEECHOPS_KEY: Entra ID cannot sign in to ${host}, the host of a region`,
    );
  });

  test('is refused for an endpoint without TLS', () => {
    const credential = { getToken: () => Promise.resolve(null) };
    expect(() => createSpeechClient({ endpoint: 'http://127.0.0.1:1234', credential })).toThrow(
      'Set SPEECHOPS_KEY for http://127.0.0.1:1234: an Entra ID token is sent over https only',
    );
  });
});

describe('mayReceiveCredential', () => {
  const regional = 'https://westus.api.cognitive.microsoft.com';
  const custom = 'https://calls.cognitiveservices.azure.com';
  const loopback = 'http://127.0.0.1:8080';

  test.each([
    [regional, regional, true],
    [regional, 'https://westus.stt.speech.microsoft.com', true],
    [regional, 'https://westus.tts.speech.microsoft.com', true],
    [regional, 'https://westus.sts.speech.microsoft.com', false],
    [regional, custom, true],
    [custom, 'https://westus.stt.speech.microsoft.com', true],
    ['https://chinaeast2.api.cognitive.azure.cn', 'https://chinaeast2.stt.speech.azure.cn', true],
    ['https://speech.example.com', 'https://speech.example.com', true],
    [regional, 'http://westus.stt.speech.microsoft.com', false],
    [regional, 'https://westus.stt.speech.microsoft.com:8443', false],
    [regional, 'https://evil.example', false],
    [regional, 'https://westus.stt.speech.microsoft.com.evil.example', false],
    [regional, 'https://evil-stt.speech.microsoft.com.example', false],
    [regional, 'https://a.b.cognitiveservices.azure.com', false],
    [regional, 'https://account.blob.core.windows.net', false],
    [regional, loopback, false],
    [loopback, 'http://localhost:9090', true],
    [loopback, 'https://westus.stt.speech.microsoft.com', false],
  ])('with endpoint %s: %s %s', (endpoint, url, expected) => {
    expect(mayReceiveCredential(new URL(`${url}/path?x=1`), new URL(endpoint))).toBe(expected);
  });
});
