import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acousticZip, recordings, wavOf } from '../acoustic-zip.ts';
import { type Client, idOf, startClient } from '../client.ts';
import { makeClip, noise } from '../recognition/make-clip.ts';
import { makeWav } from '../recognition/make-wav.ts';
import { everyday, ward, wardNotes } from '../recognition/spoken-texts.ts';

const clip = makeClip('one.wav', ward[0] ?? '');

describe('short audio', () => {
  it.each(['/speech/recognition/conversation', '/stt/speech/recognition/interactive', '/speech/recognition/dictation'])(
    'is recognised at %s',
    async (prefix) => {
      const client = await startClient();
      await learn(client);
      const { status, body } = await recognise(client, { prefix });
      expect(status).toBe(200);
      expect(body.RecognitionStatus).toBe('Success');
      expect(body.DisplayText).toMatch(/^[A-Z].*\.$/);
      expect(body.Offset).toBeGreaterThanOrEqual(0);
      expect(body.Offset + body.Duration).toBeLessThanOrEqual((clip.samples.length / clip.sampleRate) * 1e7);
    },
  );

  it('is told in detail', async () => {
    const client = await startClient();
    await learn(client);
    const { body } = await recognise(client, { query: { format: 'detailed' } });
    expect(body).not.toHaveProperty('DisplayText');
    const [best] = body.NBest;
    expect(Object.keys(best)).toEqual(['Confidence', 'Lexical', 'ITN', 'MaskedITN', 'Display']);
    expect(best.Lexical).toBe(best.Lexical.toLowerCase());
    expect(best.Confidence).toBeGreaterThan(0);
    expect(best.Confidence).toBeLessThanOrEqual(1);
  });

  it('is heard as an evaluation hears it', async () => {
    const client = await startClient();
    const clips = recordings('ward', ward.slice(0, 5));
    const dataset = await client.dataset({ kind: 'Acoustic' }, acousticZip(clips));
    const base = (await client.baseModels()).at(-1);
    const evaluation = await client.finished(
      (await client.create('/evaluations', { displayName: 'e', locale: 'en-US', dataset, model1: base, model2: base }))
        .self,
    );
    const files = (await client.get(`${evaluation.links.files}`)).body.values;
    for (const [index, one] of clips.entries()) {
      const heard = await hears(client, { audio: wavOf(one) });
      const score = JSON.parse(await (await fetch(files[index].links.contentUrl)).text());
      expect(heard).toBe(score.recognizedPhrases[0].nBest[0].lexical);
    }
  });

  it('that nobody has told about is not matched, and the log says how to tell', async () => {
    const lines: string[] = [];
    const client = await startClient({ log: (line) => lines.push(line) });
    const { status, body } = await recognise(client);
    expect(status).toBe(200);
    expect(body).toMatchObject({ RecognitionStatus: 'NoMatch', DisplayText: '' });
    expect(lines.join()).toContain('--audio-dir');
    expect(lines.join()).toContain('POST it to /_emulator/audio');
  });

  it('of a folder is known', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'speechops-audio-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(path.join(folder, 'one.wav'), wavOf(clip));
    await writeFile(path.join(folder, 'trans.txt'), `\uFEFFone.wav\t${clip.transcript}\r\nmissing.wav\tnothing\r\n`);
    const client = await startClient({ audioDirectories: [folder] });
    expect((await recognise(client)).body.RecognitionStatus).toBe('Success');
    await client.control('POST', '/reset');
    expect((await recognise(client)).body.RecognitionStatus).toBe('Success');
    await rm(path.join(folder, 'trans.txt'));
    await expect(startClient({ audioDirectories: [folder] })).rejects.toThrow('it has no trans.txt');
  });

  it('names its language by an endpoint alone, and needs it where the endpoint is not there', async () => {
    const client = await startClient();
    await learn(client);
    const { created } = await adaptedEndpoint(client);
    await client.finished(created.self);
    const cid = idOf(created.self);
    const { status, body } = await recognise(client, { query: { language: '', cid, format: 'detailed' } });
    expect(status).toBe(200);
    expect(body.NBest[0].Lexical).toBe(await hears(client, { cid }));
    const unknown = { language: '', cid: '00000000-0000-0000-0000-000000000000' };
    expect(await recognise(client, { query: unknown })).toMatchObject({
      status: 400,
      body: { Message: expect.stringContaining('Invalid CID or language') },
    });
  });

  it('is told with the times of its words', async () => {
    const client = await startClient();
    await learn(client);
    const { body } = await recognise(client, { query: { format: 'detailed', wordLevelTimestamps: 'true' } });
    expect(body.NBest[0].Words).toHaveLength(body.NBest[0].Lexical.split(' ').length);
  });

  it('is refused by a fault in its own shape of error', async () => {
    const client = await startClient();
    await client.addFault({ operation: 'Recognise', kind: 'status', status: 503 });
    expect(await recognise(client)).toEqual({ status: 503, body: { Message: expect.any(String) } });
  });

  it('is refused without key with 403, with a wrong one with 401', async () => {
    const client = await startClient();
    expect(await recognise(client, { key: null })).toMatchObject({ status: 403, body: { error: { code: '403' } } });
    expect(await recognise(client, { key: 'wrong' })).toMatchObject({ status: 401, body: { error: { code: '401' } } });
  });

  it.each([
    ['no language', { query: { language: '' } }, 'Invalid CID or language'],
    ['an unsupported language', { query: { language: 'tlh-QO' } }, "'tlh-QO' is not supported"],
    ['no audio', { audio: Buffer.alloc(0) }, 'has no audio'],
    ['no WAV', { audio: Buffer.from('ID3 something') }, 'is not a RIFF/WAVE file'],
    ['two channels', { audio: makeWav(noise('x', 16_000), { channels: 2 }) }, 'has 2 channels'],
    ['more than a minute', { audio: makeWav(noise('x', 61 * 8000)) }, 'longer than 60 seconds'],
  ])('is refused with %s', async (_name, options, message) => {
    const client = await startClient();
    const answer = await recognise(client, options);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ Message: expect.stringContaining(message) });
  });
});

describe('the model behind an endpoint', () => {
  it('is the base model before it is deployed, and the previous one until a swap is done', async () => {
    const client = await startClient();
    await learn(client);
    const heardByBase = await hears(client);
    const { created } = await adaptedEndpoint(client);
    const cid = idOf(created.self);
    expect(await hears(client, { cid })).toBe(heardByBase);
    await client.finished(created.self);
    const heardByCustom = await hears(client, { cid });
    expect(heardByCustom).not.toBe(heardByBase);
    await client.patch(created.self, { model: (await client.baseModels()).at(-1) });
    await client.advance(299);
    expect(await hears(client, { cid })).toBe(heardByCustom);
    await client.advance(2);
    expect(await hears(client, { cid })).toBe(heardByBase);
  });

  it('is silently the newest base model once it has expired', async () => {
    const client = await startClient();
    await learn(client);
    const { created, model } = await adaptedEndpoint(client);
    await client.finished(created.self);
    const heardByCustom = await hears(client, { cid: idOf(created.self) });
    const remaining = Date.parse(model.properties.deprecationDates.transcriptionDateTime) - Date.now();
    await client.advance(remaining / 1000 - 10 * 24 * 3600);
    expect(await hears(client, { cid: idOf(created.self) })).toBe(heardByCustom);
    await client.advance(20 * 24 * 3600);
    expect(await hears(client, { cid: idOf(created.self) })).toBe(await hears(client));
    expect((await client.get(created.self)).body).toMatchObject({ status: 'Succeeded', model: { self: model.self } });
    const again = await client.post('/endpoints', { displayName: 'y', locale: 'en-US', model });
    expect(again.body.innerError.code).toBe('ModelDeprecated');
  });

  it('is the base model on an unknown endpoint, as in Azure, or none where that is asked for', async () => {
    const unknown = '00000000-0000-0000-0000-000000000000';
    const lenient = await startClient();
    await learn(lenient);
    expect(await hears(lenient, { cid: unknown })).toBe(await hears(lenient));
    const strict = await startClient({ unknownCid: 'strict' });
    expect(await recognise(strict, { query: { cid: unknown } })).toMatchObject({ status: 400 });
  });

  it('is that of the moment when the request came, however long the audio takes', async () => {
    const client = await startClient();
    await learn(client);
    const { created } = await adaptedEndpoint(client);
    await client.finished(created.self);
    const cid = idOf(created.self);
    const before = await hears(client, { cid });
    await client.patch(created.self, { model: (await client.baseModels()).at(-1) });
    const audio = wavOf(clip);
    async function* slowly(): AsyncGenerator<Buffer> {
      yield audio.subarray(0, 100);
      await client.finished(created.self);
      yield audio.subarray(100);
    }
    expect(await hears(client, { audio: slowly(), cid })).toBe(before);
    expect(await hears(client, { cid })).not.toBe(before);
  });
});

describe('everyday speech', () => {
  it('of any known recording is found in other audio', async () => {
    const client = await startClient();
    const [one, other] = recordings('two', everyday.slice(0, 2));
    if (!one || !other) throw new Error('two recordings are needed');
    for (const each of [one, other]) await learn(client, each);
    const heard = async (audio: Int16Array) => await hears(client, { audio: makeWav(audio) });
    const joined = Int16Array.from([...one.samples, ...noise('between', 8000), ...other.samples]);
    expect(await heard(joined)).toBe(`${await heard(one.samples)} ${await heard(other.samples)}`);
  });
});

async function learn(client: Client, one = clip): Promise<void> {
  const answer = await client.control('POST', `/audio?transcript=${encodeURIComponent(one.transcript)}`, wavOf(one), {
    'content-type': 'audio/wav',
  });
  expect(answer).toMatchObject({ status: 201, body: { seconds: one.samples.length / one.sampleRate } });
}

/** An endpoint that is being deployed with a model of the ward's words. */
async function adaptedEndpoint(client: Client) {
  const model = await client.model([await client.text([...wardNotes, ...ward])], {
    properties: { customModelWeightPercent: 100 },
  });
  return { model, created: await client.create('/endpoints', { displayName: 'x', locale: 'en-US', model }) };
}

/** The words that the model of an endpoint hears in the audio, or the newest base model in the clip. */
async function hears(
  client: Client,
  { cid, audio = wavOf(clip) }: { readonly cid?: string; readonly audio?: Buffer | AsyncGenerator<Buffer> } = {},
): Promise<string> {
  const query = { format: 'detailed', ...(cid === undefined ? {} : { cid }) };
  const { body } = await recognise(client, { audio, query });
  return body.NBest[0].Lexical;
}

async function recognise(
  client: Client,
  options: {
    readonly prefix?: string;
    readonly key?: string | null;
    readonly audio?: Buffer | AsyncGenerator<Buffer>;
    readonly query?: Readonly<Record<string, string>>;
  } = {},
) {
  const { prefix = '/speech/recognition/conversation', key = client.emulator.key, audio = wavOf(clip) } = options;
  const url = new URL(`${client.emulator.url}${prefix}/cognitiveservices/v1`);
  for (const [name, value] of Object.entries({ language: 'en-US', ...options.query }))
    url.searchParams.set(name, value);
  const headers = {
    'content-type': 'audio/wav; codecs=audio/pcm; samplerate=8000',
    ...(key === null ? {} : { 'Ocp-Apim-Subscription-Key': key }),
  };
  const init = { method: 'POST', headers, body: audio as RequestInit['body'], duplex: 'half' };
  const response = await fetch(url, init as RequestInit);
  return { status: response.status, body: JSON.parse(await response.text()) };
}
