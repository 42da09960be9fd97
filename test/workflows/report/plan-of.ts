import type { Plan, PlannedStep } from '../../../workflows/plan/plan.ts';

/** A plan of these steps; what they do not say is that they would make something. */
export function planOf(...steps: readonly Partial<PlannedStep>[]): Plan {
  return {
    pipeline: { name: 'calls', locale: 'en-US', inputs: {}, steps: [], layers: [] },
    folder: '/',
    target: { endpoint: 'https://west' },
    env: {},
    steps: steps.map((step, index) => ({
      effects: [],
      outputs: {},
      uses: 'upload',
      id: `s${index}`,
      name: 'x',
      action: 'create',
      summary: 'make it',
      ...step,
    })),
  };
}
