import { expect, it } from 'vitest';
import { planText, savedPlanText } from '../../../../workflows/report/commands/plan-text.ts';
import { planOf as plan } from '../plan-of.ts';

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

it('says and counts of steps that delete and do nothing else that they delete', () => {
  const tidy = { action: 'delete', summary: 'delete model old', effects: ['delete-model'] } as const;
  expect(planText(plan({ action: 'update' }, tidy))).toBe(
    'calls: 1 to update, 1 to delete\n  s0  ~ update       make it\n  s1  x delete       delete model old\n',
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

it('says where a plan was saved and how it is done, once for each pipeline', () => {
  const saved = { hash: 'abcdef0123456789', file: 'plan.json' };
  expect(savedPlanText({ ...saved, commands: ['speechops run --plan plan.json'] })).toBe(
    'Plan abcdef012345 is in plan.json. To do exactly this: speechops run --plan plan.json\n',
  );
  expect(savedPlanText({ ...saved, commands: ['run a', 'run b'] })).toBe(
    'Plan abcdef012345 is in plan.json. To do exactly this:\n  run a\n  run b\n',
  );
  expect(savedPlanText({ ...saved, file: 'a\u001B[31m', commands: [] })).toBe(
    'Plan abcdef012345 is in a\\u001B[31m.\n',
  );
});
