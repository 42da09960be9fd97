import { describe, expect, it } from 'vitest';
import { readWav } from '../../../emulator/recognition/read-wav.ts';
import { type Client, startClient } from '../client.ts';
import { everyday } from '../recognition/spoken-texts.ts';

const format = 'riff-16khz-16bit-mono-pcm';
const sentence = everyday[0] ?? '';

describe('text-to-speech', () => {
  it.each(['', '/tts'])('lists voices below %j as the service does', async (prefix) => {
    const client = await startClient();
    const { status, body } = await list(client, { prefix });
    expect(status).toBe(200);
    const jenny = body.find(({ ShortName }: { readonly ShortName: string }) => ShortName === 'en-US-JennyNeural');
    expect(jenny).toMatchObject({
      Name: 'Microsoft Server Speech Text to Speech Voice (en-US, JennyNeural)',
      Locale: 'en-US',
      Gender: 'Female',
      VoiceType: 'Neural',
      Status: 'GA',
    });
  });

  it('speaks the same text in the same voice in the same way, and another otherwise', async () => {
    const client = await startClient();
    const first = await speak(client, ssml(sentence));
    expect(first.status).toBe(200);
    expect((await speak(client, ssml(sentence))).bytes.equals(first.bytes)).toBe(true);
    expect((await speak(client, ssml(sentence, 'en-US-GuyNeural'))).bytes.equals(first.bytes)).toBe(false);
    expect((await speak(client, ssml(`${sentence} please`))).bytes.equals(first.bytes)).toBe(false);
  });

  it('is heard by the recogniser, word by word', async () => {
    const client = await startClient();
    for (const text of everyday.slice(0, 6)) {
      const { bytes } = await speak(client, ssml(text.replace('a', 'A &amp; a')));
      const wav = readWav(bytes);
      expect(wav.kind === 'fault' ? wav.message : wav.sampleRate).toBe(16_000);
    }
    const { bytes } = await speak(client, ssml(sentence));
    const url = `${client.emulator.url}/speech/recognition/conversation/cognitiveservices/v1?language=en-US&format=detailed`;
    const headers = { 'Ocp-Apim-Subscription-Key': client.emulator.key, 'Content-Type': 'audio/wav' };
    // oxlint-disable-next-line typescript/no-explicit-any -- tests assert what they read
    const heard: any = await (await fetch(url, { method: 'POST', headers, body: new Uint8Array(bytes) })).json();
    expect(heard.RecognitionStatus).toBe('Success');
    expect(heard.NBest[0].Lexical.split(' ')).toHaveLength(sentence.split(' ').length);
  });

  it('gives raw samples and 8 kHz, too', async () => {
    const client = await startClient();
    const riff = await speak(client, ssml(sentence));
    const raw = await speak(client, ssml(sentence), { format: 'raw-16khz-16bit-mono-pcm' });
    expect(raw.bytes.equals(riff.bytes.subarray(44))).toBe(true);
    const low = readWav((await speak(client, ssml(sentence), { format: 'riff-8khz-16bit-mono-pcm' })).bytes);
    expect(low.kind === 'fault' ? low.message : low.sampleRate).toBe(8000);
  });

  it.each([
    ['an unknown voice', ssml('hello', 'en-US-NobodyNeural'), {}, 400, 'Unsupported voice en-US-NobodyNeural'],
    ['another format', ssml('hello'), { format: 'audio-16khz-32kbitrate-mono-mp3' }, 400, 'Unsupported output format'],
    ['no SSML', 'hello', {}, 400, 'one element speak'],
    ['an open element', '<speak><voice name="x">a < b</voice></speak>', {}, 400, 'not well-formed'],
    ['a bare ampersand', '<speak><voice name="x">R&D</voice></speak>', {}, 400, '&amp;'],
    ['another type of body', ssml('hello'), { type: 'text/plain' }, 415, 'application/ssml+xml'],
  ])('is refused with %s', async (_name, body, options, status, message) => {
    const client = await startClient();
    const refused = await speak(client, body, options);
    expect(refused.status).toBe(status);
    expect(JSON.parse(refused.bytes.toString('utf8')).Message).toContain(message);
  });

  it('wants a key, and fails by a fault', async () => {
    const client = await startClient();
    expect((await list(client, { key: 'wrong' })).status).toBe(401);
    await client.addFault({ operation: 'Synthesise', kind: 'status', status: 429, retryAfterSeconds: 3, count: 1 });
    expect(await speak(client, ssml(sentence))).toMatchObject({ status: 429, retryAfter: '3' });
    expect((await speak(client, ssml(sentence))).status).toBe(200);
  });
});

function ssml(text: string, voice = 'en-US-JennyNeural'): string {
  return `<?xml version="1.0"?><speak version='1.0' xml:lang='en-US'><voice xml:lang='en-US' name='${voice}'>\n ${text}</voice></speak>`;
}

async function list(
  { emulator }: Client,
  { prefix = '', key = emulator.key }: { readonly prefix?: string; readonly key?: string },
) {
  const url = `${emulator.url}${prefix}/cognitiveservices/voices/list`;
  const response = await fetch(url, { headers: { 'Ocp-Apim-Subscription-Key': key } });
  // oxlint-disable-next-line typescript/no-explicit-any -- tests assert what they read
  return { status: response.status, body: (await response.json()) as any };
}

async function speak(
  { emulator }: Client,
  body: string,
  options: { readonly format?: string; readonly type?: string } = {},
) {
  const response = await fetch(`${emulator.url}/tts/cognitiveservices/v1`, {
    method: 'POST',
    headers: {
      'Ocp-Apim-Subscription-Key': emulator.key,
      'Content-Type': options.type ?? 'application/ssml+xml',
      'X-Microsoft-OutputFormat': options.format ?? format,
    },
    body,
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, retryAfter: response.headers.get('retry-after'), bytes };
}
