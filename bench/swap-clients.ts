import { setTimeout as pause } from 'node:timers/promises';
import { openSdk, push, useWebSocket, type SdkSession } from '../test/emulator/realtime/sdk-client.ts';
import { recordings } from '../test/emulator/acoustic-zip.ts';
import { joined } from '../test/emulator/realtime/sdk-client.ts';
import { ward } from '../test/emulator/recognition/spoken-texts.ts';

/** What callers of an endpoint met with. */
export interface CallersTold {
  /** Phrases that streams were told, of those that they spoke. */
  readonly phrases: number;
  readonly spoken: number;
  readonly streams: number;
  readonly oneShots: number;
  /** Errors of streams and of single recognitions. */
  readonly failures: number;
  /** Connections that ended while a stream was going on. The client of Microsoft connects again by itself, and tells no error. */
  readonly drops: number;
  readonly firstFailure: string;
  /** Milliseconds of single recognitions. */
  readonly p50: number;
  readonly p95: number;
}

/** What the process is started with, as JSON. */
export interface Callers {
  readonly url: string;
  readonly key: string;
  readonly cid: string;
  readonly streams: number;
  readonly oneShots: number;
}

/**
 * Callers of an endpoint with Microsoft's client, in a process of their own: streams in real time, one after the other in each
 * lane, and single recognitions without a pause. A message ends them: streams go on to their end.
 */
const { url, key, cid, streams, oneShots } = JSON.parse(process.argv[2] ?? '{}') as Callers;
const client = { emulator: { url, key } };
const clips = recordings('ward', ward.slice(0, 4));
const silenceMilliseconds = 700;
const whole = joined(clips, silenceMilliseconds);
const chunk = 800;
const chunkMilliseconds = 100;
const over = new AbortController();
const told = { phrases: 0, spoken: 0, streams: 0, oneShots: 0, failures: 0, drops: 0, firstFailure: '' };
const milliseconds: number[] = [];

useWebSocket('npm');
process.once('message', () => over.abort());
const lanes = [
  ...Array.from({ length: streams }, async (_, index) => await streamInTurn(index)),
  ...Array.from({ length: oneShots }, async (_, index) => await recogniseInTurn(index)),
];
process.send?.('begun');
await Promise.all(lanes);
milliseconds.sort((one, other) => one - other);
const at = (share: number): number => Math.round(milliseconds[Math.floor(milliseconds.length * share)] ?? 0);
process.send?.({ ...told, p50: at(0.5), p95: at(0.95) } satisfies CallersTold);
process.disconnect();

async function streamInTurn(lane: number): Promise<void> {
  // Not all of them pause at the same moment.
  await pause((lane * 1300) % 5000);
  while (!over.signal.aborted) await stream();
}

async function stream(): Promise<void> {
  const session = openSdk(client, { cid });
  const { recognizer, audio, told: heard } = session;
  const stopped = new Promise<void>((resolve) => (recognizer.sessionStopped = () => resolve()));
  await new Promise<void>((resolve, reject) => recognizer.startContinuousRecognitionAsync(resolve, reject));
  const begun = performance.now();
  for (let from = 0, sent = 1; from < whole.length; from += chunk, sent += 1) {
    push(session, whole.subarray(from, from + chunk));
    await pause(Math.max(0, begun + sent * chunkMilliseconds - performance.now()));
  }
  audio.close();
  // A client that hangs is one that has failed.
  const isEnded = await Promise.race([stopped.then(() => true), pause(15_000, false)]);
  const dropped = heard.disconnected;
  await closed(session);
  told.streams += 1;
  told.spoken += clips.length;
  told.phrases += heard.results.filter(({ text }) => Boolean(text)).length;
  told.drops += dropped;
  const errors = heard.canceled.filter(({ errorDetails }) => errorDetails);
  if (errors.length > 0 || !isEnded) fail(errors[0]?.errorDetails ?? 'a stream did not end');
}

async function recogniseInTurn(lane: number): Promise<void> {
  for (let turn = lane; !over.signal.aborted; turn += 1) {
    const clip = clips[turn % clips.length];
    if (clip === undefined) return;
    const session = openSdk(client, { cid });
    push(session, clip.samples);
    session.audio.close();
    const begun = performance.now();
    const result = await Promise.race([session.once(), pause(15_000, undefined)]);
    milliseconds.push(performance.now() - begun);
    told.oneShots += 1;
    if (!result?.text) fail(result?.errorDetails ?? 'a recognition did not end');
    await closed(session);
    await pause(50);
  }
}

async function closed(session: SdkSession): Promise<void> {
  await Promise.race([session.close().catch(() => undefined), pause(2000)]);
}

function fail(reason: string): void {
  told.failures += 1;
  if (told.firstFailure === '') told.firstFailure = reason;
}
