import { describe, expect, it } from 'vitest';
import { createInMemoryEngine } from './in-memory-engine.ts';
import { createInterpreter } from '../../../workflows/engine/interpret-plan.ts';
import type { Ports } from '../../../workflows/engine/ports.ts';
import type { RunRecord } from '../../../workflows/engine/run-record.ts';
import type { StepKind } from '../../../workflows/engine/step-kind.ts';
import type { Plan } from '../../../workflows/plan/plan.ts';
import { createFakeWorld } from '../steps/fake-world.ts';
import { plan, step } from './run-plan.ts';

const west = createFakeWorld().ports;
const east = createFakeWorld().ports;
const portsOf = ({ resource }: { readonly resource?: string }): Ports => (resource === 'https://east' ? east : west);

async function run(of: Plan, act: StepKind['run']): Promise<RunRecord> {
  const kind: StepKind = {
    uses: 'train',
    effects: ['create-model'],
    plan: () => ({ action: 'create', summary: '', effects: [], outputs: {} }),
    run: act,
  };
  const engine = createInMemoryEngine(createInterpreter({ kinds: { train: kind }, ports: west, portsOf }));
  await engine.start('r', of);
  return await engine.result('r');
}

describe('a run on several Speech resources', () => {
  const two = {
    ...plan(step('a'), step('b', { resource: 'https://east' })),
    target: { endpoint: 'https://west' },
  };

  it('gives each step the ports of its own', async () => {
    const seen = new Map<string, Ports>();
    await run(two, async ({ step: { id } }, { ports }) => {
      seen.set(id, ports);
      return { kind: 'done', outputs: {} };
    });
    expect([seen.get('a') === west, seen.get('b') === east]).toEqual([true, true]);
  });

  it.each([
    ['makes the same thing on both at the same time', two, 2],
    [
      'makes it once at a time on an emulator that stands for both',
      { ...two, target: 'embedded-emulator' as const },
      1,
    ],
  ])('%s', async (_, of, expected) => {
    let inside = 0;
    let most = 0;
    await run(of, async (_input, context) => {
      await context.effect('create-model', {
        digest: 'same',
        async act() {
          most = Math.max(most, (inside += 1));
          for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
          inside -= 1;
          return null;
        },
      });
      return { kind: 'done', outputs: {} };
    });
    expect(most).toBe(expected);
  });
});
