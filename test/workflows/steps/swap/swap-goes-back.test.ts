import { describe, expect, it } from 'vitest';
import { swap } from '../../../../workflows/steps/swap/index.ts';
import { serviceError } from '../fake-world.ts';
import { runStep } from '../run-step.ts';
import { hurried as settings, newModel, oldModel, verify } from './swap-settings.ts';
import { worldWithEndpoint, good, failure } from './swap-worlds.ts';

describe('a swap that goes back', () => {
  it('goes back when the deployment fails, and says both', async () => {
    const world = worldWithEndpoint();
    world.settle = (wanted, before) =>
      wanted.model?.self === newModel
        ? {
            ...before,
            status: 'Failed',
            lastActionDateTime: wanted.lastActionDateTime,
            properties: { error: { code: 'DeployFailed', message: 'No capacity' } },
          }
        : { ...wanted, status: 'Succeeded' };
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toBe(
      'The deployment failed: No capacity [DeployFailed]; went back to the previous model and verified it',
    );
    expect(error.outputs).toMatchObject({
      model: oldModel,
      rolledBack: true,
      triedModel: newModel,
      takenBackAt: expect.any(String),
    });
    expect(world.objects.endpoints[0]?.model?.self).toBe(oldModel);
  });

  it('leaves the model noted that was served before the one that it gives back', async () => {
    const world = worldWithEndpoint();
    const endpoint = world.objects.endpoints[0];
    const noted = {
      ...endpoint,
      customProperties: { 'speechops-previous-model': 'older', 'speechops-swap': 'proved old' },
    };
    world.objects.endpoints[0] = noted as typeof endpoint & typeof noted;
    world.recognise = ({ model }) =>
      model?.self === newModel
        ? { status: 'NoMatch', lexical: '', display: '' }
        : { status: 'Success', lexical: 'one two three four', display: '' };
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.outputs).toMatchObject({ model: oldModel, rolledBack: true });
    expect(world.objects.endpoints[0]?.customProperties?.['speechops-previous-model']).toBe('older');
  });

  it('goes back when the endpoint settles on another model than the wanted one', async () => {
    const world = worldWithEndpoint();
    world.settle = (wanted, before) => ({
      ...before,
      status: 'Succeeded',
      lastActionDateTime: `${wanted.lastActionDateTime}+`,
    });
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toContain('The endpoint serves model old and not the model it was given; went back');
  });

  it('goes back when the word error rate after the swap is above the bound', async () => {
    const world = worldWithEndpoint();
    world.recognise = (endpoint) => ({
      status: 'Success',
      lexical: endpoint.model?.self === newModel ? 'one two' : 'one two three four',
      display: '',
    });
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toContain(
      'word error rate is 50.0 % after the swap, max-wer allows 20.0 %; went back to the previous model',
    );
    const close = { ...settings, verify: { ...verify, 'max-wer': 0.4996 } };
    const again = await failure(runStep(swap, close, { world }));
    expect(again.message).toContain('word error rate is 50.00 % after the swap, max-wer allows 49.96 %');
    expect(world.objects.endpoints[0]?.model?.self).toBe(oldModel);
  });

  it.each([
    [
      'the endpoint refuses',
      serviceError('404 from the endpoint', { status: 404, outcome: 'refused' }),
      '404 from the',
    ],
    ['nothing is heard', { status: 'NoMatch', lexical: '', display: '' }, 'a.wav: NoMatch'],
  ])('goes back when recognitions fail after the swap because %s, and counts them', async (_, answer, reason) => {
    const world = worldWithEndpoint();
    world.recognise = (endpoint) => (endpoint.model?.self === newModel ? answer : good);
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toContain(reason);
    expect(error.outputs).toMatchObject({ rolledBack: true });
    expect(error.outputs['probeFailures']).toBeGreaterThan(0);
  });

  it('goes back when a recognition fails while the model changes, although all of them are good after it', async () => {
    const world = worldWithEndpoint();
    let recognitions = 0;
    world.recognise = () => {
      recognitions += 1;
      return recognitions === 2 ? { status: 'NoMatch', lexical: '', display: '' } : good;
    };
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toBe(
      '1 recognition failed while it changed (a.wav: NoMatch); went back to the previous model and verified it',
    );
    expect(error.outputs).toMatchObject({ probeFailures: 1, rolledBack: true });
    expect(world.objects.endpoints[0]?.model?.self).toBe(oldModel);
  });

  it('says that going back failed too', async () => {
    const world = worldWithEndpoint();
    world.settle = (wanted, before) => ({ ...before, status: 'Failed', lastActionDateTime: wanted.lastActionDateTime });
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toContain('going back to the previous model failed too: The deployment failed');
    expect(error.outputs).toMatchObject({ rolledBack: false, given: true });
  });
});
