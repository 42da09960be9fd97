import { describe, expect, it } from 'vitest';
import type { RunPoint, SwapWith } from '../../../../schemas/types.gen.ts';
import type { Endpoint } from '../../../../workflows/plan/speech-entities.ts';
import { swap } from '../../../../workflows/steps/swap/index.ts';
import {
  createFakeWorld,
  fakeBaseModel,
  fakeEndpoint,
  fakeEvaluation,
  fakeModel,
  serviceError,
  type FakeWorld,
} from '../fake-world.ts';
import { runStep } from '../run-step.ts';
import { markOf, newModel, oldModel, settings, verify } from './swap-settings.ts';
import { failure } from './swap-worlds.ts';

const base = 'https://speech/models/base/newest';
const texts = {
  [oldModel]: { 'ann-1.wav': 'a pet', 'ann-2.wav': 'an old cat', 'bob-1.wav': 'some dogs', 'eve-1.wav': 'same' },
  [newModel]: { 'ann-1.wav': 'apex', 'ann-2.wav': 'an old bat', 'bob-1.wav': 'some hogs', 'eve-1.wav': 'same' },
};

interface AtOnce {
  readonly world: FakeWorld;
  /** Seconds since the first request, by the clock of the run. */
  seconds(): number;
  /** When an endpoint was given which model, in seconds. */
  readonly changes: { readonly model: string; readonly at: number }[];
  /** The model that answers. */
  served(): string;
}

/**
 * A service that says at once that an endpoint has Succeeded with the new model, while the previous one answers for as long as a
 * redeployment takes, and that refuses another change of the model meanwhile.
 */
function atOnce(redeployment: (model: string) => number = () => 300): AtOnce {
  const world = createFakeWorld();
  const { clock, speech } = world.ports;
  world.objects.models.push(fakeModel('old'), fakeModel('new'));
  world.objects.endpoints.push(fakeEndpoint('call-center', oldModel));
  world.objects.evaluations.push(fakeEvaluation('candidate', [newModel, oldModel]));
  Object.assign(world.texts, texts);
  const start = clock.now().getTime();
  const seconds = (): number => (clock.now().getTime() - start) / 1000;
  const changes: AtOnce['changes'] = [];
  let serves = { model: oldModel, next: oldModel, from: 0 };
  const served = (): string => (seconds() >= serves.from ? serves.next : serves.model);
  const { update } = speech.endpoints;
  Object.assign(speech.endpoints, {
    async update(...[reference, change, options]: Parameters<typeof update>) {
      const model = change.model?.self;
      if (model === undefined) return await update(reference, change, options);
      if (seconds() < serves.from)
        throw serviceError('Conflict (EndpointNotUpdatable)', { status: 409, outcome: 'refused' });
      serves = { model: served(), next: model, from: seconds() + redeployment(model) };
      changes.push({ model, at: seconds() });
      const lastActionDateTime = clock.now().toISOString();
      const changed = { ...(await update(reference, change, options)), lastActionDateTime };
      world.objects.endpoints[0] = changed;
      return changed;
    },
  });
  world.hear = (_, recording) => world.texts[served()]?.[recording] ?? '';
  return { world, seconds, changes, served };
}

/** The same, where the model of the endpoint has expired. */
function withExpiredModel(): AtOnce {
  const service = atOnce();
  const { baseModels, models } = service.world.objects;
  baseModels.push(fakeBaseModel('newest', { created: '2025-01-01T00:00:00Z' }));
  const past = { transcriptionDateTime: '2026-05-01T00:00:00Z' };
  models[0] = fakeModel('old', { properties: { deprecationDates: past } });
  return service;
}

const secondsOf = (moment: unknown): number => (Date.parse(String(moment)) - Date.parse('2026-06-01T00:00:00Z')) / 1000;

describe('a swap that hears which model answers', () => {
  it('waits while the previous model answers although the endpoint names the new one, and says when that ended', async () => {
    const { world, served } = atOnce();
    const { outcome, said } = await runStep(swap, settings, { world });
    expect(outcome).toMatchObject({
      kind: 'done',
      outputs: { heard: true, discriminating: 3, neitherAnswers: 0, probeFailures: 0, rolledBack: false },
    });
    const { outputs } = outcome as { readonly outputs: Readonly<Record<string, unknown>> };
    expect(secondsOf(outputs['lastOfPrevious'])).toBeLessThan(300);
    expect(secondsOf(outputs['lastOfPrevious'])).toBeGreaterThan(290);
    expect(secondsOf(outputs['firstOfCandidate'])).toBeGreaterThanOrEqual(300);
    expect(secondsOf(outputs['heardAt'])).toBeGreaterThan(secondsOf(outputs['firstOfCandidate']));
    expect([served(), markOf(world)]).toEqual([newModel, 'proved new']);
    expect(said.join('\n')).toContain('3 recordings of evaluation candidate tell the models apart');
    // Five minutes of the same answers are told once a minute, with the end of the waiting.
    expect(
      said.filter((line) => /3 as by old, 0 as by neither; waiting until 00:3\d UTC at most$/.test(line)),
    ).toHaveLength(4);
    expect(swap.summarise?.(outputs as Record<string, string>)).toContain('heard on 3 recordings');
  });

  it('tells models of one name, as one step trains them, apart by their ids', async () => {
    const { world } = atOnce();
    world.objects.models.splice(0, 2, fakeModel('old', { displayName: 'm' }), fakeModel('new', { displayName: 'm' }));
    const { said } = await runStep(swap, settings, { world });
    expect(said.join('\n')).toContain('0 are answered as by m (new), 3 as by m (old), 0 as by neither');
    const before = atOnce().world.objects;
    const { summary } = swap.plan(
      { known: settings, with: settings, waitsFor: [], step: { id: 's' }, pipeline: { name: 'p', locale: 'en-US' } },
      { ...before, models: world.objects.models, observedAt: '2026-06-01T00:00:00Z', localData: {}, urls: {} },
    );
    expect(summary).toContain('endpoint call-center: m (old) -> m (new); ');
  });

  it('keeps each recognition in time, and whose answer it was: before the change, after it, and on the way back', async () => {
    const there = atOnce();
    const seen: RunPoint[] = [];
    const { outcome } = await runStep(swap, settings, { world: there.world, samples: seen });
    const changedAt = outcome.kind === 'skipped' ? '' : String(outcome.outputs['changedAt']);
    expect(secondsOf(changedAt)).toBe(there.changes[0]?.at);
    // Until the redeployment ends the model before answers, and then the new one.
    const told = seen.filter(({ answeredBy }) => answeredBy !== undefined);
    const begins = secondsOf(changedAt) + 300;
    expect(told.length).toBeGreaterThan(100);
    expect(told.filter(({ at, answeredBy }) => answeredBy !== (secondsOf(at) < begins ? 'previous' : 'model'))).toEqual(
      [],
    );
    expect(seen.map(({ at }) => at)).toEqual(seen.map(({ at }) => at).toSorted());

    // The new model never answers: the one before does on the way back, too, where it is the one that is wanted.
    const back = atOnce((model) => (model === newModel ? 1e9 : 0));
    const onTheWay: RunPoint[] = [];
    await failure(runStep(swap, { ...settings, 'settle-timeout': 60 }, { world: back.world, samples: onTheWay }));
    expect(new Set(onTheWay.flatMap(({ answeredBy }) => answeredBy ?? []))).toEqual(new Set(['previous']));
  });

  it('is not content with one round', async () => {
    const { world } = atOnce(() => 0);
    let rounds = 0;
    const { hear } = world;
    // One round is like the new model by chance, then the previous one answers on.
    world.hear = (endpoint, recording) => {
      if (endpoint.model?.self === newModel) rounds += 1;
      const isOld = rounds > 4 && rounds <= 40;
      return isOld ? (texts[oldModel] as Record<string, string>)[recording]! : hear(endpoint, recording);
    };
    await runStep(swap, settings, { world });
    expect(rounds).toBeGreaterThan(40);
  });

  it('goes back at settle-timeout from a model that never answers, and hears the previous one', async () => {
    const { world, changes, served } = atOnce((model) => (model === newModel ? 1e9 : 0));
    const { update } = world.ports.speech.endpoints;
    // A service that takes another change, though it never makes the one before.
    let isStuck = false;
    Object.assign(world.ports.speech.endpoints, {
      async update(...args: Parameters<typeof update>) {
        const [reference, change] = args;
        if (!isStuck || change.model === undefined) {
          isStuck = change.model !== undefined;
          return await update(...args);
        }
        changes.push({ model: change.model?.self ?? '', at: changes.length });
        return (world.objects.endpoints[0] = {
          ...(world.objects.endpoints[0] as Endpoint),
          ...(change as Partial<Endpoint>),
          self: reference,
        });
      },
    });
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toMatch(
      /^Endpoint call-center does not answer as the model that it names after 1800 s \(settle-timeout\): of 3 recordings that tell the models apart 0 are answered as by new, 3 as by old, 0 as by neither; went back to the previous model and verified it$/,
    );
    expect(error.outputs).toMatchObject({ rolledBack: true, heard: true, model: oldModel });
    expect([served(), markOf(world)]).toEqual([oldModel, 'proved old']);
  });

  it.each([
    ['the new model', (recording: string) => (texts[newModel] as Record<string, string>)[recording]],
    ['a third one', () => 'something else entirely'],
  ])('changes nothing when the endpoint answers as %s before the change', async (_, answer) => {
    const { world, changes } = atOnce();
    world.hear = (_endpoint, recording) => answer(recording) ?? '';
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toMatch(
      /^Look at endpoint call-center first, which does not answer as the model that it serves: of 3 .* ignores the id of the endpoint, or the endpoint is still being redeployed, or has fallen back to another model; nothing was changed$/,
    );
    expect([changes, markOf(world)]).toEqual([[], undefined]);
  });

  it('takes one answer that is another for no reason, and two for one', async () => {
    for (const [wrong, fails] of [
      [['ann-1.wav'], false],
      [['ann-1.wav', 'bob-1.wav'], true],
    ] as const) {
      const { world } = atOnce();
      const { hear } = world;
      world.hear = (endpoint, recording) =>
        (wrong as readonly string[]).includes(recording) ? 'what nobody said' : hear(endpoint, recording);
      const run = runStep(swap, settings, { world });
      if (fails) expect((await failure(run)).message).toContain('nothing was changed');
      else {
        const { outcome } = await run;
        expect(outcome).toMatchObject({ kind: 'done', outputs: { heard: true } });
        const { outputs } = outcome as { readonly outputs: Readonly<Record<string, number>> };
        expect(outputs['neitherAnswers']).toBeGreaterThan(2);
      }
    }
  });

  it('waits out a redeployment on the way back, and hears the previous model when that has ended', async () => {
    const { world, changes, served } = atOnce();
    let recognitions = 0;
    const good = world.recognise;
    world.recognise = (endpoint, audio) => {
      recognitions += 1;
      return recognitions === 2 ? { status: 'NoMatch', lexical: '', display: '' } : good(endpoint, audio);
    };
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toContain('1 recognition failed while it changed (a.wav: NoMatch); went back');
    expect(error.outputs).toMatchObject({ rolledBack: true, heard: true, model: oldModel });
    expect([served(), markOf(world)]).toEqual([oldModel, 'proved old']);
    expect(changes.map(({ model }) => model)).toEqual([newModel, oldModel]);
  });

  it('goes back when the deployment fails after the service has said that it has succeeded', async () => {
    const { world, seconds } = atOnce((model) => (model === newModel ? 100 : 0));
    const { wait } = world.ports.speech.endpoints;
    Object.assign(world.ports.speech.endpoints, {
      async wait(...args: Parameters<typeof wait>) {
        const read = await wait(...args);
        const isOver = seconds() >= 50 && read.model?.self === newModel;
        return isOver
          ? { ...read, status: 'Failed', properties: { error: { code: 'NoRoom', message: 'full' } } }
          : read;
      },
    });
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toContain(
      'The deployment failed: full [NoRoom]; went back to the previous model and verified',
    );
    expect(seconds()).toBeLessThan(1000);
  });

  it('fails with nothing changed when the service takes no change as long as settle-timeout', async () => {
    const { world, seconds } = atOnce();
    Object.assign(world.ports.speech.endpoints, {
      async update() {
        throw serviceError('Conflict', { status: 409, outcome: 'refused' });
      },
    });
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toBe(
      'The endpoint was at work for more than 1800 s (settle-timeout): Conflict; nothing was changed',
    );
    expect(seconds()).toBeGreaterThanOrEqual(1800);
    expect(world.objects.endpoints[0]?.model?.self).toBe(oldModel);
  });

  it('says on a way back that fails that nobody has heard which model answers', async () => {
    const { world } = atOnce((model) => (model === newModel ? 0 : 1e9));
    world.recognise = ({ model }) => ({
      status: 'Success',
      lexical: model?.self === newModel ? 'one' : 'one two three four',
      display: '',
    });
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toMatch(
      /going back to the previous model failed too: Endpoint call-center does not answer as the model that it names .* now: nobody has heard which model answers there$/,
    );
    expect(error.outputs).toMatchObject({ rolledBack: false, heard: false });
    expect(markOf(world)).toBe('unproved old after new');
  });

  it('hears the new model where each model was measured alone, on the same data', async () => {
    const { world } = atOnce();
    world.objects.evaluations.splice(
      0,
      1,
      fakeEvaluation('old-alone', [oldModel, oldModel]),
      fakeEvaluation('new-alone', [newModel, newModel], { createdDateTime: '2026-02-01T00:00:00Z' }),
      fakeEvaluation('elsewhere', [newModel, newModel], {
        createdDateTime: '2026-03-01T00:00:00Z',
        dataset: { self: 'https://speech/datasets/others' },
      }),
    );
    const { outcome, said } = await runStep(swap, settings, { world });
    expect(outcome).toMatchObject({ outputs: { heard: true, discriminating: 3 } });
    expect(said.join('\n')).toContain('3 recordings of evaluation new-alone tell the models apart');
  });

  it('hears the new model on recordings of all parts of a set, of whose evaluations none tells the models apart alone', async () => {
    const { world } = atOnce();
    const datasetOf = (part: number): string => `https://speech/datasets/part-${part}`;
    const parts = [1, 2, 3].map((part) =>
      fakeEvaluation(`measured (${part} of 3)`, [newModel, oldModel], {
        self: `https://speech/evaluations/e${part}`,
        dataset: { self: datasetOf(part) },
      }),
    );
    world.objects.evaluations.splice(0, 1, ...parts);
    const owners = new Map<string, string>();
    for (const part of [1, 2, 3]) {
      world.objects.datasets.push({ ...world.objects.models[0]!, kind: 'Acoustic', self: datasetOf(part) });
      const own = Object.entries(texts).map(([model, all]) => {
        const some = Object.entries(all).filter((_, index) => index % 3 === part - 1);
        for (const [recording] of some) owners.set(recording, datasetOf(part));
        return [model, Object.fromEntries(some)];
      });
      world.textsOn[datasetOf(part)] = Object.fromEntries(own);
    }
    const { readRecordings } = world.ports.speech;
    // Each recording is in the archive of its part alone.
    world.ports.speech.readRecordings = async (archive, wanted, options) => {
      const there = wanted.filter((name) => archive.self.startsWith(`${owners.get(name)}/`));
      return await readRecordings(archive, there, options);
    };
    const { outcome, said } = await runStep(swap, settings, { world });
    expect(outcome).toMatchObject({ outputs: { heard: true, discriminating: 3 } });
    expect(said.join('\n')).toContain('3 recordings of evaluation measured tell the models apart');
  });

  it('asks an endpoint whose model has expired to answer as the newest base model', async () => {
    const { world } = withExpiredModel();
    world.objects.evaluations.push(fakeEvaluation('fallen-back', [newModel, base]));
    world.texts[base] = texts[oldModel] as Record<string, string>;
    world.texts[oldModel] = {};
    const { hear } = world;
    world.hear = (endpoint, recording) => hear(endpoint, recording) || (world.texts[base]?.[recording] ?? '');
    const { outcome } = await runStep(swap, settings, { world });
    expect(outcome).toMatchObject({ outputs: { heard: true, discriminating: 3 } });
  });

  it('goes back to the newest base model where the model before has expired, which the service does not take again', async () => {
    const { world, served, changes } = withExpiredModel();
    world.objects.evaluations.push(fakeEvaluation('fallen-back', [newModel, base]));
    world.texts[base] = texts[oldModel] as Record<string, string>;
    world.recognise = () => ({
      status: 'Success',
      lexical: served() === newModel ? 'hardly so' : 'one two three four',
      display: '',
    });
    await expect(runStep(swap, settings, { world })).rejects.toThrow(
      /went back to the previous model and verified it$/,
    );
    expect(changes.map(({ model }) => model)).toEqual([newModel, base]);
    expect(world.objects.endpoints[0]).toMatchObject({
      model: { self: base },
      customProperties: { 'speechops-swap': expect.stringMatching(/^proved base\/newest$/) },
    });
  });

  it('goes back to nothing where the model before has expired and the candidate is the base model that answers', async () => {
    const { world, changes } = withExpiredModel();
    world.recognise = () => ({ status: 'Success', lexical: 'hardly so', display: '' });
    const { message } = await failure(runStep(swap, { ...settings, model: 'base' }, { world }));
    expect(message).toContain('has no previous model to go back to, stays unproved');
    expect(changes.map(({ model }) => model)).toEqual([base]);
  });
});

describe('the plan of a swap', () => {
  const planOf = (world: FakeWorld, wanted: SwapWith = settings) => {
    const { objects } = world;
    const facts = { ...objects, observedAt: '2026-06-01T00:00:00Z', localData: {}, urls: {} };
    const pipeline = { name: 'pipeline', locale: 'en-US' };
    return swap.plan({ known: wanted, with: wanted, waitsFor: [], pipeline, step: { id: 'go-live' } }, facts).summary;
  };

  it('says on which recordings the model will be heard, or that nobody will hear it and why', () => {
    const { world } = atOnce();
    expect(planOf(world)).toBe('endpoint call-center: old -> new; heard on up to 8 recordings of evaluation candidate');
    const off = { ...settings, verify: { ...verify, discriminate: 0 } };
    expect(planOf(world, off)).toBe('endpoint call-center: old -> new; nobody will hear which model answers');
    world.objects.evaluations.pop();
    expect(planOf(world)).toBe(
      'endpoint call-center: old -> new; nobody will hear which model answers, as no evaluation has measured both',
    );
    world.objects.endpoints[0] = fakeEndpoint('call-center', newModel, {
      customProperties: { 'speechops-swap': 'unheard new' },
    });
    expect(planOf(world)).toBe('endpoint call-center serves new already, which nobody has heard there');
  });
});

describe('a swap to a model that nothing tells apart', () => {
  it.each<[string, (world: FakeWorld) => void, SwapWith, string]>([
    [
      'there is no evaluation of both',
      (world) => void world.objects.evaluations.pop(),
      settings,
      'no evaluation has measured both models on one dataset',
    ],
    [
      'both recognised the same',
      (world) => void (world.texts[newModel] = world.texts[oldModel] ?? {}),
      settings,
      'both recognised the same in evaluation candidate',
    ],
    [
      'all recordings are too long',
      (world) => void Object.assign(world.ports.data, { whyNotRecognised: () => 'has 61 s' }),
      settings,
      'no recording on which they differ in evaluation candidate can be recognised at once',
    ],
    [
      'the archive cannot be read',
      (world) =>
        void Object.assign(world.ports.speech, {
          async readRecordings() {
            throw serviceError('Cannot read it (403)', { status: 403, outcome: 'refused' });
          },
        }),
      settings,
      'Cannot read it (403)',
    ],
    ['it is turned off', () => undefined, { ...settings, verify: { ...verify, discriminate: 0 } }, 'discriminate is 0'],
  ])('says that %s, waits, and marks it unheard', async (_, prepare, wanted, why) => {
    const { world, served, seconds } = atOnce();
    prepare(world);
    const { outcome, said } = await runStep(swap, wanted, { world });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { heard: false, discriminating: 0, probeFailures: 0 } });
    expect(seconds()).toBeGreaterThanOrEqual(600);
    expect(seconds()).toBeLessThan(610);
    expect([served(), markOf(world)]).toEqual([newModel, 'unheard new']);
    expect(said.join('\n')).toContain(why);
    const { outputs } = outcome as { readonly outputs: Readonly<Record<string, string>> };
    expect(outputs['heardAt']).toBeUndefined();
    expect(outputs['probes']).toBeGreaterThan(500);
    expect(swap.summarise?.(outputs)).toContain('unheard: nobody knows which model answers');
  });

  it('is served for a later run, which says so and takes nothing back', async () => {
    const { world, changes } = atOnce();
    world.objects.evaluations.pop();
    await runStep(swap, settings, { world, runId: 'before' });
    const { outcome, effects, said } = await runStep(swap, settings, { world });
    expect([effects, changes.length]).toEqual([[], 1]);
    expect(outcome).toMatchObject({
      kind: 'reused',
      outputs: { heard: false, model: newModel, previousModel: oldModel },
    });
    expect(said.join('\n')).toContain('nobody has heard that endpoint call-center answers as the model that it names');
    expect(markOf(world)).toBe('unheard new');
    world.recognise = () => ({ status: 'NoMatch', lexical: '', display: '' });
    expect((await failure(runStep(swap, settings, { world }))).message).toContain('was not changed');
    expect(changes).toHaveLength(1);
  });

  it('goes back without hearing it, and says that', async () => {
    const { world, changes, served } = atOnce();
    world.objects.evaluations.pop();
    world.recognise = ({ model }) => ({
      status: 'Success',
      lexical: model?.self === newModel ? 'one' : 'one two three four',
      display: '',
    });
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toMatch(/75\.0 % .* went back to the previous model: .* nobody has heard it: no evaluation/);
    expect(error.outputs).toMatchObject({ rolledBack: true, heard: false, model: oldModel });
    expect([served(), markOf(world)]).toEqual([oldModel, 'unheard old']);
    expect((changes[1]?.at ?? 0) - (changes[0]?.at ?? 0)).toBeGreaterThanOrEqual(600);
  });
});
