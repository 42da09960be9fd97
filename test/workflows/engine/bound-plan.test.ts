import { describe, expect, it } from 'vitest';
import { assertPlanned, portsOfBound } from '../../../workflows/engine/bound-plan.ts';
import type { Plan } from '../../../workflows/plan/plan.ts';
import { planOf } from '../report/plan-of.ts';
import { createInterpreter } from '../../../workflows/engine/interpret-plan.ts';
import { stepKinds } from '../../../workflows/steps/registry.ts';
import { createFakeWorld } from '../steps/fake-world.ts';
import { createInMemoryEngine } from './in-memory-engine.ts';
import { written } from './run-plan.ts';

function bound(data: Readonly<Record<string, string>>, change: Partial<Plan> = {}): Plan {
  return {
    ...planOf({ id: 'live', action: 'reuse', summary: 'serves it already' }),
    hash: 'a'.repeat(64),
    bound: { data },
    ...change,
  };
}

describe('a run that is bound to its plan', () => {
  it('reads no other local data than those that were planned', async () => {
    const { ports } = createFakeWorld();
    const { digest } = await ports.data.describe('/data/x.txt', 'Language');
    const same = portsOfBound(ports, bound({ 'Language:data/x.txt': digest }));
    expect((await same.data.describe('/data/x.txt', 'Language')).digest).toBe(digest);
    const other = portsOfBound(ports, bound({ 'Language:data/x.txt': 'ffffffffffffffff' }));
    await expect(other.data.describe('/data/x.txt', 'Language')).rejects.toThrow(
      `Plan anew: /data/x.txt is not what plan aaaaaaaaaaaa was made with (its digest is ${digest.slice(0, 12)}, it was ffffffffffff)`,
    );
    for (const place of ['./data/x.txt', 'data//x.txt', 'pipelines/../data/x.txt', '/data/x.txt']) {
      const one = portsOfBound(ports, bound({ [`Language:${place}`]: 'ffffffffffffffff' }));
      await expect(one.data.describe('/data/x.txt', 'Language'), place).rejects.toThrow('Plan anew');
    }
    expect((await other.data.describe('/data/y.txt', 'Language')).digest).toBeDefined();
    expect(portsOfBound(ports, planOf({}))).toBe(ports);
  });

  it('makes no change that the step was not to make', () => {
    const plan = bound({});
    expect(() => assertPlanned('update-endpoint', { plan, stepId: 'live' })).toThrow(
      'Plan anew: live would update endpoint now, which plan aaaaaaaaaaaa has not announced (serves it already)',
    );
    const steps = plan.steps.map((step) => ({ ...step, effects: ['update-endpoint'] as const }));
    assertPlanned('update-endpoint', { plan: { ...plan, steps }, stepId: 'live' });
    assertPlanned('update-endpoint', { plan: planOf({ id: 'live' }), stepId: 'live' });
  });

  it('fails where data or the world have changed since, before it changes anything', async () => {
    const plan = written(
      'locale: en-US\nsteps:\n  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }\n',
    );
    const planned = { id: 'text', name: 'text', uses: 'upload', action: 'create', summary: 'x', outputs: {} } as const;
    const errorOf = async (change: Partial<Plan>): Promise<string | undefined> => {
      const world = createFakeWorld();
      const engine = createInMemoryEngine(createInterpreter({ kinds: stepKinds, ports: world.ports }));
      await engine.start('r', { ...plan, ...change });
      const { steps } = await engine.result('r');
      expect(world.created.length > 0).toBe(steps['text']?.status === 'succeeded');
      return steps['text']?.error;
    };
    const steps = [{ ...planned, effects: stepKinds['upload']!.effects }];
    expect(await errorOf({ steps })).toBeUndefined();
    expect(await errorOf({ steps, bound: { data: { 'Language:text.txt': 'other' } } })).toContain(
      'is not what the plan was made with',
    );
    expect(await errorOf({ steps: [{ ...planned, effects: [] }], bound: { data: {} } })).toContain(
      'Plan anew: text would create dataset now, which the plan has not announced',
    );
  });
});
