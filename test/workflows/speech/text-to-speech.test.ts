import { describe, expect, test } from 'vitest';
import { createTextToSpeech, ssmlOf, synthesisAddress } from '../../../workflows/speech/text-to-speech.ts';
import { rejectionOf, type ScriptedService, startScriptedService } from './scripted-service.ts';

describe('text-to-speech', () => {
  test.each([
    ['https://calls.cognitiveservices.azure.com', 'https://calls.cognitiveservices.azure.com/tts/cognitiveservices/v1'],
    [
      'https://westeurope.api.cognitive.microsoft.com',
      'https://westeurope.tts.speech.microsoft.com/cognitiveservices/v1',
    ],
    ['https://chinanorth2.api.cognitive.azure.cn', 'https://chinanorth2.tts.speech.azure.cn/cognitiveservices/v1'],
    [
      'https://usgovarizona.api.cognitive.microsoft.us',
      'https://usgovarizona.tts.speech.azure.us/cognitiveservices/v1',
    ],
    ['http://127.0.0.1:7270', 'http://127.0.0.1:7270/tts/cognitiveservices/v1'],
  ])('of %s is at %s', (endpoint, url) => {
    expect(synthesisAddress(new URL(endpoint), 'v1').href).toBe(url);
    expect(synthesisAddress(new URL(endpoint), 'voices/list').href).toBe(url.replace('/v1', '/voices/list'));
  });

  test('sends a text as SSML, with the key, and gives the samples', async () => {
    await using service = await startScriptedService({ headers: { 'Content-Type': 'audio/basic' }, body: 'abcd' });
    const samples = await speechOf(service).speak('2 < 3 & "so"', { voice: 'en-US-JennyNeural', locale: 'en-US' });
    expect(Buffer.from(samples).toString()).toBe('abcd');
    expect(service.calls()).toEqual(['POST /tts/cognitiveservices/v1']);
    expect(service.last().headers).toMatchObject({
      'ocp-apim-subscription-key': 'the-secret-key-of-the-test',
      'content-type': 'application/ssml+xml',
      'x-microsoft-outputformat': 'raw-16khz-16bit-mono-pcm',
    });
    expect(service.last().headers['user-agent']).toMatch(/^speechops/);
    expect(service.last().body.toString()).toBe(
      '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="en-US"><voice name="en-US-JennyNeural">2 &lt; 3 &amp; &quot;so&quot;</voice></speak>',
    );
  });

  test('leaves out what XML has no place for', () => {
    const text = ssmlOf('a\u0000b\uD800c\uFFFEd\u{1F600}', { voice: 'v', locale: 'l' });
    expect(/<voice name="v">(.*)<\/voice>/.exec(text)?.[1]).toBe('a b\uFFFDc d\u{1F600}');
  });

  test('asks again after 429, a cut answer and half a sample', async () => {
    const busy = { status: 429, headers: { 'Retry-After': '0' } };
    const cut = { body: 'abcd', ending: 'truncated' } as const;
    await using service = await startScriptedService(busy, 'cut', cut, { body: 'abc' }, { body: 'abcd' });
    const samples = await speechOf(service).speak('hello', { voice: 'v', locale: 'en-US' });
    expect(samples).toHaveLength(4);
    expect(service.calls()).toHaveLength(5);
  });

  test('says what the service refuses, and never the key', async () => {
    const message = 'Unsupported voice v. the-secret-key-of-the-test';
    await using service = await startScriptedService({ status: 400, body: { Message: message } });
    const error = await rejectionOf(speechOf(service).speak('hello', { voice: 'v', locale: 'en-US' }));
    expect(error).toMatchObject({ name: 'ServiceError', status: 400 });
    expect(String(error)).toContain('Cannot speak a text with the voice v: the answer is 400');
    expect(JSON.stringify(error) + String(error)).not.toContain('the-secret-key');
  });

  test('lists voices, of which it leaves out what has no name', async () => {
    await using service = await startScriptedService({
      body: [{ ShortName: 'de-DE-KatjaNeural', Locale: 'de-DE', Status: 'GA' }, { ShortName: 'x-Y', Locale: 'x-Y' }, 7],
    });
    expect(await speechOf(service).voices()).toEqual([
      { name: 'de-DE-KatjaNeural', locale: 'de-DE', isGeneral: true },
      { name: 'x-Y', locale: 'x-Y', isGeneral: false },
    ]);
    expect(service.calls()).toEqual(['GET /tts/cognitiveservices/voices/list']);
  });
});

function speechOf({ endpoint }: ScriptedService) {
  return createTextToSpeech({ endpoint, credential: { key: 'the-secret-key-of-the-test' }, retryDelayMilliseconds: 1 });
}
