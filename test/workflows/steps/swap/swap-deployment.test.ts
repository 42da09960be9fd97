import { describe, expect, it } from 'vitest';
import { swap } from '../../../../workflows/steps/swap/index.ts';
import { fakeEndpoint, serviceError } from '../fake-world.ts';
import { runStep } from '../run-step.ts';
import { hurried as settings, newModel, oldModel } from './swap-settings.ts';
import { worldWithEndpoint, failure } from './swap-worlds.ts';

describe('the deployment that a swap waits for', () => {
  it('goes back when the deployment does not end in time', async () => {
    const world = worldWithEndpoint();
    world.settle = (wanted, before) =>
      wanted.model?.self === newModel ? { ...before, status: 'Deploying' } : { ...wanted, status: 'Succeeded' };
    const error = await failure(runStep(swap, { ...settings, 'settle-timeout': 0.05 }, { world }));
    expect(error.message).toContain('did not end within 0.05 s (settle-timeout); went back');
  });

  it('waits for a deployment as long as settle-timeout says, by the clock of the run, and no longer', async () => {
    const world = worldWithEndpoint();
    const { clock } = world.ports;
    const changes: { readonly to: string; readonly at: number }[] = [];
    world.settle = (wanted, before) => {
      const to = wanted.model?.self ?? '';
      changes.push({ to, at: clock.now().getTime() });
      return to === newModel ? { ...before, status: 'Deploying' } : { ...wanted, status: 'Succeeded' };
    };
    const error = await failure(runStep(swap, { ...settings, 'settle-timeout': 900 }, { world }));
    expect(error.message).toContain('did not end within 900 s (settle-timeout); went back');
    const [there, back] = changes;
    expect([there?.to, back?.to]).toEqual([newModel, oldModel]);
    expect((back?.at ?? 0) - (there?.at ?? 0)).toBe(900_000);
  });

  it('does not take the state before the change for its end, read in the same second', async () => {
    const world = worldWithEndpoint();
    const { wait } = world.ports.speech.endpoints;
    let isStale = true;
    Object.assign(world.ports.speech.endpoints, {
      async wait(...[reference, options]: Parameters<typeof wait>) {
        const now = world.objects.endpoints[0];
        const isChanged = now?.model?.self === newModel;
        const stale = { ...fakeEndpoint('call-center', oldModel), lastActionDateTime: now?.lastActionDateTime ?? '' };
        if (isChanged && isStale && options?.until?.(stale) === true) return stale;
        if (isChanged) isStale = false;
        return await wait(reference, options);
      },
    });
    const { outcome } = await runStep(swap, settings, { world });
    expect(isStale).toBe(false);
    expect(outcome).toMatchObject({ kind: 'done', outputs: { model: newModel, rolledBack: false } });
  });

  it('does not take an outage of the readings for a deployment that does not end', async () => {
    const world = worldWithEndpoint();
    const { wait } = world.ports.speech.endpoints;
    let outages = 2;
    const said: string[] = [];
    Object.assign(world.ports.speech.endpoints, {
      async wait(...[reference, options]: Parameters<typeof wait>) {
        const isLook = options?.until?.({ ...fakeEndpoint('', ''), status: 'Deploying' }) === true;
        if (isLook)
          return outages > 0
            ? fakeEndpoint('call-center', oldModel, { status: 'Deploying' })
            : await wait(reference, options);
        if (options?.until === undefined || (outages -= 1) < 0) return await wait(reference, options);
        return await new Promise((_, reject) =>
          options.signal?.addEventListener('abort', () =>
            reject(serviceError('no answer', { status: 503, outcome: 'unknown' })),
          ),
        );
      },
    });
    const { outcome } = await runStep(swap, { ...settings, 'settle-timeout': 0.05 }, { world, said });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { model: newModel, rolledBack: false } });
    expect(outages).toBeLessThanOrEqual(0);
  });
});
