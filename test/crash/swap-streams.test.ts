import { describe, expect, it } from 'vitest';
import { redeployments } from '../../emulator/state/redeployment.ts';
import { StepFailure } from '../../workflows/engine/step-kind.ts';
import { idOf } from '../emulator/client.ts';
import { until } from '../until.ts';
import { everything } from './crash-points.ts';
import { openSwapWorld, verify, type SwapWorld } from './swap-world.ts';
import { withoutRun } from '../workflows/steps/swap/swap-settings.ts';

const timeout = 600_000;
const streams = 3;
const through = { with: { verify: { ...verify, channel: 'sdk', streams } } } as const;

describe.each(redeployments)('a swap with streams of Microsoft’s client, redeployment %s', (redeployment) => {
  it('loses nothing, tells latencies, and closes them', { timeout }, async () => {
    const world = await openSwapWorld(redeployment, { redeploymentSeconds: 3 });
    const [, wanted] = world.models;
    const { outcome } = await world.swapTo(wanted, through);
    const { outputs } = outcome as { readonly outputs: Readonly<Record<string, number>> };
    expect(outputs).toMatchObject({ heard: true, rolledBack: false, probeFailures: 0 });
    expect(outputs).toMatchObject({ streams, streamPhrasesLost: 0, streamDrops: 0, streamFailures: 0 });
    expect(outputs['streamPhrases']).toBeGreaterThanOrEqual(streams);
    for (const phase of ['before', 'while', 'after'])
      for (const kind of ['FirstResult', 'Final']) {
        const [p50 = NaN, p95 = NaN] = [50, 95].map((percent) => outputs[`${phase}${kind}P${percent}Seconds`]);
        expect(p50).toBeGreaterThan(0);
        expect(p95).toBeGreaterThanOrEqual(p50);
      }
    expect(outputs['warmUpSeconds']).toBeGreaterThan(0);
    await expectServed(world, { model: wanted, mark: 'proved' });
  });

  it(
    'that is killed while they are open leaves none open, and the next run proves the model',
    { timeout: everything ? 3_600_000 : timeout },
    async () => {
      const world = await openSwapWorld(redeployment, { redeploymentSeconds: 0.5 });
      // An odd number, so that each next model is the other one.
      const some = redeployment === 'at-once' ? 15 : 35;
      let killed = 0;
      // With CRASH_ALL=1 at each of its calls, else at some while they are open.
      for (let killAt = everything ? 1 : 31; ; killAt += everything ? 1 : some) {
        const wanted = world.models[killAt % 2] ?? '';
        const first = await world.swapTo(wanted, { ...through, killAt }).catch((error: unknown) => error);
        await until(() => world.proxy.recognitions() === 0);
        if (!world.wasKilled()) {
          expect(first).toMatchObject({ outcome: { outputs: { streams, streamDrops: 0 } } });
          break;
        }
        killed += 1;
        const { outcome } = await world.swapTo(wanted, through);
        expect(outcome, `killed at call ${killAt}`).toMatchObject({ outputs: { heard: true, streamPhrasesLost: 0 } });
        await expectServed(world, { model: wanted, mark: 'proved' });
      }
      expect(killed).toBeGreaterThanOrEqual(1);
    },
  );
});

describe('a swap with streams of Microsoft’s client', () => {
  it('takes the model back when their connections are cut meanwhile, which the client hides', { timeout }, async () => {
    const world = await openSwapWorld('at-once', { redeploymentSeconds: 3 });
    const [previous, wanted] = world.models;
    const run = world.swapTo(wanted, through).catch((reason: unknown) => reason);
    await until(async () => (await world.endpoint()).model?.self === wanted);
    world.proxy.cutRecognitions();
    const error = await run;
    expect(error).toBeInstanceOf(StepFailure);
    expect((error as StepFailure).message).toMatch(
      /^connections of streams were lost \d times during the swap; went back to the previous model and verified it$/,
    );
    expect((error as StepFailure).outputs).toMatchObject({
      streamDrops: streams,
      streamFailures: 0,
      streamPhrasesLost: 0,
      probeFailures: 0,
      rolledBack: true,
    });
    await expectServed(world, { model: previous, mark: 'proved' });
  });

  it('changes nothing when the service refuses them', { timeout }, async () => {
    const world = await openSwapWorld('at-once', { redeploymentSeconds: 1 });
    const [previous, wanted] = world.models;
    const call = 'GET /stt/speech/universal/v2';
    const made = world.proxy.calls.filter((one) => one === call).length;
    // The smoke audio and the three recordings that tell the models apart are recognised, one after another, before any stream.
    world.proxy.interruptAt(
      { call, nth: made + 1 + 3, when: 'after' },
      async () => await world.client.addFault({ operation: 'Recognise', kind: 'status', status: 400 }),
    );
    const error: unknown = await world.swapTo(wanted, through).catch((reason: unknown) => reason);
    expect(String(error)).toMatch(/3 of 3 streams failed \(.*400.*\) before the swap; nothing was changed$/);
    expect((await world.endpoint()).model?.self).toBe(previous);
    await until(() => world.proxy.recognitions() === 0);
  });
});

async function expectServed(
  world: SwapWorld,
  { model, mark }: { readonly model: string; readonly mark: string },
): Promise<void> {
  await until(() => world.proxy.recognitions() === 0);
  const { model: named, customProperties } = await world.endpoint();
  expect([named?.self, withoutRun(customProperties?.['speechops-swap'])]).toEqual([model, `${mark} ${idOf(model)}`]);
  expect(await world.served()).toBe(model);
}
