import { describe, expect, it } from 'vitest';
import { assertPlanned, portsOfBound } from '../../../workflows/engine/bound-plan.ts';
import type { Plan } from '../../../workflows/plan/plan.ts';
import { planOf } from '../report/plan-of.ts';
import { createFakeWorld } from '../steps/fake-world.ts';

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
});
