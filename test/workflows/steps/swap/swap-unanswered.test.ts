import { describe, expect, it } from 'vitest';
import type { ServiceError } from '../../../../workflows/engine/ports.ts';
import type { Outputs, StepContext } from '../../../../workflows/engine/step-kind.ts';
import { swap } from '../../../../workflows/steps/swap/index.ts';
import { sleep } from '../../../../workflows/time/sleep.ts';
import { fakeEndpoint, serviceError, type FakeWorld } from '../fake-world.ts';
import { runStep } from '../run-step.ts';
import { hurried as settings, markOf, newModel, oldModel } from './swap-settings.ts';
import { worldWithEndpoint, good, failure } from './swap-worlds.ts';

describe('a swap that gets no answer', () => {
  it('goes on with a change whose answer was lost, when the service refuses it a second time', async () => {
    const world = worldWithEndpoint();
    // Its readings are as patient as its waits.
    Object.assign(world.ports.speech.endpoints, {
      async get() {
        throw serviceError('no answer in a minute', { status: 503, outcome: 'unknown' });
      },
    });
    const update = world.ports.speech.endpoints.update;
    let calls = 0;
    Object.assign(world.ports.speech.endpoints, {
      async update(...args: Parameters<typeof update>) {
        const changed = await update(...args);
        if ((calls += 1) === 1)
          throw serviceError('EndpointNotUpdatable after 2 attempts', { status: 409, outcome: 'refused' });
        return changed;
      },
    });
    const { outcome } = await runStep(swap, settings, { world });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { model: newModel, rolledBack: false } });
  });

  describe('while recognitions get no answer', () => {
    const unavailable = serviceError('no answer (503)', { status: 503, outcome: 'unknown' });
    const throttled = serviceError('no answer (429)', { status: 429, retryAfterSeconds: 7, outcome: 'refused' });
    const cut = serviceError('no answer (ECONNRESET)', { outcome: 'unknown' });
    const dead = Array.from({ length: 100_000 }, () => unavailable);

    /** Fails what is recognised, from the first time on that the endpoint serves (or is to serve again) this model. */
    function silent(world: FakeWorld, on: string, failures: readonly ServiceError[]): { answered: boolean } {
      const left = [...failures];
      const state = { answered: false };
      let begun = false;
      world.recognise = (endpoint) => {
        begun ||= endpoint.model?.self === on;
        const fault = begun ? left.shift() : undefined;
        return state.answered || fault === undefined ? good : fault;
      };
      return state;
    }

    async function unanswered(run: Promise<unknown>): Promise<string> {
      const error: unknown = await run.catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: 'ServiceError' });
      return String(error);
    }

    it.each([
      ['before it changes', oldModel],
      ['from then on when it changes', newModel],
    ])('waits for the answer, %s, and proves the model', async (_, on) => {
      const world = worldWithEndpoint();
      const slept: number[] = [];
      const pause = world.ports.clock.sleep;
      Object.assign(world.ports.clock, {
        async sleep(milliseconds: number, signal?: AbortSignal) {
          slept.push(milliseconds);
          await pause(milliseconds, signal);
        },
      });
      const outage = [unavailable, throttled, cut, unavailable, unavailable, cut, throttled, unavailable];
      silent(world, on, outage);
      const { outcome } = await runStep(swap, settings, { world });
      expect(outcome).toMatchObject({
        kind: 'done',
        outputs: { model: newModel, probeFailures: 0, probeRepeats: outage.length, rolledBack: false },
      });
      expect(markOf(world)).toBe('proved new');
      // Twice the service has asked for 7 s.
      expect(slept.filter((milliseconds) => milliseconds >= 7000).length).toBeGreaterThanOrEqual(2);
    });

    it('changes nothing when there is none in an hour, and says so', async () => {
      const world = worldWithEndpoint();
      silent(world, oldModel, dead);
      expect(await unanswered(runStep(swap, settings, { world }))).toMatch(
        /no answer \(503\); endpoint call-center was not changed: resume the run/,
      );
      expect(world.objects.endpoints[0]).toEqual(fakeEndpoint('call-center', oldModel));
    });

    it('leaves the new model when there is none in an hour, unproved, and the next run proves it', async () => {
      const world = worldWithEndpoint();
      const service = silent(world, newModel, dead);
      let left: Outputs = {};
      const onLeaving: StepContext['leaving'] = (_, outputs) => (left = outputs?.() ?? left);
      expect(await unanswered(runStep(swap, settings, { world, onLeaving }))).toMatch(
        /no answer \(503\); endpoint call-center (serves|is to serve) new, which is not proved there: .* for model old$/,
      );
      const marks = { 'speechops-swap': 'unproved new', 'speechops-previous-model': 'old' };
      expect(world.objects.endpoints[0]).toMatchObject({ model: { self: newModel }, customProperties: marks });
      // By these a wave takes it back.
      expect(left).toMatchObject({ model: newModel, previousModel: oldModel, given: true });
      service.answered = true;
      const { outcome } = await runStep(swap, settings, { world });
      const outputs = { model: newModel, previousModel: oldModel, given: true };
      expect(outcome).toMatchObject({ kind: 'done', outputs });
      expect(markOf(world)).toBe('proved new');
    });

    it('says that going back is not verified when there is none on the way back', async () => {
      const world = worldWithEndpoint();
      let isBad = false;
      world.recognise = (endpoint) => {
        if (endpoint.model?.self === newModel) isBad = true;
        if (endpoint.model?.self === newModel) return { ...good, lexical: 'one' };
        return isBad ? unavailable : good;
      };
      expect(await unanswered(runStep(swap, settings, { world }))).toMatch(
        /no answer \(503\); the endpoint is to serve the previous model old again, which is not verified there: .* error rate is 75.0 %/,
      );
      const marks = { 'speechops-swap': 'unproved old after new', 'speechops-previous-model': 'old' };
      expect(world.objects.endpoints[0]).toMatchObject({ model: { self: oldModel }, customProperties: marks });
    });

    it('remembers what was proved last, also when taking back an unproved model is cut off', async () => {
      const world = worldWithEndpoint();
      const customProperties = { 'speechops-swap': 'unproved new', 'speechops-previous-model': 'old' };
      world.objects.endpoints.splice(0, 1, fakeEndpoint('call-center', newModel, { customProperties }));
      world.recognise = (endpoint) => (endpoint.model?.self === newModel ? { ...good, lexical: 'one' } : unavailable);
      await unanswered(runStep(swap, settings, { world }));
      const marks = { 'speechops-swap': 'unproved old after new', 'speechops-previous-model': 'old' };
      expect(world.objects.endpoints[0]).toMatchObject({ model: { self: oldModel }, customProperties: marks });
    });

    it('says that the service did not answer when a time limit ends that, and in the log when somebody does', async () => {
      for (const [reason, expected] of [
        [new DOMException('The time is used up', 'TimeoutError'), /ServiceError: .* new, which is not proved there/],
        [new Error('Ctrl-C'), /Error: Ctrl-C/],
      ] as const) {
        const world = worldWithEndpoint();
        const stop = new AbortController();
        world.recognise = (endpoint) => {
          if (endpoint.model?.self === newModel) setTimeout(() => stop.abort(reason), 10);
          return endpoint.model?.self === newModel ? unavailable : good;
        };
        // Real pauses: time has to pass until the end.
        Object.assign(world.ports.clock, { sleep });
        const said: string[] = [];
        const error: unknown = await runStep(swap, settings, { world, signal: stop.signal, said }).catch((e) => e);
        expect(String(error)).toMatch(expected);
        if (String(error).includes('Ctrl-C')) expect(said.at(-1)).toContain('new, which is not proved there');
        expect(world.objects.endpoints[0]?.model?.self).toBe(newModel);
      }
    });

    it('goes back from a deployment that failed without waiting for an answer from there', async () => {
      const world = worldWithEndpoint();
      world.settle = (wanted) => ({ ...wanted, status: wanted.model?.self === newModel ? 'Failed' : 'Succeeded' });
      let probes = 0;
      world.recognise = (endpoint) => {
        if (endpoint.model?.self === newModel) probes += 1;
        return endpoint.model?.self === newModel ? unavailable : good;
      };
      const error = await failure(runStep(swap, settings, { world }));
      expect(error.message).toMatch(
        /^The deployment failed and gave no reason; see \S+; went back to the previous model and verified it$/,
      );
      expect(probes).toBeLessThan(5);
    });

    it('does not take missing rights for a bad model', async () => {
      const world = worldWithEndpoint();
      const denied = serviceError('401', { status: 401, outcome: 'refused' });
      world.recognise = (endpoint) => (endpoint.model?.self === newModel ? denied : good);
      expect(await unanswered(runStep(swap, settings, { world }))).toContain('new, which is not proved there');
      expect(world.objects.endpoints[0]?.model?.self).toBe(newModel);
    });
  });
});
