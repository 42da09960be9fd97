import { describe, expect, it } from 'vitest';
import { swap } from '../../../../workflows/steps/swap/index.ts';
import type { FakeWorld } from '../fake-world.ts';
import { runStep } from '../run-step.ts';
import { newModel, markOf, settings } from './swap-settings.ts';
import { worldOf, marked, failure } from './swap-worlds.ts';

describe('a swap of an endpoint that answers as the model and does not come to rest', () => {
  it('goes back at settle-timeout', async () => {
    const world = worldOf();
    const { wait } = world.ports.speech.endpoints;
    let reads = 0;
    Object.assign(world.ports.speech.endpoints, {
      async wait(...args: Parameters<typeof wait>) {
        const read = await wait(...args);
        const isSingle = args[1]?.until?.({ ...read, status: 'Running' }) === true;
        if (!isSingle || read.model?.self !== newModel) return read;
        if ((reads += 1) > 5000) throw new Error('The step goes on for ever');
        return { ...read, status: 'Running' };
      },
    });
    const { message } = await failure(runStep(swap, settings, { world }));
    expect(message).toBe(
      'Endpoint call-center answers as the model, and is Running still after 1800 s (settle-timeout); went back to the previous model and verified it',
    );
  });
});

describe('a swap that nobody can hear, of an endpoint that does not say well when it was given the model', () => {
  const times: readonly [string, string | undefined][] = [
    ['long ago', '2000-01-01T00:00:00Z'],
    ['nothing that is a time', 'not a time'],
    ['nothing', undefined],
  ];

  async function secondsOf(world: FakeWorld): Promise<number> {
    world.objects.evaluations.splice(0);
    const begun = world.ports.clock.now().getTime();
    const { outcome } = await runStep(swap, settings, { world });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { heard: false } });
    expect(markOf(world)).toBe('unheard new');
    return (world.ports.clock.now().getTime() - begun) / 1000;
  }

  it.each(times)('waits settle-at-least from the change on where it says %s', async (_, time) => {
    const world = worldOf();
    const { update } = world.ports.speech.endpoints;
    Object.assign(world.ports.speech.endpoints, {
      async update(...args: Parameters<typeof update>) {
        return { ...(await update(...args)), lastActionDateTime: time };
      },
    });
    const seconds = await secondsOf(world);
    expect(seconds).toBeGreaterThanOrEqual(600);
    expect(seconds).toBeLessThan(610);
  });

  it('waits settle-at-least where an ended run has changed it and it says no time that can be read', async () => {
    const world = worldOf({ model: { self: newModel }, ...marked('unproved new'), lastActionDateTime: 'not a time' });
    expect(await secondsOf(world)).toBeGreaterThanOrEqual(600);
  });
});
