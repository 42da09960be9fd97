import { beforeEach, describe, expect, it } from 'vitest';
import { createInterpreter } from '../../../workflows/engine/interpret-plan.ts';
import { Ownership } from '../../../workflows/engine/ownership.ts';
import type { Ports } from '../../../workflows/engine/ports.ts';
import type { RunRecord } from '../../../workflows/engine/run-record.ts';
import type { StepContext, StepKind } from '../../../workflows/engine/step-kind.ts';
import type { Effect } from '../../../workflows/plan/step-plan.ts';
import { createFakeWorld, type FakeWorld } from '../steps/fake-world.ts';
import { createInMemoryEngine } from './in-memory-engine.ts';
import { plan, step } from './run-plan.ts';
import { manualClock } from './test-clocks.ts';

let world: FakeWorld;
let ownership: Ownership;
let ports: Ports;
let clock: ReturnType<typeof manualClock>;

beforeEach(() => {
  world = createFakeWorld();
  ownership = new Ownership();
  clock = manualClock();
  const { endpoints } = world.ports.speech;
  const asking: typeof endpoints = {
    ...endpoints,
    async delete(...args) {
      await ownership.beforeSending();
      args[1]?.signal?.throwIfAborted();
      await endpoints.delete(...args);
    },
  };
  ports = { ...world.ports, clock, speech: { ...world.ports.speech, endpoints: asking } };
});

/** Runs a step that cleans up when `until` has ended, which gets what can cancel the run. */
async function cleaning(
  until: (of: { readonly context: StepContext; cancel(): Promise<void> }) => Promise<void>,
  how: { readonly effect?: Effect; readonly timeoutSeconds?: number; readonly isLost?: boolean } = {},
): Promise<{ readonly record: RunRecord; readonly said: unknown }> {
  let said: unknown;
  const kind: StepKind = {
    uses: 'train',
    effects: ['delete-endpoint'],
    plan: () => ({ action: 'create', summary: '', effects: [], outputs: {} }),
    async run(_, context) {
      await until({ context, cancel: async () => await engine.cancel('r') });
      const effect = how.effect ?? 'delete-endpoint';
      said = await context
        .cleanUp(effect, async (by) => await by.ports.speech.endpoints.delete('canary', { signal: by.signal }))
        .catch((error: unknown) => (error as Error).message);
      return { kind: 'done', outputs: {} };
    },
  };
  const interpret = createInterpreter({ kinds: { train: kind }, ports, ownership });
  const engine = createInMemoryEngine(async (of, scope) => {
    if (how.isLost === true)
      Object.assign(scope, { assertOwned: async () => await Promise.reject(new Error('taken over')) });
    return await interpret(of, scope);
  });
  const { timeoutSeconds } = how;
  await engine.start('r', plan(step('a', timeoutSeconds === undefined ? {} : { timeoutSeconds })));
  return { record: await engine.result('r'), said };
}

describe('cleaning up', () => {
  it('does what a step kind has announced', async () => {
    const { record } = await cleaning(async () => undefined);
    expect([record.status, world.deleted]).toEqual(['succeeded', ['canary']]);
  });

  it('does it when a person has cancelled the run, in which every other change is refused', async () => {
    const { record } = await cleaning(async ({ context, cancel }) => {
      await cancel();
      await expect(context.ports.speech.endpoints.delete('other')).rejects.toThrow('The run was cancelled');
    });
    expect([record.status, world.deleted]).toEqual(['cancelled', ['canary']]);
  });

  it('does it when the time of the step is used up', async () => {
    const { record } = await cleaning(
      async ({ context }) => {
        while (!context.signal.aborted) {
          clock.advance(10);
          await new Promise(setImmediate);
        }
      },
      { timeoutSeconds: 5 },
    );
    expect(record.steps['a']?.error).toBeUndefined();
    expect(world.deleted).toEqual(['canary']);
  });

  it('refuses what the kind has not announced, and a run that belongs to another process', async () => {
    expect((await cleaning(async () => undefined, { effect: 'create-model' })).said).toMatch(/^Announce create-model/);
    expect((await cleaning(async () => undefined, { isLost: true })).said).toBe('taken over');
    expect(world.deleted).toEqual([]);
  });
});
