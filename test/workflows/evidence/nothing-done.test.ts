import { describe, expect, it } from 'vitest';
import { nothingDone } from '../../../workflows/evidence/nothing-done.ts';

describe('nothingDone', () => {
  const skipped = { status: 'skipped', reason: 'its condition is not met: inputs.go (false)' } as const;

  it('says why the first step was skipped, and how many were with it', () => {
    expect(nothingDone({ check: skipped })).toBe(
      'Nothing was done: check was skipped, its condition is not met: inputs.go (false).',
    );
    expect(nothingDone({ check: { status: 'skipped' }, train: skipped })).toBe(
      'Nothing was done: check was skipped; 1 other step was skipped, too.',
    );
  });

  it('says nothing of a run that has done something, or has no step', () => {
    expect(nothingDone({ check: skipped, train: { status: 'reused' } })).toBeUndefined();
    expect(nothingDone({})).toBeUndefined();
  });
});
