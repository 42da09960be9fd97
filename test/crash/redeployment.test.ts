import { describe, expect, it } from 'vitest';
import { StepFailure } from '../../workflows/engine/step-kind.ts';
import { redeployments } from '../../emulator/state/redeployment.ts';
import { idOf } from '../emulator/client.ts';
import { everything } from './crash-points.ts';
import { openSwapWorld, verify, type SwapWorld } from './swap-world.ts';
import { withoutRun } from '../workflows/steps/swap/swap-settings.ts';

const timeout = everything ? 3_600_000 : 600_000;

describe.each(redeployments)('a swap on a service whose redeployment is %s', (redeployment) => {
  it('is proved when the new model answers, and not before', { timeout }, async () => {
    const world = await openSwapWorld(redeployment, { redeploymentSeconds: 2 });
    const [, wanted] = world.models;
    const { outcome } = await world.swapTo(wanted);
    expect(outcome).toMatchObject({ kind: 'done', outputs: { heard: true, discriminating: 3, probeFailures: 0 } });
    await expectServed(world, wanted, 'proved');
    const { outputs } = outcome as { readonly outputs: Readonly<Record<string, string>> };
    // Recognitions overlap, so that one that began before the change may be answered after the first of the new model.
    for (const moment of ['lastOfPrevious', 'firstOfCandidate'])
      expect(outputs[moment]?.localeCompare(outputs['heardAt'] ?? '')).toBe(-1);
  });

  it('goes back from a model that never comes', { timeout }, async () => {
    const world = await openSwapWorld(redeployment, { redeploymentSeconds: 0.3 });
    const [previous, wanted] = world.models;
    await world.client.addFault({ operation: 'Endpoints_Update', kind: 'wrong-model', count: 1 });
    const error = await failureOf(world.swapTo(wanted, { with: { 'settle-timeout': 3 } }));
    expect(error.message).toMatch(
      redeployment === 'at-once'
        ? /^Endpoint ward does not answer as the model that it names after 3 s .*went back to the previous model and/
        : /^The endpoint serves model .* and not the model it was given; went back to the previous model and/,
    );
    expect(error.outputs).toMatchObject({ rolledBack: true, heard: true });
    await expectServed(world, previous, 'proved');
  });

  it('goes back from a deployment that fails', { timeout }, async () => {
    const world = await openSwapWorld(redeployment, { redeploymentSeconds: 0.5 });
    const [previous, wanted] = world.models;
    await world.client.addFault({ operation: 'Endpoints_Update', kind: 'entity-failed', message: 'No room', count: 1 });
    const error = await failureOf(world.swapTo(wanted));
    expect(error.message).toMatch(/^The deployment failed: No room .*went back to the previous model and verified it$/);
    await expectServed(world, previous, 'proved');
  });

  it('goes back while the redeployment is under way, which it waits out', { timeout }, async () => {
    const world = await openSwapWorld(redeployment, { redeploymentSeconds: 2 });
    const [previous, wanted] = world.models;
    // The first recognition after the change is refused.
    const refusal = { operation: 'Recognise', kind: 'status', status: 400, count: 1 };
    const { patch } = watchPatch(world, async () => await world.client.addFault(refusal));
    const error = await failureOf(world.swapTo(wanted));
    await patch;
    expect(error.message).toMatch(
      /1 recognition failed while it changed .*went back to the previous model and verified/,
    );
    expect(error.outputs).toMatchObject({ rolledBack: true, heard: true });
    await expectServed(world, previous, 'proved');
  });

  it('is unheard where nothing tells the models apart', { timeout }, async () => {
    const world = await openSwapWorld(redeployment, { redeploymentSeconds: 0.5 });
    const [, wanted] = world.models;
    const { outcome } = await world.swapTo(wanted, { with: { verify: { ...verify, discriminate: 0 } } });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { heard: false, discriminating: 0 } });
    await expectServed(world, wanted, 'unheard');
  });

  it(
    'that is killed at each of its calls is finished by the next run, and proved when it is served',
    { timeout },
    async () => {
      const world = await openSwapWorld(redeployment, { redeploymentSeconds: 0.15 });
      // With CRASH_ALL=1 at each of them, else only under the way that is documented.
      for (let killAt = 1; ; killAt += everything || redeployment === 'at-once' ? 1 : 5) {
        const wanted = world.models[killAt % 2] ?? '';
        const first = await world.swapTo(wanted, { killAt }).catch((error: unknown) => error);
        if (!world.wasKilled()) {
          expect(first).toMatchObject({ outcome: { kind: 'done' } });
          expect(killAt).toBeGreaterThan(20);
          return;
        }
        const where = `killed at call ${killAt}`;
        const { customProperties } = await world.endpoint();
        // A mark is true at every moment.
        const isMarked = withoutRun(customProperties?.['speechops-swap']) === `proved ${idOf(wanted)}`;
        if (isMarked) expect(await world.served(), where).toBe(wanted);
        const { outcome } = await world.swapTo(wanted);
        expect(outcome, where).toMatchObject({ outputs: { heard: true, rolledBack: false } });
        await expectServed(world, wanted, 'proved');
      }
    },
  );
});

async function expectServed(world: SwapWorld, model: string, mark: string): Promise<void> {
  const { status, model: named, customProperties } = await world.endpoint();
  expect({ status, model: named?.self, mark: withoutRun(customProperties?.['speechops-swap']) }).toEqual({
    status: 'Succeeded',
    model,
    mark: `${mark} ${idOf(model)}`,
  });
  expect(await world.served()).toBe(model);
}

async function failureOf(run: Promise<unknown>): Promise<StepFailure> {
  const error: unknown = await run.catch((reason: unknown) => reason);
  if (error instanceof StepFailure) return error;
  throw new Error(`the step did not fail: ${String(error)}`);
}

/** Does this as soon as the service has taken a change of the endpoint. */
function watchPatch(world: SwapWorld, act: () => Promise<void>): { readonly patch: Promise<void> } {
  const look = async (): Promise<void> => {
    for (;;) {
      const { operations } = (await world.client.control('GET', '/requests')).body;
      if (operations['Endpoints_Update'] !== undefined) return await act();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return { patch: look() };
}
