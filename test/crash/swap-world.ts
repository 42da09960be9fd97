import { onTestFinished } from 'vitest';
import type { SwapWith } from '../../schemas/types.gen.ts';
import type { Redeployment } from '../../emulator/state/redeployment.ts';
import type { Ports, SpeechPort } from '../../workflows/engine/ports.ts';
import type { Endpoint } from '../../workflows/plan/speech-entities.ts';
import { createSpeechClient } from '../../workflows/speech/speech-client.ts';
import { swap } from '../../workflows/steps/swap/index.ts';
import { sleep } from '../../workflows/time/sleep.ts';
import { acousticZip, recordings, wavOf } from '../emulator/acoustic-zip.ts';
import { startClient, type Client } from '../emulator/client.ts';
import { gardening, ward, wardNotes } from '../emulator/recognition/spoken-texts.ts';
import { startCallsProxy, type CallsProxy } from './calls-proxy.ts';
import { createFakeWorld } from '../workflows/steps/fake-world.ts';
import { runStep, type Ran } from '../workflows/steps/run-step.ts';

/** An endpoint on the emulator that serves the first of two models, which an evaluation has measured both. */
export interface SwapWorld {
  readonly client: Client;
  readonly models: readonly [string, string];
  readonly said: string[];
  /** Stands between the steps and the service. */
  readonly proxy: CallsProxy;
  /** Runs a swap step to the model; `killAt`: ended at the call of the Speech resource with this number, from 1. */
  swapTo(
    model: string,
    options?: { readonly killAt?: number; readonly with?: Partial<SwapWith>; readonly runId?: string },
  ): Promise<Ran>;
  /** Whether the last run was ended at its `killAt`. */
  wasKilled(): boolean;
  endpoint(): Promise<Endpoint>;
  /** The names of the canaries that there are. */
  canaries(): Promise<readonly string[]>;
  /** The model that answers on the endpoint, by what it answers; waits for nothing. */
  served(): Promise<string>;
}

export const verify = {
  audio: 'smoke',
  channel: 'rest',
  streams: 0,
  every: 0.1,
  discriminate: 3,
  'settle-at-least': 600,
} as const;
const clips = recordings('test', ward.slice(0, 12));
const smoke = recordings('smoke', ['good morning how are you doing today']);

/** Nothing of the service takes real time but a redeployment, `redeploymentSeconds` of it. */
export async function openSwapWorld(
  redeployment: Redeployment,
  options: { readonly redeploymentSeconds: number },
): Promise<SwapWorld> {
  const client = await startClient({ redeployment });
  const { url, key } = client.emulator;
  for (const clip of smoke)
    await fetch(`${url}/_emulator/audio?transcript=${encodeURIComponent(clip.transcript)}`, {
      method: 'POST',
      headers: { 'Ocp-Apim-Subscription-Key': key, 'content-type': 'audio/wav' },
      body: wavOf(clip),
    });
  const dataset = await client.dataset({ kind: 'Acoustic' }, acousticZip(clips));
  const models = [
    (await client.model([await client.text(gardening)], { displayName: 'gardening' })).self,
    (await client.model([await client.text(wardNotes)], { displayName: 'ward' })).self,
  ] as const;
  const members = { displayName: 'both', locale: 'en-US', dataset };
  const evaluation = { ...members, model1: { self: models[0] }, model2: { self: models[1] } };
  await client.finished((await client.create('/evaluations', evaluation)).self);
  const made = await client.create('/endpoints', { displayName: 'ward', locale: 'en-US', model: { self: models[0] } });
  const { self } = await client.finished(made.self);
  await client.control('POST', '/clock', { speed: 300 / options.redeploymentSeconds });

  const pace = { pollFloorMilliseconds: 10, retryDelayMilliseconds: 5 };
  const proxy = await startCallsProxy(url);
  onTestFinished(() => proxy.close());
  const speech = createSpeechClient({ endpoint: proxy.url, credential: { key }, ...pace });
  const fake = createFakeWorld();
  const data: Ports['data'] = {
    ...fake.ports.data,
    utterances: async () => smoke.map((clip) => ({ ...clip, audio: wavOf(clip) })),
  };
  const clock = { now: () => new Date(), sleep };
  const said: string[] = [];
  let killed = false;
  const read = async (): Promise<Endpoint> => (await client.get(self)).body as Endpoint;
  // Each model alone on an endpoint, to compare with.
  const alone: Record<string, string> = {};
  for (const model of models) {
    const other = await client.create('/endpoints', { displayName: 'alone', locale: 'en-US', model: { self: model } });
    alone[model] = await heard(speech, (await client.finished(other.self)) as Endpoint);
  }
  return {
    client,
    models,
    said,
    proxy,
    wasKilled: () => killed,
    endpoint: read,
    async canaries() {
      const { values } = (await client.get('/endpoints', { query: { top: 100 } })).body;
      return (values as Endpoint[]).map(({ displayName }) => displayName).filter((name) => name.includes('-canary-'));
    },
    async served() {
      const now = await heard(speech, await read());
      return Object.keys(alone).find((model) => alone[model] === now) ?? 'neither';
    },
    async swapTo(model, { killAt = Infinity, with: change = {}, runId = 'run' } = {}) {
      killed = false;
      const end = new AbortController();
      const kill = (): never => {
        killed = true;
        const reason = new Error('killed');
        end.abort(reason);
        throw reason;
      };
      const ports = { speech: killing(speech, { killAt, kill }), data, clock };
      const wanted: SwapWith = {
        endpoint: 'ward',
        create: false,
        model,
        strategy: 'direct',
        verify,
        'min-days-left': 0,
        'settle-timeout': 60,
        ...change,
      };
      return await runStep(swap, wanted, { world: { ...fake, ports }, signal: end.signal, said, runId });
    },
  };
}

async function heard(speech: SpeechPort, endpoint: Endpoint): Promise<string> {
  const texts = await Promise.all(clips.map(async (clip) => await speech.recognise(wavOf(clip), { endpoint })));
  return texts.map(({ lexical }) => lexical).join('\n');
}

/** The same client, whose calls are counted and which dies at one of them, every other time when the service has answered. */
function killing(
  speech: SpeechPort,
  { killAt, kill }: { readonly killAt: number; readonly kill: () => never },
): SpeechPort {
  let calls = 0;
  const wrap = <T extends object>(part: T): T =>
    Object.fromEntries(
      Object.entries(part).map(([name, member]: [string, unknown]) => {
        if (typeof member === 'object' && member !== null) return [name, wrap(member)];
        if (typeof member !== 'function' || name === 'serviceTime' || name === 'samplesOf') return [name, member];
        return [
          name,
          async (...args: unknown[]) => {
            calls += 1;
            const isHere = calls === killAt;
            if (calls > killAt || (isHere && killAt % 2 === 0)) kill();
            const answer = (await (member as (...all: unknown[]) => unknown)(...args)) as unknown;
            if (isHere || calls > killAt) kill();
            return answer;
          },
        ];
      }),
    ) as T;
  return wrap(speech);
}
