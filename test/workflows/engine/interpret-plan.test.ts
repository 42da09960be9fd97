import { describe, expect, it } from 'vitest';
import { createInMemoryEngine } from '../../../workflows/engine/in-memory-engine.ts';
import { createInterpreter } from '../../../workflows/engine/interpret-plan.ts';
import type { RunRecord } from '../../../workflows/engine/run-record.ts';
import { StepFailure, type StepContext, type StepKind, type StepOutcome } from '../../../workflows/engine/step-kind.ts';
import type { Pipeline, PipelineStep } from '../../../workflows/language/pipeline.ts';
import type { Plan } from '../../../workflows/plan/plan.ts';
import { createFakeWorld, serviceError } from '../steps/fake-world.ts';

type Behaviour = (context: StepContext) => Promise<StepOutcome>;

const done: StepOutcome = { kind: 'done', outputs: { model: 'm', wer: 0.2 } };

function step(id: string, change: Partial<PipelineStep> = {}): PipelineStep {
  return {
    id,
    name: id,
    uses: 'train',
    with: { datasets: ['d'], 'base-model': 'newest', name: id },
    needs: [],
    continueOnError: false,
    ...change,
  };
}

function plan(...steps: readonly PipelineStep[]): Plan {
  const pipeline: Pipeline = { name: 'p', locale: 'en-US', inputs: {}, steps, layers: steps.map(({ id }) => [id]) };
  return { pipeline, folder: '/', target: 'embedded-emulator', env: {}, steps: [] };
}

/** Runs the plan; each step behaves as its id says. */
async function run(of: Plan, behaviours: Readonly<Record<string, Behaviour>>): Promise<RunRecord> {
  const kind: StepKind = {
    uses: 'train',
    effects: ['create-model'],
    plan: () => ({ action: 'create', summary: '', effects: [], outputs: {} }),
    run: async ({ step: { id } }, context) => (await behaviours[id]?.(context)) ?? done,
  };
  const engine = createInMemoryEngine(createInterpreter({ kinds: { train: kind }, ports: createFakeWorld().ports }));
  await engine.start('r', of);
  return await engine.result('r');
}

function statuses(record: RunRecord): Record<string, string> {
  return Object.fromEntries(Object.entries(record.steps).map(([id, { status }]) => [id, status]));
}

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

  it('skips what needs a failed step, goes on with the rest and fails the run', async () => {
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
      (status?: number): Behaviour =>
      async () => {
        throw serviceError('answer', { outcome: 'unknown', ...(status === undefined ? {} : { status }) });
      };
    const record = await run(plan(step('a'), step('b'), step('c'), step('d')), {
      a: throwing(),
      b: throwing(401),
      c: throwing(400),
      d: throwing(503),
    });
    expect(Object.values(record.steps).map(({ failure }) => failure)).toEqual(['world', 'world', 'step', 'world']);
  });

  it('ends a step that has used up its time', async () => {
    const record = await run(plan(step('a', { timeoutSeconds: 0.02 })), {
      a: async ({ signal }) =>
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    expect(record.steps['a']?.error).toBe('The step did not end within 0.02 s (timeout)');
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

describe('in-memory engine', () => {
  it('keeps a message that arrives before anyone waits and drops a repeated one', async () => {
    const received: unknown[] = [];
    const engine = createInMemoryEngine(async (_, scope) => {
      received.push(await scope.wait('start', { timeoutSeconds: 5 }));
      received.push(await scope.wait('approve', { timeoutSeconds: 5 }));
      received.push(await scope.wait('approve', { timeoutSeconds: 0 }));
      return { runId: scope.runId, pipeline: 'p', status: 'succeeded', startedAt: '', finishedAt: '', steps: {} };
    });
    await engine.start('r', plan());
    for (const key of ['k', 'k']) await engine.signal('r', { topic: 'approve', payload: 'yes', key });
    await engine.signal('r', { topic: 'start', payload: 'go', key: 's' });
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
