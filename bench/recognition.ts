import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { WebSocket } from 'ws';
import { createSpeechClient } from '../workflows/speech/speech-client.ts';
import { idOf } from '../workflows/speech/references.ts';
import { sleep } from '../workflows/time/sleep.ts';
import { binaryMessage, bytesOf, streamHeader, textMessage } from '../test/emulator/realtime/raw-client.ts';
import { benchClips, type EmulatorUsage } from './recognition-emulator.ts';

/**
 * What the emulator bears of recognition over WebSocket, which comes from this process: one-shots as fast as they go, each with a connection of
 * its own as Microsoft's SDK has it, and streams at the speed of speech. The messages are those of the SDK, without its cost: it takes twice the
 * CPU of the emulator. Prints rates, latencies, and the emulator's CPU, peak memory and event loop lag. Fails when a recognition fails, hears another
 * text than at first, or fewer than 150 one-shots a second are answered. `npm run bench:recognition [-- seconds streams]`
 */
const seconds = Number(process.argv[2] ?? 8);
const streams = Number(process.argv[3] ?? 300);
const bounds = { oneShotsPerSecond: 150 };
const concurrency = 40;

interface Address {
  readonly url: string;
  readonly key: string;
}

interface Phrase {
  readonly RecognitionStatus: string;
  readonly DisplayText?: string;
}

const failures: string[] = [];
const emulator = fork(path.join(import.meta.dirname, 'recognition-emulator.ts'));
try {
  const [address] = (await once(emulator, 'message')) as [Address];
  const endpoints = await makeEndpoints(address);
  const expected: string[] = [];
  for (const index of benchClips.keys()) expected.push(await oneShot(address, { cid: endpoints[0] ?? '', index }));
  await usageOf(emulator);

  const latencies: number[] = [];
  const end = performance.now() + seconds * 1000;
  await Promise.all(
    Array.from({ length: concurrency }, async (_, worker) => {
      for (let count = worker; performance.now() < end; count += 1) {
        const index = count % benchClips.length;
        const started = performance.now();
        const cid = endpoints[worker % endpoints.length] ?? '';
        const text = await oneShot(address, { cid, index }).catch((error: unknown) => String(error));
        latencies.push(performance.now() - started);
        if (text !== expected[index]) failures.push(`one-shot: ${text}`);
      }
    }),
  );
  const rate = latencies.length / seconds;
  console.log(`one-shots: ${rate.toFixed(0)} a second, ${concurrency} at a time; ${latencyOf(latencies)}`);
  const usage = await usageOf(emulator);
  const each = (usage.cpuSeconds * 1000) / latencies.length;
  console.log(`  the emulator: ${told(usage)}; ${each.toFixed(1)} ms of CPU each`);
  if (rate < bounds.oneShotsPerSecond) failures.push(`fewer than ${bounds.oneShotsPerSecond} one-shots a second`);

  const finals: number[] = [];
  let phrases = 0;
  await Promise.all(
    Array.from({ length: streams }, async (_, number) => {
      await sleep((number / streams) * 1000);
      const cid = endpoints[number % endpoints.length] ?? '';
      const heard = await stream(address, { cid, first: number, onFinal: (latency) => finals.push(latency) });
      phrases += heard.length;
      for (const [index, text] of heard.entries()) {
        if (text !== expected[(number + index) % benchClips.length]) failures.push(`stream ${number}: ${text}`);
      }
    }),
  );
  console.log(
    `streams: ${streams} at the speed of speech, ${phrases} phrases; after the last word ${latencyOf(finals)}`,
  );
  console.log(`  the emulator: ${told(await usageOf(emulator))}`);
} finally {
  emulator.disconnect();
}
for (const failure of failures.slice(0, 10)) console.error(`failed: ${failure}`);
if (failures.length > 0) console.error(`${failures.length} failures`);
process.exitCode = failures.length > 0 ? 1 : 0;

/** So many that each has fewer recognitions at a time than it takes. */
async function makeEndpoints({ url, key }: Address): Promise<readonly string[]> {
  const client = createSpeechClient({ endpoint: url, credential: { key } });
  const count = Math.ceil(streams / 90);
  const made = await Promise.all(
    Array.from({ length: count }, (_, index) => client.endpoints.create({ displayName: `e${index}`, locale: 'en-US' })),
  );
  return made.map(({ self }) => idOf(self));
}

interface Turn {
  send(audio: Uint8Array): void;
  /** The texts of the phrases, when the turn has ended. */
  readonly ended: Promise<readonly string[]>;
}

async function openTurn(
  { url, key }: Address,
  of: { readonly cid: string; readonly mode: string; readonly onPhrase?: () => void },
): Promise<Turn> {
  const address = `${url.replace('http', 'ws')}/stt/speech/universal/v2?cid=${of.cid}`;
  const socket = new WebSocket(address, { headers: { 'Ocp-Apim-Subscription-Key': key } });
  const requestId = crypto.randomUUID().replaceAll('-', '');
  const texts: string[] = [];
  const { promise: ended, resolve, reject } = Promise.withResolvers<readonly string[]>();
  socket.on('message', (data: Buffer) => {
    const message = data.toString();
    if (message.includes('Path:speech.phrase')) {
      const { RecognitionStatus, DisplayText = '' } = JSON.parse(message.slice(message.indexOf('\r\n\r\n'))) as Phrase;
      texts.push(RecognitionStatus === 'Success' ? DisplayText : RecognitionStatus);
      of.onPhrase?.();
    } else if (message.includes('Path:turn.end')) {
      resolve(texts);
      socket.close();
    }
  });
  socket.on('error', reject);
  socket.on('close', (code, reason) => reject(new Error(`closed ${code} ${reason.toString()}`)));
  ended.catch(() => undefined);
  await Promise.race([once(socket, 'open'), ended]);
  socket.send(textMessage('speech.config', requestId, '{"context":{}}'));
  const context = { phraseDetection: { mode: of.mode, language: 'en-US' } };
  socket.send(textMessage('speech.context', requestId, JSON.stringify(context)));
  const head = `Path: audio\r\nX-RequestId: ${requestId}\r\n`;
  socket.send(binaryMessage(head, streamHeader));
  return { ended, send: (audio) => socket.send(binaryMessage(head, audio)) };
}

async function oneShot(
  address: Address,
  { cid, index }: { readonly cid: string; readonly index: number },
): Promise<string> {
  const turn = await openTurn(address, { cid, mode: 'Interactive' });
  for (const piece of piecesOf(clipBytes(index))) turn.send(piece);
  turn.send(new Uint8Array(0));
  return (await turn.ended).join(' | ');
}

/** Recordings one after the other, with silences that end their phrases. */
async function stream(
  address: Address,
  of: { readonly cid: string; readonly first: number; readonly onFinal: (milliseconds: number) => void },
): Promise<readonly string[]> {
  let saidAt = 0;
  const onPhrase = (): void => of.onFinal(performance.now() - saidAt);
  const turn = await openTurn(address, { cid: of.cid, mode: 'Conversation', onPhrase });
  const started = performance.now();
  let sent = 0;
  for (let turnCount = 0; performance.now() - started < seconds * 1000; turnCount += 1) {
    const words = clipBytes((of.first + turnCount) % benchClips.length);
    for (const piece of piecesOf(Buffer.concat([words, Buffer.alloc(16_000 * 0.8)]))) {
      await sleep(Math.max(0, started + (sent / 16_000) * 1000 - performance.now()));
      turn.send(piece);
      sent += piece.length;
      const isSpeech = piece.some((byte) => byte !== 0);
      if (isSpeech) saidAt = performance.now();
    }
  }
  turn.send(new Uint8Array(0));
  return await turn.ended;
}

/** 100 ms each, as the SDK sends them. */
function piecesOf(audio: Buffer): readonly Buffer[] {
  return Array.from({ length: Math.ceil(audio.length / 1600) }, (_, index) =>
    audio.subarray(index * 1600, (index + 1) * 1600),
  );
}

function clipBytes(index: number): Buffer {
  return bytesOf(benchClips[index]?.samples ?? new Int16Array(0));
}

async function usageOf(child: ChildProcess): Promise<EmulatorUsage> {
  child.send('usage');
  const [usage] = (await once(child, 'message')) as [EmulatorUsage];
  return usage;
}

function told({ cpuSeconds, peakMegabytes, lagP99Milliseconds, lagMostMilliseconds }: EmulatorUsage): string {
  return `${cpuSeconds.toFixed(1)} s of CPU, peak ${peakMegabytes.toFixed(0)} MB, event loop lag p99 ${lagP99Milliseconds.toFixed(0)} ms, at most ${lagMostMilliseconds.toFixed(0)} ms`;
}

function latencyOf(milliseconds: readonly number[]): string {
  const sorted = milliseconds.toSorted((one, other) => one - other);
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(0);
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`;
}
