import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/start-emulator.ts';
import type { CopyWith } from '../../../schemas/types.gen.ts';
import { type Ports, ServiceError, type SpeechPort } from '../../../workflows/engine/ports.ts';
import type { Facts } from '../../../workflows/plan/facts.ts';
import { copiedFromProperty, digestProperty, entityId } from '../../../workflows/plan/identity.ts';
import type { CustomModel } from '../../../workflows/plan/speech-entities.ts';
import type { StepPlan } from '../../../workflows/plan/step-plan.ts';
import { createSpeechClient } from '../../../workflows/speech/speech-client.ts';
import { copy } from '../../../workflows/steps/copy/index.ts';
import { copiedProperty, copyMark, likelyCopy, endsSoon } from '../../../workflows/steps/copy/copied-model.ts';
import { systemClock } from '../../../workflows/time/system-clock.ts';
import { createFakeWorld, fakeModel } from './fake-world.ts';
import { controlEmulator } from '../../emulator/control-emulator.ts';
import { type Ran, runStep } from './run-step.ts';

let emulators: readonly Emulator[] = [];
let worlds = 0;

beforeAll(async () => {
  const start = async (name: string): Promise<Emulator> =>
    await startEmulator({ speed: 1000, account: { name, location: `${name}europe` } });
  emulators = await Promise.all(['west', 'east'].map(start));
});
afterAll(async () => void (await Promise.all(emulators.map(async (one) => await one.close()))));

interface World {
  readonly source: SpeechPort;
  readonly target: SpeechPort;
  readonly sourceUrl: string;
  readonly targetUrl: string;
  readonly model: CustomModel;
  readonly wanted: CopyWith;
  readonly digest: string;
  /** The copies of the model at the target. */
  copies(): Promise<readonly CustomModel[]>;
  /** The mark on the model at the source, as it is now. */
  mark(): Promise<string | undefined>;
  /** `said` gets what the step reports, also when it fails. */
  run(
    change?: Partial<SpeechPort>,
    how?: {
      readonly account?: string;
      readonly said?: string[];
      readonly locale?: string;
      readonly target?: Partial<SpeechPort>;
    },
  ): Promise<Ran>;
  plan(known?: Partial<CopyWith>, locale?: string, change?: Partial<SpeechPort>): Promise<StepPlan>;
}

/** Two Speech resources, the first of which has one more model that a pipeline has trained. */
async function twoResources(): Promise<World> {
  const [one, other] = emulators;
  if (one === undefined || other === undefined) throw new Error('No emulators');
  const name = `calls ${(worlds += 1)}`;
  const digest = String(worlds).padStart(64, '0');
  const [source, target] = [one, other].map(({ url, key }) =>
    createSpeechClient({ endpoint: url, credential: { key }, pollFloorMilliseconds: 20 }),
  );
  if (source === undefined || target === undefined) throw new Error('No clients');
  const made = await source.datasets.create({ displayName: 'text', locale: 'en-US', kind: 'Language' });
  await source.datasets.uploadContent(
    made.self,
    (async function* () {
      yield Buffer.from('\uFEFFgood morning how did you sleep\n');
    })(),
  );
  await source.datasets.wait(made.self);
  const { self } = await source.models.create({
    displayName: name,
    locale: 'en-US',
    datasets: [{ self: made.self }],
    customProperties: { [digestProperty]: digest },
  });
  const model = await source.models.wait(self);
  const wanted: CopyWith = { model: self, from: one.url, account: one.resourceId };
  const fake = createFakeWorld();
  const clock = systemClock();
  const factsOf = async (speech: SpeechPort): Promise<Facts> => {
    const [models, baseModels] = await Promise.all([speech.models.list(), speech.baseModels.list()]);
    const nothing = { ...fake.objects, endpoints: [], localData: {}, urls: {} };
    return { ...nothing, models, baseModels, observedAt: (speech.serviceTime?.() ?? new Date()).toISOString() };
  };
  return {
    source,
    target,
    sourceUrl: one.url,
    targetUrl: other.url,
    model,
    wanted,
    digest,
    copies: async () => (await target.models.list()).filter(({ displayName }) => displayName === name),
    mark: async () => (await source.models.get(self))?.customProperties?.[copyMark(other.url)],
    async run(change = {}, { account = wanted.account, said = [], locale = 'en-US', target: changed = {} } = {}) {
      const ports: Ports = {
        ...fake.ports,
        speech: { ...target, ...changed },
        // The test does not wait for a minute.
        clock: { ...clock, sleep: async (milliseconds, signal) => await clock.sleep(milliseconds / 100, signal) },
        speechAt: (url) => (url === one.url ? { ...source, ...change } : undefined),
      };
      return await runStep(
        copy,
        { ...wanted, account },
        { world: { ports }, resource: other.url, project: 'Calls', said, locale },
      );
    },
    async plan(known = wanted, locale = 'en-US', change = {}) {
      const [here, there] = await Promise.all([factsOf(target), factsOf({ ...source, ...change })]);
      const about = { step: { id: 'copy' }, pipeline: { name: 'p', locale }, resource: other.url };
      const waitsFor = known.model === undefined ? ['train'] : [];
      const all = known.model === undefined ? undefined : wanted;
      return copy.plan({ ...about, known, with: all, waitsFor, factsAt: () => there }, here);
    },
  };
}

function endingAt(model: CustomModel, transcriptionDateTime: string): CustomModel {
  return { ...model, properties: { ...model.properties, deprecationDates: { transcriptionDateTime } } };
}

describe('copy', () => {
  it('brings a model to another resource once, by its digest, with the project of the pipeline', async () => {
    const world = await twoResources();
    expect(await world.plan()).toMatchObject({
      action: 'create',
      summary: `copy ${world.model.displayName} from ${new URL(world.sourceUrl).host}`,
    });
    const { outcome, effects, said } = await world.run();
    expect(effects).toEqual(['copy-model', 'create-project', 'update-model']);
    expect(said).toContain(`the copy of ${world.model.displayName} is Succeeded`);
    const [copied, ...others] = await world.copies();
    expect(others).toEqual([]);
    expect(copied?.customProperties).toMatchObject({
      [digestProperty]: world.digest,
      'speechops-pipeline': 'pipeline',
      [copiedFromProperty]: world.model.self,
    });
    expect(copied?.project?.self).toContain('/projects/');
    expect(outcome).toMatchObject({
      kind: 'done',
      outputs: { model: copied?.self, source: entityId(world.model.self), expires: expect.stringMatching(/^\d{4}-/) },
    });
    expect(await world.mark()).toBeUndefined();
    const source = await world.source.models.get(world.model.self);
    expect(source?.customProperties).toEqual({
      ...world.model.customProperties,
      [copiedProperty]: expect.stringMatching(/^\d{4}-.*Z$/),
    });

    expect(await world.plan()).toMatchObject({ action: 'reuse', outputs: { model: copied?.self } });
    const again = await world.run();
    expect([again.outcome.kind, again.effects]).toEqual(['reused', []]);

    // A process that ended right after the copy had arrived has left its mark.
    const left = { ...world.model.customProperties, [copyMark(world.targetUrl)]: 'began 2026-01-01T00:00:00.000Z' };
    await world.source.models.update(world.model.self, { customProperties: left });
    expect(await world.plan()).toMatchObject({ action: 'reuse', effects: ['update-model'] });
    expect((await world.run()).outcome.kind).toBe('reused');
    expect(await world.mark()).toBeUndefined();
  });

  it('notes its source by the base URL that the pipeline has for it, and no source where the copy has no room', async () => {
    const world = await twoResources();
    const { models } = world.source;
    // The service may name the host of the region.
    const regional = { ...world.model, self: world.model.self.replace(/\/\/[^/]+/, '//west.api.example') };
    await world.run({ models: { ...models, get: async () => regional } });
    const [copied] = await world.copies();
    expect(copied?.customProperties?.[copiedFromProperty]).toBe(world.model.self);

    const full = await twoResources();
    const own = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`own-${index}`, 'x']));
    const wait: SpeechPort['models']['wait'] = async (self, options) => {
      await full.target.models.update(self, { customProperties: own });
      return await full.target.models.wait(self, options);
    };
    expect((await full.run({}, { target: { models: { ...full.target.models, wait } } })).outcome.kind).toBe('done');
    const [at] = await full.copies();
    expect([Object.keys(at?.customProperties ?? {}).length, at?.customProperties?.[digestProperty]]).toEqual([
      10,
      full.digest,
    ]);
  });

  it('says what a prune needs to know where the source has no room for the mark that it was copied', async () => {
    const world = await twoResources();
    const { customProperties = {}, self, displayName } = world.model;
    const more = Array.from({ length: 10 - Object.keys(customProperties).length }, (_, index) => [`own-${index}`, 'x']);
    await world.source.models.update(self, { customProperties: { ...customProperties, ...Object.fromEntries(more) } });
    const { outcome, said } = await world.run();
    expect(outcome.kind).toBe('done');
    expect(said).toContain(
      `${displayName} has ten custom properties, and none says that it was copied: let \`served-at\` of a \`prune\` there name this Speech resource`,
    );
  });

  it('waits for a copy that a run before it began, by the mark on the model at the source', async () => {
    const world = await twoResources();
    const { copies } = world.source;
    const killed = { ...copies!, wait: async () => await Promise.reject(new Error('killed')) };
    await expect(world.run({ copies: killed })).rejects.toThrow('killed');
    expect(await world.mark()).toMatch(/^[0-9a-f-]{36}$/);
    expect(await world.plan()).toMatchObject({ action: 'adopt' });
    await world.run();
    expect(await world.copies()).toHaveLength(1);
    expect(await world.mark()).toBeUndefined();
  });

  it('looks for a copy that the service had taken when the process was killed, and makes no other', async () => {
    const world = await twoResources();
    const { copies } = world.source;
    const killed = {
      ...copies!,
      async begin(...how: Parameters<NonNullable<typeof copies>['begin']>) {
        await copies!.begin(...how);
        throw new Error('killed');
      },
    };
    await expect(world.run({ copies: killed })).rejects.toThrow('killed');
    expect(await world.mark()).toMatch(/^began /);
    await expect.poll(async () => (await world.copies()).length, { timeout: 60_000 }).toBe(1);
    expect(await world.plan()).toMatchObject({ action: 'adopt', summary: expect.stringContaining('under way') });
    const { outcome } = await world.run();
    expect(outcome.kind).toBe('done');
    expect(await world.copies()).toHaveLength(1);
    expect(await world.mark()).toBeUndefined();
  });

  it('plans to copy, and says what it looks for, where the process was killed before the service had taken the copy', async () => {
    const world = await twoResources();
    const { copies } = world.source;
    const killed = { ...copies!, begin: async () => await Promise.reject(new Error('killed')) };
    await expect(world.run({ copies: killed })).rejects.toThrow('killed');
    const [, began] = /^began (.+)$/.exec((await world.mark()) ?? '') ?? [];
    expect(await world.plan()).toMatchObject({
      action: 'create',
      summary: `copy ${world.model.displayName} from ${new URL(world.sourceUrl).host}, unless one is found within a minute: a run was about to begin it at ${began}`,
    });
    const { outcome, said } = await world.run();
    expect(outcome.kind).toBe('done');
    expect(said).toEqual(
      expect.arrayContaining([
        `looking for a minute whether the copy of ${world.model.displayName} is there that was about to begin at ${began}`,
        `there is no such copy of ${world.model.displayName}, and another one begins`,
      ]),
    );
    expect(await world.mark()).toBeUndefined();
  });

  it('leaves no mark of a copy that is refused, and names the account where that is another one', async () => {
    const world = await twoResources();
    const account = emulators[1]!.resourceId;
    await expect(world.run({}, { account })).rejects.toThrow(
      `Let \`account\` be the Azure resource id of ${world.sourceUrl}, and not ${account}: `,
    );
    expect(await world.mark()).toBeUndefined();
    expect(await world.plan()).toMatchObject({
      action: 'create',
      summary: expect.stringMatching(/^copy \S+ \d+ from \S+$/),
    });
    for (const operation of ['Models_AuthorizeCopy', 'Models_Copy']) {
      const at = emulators[operation === 'Models_Copy' ? 0 : 1]!;
      const fault = { operation, kind: 'status', status: 403, count: 1 };
      await controlEmulator(at, '/faults', { body: fault });
      await expect(world.run()).rejects.toThrow('403');
      expect(await world.mark()).toBeUndefined();
    }
    const { outcome, said } = await world.run();
    expect(outcome.kind).toBe('done');
    expect(said.filter((line) => line.includes('looking'))).toEqual([]);
  });

  it('says so where the mark of a copy that is refused cannot be removed', async () => {
    const world = await twoResources();
    const refused = new ServiceError('No', { method: 'PATCH', path: '', attempts: 1, outcome: 'refused' });
    const { models } = world.source;
    const said: string[] = [];
    const update: typeof models.update = async (self, change, options) => {
      if (change.customProperties?.[copyMark(world.targetUrl)] === null) throw refused;
      return await models.update(self, change, options);
    };
    const failed = world.run({ models: { ...models, update } }, { account: emulators[1]!.resourceId, said });
    await expect(failed).rejects.toThrow('Let `account` be');
    expect(said).toContain(
      `${world.model.displayName} keeps the entry ${copyMark(world.targetUrl)} at ${world.sourceUrl}, although nothing is under way: No`,
    );
  });

  it('copies anew when somebody has deleted what the copy under way brought', async () => {
    const world = await twoResources();
    const { copies } = world.source;
    const killed = { ...copies!, wait: async () => await Promise.reject(new Error('killed')) };
    await expect(world.run({ copies: killed })).rejects.toThrow('killed');
    const { result } = await copies!.wait((await world.mark()) ?? '');
    await world.target.models.delete(entityId(result?.link ?? ''));
    const { outcome } = await world.run();
    expect(outcome.kind).toBe('done');
    expect(await world.copies()).toHaveLength(1);
    expect(await world.mark()).toBeUndefined();
  });

  it('fails with what to check when the model is deleted before the copy begins', async () => {
    const world = await twoResources();
    await world.source.models.delete(world.model.self);
    await expect(world.run()).rejects.toThrow(`has no such custom model`);
    expect(await world.copies()).toEqual([]);
  });

  it('looks for a copy whose answer was lost before it makes another one', async () => {
    const world = await twoResources();
    const { copies } = world.source;
    let begun = 0;
    const lossy = {
      ...copies!,
      async begin(...how: Parameters<NonNullable<typeof copies>['begin']>) {
        begun += 1;
        await copies!.begin(...how);
        throw new ServiceError('no answer', { method: 'POST', path: '', attempts: 1, outcome: 'unknown' });
      },
    };
    const { outcome, said } = await world.run({ copies: lossy });
    expect([outcome.kind, begun]).toEqual(['done', 1]);
    expect(said).toContain('no answer; looking whether it has begun');
    expect(await world.copies()).toHaveLength(1);
    expect(await world.mark()).toBeUndefined();
  });

  it('takes no model for its copy that was there before it began', async () => {
    const world = await twoResources();
    const authorization = await world.target.copies!.authorize(world.wanted.account);
    const by = await world.source.copies!.begin(world.model.self, authorization);
    await world.source.copies!.wait(by.self);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await world.run();
    expect(await world.copies()).toHaveLength(2);
  });

  it('takes no model for its copy that may be the one of another model of the name', () => {
    const source = { ...fakeModel('new'), displayName: 'calls' };
    const other = { ...source, self: 'https://speech/models/old', customProperties: { mark: 'began then' } };
    const arrived = { ...source, self: 'https://target/models/1' };
    const of = { source, begunAfter: source.createdDateTime, mark: 'mark' };
    expect(likelyCopy([arrived], { ...of, others: [source] })).toBe(arrived);
    expect(likelyCopy([arrived], { ...of, others: [source, other] })).toBeUndefined();
    const marked = { ...arrived, customProperties: { [digestProperty]: 'd' } };
    const trained = { ...arrived, datasets: [{ self: 'https://target/datasets/1' }] };
    const named = { ...arrived, displayName: 'wards' };
    expect(likelyCopy([marked, trained, named], { ...of, others: [source] })).toBeUndefined();
  });

  it('fails with the reason of the service, and the next run copies anew', async () => {
    const world = await twoResources();
    const [one] = emulators;
    const fault = { operation: 'Models_Copy', kind: 'entity-failed', code: 'Forbidden', message: 'No room', count: 1 };
    await controlEmulator(one!, '/faults', { body: fault });
    await expect(world.run()).rejects.toThrow(
      `The service failed the copy of ${world.model.displayName}: No room [Forbidden]`,
    );
    expect(await world.mark()).toBeUndefined();
    expect((await world.run()).outcome.kind).toBe('done');
  });

  it('refuses a model that recognises no more at the target, whatever its own resource says, and tells of one that ends soon', async () => {
    const world = await twoResources();
    const until = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 19) + 'Z';
    const named = { get: async () => ending, list: async () => [ending] };
    const source = { models: { ...world.source.models, ...named } };
    let ending = endingAt(world.model, until(-1));
    const why = `Train a newer model: ${world.model.displayName} has expired on ${until(-1).slice(0, 10)}, and cannot recognise any more`;
    expect(await world.plan(world.wanted, 'en-US', source)).toMatchObject({ action: 'fail', summary: why });
    await expect(world.run(source)).rejects.toThrow(why);
    expect(await world.copies()).toEqual([]);

    ending = endingAt(world.model, until(40));
    const soon = `; it recognises only until ${until(40).slice(0, 10)}`;
    expect((await world.plan(world.wanted, 'en-US', source)).summary).toMatch(
      new RegExp(`^copy .* from [^;]+${soon}$`),
    );
    // A plan that was looked at a while ago is not another one because time has passed.
    expect(endsSoon(ending, { observedAt: until(0), countedFrom: until(-60) })).toBe('');
    const { said, outcome } = await world.run(source);
    expect([outcome.kind, said]).toEqual(['done', expect.arrayContaining([`copying ${ending.displayName}${soon}`])]);
    // What is there has dates of its own.
    ending = endingAt(world.model, until(-1));
    expect((await world.run(source)).outcome.kind).toBe('reused');
    const { models } = world.target;
    const list = async () => (await world.copies()).map((one) => endingAt(one, until(-1)));
    await expect(world.run({}, { target: { models: { ...models, list } } })).rejects.toThrow(why);
  });

  it('refuses what it cannot copy: base models, models that are gone or not trained', async () => {
    const world = await twoResources();
    expect(await world.plan({ from: world.sourceUrl })).toMatchObject({ action: 'at-run-time' });
    const gone = { ...world.wanted, model: '5ae0ac4a-4b0f-4d6e-8b5e-0d1a9f4d7c11' };
    expect(await world.plan(gone)).toMatchObject({
      action: 'fail',
      summary: `Check the model 5ae0ac4a-4b0f-4d6e-8b5e-0d1a9f4d7c11: ${world.sourceUrl} has no such custom model`,
    });
    const named = await world.plan({ ...world.wanted, account: 'west' });
    expect([named.action, named.summary]).toEqual(['fail', expect.stringContaining('Write `account` as Azure has it')]);
    const base = (await world.source.baseModels.list())[0]?.self ?? '';
    expect((await world.plan({ ...world.wanted, model: base })).summary).toContain('base models are in every region');
    const why = `Copy a model for de-DE, the locale of the step: ${world.model.displayName} is for en-US`;
    expect(await world.plan(world.wanted, 'de-DE')).toMatchObject({ action: 'fail', summary: why });
    await expect(world.run({}, { locale: 'de-DE' })).rejects.toThrow(why);
    expect(await world.copies()).toEqual([]);
  });
});
