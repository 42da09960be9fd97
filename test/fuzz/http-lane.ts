import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { seededDraws } from '../../emulator/state/faults.ts';
import type { Emulator } from '../../emulator/start-emulator.ts';
import { controlEmulator } from '../emulator/control-emulator.ts';
import type { FuzzFailure, LaneOptions } from './fuzz-lane.ts';
import { fuzzRequest, type FuzzRequest, type Known } from './http-requests.ts';

/** Each so many requests go to a new emulator, whose objects, contents and clock are then read anew by a second one. */
const requestsOfEmulator = 1500;
/** Virtual seconds per real second: no request waits for a lifecycle, and the limit of requests is not reached. */
const speed = 100_000;
const patienceMilliseconds = 20_000;
const waitForRestMilliseconds = 50;

/**
 * Sends requests to emulators of its own on loopback, each a valid one that was changed in a few places. Resolves to what must
 * not be: a process that ends, a status of 500 or more that no fault was ordered for, no answer, a path or a stack trace in an
 * answer, a 2xx for somebody who has no right to it, or a resource that cannot be listed any more, a restart later too.
 * Ends early, with what was found, when the signal is aborted.
 */
export async function fuzzHttp(options: LaneOptions): Promise<readonly FuzzFailure[]> {
  const { seed, count, signal } = options;
  const failures: FuzzFailure[] = [];
  for (let done = 0; done < count; done += requestsOfEmulator) {
    if (signal.aborted) break;
    const task = {
      ...options,
      seed: seed + done / requestsOfEmulator,
      count: Math.min(requestsOfEmulator, count - done),
    };
    failures.push(...(await fuzzOneEmulator(task)));
  }
  return failures;
}

async function fuzzOneEmulator({ seed, count, signal, onDocument }: LaneOptions): Promise<readonly FuzzFailure[]> {
  const failures: FuzzFailure[] = [];
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'speechops-fuzz-'));
  const storage = createServer(answerFromStorage).listen(0, '127.0.0.1');
  await once(storage, 'listening');
  let served = await serve(dataDirectory);
  try {
    const draw = seededDraws(seed);
    const { port } = storage.address() as AddressInfo;
    const known: Known = { emulator: served.emulator, storage: `http://127.0.0.1:${port}/`, addresses: new Map() };
    for (let index = 0; index < count; index++) {
      if (signal.aborted) break;
      const request = fuzzRequest(draw, known);
      const start = performance.now();
      const problem = await faultOf(request, { known, served, dataDirectory });
      onDocument?.(performance.now() - start);
      if (problem === undefined) continue;
      // As far as the emulator's ids do not matter, the requests before it lead to it again.
      failures.push({ seed, count: index + 1, problem, input: request.head + request.body.toString('latin1') });
      if (served.hasEnded()) return failures;
    }
    const before = await faultOfResource(served.emulator);
    await served.stop();
    served = await serve(dataDirectory);
    const problem = before ?? (await faultOfResource(served.emulator));
    if (problem !== undefined) failures.push({ seed, count, problem, input: '' });
    return failures;
  } finally {
    await served.stop();
    storage.close();
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

/** Answers the challenge of a webhook, and everything else with a text. */
function answerFromStorage(request: IncomingMessage, response: ServerResponse): void {
  const { searchParams } = new URL(request.url ?? '/', 'http://storage');
  request.resume();
  response.setHeader('Connection', 'close');
  response.end(searchParams.get('validationToken') ?? '\uFEFFgood morning everyone\nthe nurse came\n');
}

interface Served {
  readonly emulator: Omit<Emulator, 'close'>;
  hasEnded(): boolean;
  /** The last that it said. */
  lastLog(): string;
  stop(): Promise<void>;
}

/** An emulator in a process of its own, which may end as it likes. */
async function serve(dataDirectory: string): Promise<Served> {
  const options = JSON.stringify({ dataDirectory, speed });
  const child: ChildProcess = fork(new URL('../emulator/emulator-process.ts', import.meta.url), [options], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log = `${log}${text}`.slice(-4000);
  });
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const ended = once(child, 'exit');
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [Omit<Emulator, 'close'> | number];
  if (typeof message !== 'object') throw new Error(`The emulator does not start: ${log}`);
  return {
    emulator: message,
    hasEnded,
    lastLog: () => log,
    async stop() {
      if (hasEnded()) return;
      // What changed last is written a moment later.
      await setTimeout(300);
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** What is wrong with the answer to a request; undefined when nothing is. */
async function faultOf(
  request: FuzzRequest,
  { known, served, dataDirectory }: { readonly known: Known; readonly served: Served; readonly dataDirectory: string },
): Promise<string | undefined> {
  const answer = await exchange(known.emulator, request);
  if (served.hasEnded()) return `the process ended: ${served.lastLog()}`;
  if (answer === undefined) return `no answer within ${patienceMilliseconds} ms`;
  const leaked = leakIn(answer, dataDirectory);
  if (leaked !== undefined) return `${leaked} in the answer: ${answer.slice(0, 500)}`;
  const status = statusOf(answer);
  if (status === undefined) return answer === '' || request.isBroken ? undefined : `no status: ${answer.slice(0, 200)}`;
  if (status >= 500) return `${answer.slice(0, 300)}\n${served.lastLog()}`;
  if (request.isStranger && status < 300) return `${status} for somebody without a right to it`;
  remember(known, answer);
  await undo(known.emulator, request);
  return undefined;
}

/** All that comes back until the connection ends; undefined when it does not end. */
async function exchange(emulator: Known['emulator'], request: FuzzRequest): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  const socket = connect(Number(new URL(emulator.url).port), '127.0.0.1');
  const over = new Promise<true>((resolve) => {
    socket.on('data', (chunk) => chunks.push(chunk));
    // A service that has refused a request need not read the rest of it.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(true));
  });
  socket.write(Buffer.concat([Buffer.from(request.head, 'latin1'), request.body]));
  const controller = new AbortController();
  const late = async (milliseconds: number): Promise<undefined> => {
    await setTimeout(milliseconds, undefined, { signal: controller.signal }).catch(() => undefined);
  };
  let isOver = request.isBroken ? await Promise.race([over, late(waitForRestMilliseconds)]) : undefined;
  if (request.isBroken && isOver === undefined) socket.end();
  isOver ??= await Promise.race([over, late(patienceMilliseconds)]);
  controller.abort();
  socket.destroy();
  return isOver === true ? Buffer.concat(chunks).toString('latin1') : undefined;
}

function statusOf(answer: string): number | undefined {
  const [, status] = /^(?:HTTP\/1\.1 100 Continue\r\n\r\n)?HTTP\/1\.1 (\d{3}) /.exec(answer) ?? [];
  return status === undefined ? undefined : Number(status);
}

const root = fileURLToPath(new URL('../..', import.meta.url));

function leakIn(answer: string, dataDirectory: string): string | undefined {
  if (/\n\s+at .+:\d+:\d+/.test(answer) || /\\n\s+at .+:\d+:\d+/.test(answer)) return 'a stack trace';
  const places = [root, dataDirectory, tmpdir() + path.sep, 'node_modules', 'node:internal'];
  const place = places.find((text) => answer.includes(text));
  return place === undefined ? undefined : `the path ${place}`;
}

const addressPattern =
  /http:\/\/127\.0\.0\.1:\d+\/(?:speechtotext|customspeech-artifacts)\/(?:(models\/base|[a-z]+)\/)?[\da-f-]{36}[^"\s\\]*/g;

/** Addresses in the answer are asked for later, the newest of each collection. */
function remember({ addresses }: Known, answer: string): void {
  for (const [address, collection = ''] of answer.matchAll(addressPattern)) {
    const others = addresses.get(collection)?.filter((other) => other !== address) ?? [];
    addresses.set(collection, [...others.slice(-9), address]);
  }
}

/** What the control API may have been told would look like failures of what follows: faults, a slow clock, a deleted account. */
async function undo(emulator: Known['emulator'], { head }: FuzzRequest): Promise<void> {
  if (!/^\S+ \/_emulator/.test(head)) return;
  await controlEmulator(emulator, '/faults', { method: 'DELETE' });
  await controlEmulator(emulator, '/clock', { body: { speed } });
  await controlEmulator(emulator, '/account', { body: { isDeleted: false, disableLocalAuth: false } });
}

/** Whether everything can still be listed, and the clock told. */
async function faultOfResource(emulator: Known['emulator']): Promise<string | undefined> {
  const paths = ['projects', 'datasets', 'models', 'models/base', 'evaluations', 'endpoints', 'webhooks'];
  for (const collection of paths) {
    const url = `${emulator.url}/speechtotext/${collection}?api-version=2025-10-15`;
    const { status } = await fetch(url, { headers: { 'Ocp-Apim-Subscription-Key': emulator.key } });
    if (status !== 200) return `afterwards the list of ${collection} is answered with ${status}`;
  }
  const clock = await controlEmulator(emulator, '/clock');
  return clock.status === 200 ? undefined : `afterwards the clock is answered with ${clock.status}`;
}
