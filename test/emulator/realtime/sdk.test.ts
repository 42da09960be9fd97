import * as sdk from 'microsoft-cognitiveservices-speech-sdk';
import { beforeEach, describe, expect, it } from 'vitest';
import { acousticZip, recordings, wavOf } from '../acoustic-zip.ts';
import { type Client, idOf, pathOf, startClient } from '../client.ts';
import { noise } from '../recognition/make-clip.ts';
import { everyday, ward, wardNotes } from '../recognition/spoken-texts.ts';
import { joined, lexicalOf, openSdk, push, sdkContinuous, sdkOnce, useWebSocket, webSockets } from './sdk-client.ts';

const clips = recordings('ward', ward.slice(0, 4));
const [clip, other] = clips as [(typeof clips)[0], (typeof clips)[0]];
const detailed = { configure: (config: sdk.SpeechConfig) => void (config.outputFormat = sdk.OutputFormat.Detailed) };
const unknown = '00000000-0000-0000-0000-000000000000';

/** The first recognition of a process loads the words that models know. */
const patience = { timeout: 60_000 };

describe.each(webSockets)("Microsoft's client on the %s web socket", (which) => {
  beforeEach(() => useWebSocket(which));

  it.each([
    ['the second version', {}],
    ['the first version', { isHostOnly: true }],
    ['a custom domain', { path: '/stt/speech/recognition/interactive/cognitiveservices/v1' }],
  ])('is answered at the paths of %s', async (_name, options) => {
    const client = await startClient();
    await learn(client);
    const result = await sdkOnce(client, clip.samples, options);
    expect(result.reason).toBe(sdk.ResultReason.RecognizedSpeech);
    expect(result.text).toMatch(/^[A-Z].*\.$/);
    expect(result.offset + result.duration).toBeLessThanOrEqual((clip.samples.length / clip.sampleRate) * 1e7);
  });

  it('gets the detailed format, and the times of words', async () => {
    const client = await startClient();
    await learn(client);
    const plain = JSON.parse((await sdkOnce(client, clip.samples, detailed)).json).NBest[0];
    expect(Object.keys(plain)).toEqual(['Confidence', 'Lexical', 'ITN', 'MaskedITN', 'Display']);
    const timed = { configure: (config: sdk.SpeechConfig) => config.requestWordLevelTimestamps() };
    const { json } = await sdkOnce(client, clip.samples, timed);
    const [best] = JSON.parse(json).NBest;
    expect(best.Words.map(({ Word }: { Word: string }) => Word).join(' ')).toBe(best.Lexical);
    const ends = best.Words.map((word: { Offset: number; Duration: number }) => word.Offset + word.Duration);
    expect(ends).toEqual(ends.toSorted((one: number, two: number) => one - two));
  });

  it.each([{}, { isHostOnly: true }])('hears every phrase of a stream, to its silences, and ends', async (options) => {
    const client = await startClient();
    await learn(client);
    const samples = joined([clip, other], 700);
    const { results, canceled } = await sdkContinuous(client, samples, { ...detailed, ...options });
    const [first, second] = results;
    expect(results.map(lexicalOf)).toEqual([
      await restHears(client, wavOf(clip)),
      await restHears(client, wavOf(other)),
    ]);
    expect(second?.offset).toBeGreaterThan((first?.offset ?? 0) + (first?.duration ?? 0));
    // Offsets of the second phrase are from the start of the stream.
    expect(second?.offset).toBeGreaterThan(((clip.samples.length + 5600) / 8000) * 1e7 - 1);
    expect(canceled.map(({ reason }) => reason)).toEqual([sdk.CancellationReason.EndOfStream]);
  });

  it('is told hypotheses before the audio of a phrase has ended, which went through the model', async () => {
    const client = await startClient();
    await learn(client);
    const final = lexicalOf(await sdkOnce(client, clip.samples, detailed));
    const session = openSdk(client, detailed);
    push(session, clip.samples.subarray(0, Math.floor(clip.samples.length * 0.75)));
    await start(session.recognizer);
    await expect.poll(() => session.told.hypotheses.length, patience).toBeGreaterThan(2);
    expect(session.told.results).toEqual([]);
    push(session, clip.samples.subarray(Math.floor(clip.samples.length * 0.75)));
    session.audio.close();
    await expect.poll(() => session.told.results.length, patience).toBe(1);
    await stop(session.recognizer);
    await session.close();
    for (const text of session.told.hypotheses)
      expect(final.startsWith(text.split(' ').slice(0, -1).join(' '))).toBe(true);
    expect(final).not.toBe(clip.transcript);
  });

  it('hears a phrase list', async () => {
    const client = await startClient();
    const many = recordings('ward', ward);
    for (const one of many) await learn(client, one);
    const right = async (phrases: readonly string[]): Promise<number> => {
      let count = 0;
      for (const one of many.slice(0, 8)) {
        const heard = lexicalOf(await sdkOnce(client, one.samples, { ...detailed, phrases })).split(' ');
        count += one.transcript.split(' ').filter((word) => heard.includes(word)).length;
      }
      return count;
    };
    expect(await right(many.map(({ transcript }) => transcript))).toBeGreaterThan(await right([]));
  });

  it.each([
    [{}, 1],
    [{ silence: 200 }, 2],
  ])('cuts phrases where it asks for it: %j', async ({ silence }: { silence?: number }, phrases) => {
    const client = await startClient();
    await learn(client);
    const configure = (config: sdk.SpeechConfig): void => {
      if (silence) config.setProperty(sdk.PropertyId.Speech_SegmentationSilenceTimeoutMs, String(silence));
    };
    const { results } = await sdkContinuous(client, joined([clip, other], 300), { configure });
    expect(results).toHaveLength(phrases);
  });

  it('is told that nothing was said, and that nothing was understood', async () => {
    const client = await startClient();
    const silent = await sdkOnce(client, new Int16Array(8000 * 6));
    expect(silent.reason).toBe(sdk.ResultReason.NoMatch);
    expect(JSON.parse(silent.json)).toMatchObject({ RecognitionStatus: 'InitialSilenceTimeout', Duration: 5e7 });
    const soon = {
      configure: (config: sdk.SpeechConfig) =>
        config.setProperty(sdk.PropertyId.SpeechServiceConnection_InitialSilenceTimeoutMs, '1000'),
    };
    expect(JSON.parse((await sdkOnce(client, new Int16Array(8000 * 6), soon)).json).Duration).toBe(1e7);
    const foreign = await sdkOnce(client, noise('foreign', 8000), detailed);
    expect(foreign.reason).toBe(sdk.ResultReason.NoMatch);
    expect(JSON.parse(foreign.json).RecognitionStatus).toBe('NoMatch');
    const { results } = await sdkContinuous(client, new Int16Array(8000));
    expect(results.map(({ reason }) => reason)).toEqual([sdk.ResultReason.NoMatch]);
  });

  it('uses one connection for several turns, of which each hears its own audio', async () => {
    const client = await startClient();
    await learn(client);
    const session = openSdk(client, detailed);
    // The first turn ends with the phrase, while the client goes on sending what follows it.
    push(session, joined([clip, other], 700));
    const first = await session.once();
    expect(lexicalOf(first)).toBe(await restHears(client, wavOf(clip)));
    push(session, other.samples);
    session.audio.close();
    const second = await session.once();
    expect(second.reason).toBe(sdk.ResultReason.RecognizedSpeech);
    expect(session.told.disconnected).toBe(0);
    await session.close();
  });

  it('is told why when the endpoint is not there and strictness is asked for, after its first audio', async () => {
    const client = await startClient({ unknownCid: 'strict' });
    const { errorDetails, reason, session } = await sdkOnce(client, clip.samples, { cid: unknown });
    expect(reason).toBe(sdk.ResultReason.Canceled);
    expect(errorDetails).toBe('Invalid CID: it names no endpoint of this language. websocket error code: 1007');
    expect(session.told.canceled[0]?.errorCode).toBe(sdk.CancellationErrorCode.BadRequestParameters);
    const lenient = await startClient();
    await learn(lenient);
    const base = await sdkOnce(lenient, clip.samples, { ...detailed, cid: unknown });
    expect(lexicalOf(base)).toBe(await restHears(lenient, wavOf(clip)));
  });

  it('is told when there are too many recognitions at a time, and so is short audio', async () => {
    const client = await startClient({ sku: 'F0' });
    await learn(client);
    const open = openSdk(client);
    await start(open.recognizer);
    push(open, clip.samples);
    await expect.poll(() => open.told.hypotheses.length, patience).toBeGreaterThan(0);
    const refused = await sdkOnce(client, clip.samples);
    expect(refused.errorDetails).toBe('Quota exceeded websocket error code: 1007');
    const rest = await shortAudio(client, wavOf(clip));
    expect(rest).toMatchObject({ status: 429, body: { Message: expect.any(String) } });
    open.audio.close();
    await stop(open.recognizer);
    await open.close();
    expect((await sdkOnce(client, clip.samples)).reason).toBe(sdk.ResultReason.RecognizedSpeech);
    expect((await shortAudio(client, wavOf(clip))).status).toBe(200);
  });

  it('has the model of the beginning of its turn, however long that is, and a new turn the new one', async () => {
    const client = await startClient();
    const both = [clip, other];
    for (const one of both) await learn(client, one);
    const { cid, swap } = await endpointOfWard(client);
    const heardBy = async (model: string | undefined): Promise<string[]> =>
      await Promise.all(both.map((one) => restHears(client, wavOf(one), model)));
    const [previous, next] = [await heardBy(cid), await heardBy(undefined)];
    expect(previous).not.toEqual(next);
    const open = openSdk(client, { ...detailed, cid });
    push(open, joined([clip], 0));
    push(open, new Int16Array(8000));
    await start(open.recognizer);
    await expect.poll(() => open.told.results.length, patience).toBe(1);
    await swap();
    expect(await heardBy(cid)).toEqual(next);
    push(open, other.samples);
    open.audio.close();
    await expect.poll(() => open.told.results.length, patience).toBe(2);
    await stop(open.recognizer);
    await open.close();
    expect(open.told.results.map(lexicalOf)).toEqual(previous);
    expect(lexicalOf(await sdkOnce(client, clip.samples, { ...detailed, cid }))).toBe(next[0]);
  });

  it('goes on by itself when the connection has lasted as long as it may, and loses nothing', async () => {
    const client = await startClient({ recognitionLimits: { connectionSeconds: 2.5 } });
    await learn(client);
    const session = openSdk(client, detailed);
    await start(session.recognizer);
    push(session, joined([clip], 0));
    push(session, new Int16Array(8000));
    await expect.poll(() => session.told.disconnected, patience).toBeGreaterThan(0);
    push(session, other.samples);
    session.audio.close();
    await expect.poll(() => session.told.results.length, patience).toBe(2);
    await session.close();
    expect(session.told.canceled.filter(({ reason }) => reason === sdk.CancellationReason.Error)).toEqual([]);
  });

  it('is cut off by a fault while it is connected, and told of one within a later turn', async () => {
    const client = await startClient();
    await learn(client);
    const session = openSdk(client);
    push(session, joined([clip], 0));
    push(session, new Int16Array(8000));
    await session.once();
    for (const [status, code] of [
      [429, sdk.CancellationErrorCode.TooManyRequests],
      [403, sdk.CancellationErrorCode.Forbidden],
      [400, sdk.CancellationErrorCode.BadRequestParameters],
      [500, sdk.CancellationErrorCode.ServiceError],
    ] as const) {
      await client.addFault({ operation: 'Recognise', kind: 'status', status, count: 1 });
      push(session, joined([clip], 0));
      push(session, new Int16Array(8000));
      const result = await session.once();
      expect(result.reason).toBe(sdk.ResultReason.Canceled);
      expect(session.told.canceled.at(-1)?.errorCode).toBe(code);
    }
    await session.close();
  });

  it('hears what every door hears: once, in a stream, short audio and an evaluation', async () => {
    const client = await startClient();
    const dataset = await client.dataset({ kind: 'Acoustic' }, acousticZip(clips));
    const base = (await client.baseModels()).at(-1);
    const body = { displayName: 'e', locale: 'en-US', dataset, model1: base, model2: base };
    const evaluation = await client.finished((await client.create('/evaluations', body)).self);
    const files = (await client.get(`${evaluation.links.files}`)).body.values;
    const evaluated: string[] = [];
    for (const index of clips.keys()) {
      const score = JSON.parse(await (await fetch(files[index].links.contentUrl)).text());
      evaluated.push(score.recognizedPhrases[0].nBest[0].lexical);
    }
    expect(await Promise.all(clips.map((one) => restHears(client, wavOf(one))))).toEqual(evaluated);
    const once = await Promise.all(clips.map((one) => sdkOnce(client, one.samples, detailed)));
    expect(once.map(lexicalOf)).toEqual(evaluated);
    const { results } = await sdkContinuous(client, joined(clips, 600), detailed);
    expect(results.map(lexicalOf)).toEqual(evaluated);
    expect(evaluated).not.toEqual(clips.map(({ transcript }) => transcript));
  });

  it('knows the audio of a dataset as soon as its import is due, which nobody has read', async () => {
    const client = await startClient();
    const created = await client.create('/datasets', { displayName: 'd', locale: 'en-US', kind: 'Acoustic' });
    const path = pathOf(created.self);
    await client.api('PUT', `${path}/blocks`, { query: { blockid: 'AAAA' }, body: acousticZip(clips) });
    await client.post(`${path}/blocks:commit`, [{ kind: 'Latest', id: 'AAAA' }]);
    expect((await sdkOnce(client, clip.samples)).reason).toBe(sdk.ResultReason.NoMatch);
    await client.advance(100_000);
    expect((await sdkOnce(client, clip.samples)).reason).toBe(sdk.ResultReason.RecognizedSpeech);
    expect((await shortAudio(client, wavOf(other))).body.RecognitionStatus).toBe('Success');
  });
});

describe("Microsoft's client", () => {
  beforeEach(() => useWebSocket('npm'));

  // With the global web socket of Node the client never hears of it.
  it.each([
    ['a wrong key', { key: 'wrong' }, 401],
    ['a fault', {}, 503],
    ['another path', { path: '/stt/speech/universal/v3' }, 404],
  ])('is told the status of an upgrade that is refused: %s', async (_name, options, status) => {
    const client = await startClient();
    if (status === 503) await client.addFault({ operation: 'Recognise', kind: 'status', status });
    const result = await sdkOnce(client, clip.samples, options);
    expect(result.errorDetails).toContain(`Unexpected server response: ${status}`);
  });

  it('connects again when a fault has cut its connection', async () => {
    const client = await startClient();
    await learn(client);
    await client.addFault({ operation: 'Recognise', kind: 'cut', count: 1 });
    expect((await sdkOnce(client, clip.samples)).reason).toBe(sdk.ResultReason.RecognizedSpeech);
    const { operations } = (await client.control('GET', '/requests')).body;
    expect(operations.Recognise).toEqual({ 200: 1, cut: 1 });
  });

  it('is closed when nothing has come for as long as is waited', async () => {
    const client = await startClient({ recognitionLimits: { connectionIdleSeconds: 0.3 } });
    const session = openSdk(client);
    const closed = new Promise<string>((resolve) => {
      sdk.Connection.fromRecognizer(session.recognizer).disconnected = () => resolve('disconnected');
    });
    sdk.Connection.fromRecognizer(session.recognizer).openConnection();
    expect(await closed).toBe('disconnected');
    await session.close();
  });
});

async function learn(client: Client, one?: (typeof clips)[0]): Promise<void> {
  for (const { transcript, ...each } of one === undefined ? clips : [one]) {
    const path = `/audio?transcript=${encodeURIComponent(transcript)}`;
    await client.control('POST', path, wavOf({ transcript, ...each }), { 'content-type': 'audio/wav' });
  }
}

/** An endpoint that serves a model of the ward's words, and what puts the base model behind it. */
async function endpointOfWard(client: Client) {
  const model = await client.model([await client.text([...wardNotes, ...ward, ...everyday])], {
    properties: { customModelWeightPercent: 100 },
  });
  const created = await client.create('/endpoints', { displayName: 'x', locale: 'en-US', model });
  await client.finished(created.self);
  const swap = async (): Promise<void> => {
    await client.patch(created.self, { model: (await client.baseModels()).at(-1) });
    await client.finished(created.self);
  };
  return { cid: idOf(created.self), swap };
}

async function restHears(client: Client, audio: Buffer, cid?: string): Promise<string> {
  return (await shortAudio(client, audio, cid)).body.NBest[0].Lexical;
}

async function shortAudio(client: Client, audio: Buffer, cid?: string) {
  const url = new URL(`${client.emulator.url}/speech/recognition/conversation/cognitiveservices/v1`);
  url.search = String(new URLSearchParams({ language: 'en-US', format: 'detailed', ...(cid ? { cid } : {}) }));
  const headers = { 'content-type': 'audio/wav', 'Ocp-Apim-Subscription-Key': client.emulator.key };
  const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(audio) });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

async function start(recognizer: sdk.SpeechRecognizer): Promise<void> {
  await new Promise<void>((resolve, reject) => recognizer.startContinuousRecognitionAsync(resolve, reject));
}

async function stop(recognizer: sdk.SpeechRecognizer): Promise<void> {
  await new Promise<void>((resolve, reject) => recognizer.stopContinuousRecognitionAsync(resolve, reject));
}
