import { describe, expect, test } from 'vitest';
import { recognitionAddress } from '../../../workflows/speech/recognition-address.ts';
import { endpoint, ids } from './answers.ts';

const region = 'wss://westus.stt.speech.microsoft.com/stt/speech/universal/v2?cid=1';
const query = `?cid=${ids.endpoint}&format=detailed`;

describe('the address of recognition', () => {
  test.each([
    // resource, credential, link of the endpoint, what the SDK connects to, and short audio
    ['https://westus.api.cognitive.microsoft.com', 'key', region, 'https://westus.stt.speech.microsoft.com', ''],
    ['https://calls.cognitiveservices.azure.com', 'key', region, 'https://westus.stt.speech.microsoft.com', ''],
    ['https://calls.cognitiveservices.azure.com', 'token', region, 'https://calls.cognitiveservices.azure.com', '/stt'],
    [
      'https://calls.cognitiveservices.azure.com',
      'key',
      'wss://calls.cognitiveservices.azure.com/stt/speech/universal/v2',
      'https://calls.cognitiveservices.azure.com',
      '/stt',
    ],
    [
      'https://usgovvirginia.api.cognitive.microsoft.us',
      'key',
      'wss://usgovvirginia.stt.speech.azure.us/speech/universal/v2',
      'https://usgovvirginia.stt.speech.azure.us',
      '',
    ],
    [
      'https://calls.cognitiveservices.azure.us',
      'token',
      'wss://usgovvirginia.stt.speech.azure.us/speech/universal/v2',
      'https://calls.cognitiveservices.azure.us',
      '/stt',
    ],
    [
      'https://chinaeast2.api.cognitive.azure.cn',
      'key',
      'wss://chinaeast2.stt.speech.azure.cn/v2',
      'https://chinaeast2.stt.speech.azure.cn',
      '',
    ],
    [
      'https://calls.cognitiveservices.azure.cn',
      'token',
      'wss://chinaeast2.stt.speech.azure.cn/v2',
      'https://calls.cognitiveservices.azure.cn',
      '/stt',
    ],
    ['http://127.0.0.1:7270', 'key', 'ws://127.0.0.1:7270/stt/speech/universal/v2?cid=1', 'http://127.0.0.1:7270', ''],
  ] as const)('of %s with a %s and the link %s', (resource, signedWith, webSocket, host, prefix) => {
    const deployed = { ...endpoint, links: { webSocket } };
    const at = { signedWith, resource: new URL(resource) };
    expect(recognitionAddress(deployed, { channel: 'sdk', ...at }).href).toBe(
      `${host}/stt/speech/universal/v2${query}`,
    );
    const rest = `${prefix}/speech/recognition/conversation/cognitiveservices/v1`;
    expect(recognitionAddress(deployed, { channel: 'rest', ...at }).href).toBe(
      `${host}${rest}?language=en-US&cid=${ids.endpoint}&format=detailed`,
    );
  });
});
