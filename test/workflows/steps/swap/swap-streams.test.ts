import { describe, expect, it } from 'vitest';
import type { SwapWith } from '../../../../schemas/types.gen.ts';
import { swap } from '../../../../workflows/steps/swap/index.ts';
import {
  createFakeWorld,
  fakeEndpoint,
  fakeEvaluation,
  fakeModel,
  serviceError,
  type FakeStream,
  type FakeWorld,
} from '../fake-world.ts';
import { runStep } from '../run-step.ts';
import { markOf, newModel, oldModel, withoutRun } from './swap-settings.ts';
import { failure } from './swap-worlds.ts';

const verify = {
  audio: 'smoke',
  channel: 'sdk',
  streams: 3,
  every: 1,
  discriminate: 8,
  'settle-at-least': 600,
} as const;
const settings: SwapWith = {
  endpoint: 'call-center',
  create: false,
  strategy: 'direct',
  model: newModel,
  verify,
  'min-days-left': 30,
  'settle-timeout': 1800,
};
const gone = serviceError('no answer (503)', { status: 503, outcome: 'unknown' });
const refused = serviceError('no room (400)', { status: 400, outcome: 'refused' });
const denied = serviceError('no right (401)', { status: 401, outcome: 'refused' });

interface Watched {
  readonly world: FakeWorld;
  /** How many streams were open when the endpoint was given a model, or a mark. */
  readonly openAt: { readonly change: string; readonly streams: number }[];
}

function worldOf(stream?: (isNew: () => boolean) => FakeStream): Watched {
  const world = createFakeWorld();
  world.objects.models.push(fakeModel('old'), fakeModel('new'));
  world.objects.endpoints.push(fakeEndpoint('call-center', oldModel));
  world.objects.evaluations.push(fakeEvaluation('candidate', [newModel, oldModel]));
  world.texts[oldModel] = { 'ann-1.wav': 'a pet', 'bob-1.wav': 'some dogs' };
  world.texts[newModel] = { 'ann-1.wav': 'apex', 'bob-1.wav': 'some hogs' };
  if (stream !== undefined) world.openStream = (endpoint) => stream(() => endpoint().model?.self === newModel);
  const openAt: Watched['openAt'] = [];
  const { update } = world.ports.speech.endpoints;
  Object.assign(world.ports.speech.endpoints, {
    async update(...args: Parameters<typeof update>) {
      const [, change] = args;
      const name = change.model?.self ?? withoutRun(change.customProperties?.['speechops-swap']) ?? '';
      openAt.push({ change: name, streams: world.openStreams.size });
      const lastActionDateTime = world.ports.clock.now().toISOString();
      const changed = { ...(await update(...args)), lastActionDateTime };
      world.objects.endpoints[0] = { ...(world.objects.endpoints[0] ?? changed), lastActionDateTime };
      return changed;
    },
  });
  return { world, openAt };
}

describe('streams of a swap', () => {
  it('are open from before the change to the end of the proof, and lose nothing', async () => {
    const { world, openAt } = worldOf();
    const { outcome, said } = await runStep(swap, settings, { world });
    expect(openAt).toEqual([
      { change: newModel, streams: 3 },
      { change: 'proved new', streams: 0 },
    ]);
    const { outputs } = outcome as { readonly outputs: Readonly<Record<string, number>> };
    expect(outputs).toMatchObject({ streams: 3, streamPhrasesLost: 0, streamDrops: 0, streamFailures: 0 });
    expect(outputs['streamPhrases']).toBeGreaterThanOrEqual(3);
    expect(said).toContain('waiting for the first phrases of 3 streams');
    const summary = `3 streams (0 of ${outputs['streamPhrases']} phrases lost, 0 drops, 0 failures)`;
    expect(swap.summarise?.(outputs)).toContain(summary);
  });

  it('end before the service ends their connections, and others take their places', async () => {
    const { world } = worldOf();
    const lasted: number[] = [];
    const { clock, speech } = world.ports;
    const { openStream } = speech;
    speech.openStream = async (options) => {
      const from = clock.now().getTime();
      const stream = await openStream(options);
      const { close } = stream;
      stream.close = async () => {
        lasted.push((clock.now().getTime() - from) / 1000);
        return await close();
      };
      return stream;
    };
    // Nothing tells the models apart, so that the step waits ten minutes.
    const { outcome } = await runStep(swap, { ...settings, verify: { ...verify, discriminate: 0 } }, { world });
    const { outputs } = outcome as { readonly outputs: Readonly<Record<string, number>> };
    expect(outputs).toMatchObject({ streams: 3, streamPhrasesLost: 0, streamDrops: 0, streamFailures: 0 });
    expect(outputs['streamPhrases']).toBeGreaterThan(850);
    expect(lasted).toHaveLength(6);
    expect(Math.max(...lasted)).toBeLessThan(550);
    expect(new Set(lasted.slice(0, 3)).size).toBe(3);
  });

  it.each([
    [
      'it is not answered for an hour',
      serviceError('too many (429)', { status: 429, outcome: 'unknown' }),
      /^too many \(429\); no recognition was answered beside 3 streams\. Let `verify\.streams` be fewer, or ask Microsoft for more concurrent requests of the endpoint; endpoint call-center was not changed/,
    ],
    [
      'it fails',
      refused,
      /^Let `verify\.streams` be fewer, or ask Microsoft for more concurrent requests of the endpoint: a recognition failed beside 3 streams \(a\.wav: no room \(400\)\); nothing was changed$/,
    ],
  ])('change nothing where a recognition beside them would be none: %s', async (_, answer, message) => {
    const { world, openAt } = worldOf();
    const { recognise } = world;
    world.recognise = (...args) => (world.openStreams.size === 3 ? answer : recognise(...args));
    const error: unknown = await runStep(swap, settings, { world }).catch((reason: unknown) => reason);
    expect(String((error as Error).message)).toMatch(message);
    expect(openAt).toEqual([]);
    expect(world.openStreams.size).toBe(0);
  });

  it('are none where none are asked for', async () => {
    const { world, openAt } = worldOf();
    const { outcome } = await runStep(swap, { ...settings, verify: { ...verify, streams: 0 } }, { world });
    expect(openAt[0]).toEqual({ change: newModel, streams: 0 });
    expect(outcome).toMatchObject({ outputs: { streams: 0, streamPhrases: 0 } });
    expect(swap.summarise?.((outcome as { outputs: Record<string, string> }).outputs).join()).not.toContain('streams');
  });

  it('begin with different recordings, each with those of one sample rate', async () => {
    const { world } = worldOf();
    const sent: string[] = [];
    const { speech, data } = world.ports;
    const utterances = [1, 2, 3].map((name) => ({
      name: `${name}.wav`,
      audio: Uint8Array.of(name),
      transcript: 'one two three four',
    }));
    data.utterances = async () => utterances;
    speech.samplesOf = ([name = 0]) => ({
      sampleRate: name === 3 ? 16_000 : 8000,
      samples: new Uint8Array(name === 3 ? 32_000 : 16_000).fill(name),
    });
    const { openStream } = speech;
    let opened = 0;
    speech.openStream = async (options) => {
      const number = (opened += 1);
      const stream = await openStream(options);
      const send = stream.send;
      stream.send = async (samples) => {
        const [name = 0] = samples;
        if (name !== 0) sent.push(`${number} at ${options.sampleRate}: ${name}`);
        await send(samples);
      };
      return stream;
    };
    await runStep(swap, settings, { world });
    const first = (number: number) => sent.find((one) => one.startsWith(`${number} `));
    expect([first(1), first(2), first(3)]).toEqual(['1 at 8000: 1', '2 at 8000: 2', '3 at 16000: 3']);
    expect(sent.filter((one) => one.startsWith('3 ')).every((one) => one === '3 at 16000: 3')).toBe(true);
    expect(sent).toContain('1 at 8000: 2');
  });

  it.each<[string, (isNew: () => boolean) => FakeStream, RegExp, object]>([
    [
      'lose a phrase',
      (isNew) => ({ isLost: isNew }),
      /^\d+ of \d+ phrases of streams were lost during the swap; went back to the previous model and verified it$/,
      { streamDrops: 0, streamFailures: 0 },
    ],
    [
      'lose their connection, which costs no phrase',
      (isNew) => ({ drops: () => Number(isNew()) }),
      /^connections of streams were lost \d+ times during the swap; went back/,
      { streamPhrasesLost: 0, streamFailures: 0 },
    ],
    [
      'are refused',
      (isNew) => ({ error: () => (isNew() ? refused : undefined) }),
      /^3 of 3 streams failed \(no room \(400\)\) during the swap; went back/,
      { streamDrops: 0, streamFailures: 3 },
    ],
    [
      'get no answer any more',
      (isNew) => ({ error: () => (isNew() ? gone : undefined) }),
      /^3 of 3 streams failed \(no answer \(503\)\) during the swap; went back/,
      { streamFailures: 3 },
    ],
  ])('take the model back when they %s', async (_, stream, message, counts) => {
    const { world, openAt } = worldOf(stream);
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toMatch(message);
    expect(error.outputs).toMatchObject({ ...counts, streams: 3, rolledBack: true, heard: true, model: oldModel });
    expect([markOf(world), world.openStreams.size]).toEqual(['proved old', 0]);
    expect(openAt.map(({ change, streams }) => `${change}: ${streams}`)).toEqual([
      `${newModel}: 3`,
      `${oldModel}: 0`,
      'proved old: 0',
    ]);
  });

  it.each<[string, FakeStream, RegExp]>([
    ['fail', { error: () => refused }, /3 of 3 streams failed \(no room \(400\)\)/],
    ['get no phrase', { isLost: () => true }, /3 of 3 streams failed \(no phrase in answer to 3 recordings\)/],
    ['lose their connection', { drops: () => 1 }, /connections of streams were lost 3 times/],
  ])('change nothing when they %s before the change', async (_, stream, message) => {
    const { world, openAt } = worldOf(() => stream);
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toMatch(
      /^Mend endpoint call-center first, or let `verify\.streams` be fewer: .* before the swap; nothing was changed$/,
    );
    expect(error.message).toMatch(message);
    expect([openAt, world.openStreams.size]).toEqual([[], 0]);
  });

  it('wait for a service that does not answer yet, as it asks', async () => {
    const { world } = worldOf();
    const answers = [gone, serviceError('busy (429)', { status: 429, retryAfterSeconds: 7, outcome: 'refused' }), gone];
    world.openStream = () => answers.shift() ?? {};
    const { outcome, said } = await runStep(swap, settings, { world });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { streams: 3, streamFailures: 0 } });
    expect(said.join('\n')).toContain('no answer (503); opening streams again');
  });

  it('wait, too, when the service ends them before their first phrase', async () => {
    let ends = 4;
    const { world } = worldOf(() => ({ error: () => ((ends -= 1) >= 0 ? gone : undefined) }));
    const { outcome } = await runStep(swap, settings, { world });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { streams: 3, streamFailures: 0, streamPhrasesLost: 0 } });
    expect(ends).toBeLessThan(0);
  });

  it.each([
    ['does not answer in an hour', gone],
    ['lets nobody in', denied],
  ])('fail the run with nothing changed when the service %s', async (_, answer) => {
    const { world, openAt } = worldOf();
    let opened = 0;
    world.openStream = () => ((opened += 1) > 2 ? answer : {});
    const error: unknown = await runStep(swap, settings, { world }).catch((reason: unknown) => reason);
    expect(String(error)).toMatch(/^ServiceError: no .*\d\)(; endpoint call-center was not changed.*)?$/);
    expect([openAt, world.openStreams.size]).toEqual([[], 0]);
  });

  it('say nothing about a model when a right is lost meanwhile', async () => {
    const { world } = worldOf((isNew) => ({ error: () => (isNew() ? denied : undefined) }));
    const error: unknown = await runStep(swap, settings, { world }).catch((reason: unknown) => reason);
    expect(String(error)).toMatch(
      /^ServiceError: no right \(401\); endpoint call-center serves new, which is not prov/,
    );
    expect([markOf(world), world.openStreams.size]).toEqual(['unproved new', 0]);
  });

  it('are closed when the step is ended from outside, or by an error of the program', async () => {
    for (const reason of [new Error('Ctrl-C'), new TypeError('a mistake')]) {
      const { world } = worldOf();
      const stop = new AbortController();
      const { recognise } = world;
      world.recognise = (endpoint, audio) => {
        if (endpoint.model?.self !== newModel) return recognise(endpoint, audio);
        expect(world.openStreams.size).toBe(3);
        if (reason instanceof TypeError) throw reason;
        stop.abort(reason);
        return recognise(endpoint, audio);
      };
      await expect(runStep(swap, settings, { world, signal: stop.signal })).rejects.toBe(reason);
      expect(world.openStreams.size).toBe(0);
    }
  });

  it('are opened again for a model that an earlier run has left unproved', async () => {
    for (const isBad of [false, true]) {
      const { world, openAt } = worldOf(() => (isBad ? { drops: () => 1 } : {}));
      const customProperties = { 'speechops-swap': 'unproved new', 'speechops-previous-model': 'old' };
      world.objects.endpoints[0] = fakeEndpoint('call-center', newModel, { customProperties });
      const run = runStep(swap, settings, { world });
      if (isBad) {
        expect((await failure(run)).message).toMatch(/^connections of streams were lost .* went back/);
        expect(markOf(world)).toBe('proved old');
      } else {
        expect((await run).outcome).toMatchObject({ kind: 'done', outputs: { streams: 3, heard: true } });
        expect(openAt).toEqual([{ change: 'proved new', streams: 0 }]);
      }
      expect(world.openStreams.size).toBe(0);
    }
  });

  it('are opened after the change where the endpoint served nothing before', async () => {
    const { world, openAt } = worldOf();
    world.objects.endpoints[0] = fakeEndpoint('call-center', oldModel, { status: 'Failed' });
    world.settle = (wanted) => ({ ...wanted, status: 'Succeeded' });
    const { outcome } = await runStep(swap, settings, { world });
    expect(openAt[0]).toEqual({ change: newModel, streams: 0 });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { streams: 3, streamPhrasesLost: 0 } });
  });

  it('are refused over REST before anything is looked at', async () => {
    const { world } = worldOf();
    const wanted = { ...settings, verify: { ...verify, channel: 'rest' } } as const;
    const error = await failure(runStep(swap, wanted, { world }));
    expect(error.message).toBe('Let `verify.channel` be `sdk`, or leave `verify.streams` out: REST has no streams');
    expect(world.recognised).toEqual([]);
  });
});
