import { describe, expect, it } from 'vitest';
import type { Outputs, StepContext } from '../../../../workflows/engine/step-kind.ts';
import { swap } from '../../../../workflows/steps/swap/index.ts';
import { serviceError } from '../fake-world.ts';
import { runStep } from '../run-step.ts';
import { hurried as settings, newModel, oldModel } from './swap-settings.ts';
import { worldWithEndpoint, good, failure } from './swap-worlds.ts';

describe('how a swap says that it leaves the endpoint', () => {
  it.each<[string, string, RegExp]>([
    ['it is heard', 'smoke audio before', /is gone/],
    ['it is marked', 'smoke audio after', /is gone/],
    ['the previous model is given back', 'The smoke audio', /going back to the previous model failed too/],
  ])('says how an endpoint stands that somebody deletes before %s', async (_, when, message) => {
    const world = worldWithEndpoint();
    if (when === 'The smoke audio')
      world.recognise = ({ model }) => ({ ...good, lexical: model?.self === newModel ? 'nothing' : good.lexical });
    const { update } = world.ports.speech.endpoints;
    const drop = (): void => void world.objects.endpoints.splice(0, 1);
    Object.assign(world.ports.speech.endpoints, {
      async update(...args: Parameters<typeof update>) {
        const updated = await update(...args);
        if (when === 'smoke audio before') drop();
        return updated;
      },
    });
    const said: string[] = [];
    said.push = (text) => {
      if (when !== 'smoke audio before' && text.startsWith(when)) drop();
      return Array.prototype.push.call(said, text);
    };
    const error = await failure(runStep(swap, settings, { world, said }));
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(
      /; endpoint call-center \(id-of-call-center\) was deleted during the swap, and its callers get no answer: give them another endpoint, which a run makes with `create: true`, under another id$/,
    );
  });

  it('says of no endpoint that it is gone where the service does not answer whether it is', async () => {
    const world = worldWithEndpoint();
    world.settle = (wanted) => ({ ...wanted, status: 'Failed' });
    Object.assign(world.ports.speech.endpoints, {
      async get() {
        throw serviceError('GET: no answer', { outcome: 'unknown' });
      },
    });
    expect((await failure(runStep(swap, settings, { world }))).message).not.toContain('was deleted');
  });

  it.each([
    [400, 1, 'endpoint call-center was not changed'],
    [403, 1, 'endpoint call-center was not changed'],
    [400, 2, 'endpoint call-center serves new, which is not proved there'],
    [403, 2, 'endpoint call-center serves new, which is not proved there'],
  ])('says how the endpoint stands when the service answers %d to change %d', async (status, which, state) => {
    const world = worldWithEndpoint();
    const { update } = world.ports.speech.endpoints;
    let changes = 0;
    world.ports.speech.endpoints.update = async (...args) => {
      changes += 1;
      if (changes === which) throw serviceError(`no (${status})`, { status, outcome: 'refused' });
      return await update(...args);
    };
    const error: unknown = await runStep(swap, settings, { world }).catch((reason: unknown) => reason);
    const { message = '' } = error instanceof Error ? error : {};
    expect(message).toMatch(new RegExp(`no \\(${status}\\); ${state}`));
    expect(message.match(/endpoint call-center (is|was|serves)/g)).toHaveLength(1);
    expect(world.objects.endpoints[0]?.model?.self).toBe(which === 1 ? oldModel : newModel);
  });

  it('leaves nothing to take back when the service refuses the change', async () => {
    const world = worldWithEndpoint();
    world.ports.speech.endpoints.update = async () => {
      throw serviceError('no such model (400)', { status: 400, outcome: 'refused' });
    };
    let left: Outputs = { given: true };
    const onLeaving: StepContext['leaving'] = (_, outputs) => (left = outputs?.() ?? left);
    await expect(runStep(swap, settings, { world, onLeaving })).rejects.toThrow('no such model (400)');
    expect(left).toEqual({});
  });
});
