import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { seededDraws } from '../../../emulator/state/faults.ts';
import { recordings, wavOf } from '../acoustic-zip.ts';
import { type Client, startClient } from '../client.ts';
import { ward } from '../recognition/spoken-texts.ts';
import {
  binaryMessage,
  bytesOf,
  openRaw,
  type RawConnection,
  requestIds,
  streamHeader,
  textMessage,
} from './raw-client.ts';

const [clip] = recordings('ward', ward.slice(0, 1)) as [ReturnType<typeof recordings>[0]];
const [one, two] = requestIds;
const v1 = '/speech/recognition/conversation/cognitiveservices/v1?language=en-US';

/** The first recognition of a process loads the words that models know. */
const patience = { timeout: 60_000 };

describe('a turn', () => {
  it('says nothing that breaks the client: X-RequestId in every message, no blank line in a body, turn.end last', async () => {
    const client = await startClient();
    await learn(client);
    const raw = await openRaw(client);
    begin(raw, one);
    speak(raw, one);
    await expect.poll(() => raw.paths().at(-1), patience).toBe('turn.end');
    expect(raw.paths()[0]).toBe('turn.start');
    expect(raw.paths().filter((path) => path !== 'speech.hypothesis')).toEqual([
      'turn.start',
      'speech.startDetected',
      'speech.phrase',
      'speech.endDetected',
      'turn.end',
    ]);
    for (const { headers, text } of raw.received) {
      expect(headers['x-requestid']).toBe(one.toLowerCase());
      expect(text).not.toContain('\r\n\r\n');
      expect(() => JSON.parse(text)).not.toThrow();
    }
    raw.socket.close();
  });

  it('ends after its empty audio, which may come twice and late, and makes room for the next', async () => {
    const client = await startClient();
    await learn(client);
    const raw = await openRaw(client);
    begin(raw, one);
    raw.audio(one, bytesOf(clip.samples));
    // A context of another request ends the turn that goes on; what comes late of it is passed over.
    begin(raw, two);
    raw.audio(one, bytesOf(clip.samples));
    raw.audio(one, Buffer.alloc(0));
    speak(raw, two);
    raw.audio(two, Buffer.alloc(0));
    await expect.poll(() => raw.paths().at(-1), patience).toBe('turn.end');
    const ended = raw.received.filter(({ headers }) => headers['path'] === 'turn.end');
    expect(ended.map(({ headers }) => headers['x-requestid'])).toEqual([two.toLowerCase()]);
    raw.text('telemetry', two);
    raw.socket.close();
    expect((await raw.closed).code).toBe(1005);
  });

  it('of one utterance ends with its phrase, although audio goes on', async () => {
    const client = await startClient();
    await learn(client);
    const raw = await openRaw(client);
    configured(raw).text('speech.context', one, '{"phraseDetection":{"mode":"Interactive","language":"en-US"}}');
    raw.audio(one, streamHeader);
    raw.audio(one, Buffer.concat([bytesOf(clip.samples), Buffer.alloc(16_000), bytesOf(clip.samples)]));
    raw.audio(one, Buffer.alloc(16_000));
    await expect.poll(() => raw.paths().at(-1), patience).toBe('turn.end');
    expect(raw.paths().filter((path) => path === 'speech.phrase')).toHaveLength(1);
    raw.socket.close();
  });

  it('hears audio whose pieces end within a sample', async () => {
    const client = await startClient();
    await learn(client);
    const raw = await openRaw(client);
    begin(raw, one);
    const bytes = bytesOf(clip.samples);
    for (let at = 0; at < bytes.length; at += 333) raw.audio(one, bytes.subarray(at, at + 333));
    raw.audio(one, Buffer.alloc(0));
    await expect.poll(() => raw.paths().at(-1), patience).toBe('turn.end');
    const phrase = raw.received.find(({ headers }) => headers['path'] === 'speech.phrase');
    expect(JSON.parse(phrase?.text ?? '')).toMatchObject({ RecognitionStatus: 'Success' });
    raw.socket.close();
  });

  it.each(['lost', 'truncated'])('is cut off before its phrase by the fault %s', async (kind) => {
    const client = await startClient();
    await learn(client);
    await client.addFault({ operation: 'Recognise', kind, count: 1 });
    const raw = await openRaw(client);
    begin(raw, one);
    speak(raw, one);
    expect((await raw.closed).code).toBe(1006);
    expect(raw.paths()).not.toContain('speech.phrase');
    expect((await client.control('GET', '/requests')).body.operations.Recognise).toEqual({ [kind]: 1 });
  });

  it('that is not the first of its connection meets faults of its own', async () => {
    const client = await startClient();
    await learn(client);
    const raw = await openRaw(client);
    begin(raw, one);
    speak(raw, one);
    await expect.poll(() => raw.paths().at(-1), patience).toBe('turn.end');
    await client.addFault({ operation: 'Recognise', kind: 'cut', count: 1 });
    begin(raw, two);
    expect((await raw.closed).code).toBe(1006);
  });

  it('is refused where the caller may not speak to the emulator', async () => {
    const client = await startClient();
    const url = `${client.emulator.url.replace('http', 'ws')}/stt/speech/universal/v2?language=en-US`;
    const key = { 'Ocp-Apim-Subscription-Key': client.emulator.key };
    expect(await statusOf(url, {})).toBe(403);
    expect(await statusOf(url, { 'Ocp-Apim-Subscription-Key': 'wrong' })).toBe(401);
    expect(await statusOf(url, { ...key, Origin: 'https://evil.example' })).toBe(403);
    expect(await statusOf(url, { ...key, Host: 'evil.example' })).toBe(421);
    expect(await statusOf(url.replace('v2', 'v9'), key)).toBe(404);
    expect(await statusOf(`${url}&Ocp-Apim-Subscription-Key=${client.emulator.key}`, {})).toBe(101);
    await client.control('POST', '/account', { disableLocalAuth: true });
    expect(await statusOf(url, key)).toBe(403);
  });
});

describe('what breaks the protocol', () => {
  it.each<[string, number, string, (raw: RawConnection) => void]>([
    ['text without blank line', 1007, 'blank line', ({ socket }) => socket.send('Path: speech.config')],
    ['a header without colon', 1007, 'no colon', ({ socket }) => socket.send('nonsense\r\n\r\n{}')],
    ['no Path', 1002, 'no header Path', ({ socket }) => socket.send(`X-RequestId: ${one}\r\n\r\n{}`)],
    ['no X-RequestId', 1002, 'X-RequestId', ({ socket }) => socket.send('Path: speech.config\r\n\r\n{}')],
    [
      'a wrong X-RequestId',
      1002,
      'no identifier',
      ({ socket }) => socket.send(textMessage('speech.config', 'x', '{}')),
    ],
    ['no JSON', 1007, 'no JSON object', (raw) => raw.text('speech.config', one, '{')],
    ['JSON that is no object', 1007, 'no JSON object', (raw) => raw.text('speech.config', one, '[]')],
    ['binary of one byte', 1007, 'shorter than its headers', ({ socket }) => socket.send(Buffer.from([1]))],
    ['headers beyond the end', 1007, 'shorter than its', ({ socket }) => socket.send(Buffer.from([8, 0, 65, 66]))],
    ['a message of 2 MiB', 1007, 'may have 1048576 bytes', ({ socket }) => socket.send(Buffer.alloc(2 * 1024 ** 2))],
    ['a context before the config', 1002, 'first message', (raw) => raw.text('speech.context', one)],
    ['audio before the config', 1002, 'first message', (raw) => raw.audio(one, streamHeader)],
    ['audio without context', 1002, 'before the speech.context', (raw) => configured(raw).audio(one, streamHeader)],
    ['audio without header', 1007, 'no WAV header', (raw) => withContext(raw).audio(one, Buffer.alloc(320))],
    [
      'a request that is over',
      1002,
      'used before',
      (raw) => {
        begin(raw, one);
        raw.audio(one, Buffer.alloc(0));
        raw.text('speech.context', one);
      },
    ],
  ])('%s closes with %i and a reason', async (_name, code, reason, send) => {
    const client = await startClient();
    const raw = await openRaw(client);
    send(raw);
    const closed = await raw.closed;
    expect(closed.code).toBe(code);
    expect(closed.reason).toContain(reason);
  });

  it('is bounded in memory by the library where a message is longer still', async () => {
    const raw = await openRaw(await startClient());
    raw.socket.send(Buffer.alloc(8 * 1024 ** 2));
    expect([1006, 1009]).toContain((await raw.closed).code);
  });

  it('of the first version may leave out the context', async () => {
    const client = await startClient();
    await learn(client);
    const raw = await openRaw(client, { path: v1 });
    configured(raw).audio(one, streamHeader);
    speak(raw, one);
    await expect.poll(() => raw.paths().at(-1), patience).toBe('turn.end');
    raw.socket.close();
  });

  it('of any kind ends as a close with a reason or an answer, never as an error of the emulator', async () => {
    const lines: string[] = [];
    const client = await startClient({ log: (line) => lines.push(line) });
    await learn(client);
    for (let seed = 1; seed <= 60; seed++) {
      const raw = await openRaw(client, { path: seed % 2 === 0 ? v1 : '/stt/speech/universal/v2?language=en-US' });
      for (const frame of garbage(seed)) raw.socket.send(frame);
      raw.socket.close();
      const { code, reason } = await raw.closed;
      expect([1002, 1005, 1007], `seed ${seed}`).toContain(code);
      if (code !== 1005) expect(reason, `seed ${seed}`).not.toBe('');
    }
    expect(lines.filter((line) => !line.includes('nobody has told'))).toEqual([]);
    const good = await openRaw(client);
    begin(good, one);
    speak(good, one);
    await expect.poll(() => good.paths(), patience).toContain('speech.phrase');
    good.socket.close();
  });
});

/** What a stranger sends: messages in any order, with any bytes changed, cut, doubled or foreign. */
function garbage(seed: number): readonly (string | Buffer)[] {
  const draw = seededDraws(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T;
  const context = JSON.stringify({
    phraseDetection: { mode: 'Interactive', language: 'en-US' },
    dgi: { groups: [{ items: [{ text: 5 }] }] },
  });
  const bodies = ['{}', context, '{"phraseDetection":7,"dgi":{"groups":{}},"phraseOutput":[]}', '', 'null', '{'];
  const audio = [
    streamHeader,
    Buffer.alloc(0),
    bytesOf(clip.samples.subarray(0, 4001)),
    bytesOf(clip.samples).subarray(1),
  ];
  const frames: (string | Buffer)[] = [textMessage('speech.config', one, '{}')];
  for (let count = 0; count < 12; count++) {
    const id = pick([one, one, one, two, 'x', '']);
    const path = pick(['audio', 'audio', 'speech.context', 'speech.config', 'telemetry', '', 'Audio ']);
    const frame =
      draw() < 0.4
        ? Buffer.from(textMessage(path, id, pick(bodies)))
        : binaryMessage(`Path: ${path}\r\nX-RequestId: ${id}\r\n`, pick(audio));
    if (draw() < 0.15) frame[Math.floor(draw() * frame.length)] = Math.floor(draw() * 128);
    const cut = draw() < 0.1 ? frame.subarray(0, Math.floor(draw() * frame.length)) : frame;
    frames.push(draw() < 0.3 ? cut.toString('latin1') : cut);
  }
  return frames;
}

async function learn(client: Client): Promise<void> {
  const path = `/audio?transcript=${encodeURIComponent(clip.transcript)}`;
  await client.control('POST', path, wavOf(clip), { 'content-type': 'audio/wav' });
}

function configured(raw: RawConnection): RawConnection {
  raw.text('speech.config', one);
  return raw;
}

function withContext(raw: RawConnection): RawConnection {
  configured(raw).text('speech.context', one);
  return raw;
}

function begin(raw: RawConnection, requestId: string): void {
  configured(raw).text('speech.context', requestId, '{"phraseDetection":{"mode":"Conversation","language":"en-US"}}');
  raw.audio(requestId, streamHeader);
}

function speak(raw: RawConnection, requestId: string): void {
  const bytes = bytesOf(clip.samples);
  for (let at = 0; at < bytes.length; at += 1600) raw.audio(requestId, bytes.subarray(at, at + 1600));
  raw.audio(requestId, Buffer.alloc(0));
}

async function statusOf(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const socket = new WebSocket(url, { headers });
  return await new Promise((resolve, reject) => {
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      resolve(response.statusCode ?? 0);
    });
    socket.on('open', () => {
      socket.close();
      resolve(101);
    });
    socket.on('error', reject);
  });
}
