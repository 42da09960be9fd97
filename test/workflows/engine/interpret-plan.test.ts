import { describe, expect, it } from 'vitest';
import { createInMemoryEngine } from './in-memory-engine.ts';
import { createInterpreter } from '../../../workflows/engine/interpret-plan.ts';
import type { ClockPort } from '../../../workflows/time/clock.ts';
import type { StepRecord } from '../../../workflows/engine/run-record.ts';
import { StepFailure, type StepKind } from '../../../workflows/engine/step-kind.ts';
import type { Plan } from '../../../workflows/plan/plan.ts';
import { createFakeWorld, serviceError } from '../steps/fake-world.ts';
import { manualClock } from './test-clocks.ts';
import { type Behaviour, done, interpreter, plan, planOf, run, short, statuses, step, written } from './run-plan.ts';

describe('interpreter', () => {
  it('runs independent steps side by side', async () => {
    const second = Promise.withResolvers<void>();
    const record = await run(plan(step('a'), step('b')), {
      // `a` ends only after `b` has started.
      a: async () => {
        await second.promise;
        return done;
      },
      b: async () => {
        second.resolve();
        return done;
      },
    });
    expect(record.status).toBe('succeeded');
  });

  it('starts a step after everything it needs', async () => {
    const order: string[] = [];
    const note: Behaviour = async () => {
      order.push('ended');
      return done;
    };
    await run(plan(step('a'), step('b', { needs: ['a'] })), {
      a: note,
      b: async () => {
        order.push('b');
        return done;
      },
    });
    expect(order).toEqual(['ended', 'b']);
  });

  it('skips what needs a failed step, continues with the rest and fails the run', async () => {
    const record = await run(plan(step('a'), step('b', { needs: ['a'] }), step('c', { needs: ['b'] }), step('d')), {
      a: async () => {
        throw new StepFailure('No capacity', { model: 'half' });
      },
    });
    expect(record.status).toBe('failed');
    expect(statuses(record)).toEqual({ a: 'failed', b: 'skipped', c: 'skipped', d: 'succeeded' });
    expect(record.steps['a']).toMatchObject({ error: 'No capacity', failure: 'step', outputs: { model: 'half' } });
    expect(record.steps['b']?.reason).toBe('a failed');
  });

  it('keeps what a step has seen in time, of a failed one too and of all attempts', async () => {
    const at = (second: number) => ({ at: `2026-01-02T03:04:0${second}.000Z`, milliseconds: 10 * second });
    const retry = { attempts: 2, delaySeconds: 0, maxDelaySeconds: 0, on: ['step'] } as const;
    let attempts = 0;
    const record = await run(plan(step('a', { retry }), step('b')), {
      a: async ({ sample }) => {
        sample(at((attempts += 1)));
        throw new StepFailure('No');
      },
    });
    expect(record.steps['a']).toMatchObject({ status: 'failed', series: [at(1), at(2)] });
    expect(record.steps['b']).not.toHaveProperty('series');
  });

  it('goes on after a failed step that may fail', async () => {
    const record = await run(plan(step('a', { continueOnError: true }), step('b', { needs: ['a'] })), {
      a: async () => {
        throw new StepFailure('No');
      },
    });
    expect([record.status, statuses(record)]).toEqual(['succeeded', { a: 'failed', b: 'succeeded' }]);
  });

  it('evaluates conditions and settings from the outputs of needed steps', async () => {
    const condition = { if: '${{ steps.a.outputs.wer > 0.3 }}', needs: ['a'] };
    const record = await run(plan(step('a'), step('b', condition), step('c', { needs: ['b'] })), {});
    expect(statuses(record)).toEqual({ a: 'succeeded', b: 'skipped', c: 'skipped' });
  });

  it('fails a step whose settings turn out wrong, naming the setting', async () => {
    const wrong = {
      with: { datasets: ['d'], 'base-model': 'newest', name: 'x', weight: '${{ steps.a.outputs.model }}' },
      needs: ['a'],
    };
    const record = await run(plan(step('a'), step('b', wrong)), {});
    expect(record.steps['b']?.error).toContain('Correct the settings of b: `weight`');
  });

  it('tells failures of the world from refusals of the service', async () => {
    const throwing =
      (status?: number, isFile = false): Behaviour =>
      async () => {
        throw serviceError('answer', { outcome: 'unknown', isFile, ...(status === undefined ? {} : { status }) });
      };
    const record = await run(plan(step('a'), step('b'), step('c'), step('d'), step('e'), step('f')), {
      a: throwing(),
      b: throwing(401),
      c: throwing(400),
      d: throwing(503),
      e: throwing(404),
      f: throwing(404, true),
    });
    const expected = { a: 'world', b: 'world', c: 'step', d: 'world', e: 'step', f: 'world' };
    expect(Object.entries(record.steps).map(([id, { failure }]) => [id, failure])).toEqual(Object.entries(expected));
  });

  it('refuses a change of the resource that the kind did not announce', async () => {
    const record = await run(plan(step('a')), {
      a: async (context) => {
        await context.effect('create-dataset', { digest: 'x', act: async () => null });
        return done;
      },
    });
    expect(record.steps['a']?.error).toContain('a step makes no change it did not announce');
  });

  it('lets effects of the same digest happen one after the other', async () => {
    let inside = 0;
    let most = 0;
    const create: Behaviour = async (context) => {
      await context.effect('create-model', {
        digest: 'same',
        act: async () => {
          most = Math.max(most, (inside += 1));
          await context.ports.clock.sleep(1);
          inside -= 1;
          return null;
        },
      });
      return done;
    };
    await run(plan(step('a'), step('b'), step('c')), { a: create, b: create, c: create });
    expect(most).toBe(1);
  });
});

describe('order', () => {
  it('gives every step to the engine at once, in the order of the layers, finally steps last', () => {
    const of = written(
      `locale: en-US\nstrategy: { matrix: { x: [a, b] }, max-parallel: 1 }\nsteps:\n${short('one', 'needs: [two]')}${short('two')}` +
        `finally:\n${short('last', 'needs: [first]')}${short('first')}`,
    );
    const given: string[] = [];
    const { signal } = new AbortController();
    const startedAt = new Date().toISOString();
    const never = async (name: string): Promise<never> => {
      given.push(name);
      return await new Promise(() => undefined);
    };
    void interpreter({})(of, {
      runId: 'r',
      startedAt,
      timedFrom: startedAt,
      isCancelled: false,
      leftBehind: {},
      leaving: () => undefined,
      signal,
      givenUp: new Promise<never>(() => undefined),
      step: never,
      wait: never,
      alone: never,
      assertOwned: async () => undefined,
    });
    expect(given).toEqual(['two-a', 'two-b', 'one-a', 'one-b', 'first', 'last']);
    expect(given).toEqual(of.pipeline.layers.flat());
  });
});

describe('a run that is resumed', () => {
  /** Interprets a plan in a scope that remembers these steps, and does the others. */
  async function resumeWorkflow(
    of: Plan,
    remembered: Readonly<Record<string, StepRecord>>,
    clock: ClockPort,
    startedAt: string,
  ) {
    const asked: string[] = [];
    const record = await interpreter({}, { clock })(of, {
      runId: 'r',
      startedAt,
      timedFrom: startedAt,
      isCancelled: false,
      leftBehind: {},
      leaving: () => undefined,
      givenUp: new Promise<never>(() => undefined),
      signal: new AbortController().signal,
      wait: async () => undefined,
      alone: async (_name, { act }) => await act(),
      assertOwned: async () => undefined,
      async step<T>(name: string, act: () => Promise<T>): Promise<T> {
        const known = remembered[name];
        if (known !== undefined) return known as T;
        const result = await act();
        asked.push(name);
        return result;
      },
    });
    return { record, asked };
  }

  it('says of remembered steps what was said the first time, its timeout included', async () => {
    const clock = manualClock();
    const startedAt = clock.now().toISOString();
    const { pipeline } = plan(step('a'), step('b', { needs: ['a'] }), step('last', { finally: true }));
    const of = planOf({ ...pipeline, timeoutSeconds: 60 });
    const ended = { uses: 'train', outputs: {}, finishedAt: new Date(clock.now().getTime() + 61_000).toISOString() };
    const a: StepRecord = { ...ended, status: 'failed', failure: 'step' };
    const b: StepRecord = { ...ended, status: 'skipped', cutOff: true };
    await clock.advance(1000);
    const { record, asked } = await resumeWorkflow(of, { a, b }, clock, startedAt);
    expect([record.status, record.error, asked]).toEqual([
      'failed',
      'The steps of the run did not end within 60 s (timeout of the pipeline)',
      ['last'],
    ]);
  });

  it('runs the finally steps of a run whose steps ended in time, however late it is', async () => {
    const clock = manualClock();
    const startedAt = clock.now().toISOString();
    const { pipeline } = plan(step('a'), step('last', { finally: true }));
    const a: StepRecord = { uses: 'train', outputs: {}, status: 'succeeded', finishedAt: startedAt };
    await clock.advance(1000);
    const { record } = await resumeWorkflow(planOf({ ...pipeline, timeoutSeconds: 60 }), { a }, clock, startedAt);
    expect([record.status, statuses(record)]).toEqual(['succeeded', { a: 'succeeded', last: 'succeeded' }]);
  });

  it('starts the combinations that are left when the others are remembered', async () => {
    const of = written(
      `locale: en-US\nstrategy: { matrix: { x: [a, b, c] }, max-parallel: 1 }\nsteps:\n${short('one')}${short('two')}`,
    );
    const clock = manualClock();
    const startedAt = clock.now().toISOString();
    const ended: StepRecord = { uses: 'train', outputs: {}, status: 'succeeded', finishedAt: startedAt };
    const { record, asked } = await resumeWorkflow(
      of,
      { 'one-a': ended, 'two-a': ended, 'one-b': ended },
      clock,
      startedAt,
    );
    expect([record.status, asked]).toEqual(['succeeded', ['two-b', 'one-c', 'two-c']]);
  });
});

describe('in-memory engine', () => {
  it('keeps a message that arrives before anyone waits and drops a repeated one', async () => {
    const received: unknown[] = [];
    const engine = createInMemoryEngine(async (_, scope) => {
      received.push(await scope.wait('start', { timeoutSeconds: 5, signal: scope.signal, accepts: () => true }));
      received.push(await scope.wait('approve', { timeoutSeconds: 5, signal: scope.signal, accepts: () => true }));
      received.push(await scope.wait('approve', { timeoutSeconds: 0, signal: scope.signal, accepts: () => true }));
      return { runId: scope.runId, pipeline: 'p', status: 'succeeded', startedAt: '', finishedAt: '', steps: {} };
    });
    await engine.start('r', plan());
    for (const key of ['k', 'k']) await engine.decide('r', { topic: 'approve', payload: 'yes', key });
    await engine.decide('r', { topic: 'start', payload: 'go', key: 's' });
    await engine.result('r');
    expect(received).toEqual(['go', 'yes', undefined]);
  });

  it('cancels waiting steps and ends the run as cancelled', async () => {
    const waiting: StepKind = {
      uses: 'train',
      effects: [],
      plan: () => ({ action: 'create', summary: '', effects: [], outputs: {} }),
      run: async (_, { signal }) =>
        await new Promise((__, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    };
    const engine = createInMemoryEngine(
      createInterpreter({ kinds: { train: waiting }, ports: createFakeWorld().ports }),
    );
    await engine.start('r', plan(step('a'), step('b', { needs: ['a'] })));
    await new Promise((resolve) => setImmediate(resolve));
    await engine.cancel('r');
    const record = await engine.result('r');
    expect([record.status, statuses(record), await engine.status('r')]).toEqual([
      'cancelled',
      { a: 'failed', b: 'skipped' },
      'cancelled',
    ]);
  });

  it('remembers the result of a step by its name and forgets failures', async () => {
    let acts = 0;
    const engine = createInMemoryEngine(async (_, scope) => {
      await scope.step('x', async () => Promise.reject(new Error('once'))).catch(() => undefined);
      for (let turn = 0; turn < 3; turn += 1) await scope.step('x', async () => (acts += 1));
      return { runId: scope.runId, pipeline: 'p', status: 'succeeded', startedAt: '', finishedAt: '', steps: {} };
    });
    await engine.start('r', plan());
    await engine.result('r');
    expect(acts).toBe(1);
  });
});
