import { describe, expect, it } from 'vitest';
import { createInterpreter } from '../../../../workflows/engine/interpret-plan.ts';
import type { StepRecord } from '../../../../workflows/engine/run-record.ts';
import { stepKinds } from '../../../../workflows/steps/registry.ts';
import { createInMemoryEngine } from '../../engine/in-memory-engine.ts';
import { written } from '../../engine/run-plan.ts';
import { createFakeWorld, fakeEndpoint, fakeModel, serviceError, type FakeWorld } from '../fake-world.ts';
import { newModel, oldModel } from './swap-settings.ts';

const pipeline = written(`locale: en-US
steps:
  - id: go
    uses: swap
    retry: { attempts: 2, delay: 1s, on: [world, step] }
    with: { endpoint: calls, model: 'https://speech/models/new', verify: { audio: smoke, max-wer: 20%, discriminate: 0, settle-at-least: 1s } }
`);

function worldOf(): FakeWorld {
  const world = createFakeWorld();
  world.objects.models.push(fakeModel('old'), fakeModel('new'));
  world.objects.endpoints.push(fakeEndpoint('calls', oldModel));
  return world;
}

async function swapped({ ports }: FakeWorld): Promise<StepRecord | undefined> {
  const engine = createInMemoryEngine(createInterpreter({ kinds: stepKinds, ports }));
  await engine.start('r', pipeline);
  return (await engine.result('r')).steps['go'];
}

describe('a swap that is tried again', () => {
  it('says that this attempt has changed nothing, and how the one before has left the endpoint', async () => {
    const world = worldOf();
    let isBack = false;
    world.recognise = ({ model, customProperties }) => {
      const isNew = model?.self === newModel;
      // What fails before the second change is the endpoint as the first attempt has left it.
      if (!isNew && isBack && customProperties?.['speechops-swap'] === 'unheard old')
        return { status: 'NoMatch', lexical: '', display: '' };
      isBack ||= isNew;
      return { status: 'Success', lexical: isNew ? 'one' : 'one two three four', display: '' };
    };
    const record = await swapped(world);
    expect(record).toMatchObject({ status: 'failed', attempts: 2, outputs: { model: oldModel } });
    expect(record?.error).toMatch(
      /^Mend endpoint calls .*; nothing was changed by this attempt \(attempt 1 has ended so: .* max-wer allows 20\.0 %; went back to the previous model: .*\)$/,
    );
  });

  it('says so as well where the service does not answer it, and what the first attempt came to', async () => {
    const world = worldOf();
    world.recognise = ({ model }) => ({
      status: 'Success',
      lexical: model?.self === newModel ? 'one' : 'one two three four',
      display: '',
    });
    const { endpoints } = world.ports.speech;
    const { list } = endpoints;
    let lists = 0;
    Object.assign(endpoints, {
      async list(...args: Parameters<typeof list>) {
        if ((lists += 1) > 1) throw serviceError('no right', { status: 401, outcome: 'refused' });
        return await list(...args);
      },
    });
    const record = await swapped(world);
    // The first attempt has gone back, so that nothing is to be taken back with its wave.
    expect(record).toMatchObject({
      status: 'failed',
      attempts: 2,
      outputs: { model: oldModel, rolledBack: true, triedModel: newModel },
    });
    expect(record?.outputs).not.toHaveProperty('given');
    expect(record?.error).toMatch(
      /endpoint calls was not changed by this attempt \(attempt 1 has ended so: .*; went back to the previous model: .*\): resume the run/,
    );
  });

  it('says nothing of attempts that have changed nothing', async () => {
    const world = worldOf();
    world.recognise = () => ({ status: 'NoMatch', lexical: '', display: '' });
    expect((await swapped(world))?.error).toMatch(/; nothing was changed$/);
  });

  it('knows the model that an earlier attempt gave as its own', async () => {
    const world = worldOf();
    const { endpoints } = world.ports.speech;
    const { update } = endpoints;
    let changes = 0;
    Object.assign(endpoints, {
      async update(...args: Parameters<typeof update>) {
        const changed = await update(...args);
        // The mark arrives, and its answer does not.
        if ((changes += 1) === 2) throw serviceError('no answer', { outcome: 'unknown' });
        return changed;
      },
    });
    const record = await swapped(world);
    expect(record).toMatchObject({
      status: 'succeeded',
      attempts: 2,
      outputs: { model: newModel, previousModel: oldModel, given: true },
    });
  });
});
