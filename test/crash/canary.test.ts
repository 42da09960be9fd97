import { describe, expect, it } from 'vitest';
import { redeployments } from '../../emulator/state/redeployment.ts';
import { StepFailure } from '../../workflows/engine/step-kind.ts';
import { idOf } from '../emulator/client.ts';
import { everything } from './crash-points.ts';
import { openSwapWorld, type SwapWorld } from './swap-world.ts';
import { withoutRun } from '../workflows/steps/swap/swap-settings.ts';

const timeout = everything ? 3_600_000 : 600_000;
const canary = { strategy: 'canary' } as const;

describe.each(redeployments)('a swap with a canary on a service whose redeployment is %s', (redeployment) => {
  it(
    'that is killed at each of its calls makes one canary, which the same run or the next one removes',
    { timeout },
    async () => {
      const world = await openSwapWorld(redeployment, { redeploymentSeconds: 0.15 });
      // With CRASH_ALL=1 at each of them.
      const some = redeployment === 'at-once' ? 5 : 11;
      for (let killAt = 1; ; killAt += everything ? 1 : some) {
        const wanted = world.models[killAt % 2] ?? '';
        const where = `killed at call ${killAt}`;
        const before = await creations(world);
        const runId = `run-${killAt}`;
        const first = await world.swapTo(wanted, { killAt, with: canary, runId }).catch((error: unknown) => error);
        if (!world.wasKilled()) {
          expect(first).toMatchObject({ outcome: { kind: 'done' } });
          expect(killAt).toBeGreaterThan(30);
          expect(await world.canaries()).toEqual([]);
          return;
        }
        const isResumed = killAt % 3 > 0;
        const { outcome } = await world.swapTo(wanted, { with: canary, runId: isResumed ? runId : `${runId}-next` });
        expect(outcome, where).toMatchObject({ outputs: { heard: true, rolledBack: false } });
        expect(await world.canaries(), where).toEqual([]);
        const made = (await creations(world)) - before;
        if (isResumed) expect(made, where).toBe(1);
        else expect(made, where).toBeLessThanOrEqual(2);
        const { model, customProperties } = await world.endpoint();
        expect([model?.self, withoutRun(customProperties?.['speechops-swap'])], where).toEqual([
          wanted,
          `proved ${idOf(wanted)}`,
        ]);
        expect(await world.served(), where).toBe(wanted);
      }
    },
  );

  it('touches nothing and leaves nothing when the service fails the canary', { timeout }, async () => {
    const world = await openSwapWorld(redeployment, { redeploymentSeconds: 0.3 });
    const [previous, wanted] = world.models;
    await world.client.addFault({ operation: 'Endpoints_Create', kind: 'entity-failed', message: 'No room', count: 1 });
    const before = await world.endpoint();
    const error: unknown = await world.swapTo(wanted, { with: canary }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StepFailure);
    expect((error as Error).message).toBe(
      'The service failed the canary ward-canary-run: No room [InternalServerError]; this was a canary, and endpoint ward was not changed',
    );
    expect(await world.endpoint()).toEqual(before);
    expect(await world.canaries()).toEqual([]);
    expect(await world.served()).toBe(previous);
  });
});

/** How often an endpoint was created. */
async function creations(world: SwapWorld): Promise<number> {
  const { operations } = (await world.client.control('GET', '/requests')).body;
  return Object.values((operations['Endpoints_Create'] ?? {}) as Record<string, number>).reduce((a, b) => a + b, 0);
}
