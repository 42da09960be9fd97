import { describe, expect, test } from 'vitest';
import type { Endpoint } from '../../../workflows/plan/speech-entities.ts';
import type { HttpRequest } from '../../../workflows/speech/http.ts';
import { recognise } from '../../../workflows/speech/recognise.ts';
import { endpoint, ids } from './answers.ts';
import { clientOf, rejectionOf, startScriptedService, type ScriptedService } from './scripted-service.ts';

const success = { RecognitionStatus: 'Success', Offset: '1800000', Duration: 32100000 };

describe('recognise', () => {
  test('posts the WAV to short audio on the host of the WebSocket link', async () => {
    const detailed = {
      ...success,
      DisplayText: 'Three apples.',
      NBest: [{ Lexical: 'three apples', Display: '3 apples.' }],
    };
    await using service = await startScriptedService({ body: detailed });
    const begun = performance.now();
    const answer = await clientOf(service).recognise(wavOf(8000), { channel: 'rest', endpoint: endpointAt(service) });
    const { finalSeconds, ...told } = answer;
    expect(told).toEqual({ status: 'Success', lexical: 'three apples', display: 'Three apples.' });
    expect(finalSeconds).toBeGreaterThan(0);
    expect(finalSeconds).toBeLessThanOrEqual((performance.now() - begun) / 1000);
    expect(service.last().method).toBe('POST');
    expect(service.last().url).toBe(
      `/speech/recognition/conversation/cognitiveservices/v1?language=en-US&cid=${ids.endpoint}&format=detailed`,
    );
    expect(service.last().headers).toMatchObject({
      'content-type': 'audio/wav; codecs=audio/pcm; samplerate=8000',
      'ocp-apim-subscription-key': 'the-secret-key-of-the-test',
    });
    expect(service.last().body.equals(wavOf(8000))).toBe(true);
  });

  test.each([
    [
      { ...success, Offset: 1, Duration: '2', DisplayText: "Holy cow! It's O'Brien’s 'dog' - really?" },
      "holy cow it's o'brien's dog really",
    ],
    [{ ...success, NBest: [{ Display: 'Grüß Gott, Zoë.' }] }, 'grüß gott zoë'],
    [{ RecognitionStatus: 'NoMatch', Offset: 0, Duration: 0, NBest: null }, ''],
    [{ ...success, DisplayText: 'Hm.', NBest: [{ Lexical: '', Display: '' }] }, ''],
  ])('reads %j', async (body, lexical) => {
    await using service = await startScriptedService({ body });
    const answer = await clientOf(service).recognise(wavOf(16_000), { channel: 'rest', endpoint: endpointAt(service) });
    expect(answer).toMatchObject({ status: body.RecognitionStatus, lexical });
  });

  test.each([
    ['a 429', { status: 429, headers: { 'Retry-After': '0' } }],
    ['a 500', { status: 500 }],
    ['a cut connection', 'cut'],
    ['an unreadable answer', { body: '{' }],
    ['an answer of something else', { body: { status: 'ok' } }],
    ['an internal error of the service', { body: { RecognitionStatus: 'Error', Offset: 0, Duration: 0 } }],
  ] as const)('is tried once only: %s is a failure', async (_, reply) => {
    await using service = await startScriptedService(reply);
    const pending = clientOf(service).recognise(wavOf(16_000), { channel: 'rest', endpoint: endpointAt(service) });
    expect(await rejectionOf(pending)).toMatchObject({ name: 'ServiceError', attempts: 1 });
    expect(service.requests).toHaveLength(1);
  });

  test.each([
    'wss://evil.example/v2',
    'ws://127.0.0.1.evil.example/v2',
    'wss://westus.stt.speech.microsoft.com.evil.example',
  ])('does not send the key to %s', async (webSocket) => {
    await using service = await startScriptedService();
    const pending = clientOf(service).recognise(wavOf(16_000), {
      channel: 'rest',
      endpoint: { ...endpoint, links: { webSocket } },
    });
    const error = await rejectionOf(pending);
    expect(error).toMatchObject({ attempts: 0, outcome: 'refused' });
    expect(String(error)).toContain('the credential is sent only to');
  });

  test.each([{}, { links: {} }, { links: { webSocket: 'nonsense' } }])(
    'says that links.webSocket is missing in %j',
    async (part) => {
      await using service = await startScriptedService();
      const { links: _, ...bare } = endpoint;
      const error = await rejectionOf(
        clientOf(service).recognise(wavOf(16_000), { channel: 'rest', endpoint: { ...bare, ...part } }),
      );
      expect(String(error)).toContain('the endpoint has no links.webSocket');
    },
  );

  test.each([
    ['https://westus.api.cognitive.microsoft.com', 'key', undefined, 'https://westus.stt.speech.microsoft.com/speech'],
    ['https://calls.cognitiveservices.azure.com', 'key', undefined, 'https://westus.stt.speech.microsoft.com/speech'],
    [
      'https://calls.cognitiveservices.azure.com',
      'token',
      undefined,
      'https://calls.cognitiveservices.azure.com/stt/speech',
    ],
    [
      'https://calls.cognitiveservices.azure.com',
      'key',
      'wss://calls.cognitiveservices.azure.com/stt/speech/universal/v2?cid=1',
      'https://calls.cognitiveservices.azure.com/stt/speech',
    ],
    [
      'https://cn.api.cognitive.azure.cn',
      'key',
      'wss://cn.stt.speech.azure.cn/v2',
      'https://cn.stt.speech.azure.cn/speech',
    ],
  ] as const)('of %s with a %s and link %s goes to %s', async (resource, signedWith, webSocket, start) => {
    const urls: string[] = [];
    const send = async <T>(request: HttpRequest<T>) => {
      urls.push(request.url.href);
      const answer = request.read('{"RecognitionStatus":"NoMatch"}');
      if (!answer) throw new Error('unreadable');
      return { ...answer, retryAfterMilliseconds: undefined };
    };
    const service = {
      endpoint: new URL(resource),
      send,
      pollFloorMilliseconds: 1,
      maxRetries: 0,
      retryDelayMilliseconds: 1,
      patienceMilliseconds: 0,
      sleep: async () => undefined,
    };
    const deployed: Endpoint = webSocket ? { ...endpoint, links: { webSocket } } : endpoint;
    await recognise(service, wavOf(16_000), { endpoint: deployed, signedWith });
    expect(urls).toEqual([
      `${start}/recognition/conversation/cognitiveservices/v1?language=en-US&cid=${ids.endpoint}&format=detailed`,
    ]);
  });
});

function endpointAt(service: ScriptedService): Endpoint {
  const webSocket = `${service.endpoint.replace('http', 'ws')}/stt/speech/universal/v2?cid=${ids.endpoint}`;
  return { ...endpoint, links: { webSocket } };
}

/** A WAV header of 16-bit mono PCM and a little silence. */
function wavOf(sampleRate: number): Buffer {
  const wav = Buffer.alloc(44 + 32);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(wav.byteLength - 8, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(sampleRate, 24);
  wav.writeUInt32LE(sampleRate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(32, 40);
  return wav;
}
