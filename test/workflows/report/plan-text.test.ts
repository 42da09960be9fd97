import { expect, it } from 'vitest';
import type { Plan, PlannedStep } from '../../../workflows/plan/plan.ts';
import { planText } from '../../../workflows/report/plan-text.ts';

const nothing = { effects: [], outputs: {}, uses: 'upload' };

function plan(...steps: readonly Partial<PlannedStep>[]): Plan {
  return {
    pipeline: { name: 'calls', locale: 'en-US', inputs: {}, steps: [], layers: [] },
    folder: '/',
    target: { endpoint: 'https://west' },
    env: {},
    steps: steps.map((step, index) => ({
      ...nothing,
      id: `s${index}`,
      name: 'x',
      action: 'create',
      summary: 'make it',
      ...step,
    })),
  };
}

it('names the one Speech resource in the first line', () => {
  expect(planText(plan({ resource: 'https://west' }, { resource: 'https://west', action: 'skip' }))).toBe(
    'calls on https://west: 1 to create, 1 to skip\n  s0  + create       make it\n  s1  - skip         make it\n',
  );
  expect(planText(plan({ resource: 'embedded-emulator' }))).toContain('calls on the embedded emulator: 1 to create');
});

it('marks and counts the steps that would fail', () => {
  expect(planText(plan({}, { action: 'fail', summary: 'Correct the name' }))).toBe(
    'calls: 1 to create, 1 that would fail\n  s0  + create       make it\n  s1  ! fail         Correct the name\n',
  );
});

it('names the resource of each step where there are several, and none where a step works on none', () => {
  expect(planText(plan({ resource: 'https://west' }, { resource: 'http://127.0.0.1:7270' }, {}))).toBe(
    [
      'calls on https://west, http://127.0.0.1:7270: 3 to create',
      '  s0  + create       west            make it',
      '  s1  + create       127.0.0.1:7270  make it',
      '  s2  + create                       make it',
      '',
    ].join('\n'),
  );
});
