import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { writeMessage } from '../../../../emulator/realtime/message.ts';
import { type Emulator, startEmulator } from '../../../../emulator/start-emulator.ts';
import { type Recognition, ServiceError } from '../../../../workflows/engine/ports.ts';
import type { Endpoint } from '../../../../workflows/plan/speech-entities.ts';
import type { RequestLine } from '../../../../workflows/speech/request-observer.ts';
import { createSpeechClient, type SpeechClientOptions } from '../../../../workflows/speech/speech-client.ts';
import { startCallsProxy } from '../../../crash/calls-proxy.ts';
import { recordings, wavOf } from '../../../emulator/acoustic-zip.ts';
import { controlEmulator } from '../../../emulator/control-emulator.ts';
import { makeClip } from '../../../emulator/recognition/make-clip.ts';
import { makeChunk, makeWav } from '../../../emulator/recognition/make-wav.ts';
import { everyday } from '../../../emulator/recognition/spoken-texts.ts';
import { until } from '../../../until.ts';
import { endpoint as anEndpoint, ids } from '../answers.ts';
import { rejectionOf } from '../scripted-service.ts';

const clips = recordings('everyday', everyday.slice(0, 3));
const [clip, other] = clips as [(typeof clips)[0], (typeof clips)[0]];
const silence = new Int16Array(8000);
const root = path.join(import.meta.dirname, '..', '..', '..', '..');

interface Counts {
  readonly operations: { readonly Recognise: object };
}

describe('recognition through the SDK', () => {
  test('is the default, and hears what short audio hears', async () => {
    const { emulator, client, endpoint } = await world();
    const lines: RequestLine[] = [];
    const observed = clientOf(emulator, { observer: { afterAttempt: (line) => lines.push(line) } });
    for (const each of clips) {
      const heard = await observed.recognise(wavOf(each), { endpoint });
      expect(heard.status).toBe('Success');
      expect(told(heard)).toEqual(told(await client.recognise(wavOf(each), { endpoint, channel: 'rest' })));
    }
    expect(lines.map(({ method, template, status }) => [method, template, status])).toEqual(
      clips.map(() => ['GET', '/stt/speech/universal/v2', 101]),
    );
  });

  test('tells how long the first hypothesis and the answer took, where there was one', async () => {
    const { client, endpoint } = await world();
    const begun = performance.now();
    const { firstResultSeconds = NaN, finalSeconds = NaN } = await client.recognise(wavOf(clip), { endpoint });
    const wholeSeconds = (performance.now() - begun) / 1000;
    expect(firstResultSeconds).toBeGreaterThan(0);
    expect(finalSeconds).toBeGreaterThanOrEqual(firstResultSeconds);
    expect(finalSeconds).toBeLessThanOrEqual(wholeSeconds);
    const silent = await client.recognise(makeWav(silence), { endpoint });
    expect(silent.finalSeconds).toBeGreaterThan(0);
    expect(silent.firstResultSeconds).toBeUndefined();
  });

  test('makes one text of the phrases of a recording, and sends its samples alone', async () => {
    const { client, endpoint } = await world();
    const both = makeWav(Int16Array.from([...clip.samples, ...silence, ...other.samples]), {
      before: makeChunk('LIST', Buffer.from('something')),
      after: makeChunk('LIST', Buffer.alloc(9000, 77)),
    });
    const parts = await Promise.all([clip, other].map((one) => client.recognise(wavOf(one), { endpoint })));
    const heard = await client.recognise(both, { endpoint });
    expect(told(heard)).toEqual({
      status: 'Success',
      lexical: parts.map(({ lexical }) => lexical).join(' '),
      display: parts.map(({ display }) => display).join(' '),
    });
  });

  test('tells silence and what is not understood from failures', async () => {
    const { client, endpoint } = await world();
    const none = { lexical: '', display: '' };
    expect(told(await client.recognise(makeWav(silence), { endpoint }))).toEqual({
      status: 'InitialSilenceTimeout',
      ...none,
    });
    const foreign = wavOf(makeClip('foreign', 'a b c d'));
    expect(told(await client.recognise(foreign, { endpoint }))).toEqual({ status: 'NoMatch', ...none });
  });

  test('refuses audio that is no WAV of 16 bits and one channel, before anything is sent', async () => {
    const { client, endpoint } = await world();
    for (const audio of [Buffer.from('ID3'), makeWav(silence, { channels: 2 }), makeWav(silence, { encoding: 7 })]) {
      const error = await rejectionOf(client.recognise(audio, { endpoint }));
      expect(error).toMatchObject({ name: 'ServiceError', attempts: 0 });
      expect(String(error)).toContain('no WAV file of PCM');
    }
  });

  test.each([
    [
      { kind: 'status', status: 503 },
      { status: 503, outcome: 'unknown' },
    ],
    [
      { kind: 'status', status: 429 },
      { status: 429, outcome: 'refused' },
    ],
    [
      { kind: 'status', status: 401 },
      { status: 401, outcome: 'refused' },
    ],
    [{ kind: 'cut' }, { status: undefined, outcome: 'unknown' }],
    [{ kind: 'lost' }, { status: undefined, outcome: 'unknown' }],
  ])('is tried once: the fault %j is a failure', async (fault, expected) => {
    const { emulator, client, endpoint } = await world();
    await controlEmulator(emulator, '/faults', {
      method: 'POST',
      body: { operation: 'Recognise', ...fault, count: 1 },
    });
    const error = await rejectionOf(client.recognise(wavOf(clip), { endpoint }));
    expect(error).toMatchObject({ name: 'ServiceError', attempts: 1, ...expected });
    expect(`${String(error)} ${(error as Error).stack} ${String((error as Error).cause)}`).not.toContain(emulator.key);
    // The fault hit once, and there was nothing after it.
    const counts = (await (await controlEmulator(emulator, '/requests')).json()) as Counts;
    expect(Object.values(counts.operations.Recognise)).toEqual([1]);
    expect((await client.recognise(wavOf(clip), { endpoint })).status).toBe('Success');
  });

  test('of an endpoint that is not there is refused where the service is strict, with its reason', async () => {
    const { client, endpoint } = await world({ unknownCid: 'strict' });
    const gone = { ...endpoint, self: endpoint.self.replace(/endpoints\/[^?]*/, `endpoints/${ids.endpoint}`) };
    const error = await rejectionOf(client.recognise(wavOf(clip), { endpoint: gone }));
    expect(error).toMatchObject({ status: 400, code: 'BadRequestParameters', outcome: 'refused' });
    expect(String(error)).toContain('Invalid CID');
  });

  test.each(['never answers', 'closes after the audio', 'closes in the middle of its answer'])(
    'ends in its time at a service that %s',
    async (how) => {
      const service = new WebSocketServer({ port: 0, host: '127.0.0.1' });
      await once(service, 'listening');
      onTestFinished(() => void service.close());
      service.on('connection', (socket) => {
        onTestFinished(() => socket.terminate());
        socket.on('message', (data: Buffer) => {
          if (how === 'never answers' || data.length > 120 || !data.includes('audio')) return;
          const requestId = /X-RequestId: ?(\w+)/i.exec(data.toString())?.[1] ?? '';
          const phrase = { RecognitionStatus: 'NoMatch', Offset: 0, Duration: 10 };
          if (how !== 'closes after the audio') {
            socket.send(writeMessage('turn.start', requestId, {}));
            socket.send(writeMessage('speech.phrase', requestId, phrase));
          }
          socket.close(1011, 'gone');
        });
      });
      const origin = `127.0.0.1:${(service.address() as { port: number }).port}`;
      const client = createSpeechClient({
        endpoint: `http://${origin}`,
        credential: { key: 'the-secret-key-of-the-test' },
        requestTimeoutMilliseconds: how === 'never answers' ? 300 : 60_000,
      });
      const endpoint = { ...anEndpoint, links: { webSocket: `ws://${origin}/stt/speech/universal/v2` } };
      const error = await rejectionOf(client.recognise(wavOf(clip), { endpoint }));
      expect(error).toMatchObject({ name: 'ServiceError', status: undefined, outcome: 'unknown' });
      expect((error as ServiceError).code).toMatch(how === 'never answers' ? /ETIMEDOUT/ : /WebSocket1011|ECONNRESET/);
    },
  );

  test('ends with the reason of its signal as soon as that is aborted', async () => {
    const { emulator, client, endpoint } = await world();
    const body = { operation: 'Recognise', kind: 'slow', delayMilliseconds: 60_000 };
    await controlEmulator(emulator, '/faults', { method: 'POST', body });
    const controller = new AbortController();
    const pending = rejectionOf(client.recognise(wavOf(clip), { endpoint, signal: controller.signal }));
    controller.abort(new Error('enough'));
    expect(await pending).toMatchObject({ message: 'enough' });
  });

  test.each([
    'wss://evil.example/v2',
    'ws://127.0.0.1.evil.example/v2',
    'wss://westus.stt.speech.microsoft.com.evil.example',
  ])('does not send the key to %s', async (webSocket) => {
    const { client } = await world();
    const error = await rejectionOf(
      client.recognise(wavOf(clip), { endpoint: { ...anEndpoint, links: { webSocket } } }),
    );
    expect(error).toMatchObject({ attempts: 0, outcome: 'refused' });
    expect(String(error)).toContain('the credential is sent only to');
  });

  test('says why there is no token', async () => {
    const client = createSpeechClient({
      endpoint: 'https://calls.cognitiveservices.azure.com',
      credential: { getToken: () => Promise.reject(new Error('not signed in')) },
    });
    const error = await rejectionOf(client.recognise(wavOf(clip), { endpoint: anEndpoint as Endpoint }));
    expect(String(error)).toContain('SPEECHOPS_KEY');
    expect(error).toMatchObject({ name: 'ServiceError', status: undefined });
  });

  test('signs in with a token where keys are off, over TLS', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'speechops-keyless-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const emulator = await startEmulator({ tls: true, account: { disableLocalAuth: true } });
    onTestFinished(() => emulator.close());
    const trust = path.join(folder, 'emulator.pem');
    await writeFile(trust, emulator.certificate ?? '');
    const program = `
      import { ClientSecretCredential } from '@azure/identity';
      import { createSpeechClient } from '${root}/workflows/speech/speech-client.ts';
      const options = { authorityHost: '${emulator.url}', disableInstanceDiscovery: true };
      const sign = (secret) => new ClientSecretCredential('${emulator.tenantId}', 'a-client', secret, options);
      const client = createSpeechClient({ endpoint: '${emulator.url}', credential: sign('${emulator.managementToken}') });
      const endpoint = await client.endpoints.create({ displayName: 'calls', locale: 'en-US' });
      const audio = Buffer.from('${wavOf(clip).toString('base64')}', 'base64');
      const heard = await client.recognise(audio, { endpoint });
      const stranger = createSpeechClient({ endpoint: '${emulator.url}', credential: sign('a guess') });
      const refused = await stranger.recognise(audio, { endpoint }).catch((error) => error.code);
      console.log(JSON.stringify([heard.status, refused]));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: root,
      env: { ...process.env, NODE_EXTRA_CA_CERTS: trust },
      timeout: 120_000,
    });
    expect(JSON.parse(stdout)).toEqual(['NoMatch', 'SignInFailed']);
  });

  test('leaves nothing open: a process ends after it, and does not load the SDK before it', async () => {
    const { emulator, endpoint } = await world();
    const program = `
      import { createSpeechClient } from '${root}/workflows/speech/speech-client.ts';
      const loaded = () => process.getBuiltinModule('module').createRequire('${root}/x.js').cache;
      const isLoaded = () => Object.keys(loaded() ?? {}).some((file) => file.includes('cognitiveservices-speech-sdk'));
      const client = createSpeechClient({ endpoint: '${emulator.url}', credential: { key: '${emulator.key}' } });
      const before = isLoaded();
      const heard = await client.recognise(Buffer.from('${wavOf(clip).toString('base64')}', 'base64'), { endpoint: ${JSON.stringify(endpoint)} });
      console.log(JSON.stringify([before, isLoaded(), heard.status]));`;
    const args = ['--input-type=module', '--eval', program];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 120_000 });
    expect(JSON.parse(stdout)).toEqual([false, true, 'Success']);
  });
});

describe('a stream through the SDK', () => {
  test.each(['as-given', 'real-time'] as const)(
    'reports its phrases with their times and latencies, %s',
    async (pace) => {
      const { client, endpoint } = await world();
      const short = clip.samples.subarray(0, 12_000);
      const audio = pace === 'as-given' ? clip.samples : short;
      const stream = await client.openStream({ endpoint, sampleRate: 8000, pace });
      await stream.send(bytesOf(audio));
      await stream.send(bytesOf(silence));
      if (pace === 'as-given') await stream.send(bytesOf(other.samples));
      const { phrases, disconnections, error } = await stream.close();
      expect(error).toBeUndefined();
      expect(disconnections).toBe(0);
      expect(phrases.map(({ status }) => status)).toEqual(pace === 'as-given' ? ['Success', 'Success'] : ['Success']);
      if (pace === 'as-given') {
        const expected = await Promise.all([clip, other].map((one) => client.recognise(wavOf(one), { endpoint })));
        expect(phrases.map(({ lexical }) => lexical)).toEqual(expected.map(({ lexical }) => lexical));
        expect(phrases[1]?.offsetSeconds).toBeGreaterThan(clip.samples.length / 8000);
      }
      for (const phrase of phrases) {
        expect(phrase.durationSeconds).toBeGreaterThan(0);
        expect(phrase.finalSeconds).toBeGreaterThan(0);
        expect(phrase.firstResultSeconds).toBeGreaterThan(0);
      }
    },
  );

  test('counts the drops that the SDK hides, and loses no phrase by them', async () => {
    const whole = await world();
    const expected = await whole.client.recognise(wavOf(clip), { endpoint: whole.endpoint });
    const { client, endpoint } = await world({ recognitionLimits: { connectionSeconds: 3 } });
    const stream = await client.openStream({ endpoint, sampleRate: 8000, pace: 'real-time' });
    await stream.send(bytesOf(clip.samples));
    await stream.send(bytesOf(silence));
    expect(stream.report().disconnections).toBeGreaterThan(0);
    const { phrases } = await stream.close();
    expect(phrases.map(({ lexical }) => lexical)).toEqual([expected.lexical]);
  });

  test('says what has ended it, and rejects what is sent after that', async () => {
    const { emulator, client, endpoint } = await world();
    await controlEmulator(emulator, '/faults', {
      method: 'POST',
      body: { operation: 'Recognise', kind: 'status', status: 503 },
    });
    const stream = await client.openStream({ endpoint, sampleRate: 8000, pace: 'as-given' });
    const { error, phrases } = await stream.close();
    expect(error).toMatchObject({ name: 'ServiceError', status: 503 });
    expect(phrases).toEqual([]);
    expect(await rejectionOf(stream.send(bytesOf(clip.samples)))).toBe(error);
  });

  test('ends with the reason of its signal', async () => {
    const { client, endpoint } = await world();
    const controller = new AbortController();
    const stream = await client.openStream({ endpoint, sampleRate: 8000, signal: controller.signal });
    const sending = rejectionOf(stream.send(bytesOf(clip.samples)));
    controller.abort(new Error('enough'));
    expect(await sending).toMatchObject({ message: 'enough' });
    expect(await rejectionOf(stream.close())).toMatchObject({ message: 'enough' });
  });

  test.each(['while it is opened', 'as soon as it is'])(
    'leaves no connection where its signal ends %s',
    async (when) => {
      const { emulator } = await world();
      const proxy = await startCallsProxy(emulator.url);
      onTestFinished(() => proxy.close());
      const client = clientOf({ url: proxy.url, key: emulator.key });
      // Its address leads through the proxy.
      const [endpoint] = await client.endpoints.list();
      if (endpoint === undefined) throw new Error('there is no endpoint');
      const listed = proxy.calls.length;
      const controller = new AbortController();
      const opening = client.openStream({ endpoint, sampleRate: 8000, signal: controller.signal });
      if (when === 'while it is opened') {
        controller.abort(new Error('enough'));
        expect(await rejectionOf(opening)).toMatchObject({ message: 'enough' });
      } else {
        await opening;
        controller.abort(new Error('enough'));
      }
      // By then a connection that was to be opened is.
      await client.recognise(wavOf(clip), { endpoint });
      await until(() => proxy.recognitions() === 0);
      if (when === 'while it is opened') expect(proxy.calls.length - listed).toBe(1);
    },
  );
});

/** An emulator that knows the clips, with an endpoint. */
async function world(options: Parameters<typeof startEmulator>[0] = {}) {
  const emulator = await startEmulator({ speed: 1e-6, ...options });
  onTestFinished(() => emulator.close());
  const client = clientOf(emulator);
  for (const { transcript, ...each } of clips) {
    const headers = { 'content-type': 'audio/wav' };
    const body = wavOf({ transcript, ...each });
    await controlEmulator(emulator, `/audio?transcript=${encodeURIComponent(transcript)}`, {
      method: 'POST',
      body,
      headers,
    });
  }
  const endpoint = await client.endpoints.create({ displayName: 'calls', locale: 'en-US' });
  return { emulator, client, endpoint };
}

/** An answer without the time that it took. */
function told({ firstResultSeconds: _first, finalSeconds: _final, ...answer }: Recognition) {
  return answer;
}

function clientOf(emulator: Pick<Emulator, 'url' | 'key'>, options: Partial<SpeechClientOptions> = {}) {
  return createSpeechClient({ endpoint: emulator.url, credential: { key: emulator.key }, ...options });
}

function bytesOf(samples: Int16Array): Uint8Array {
  // A part of a larger buffer, as audio that was read from somewhere is.
  const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  return Buffer.concat([Buffer.alloc(101, 77), bytes, Buffer.alloc(100, 77)]).subarray(101, 101 + bytes.length);
}
