import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLocalData } from '../workflows/data/local-data.ts';
import type { Ports } from '../workflows/engine/ports.ts';
import { StepFailure, type StepContext, type StepKind, type StepOutcome } from '../workflows/engine/step-kind.ts';
import { createSpeechClient } from '../workflows/speech/speech-client.ts';
import { evaluate } from '../workflows/steps/evaluate/index.ts';
import { swap } from '../workflows/steps/swap/index.ts';
import { train } from '../workflows/steps/train.ts';
import { upload } from '../workflows/steps/upload/index.ts';
import { systemClock } from '../workflows/time/system-clock.ts';
import type { EmulatorOptions } from '../emulator/start-emulator.ts';
import type { Redeployment } from '../emulator/state/redeployment.ts';
import type { SwapWith } from '../schemas/types.gen.ts';
import { recordings, wavOf } from '../test/emulator/acoustic-zip.ts';
import { controlEmulator } from '../test/emulator/control-emulator.ts';
import { everyday, ward, wardNotes } from '../test/emulator/recognition/spoken-texts.ts';
import type { Callers, CallersTold } from './swap-clients.ts';

/** A Speech resource in a process of its own with an endpoint and two models of it, and callers that go through a proxy. */
export interface SwapWorld {
  readonly ports: Ports;
  /** The models: one trained on what is said, and one on something else. */
  readonly good: string;
  readonly poor: string;
  /** Id of the endpoint. */
  readonly endpoint: string;
  /** Gives a model to the endpoint as the step does; the failure where the step fails. */
  swap(model: string, change?: SwapChange): Promise<StepOutcome | StepFailure>;
  /** The words that the endpoint answers to a recording of the test set, and those that each model does. */
  answers(): Promise<string>;
  readonly texts: Readonly<Record<string, string>>;
  /** Begins to call; the returned function ends it, and says what the callers met with. */
  call(callers: Pick<Callers, 'streams' | 'oneShots'>): Promise<() => Promise<CallersTold>>;
  /** Ends every connection of the callers. */
  cutCallers(): void;
  fault(order: object): Promise<void>;
  close(): Promise<void>;
}

export interface SwapChange {
  readonly ports?: Ports;
  readonly settings?: Partial<SwapWith>;
}

export async function openSwapWorld(redeployment: Redeployment): Promise<SwapWorld> {
  const folder = await mkdtemp(path.join(tmpdir(), 'speechops-bench-swap-'));
  await writeData(folder);
  const proxy = await openProxy();
  const emulator = await startProcess({
    redeployment,
    speed,
    allowedHosts: [`127.0.0.1:${proxy.port}`],
    audioDirectories: [path.join(folder, 'smoke')],
  });
  proxy.target = Number(new URL(emulator.url).port);
  const ports: Ports = {
    speech: createSpeechClient({
      endpoint: emulator.url,
      credential: { key: emulator.key },
      pollFloorMilliseconds: 100,
      retryDelayMilliseconds: 50,
    }),
    data: createLocalData({ roots: [folder] }),
    clock: systemClock(),
  };
  const step = async <With extends object>(
    kind: StepKind<With>,
    id: string,
    settings: With,
    at = ports,
  ): Promise<StepOutcome> =>
    await kind.run(
      { with: settings, step: { id }, pipeline: { name: 'bench', locale: 'en-US' }, resource: emulator.url, folder },
      contextOf(at),
    );
  const { endpoint, good, poor } = await prepare(step);
  const swapTo: SwapWorld['swap'] = async (model, { ports: other, settings } = {}) => {
    const wanted: SwapWith = { ...swapSettings, model, ...settings };
    return await step(swap, 'swap', wanted, other).catch((error: unknown) => {
      if (error instanceof StepFailure) return error;
      throw error;
    });
  };
  const recording = recordings('ward', ward)[0];
  const answers = async (): Promise<string> => {
    const entity = await ports.speech.endpoints.get(endpoint);
    if (recording === undefined || entity === undefined) throw new Error('There is no endpoint');
    return (await ports.speech.recognise(wavOf(recording), { endpoint: entity })).lexical;
  };
  const texts: Record<string, string> = {};
  for (const model of [poor, good]) {
    const given = await swapTo(model);
    if (given instanceof StepFailure) throw given;
    texts[model] = await answers();
  }
  if (texts[good] === texts[poor]) throw new Error('The models cannot be told apart');
  return {
    ports,
    good,
    poor,
    endpoint,
    texts,
    swap: swapTo,
    answers,
    cutCallers: () => proxy.cut(),
    fault: async (order) => void (await controlEmulator(emulator, '/faults', { body: order })),
    async call({ streams, oneShots }) {
      const cid = endpoint.split('/').at(-1)?.split('?')[0] ?? '';
      const callers: Callers = { url: `http://127.0.0.1:${proxy.port}`, key: emulator.key, cid, streams, oneShots };
      const child = fork(new URL('swap-clients.ts', import.meta.url), [JSON.stringify(callers)]);
      await messageOf(child);
      return async () => {
        const told = messageOf(child);
        child.send('end');
        return (await told) as CallersTold;
      };
    },
    async close() {
      emulator.child.kill();
      proxy.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Seconds of the service in one of the machine: a redeployment takes half a second. */
const speed = 600;

/** Whether audio is a recording of the test set, whose recordings tell the models apart. */
export function isOfTestSet(audio: Uint8Array): boolean {
  return testSet.some((clip) => wavOf(clip).equals(audio));
}

const testSet = recordings('ward', ward.slice(0, 12));

/** How swaps are proved here. */
export const verify = {
  audio: 'smoke',
  channel: 'sdk',
  every: 0.2,
  discriminate: 8,
  streams: 0,
  'settle-at-least': 600,
} as const;

const swapSettings: Omit<SwapWith, 'model'> = {
  endpoint: 'ward',
  create: true,
  strategy: 'direct',
  verify,
  'min-days-left': 0,
  'settle-timeout': 20,
};

async function writeData(folder: string): Promise<void> {
  const sets = { test: testSet, smoke: recordings('everyday', everyday.slice(0, 3)) };
  for (const [name, clips] of Object.entries(sets)) {
    await mkdir(path.join(folder, name));
    for (const clip of clips) await writeFile(path.join(folder, name, clip.name), wavOf(clip));
    const lines = clips.map((clip) => `${clip.name}\t${clip.transcript}`);
    await writeFile(path.join(folder, name, 'trans.txt'), `\u{FEFF}${lines.join('\n')}\n`);
  }
  await writeFile(path.join(folder, 'ward.txt'), `${wardNotes.join('\n')}\n`);
  await writeFile(path.join(folder, 'everyday.txt'), `${everyday.slice(20).join('\n')}\n`);
}

type Step = <With extends object>(kind: StepKind<With>, id: string, settings: With) => Promise<StepOutcome>;

/** The test set, both models, their evaluation and the endpoint. */
async function prepare(
  step: Step,
): Promise<{ readonly endpoint: string; readonly good: string; readonly poor: string }> {
  const data = {
    locale: 'en-US',
    'text-normalization': 'Default',
    'max-rejected': 0,
    check: 'fail',
    via: 'blocks',
    'read-with': 'signature',
  } as const;
  const dataset = await output(
    step(upload, 'test', { ...data, kind: 'Acoustic', from: 'test', name: 'test' }),
    'dataset',
  );
  const models: string[] = [];
  for (const name of ['ward', 'everyday']) {
    const text = await output(step(upload, name, { ...data, kind: 'Language', from: `${name}.txt`, name }), 'dataset');
    models.push(
      await output(
        step(train, name, { datasets: [text], 'base-model': 'newest', name, 'if-wer-above-by': 'point' }),
        'model',
      ),
    );
  }
  const [good = '', poor = ''] = models;
  const measured = { name: 'both', dataset, model: good, against: poor, 'min-improvement': 0, 'min-words': 0 };
  await step(evaluate, 'both', measured);
  const endpoint = await output(step(swap, 'swap', { ...swapSettings, model: good }), 'endpoint');
  return { endpoint, good, poor };
}

async function output(done: Promise<StepOutcome>, name: string): Promise<string> {
  const outcome = await done;
  if (outcome.kind === 'skipped') throw new Error(outcome.reason);
  return String(outcome.outputs[name]);
}

function contextOf(ports: Ports): StepContext {
  const { signal } = new AbortController();
  return {
    ports,
    signal,
    runId: 'bench',
    startedAt: '',
    changedBefore: undefined,
    since: new Date().toISOString(),
    decision: async () => undefined,
    leaving: () => undefined,
    sample: () => undefined,
    report:
      process.env['SPEECHOPS_BENCH_LOG'] === undefined ? () => undefined : (message) => console.log(`  ${message}`),
    effect: async (_, { act }) => await act(),
    cleanUp: async (_, act) => await act({ ports, signal }),
  };
}

interface EmulatorProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly key: string;
}

async function startProcess(options: EmulatorOptions): Promise<EmulatorProcess> {
  const child = fork(new URL('../test/emulator/emulator-process.ts', import.meta.url), [JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  return { ...((await messageOf(child)) as Omit<EmulatorProcess, 'child'>), child };
}

/** The next message of a process; rejects when it ends without one. */
async function messageOf(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit').then(() => {
    throw new Error('A process has ended early');
  });
  return await Promise.race([once(child, 'message').then(([message]: unknown[]) => message), ended]);
}

/** Passes connections on, and can cut them all. */
async function openProxy(): Promise<{ readonly port: number; target: number; cut(): void; close(): void }> {
  const sockets = new Set<Socket>();
  const proxy = { port: 0, target: 0, cut: () => sockets.forEach((socket) => void socket.destroy()), close: () => {} };
  const server = createServer((caller) => {
    const service = connect(proxy.target, '127.0.0.1');
    for (const [socket, other] of [
      [caller, service],
      [service, caller],
    ] as const) {
      sockets.add(socket);
      socket
        .on('error', () => undefined)
        .once('close', () => {
          sockets.delete(socket);
          other.destroy();
        });
      socket.pipe(other);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(proxy, {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      proxy.cut();
    },
  });
}
