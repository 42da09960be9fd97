import { describe, expect, it } from 'vitest';
import { leftOutOfList, listOutput } from '../../../workflows/steps/evaluate/list-output.ts';
import { noiseOutputs } from '../../../workflows/steps/evaluate/noise.ts';

const names = Array.from({ length: 5000 }, (_, index) => `recording-of-the-ward-${index}.wav`);

describe('listOutput', () => {
  it('has what there is room for, and says how much it leaves out', () => {
    const listed = JSON.parse(listOutput(names)) as readonly string[];
    expect(listed.length).toBeGreaterThan(1000);
    expect(listed).toEqual(names.slice(0, listed.length));
    expect(leftOutOfList(names, 'recording')).toBe(
      `; ${5000 - listed.length} recordings left out of the list, which has no room for more`,
    );
    expect(leftOutOfList(names.slice(0, 10), 'recording')).toBe('');
  });

  it('leaves out a value that is too long, and nothing else', () => {
    expect(JSON.parse(listOutput(['x'.repeat(61_000), 'a', 'b']))).toEqual(['a', 'b']);
  });
});

describe('noise of more recordings than are listed', () => {
  it('says so', () => {
    const same = { wer: 0.1 };
    const noise = { evaluations: 3, recordings: 6000, unstable: names, model: { lowest: same, highest: same } };
    expect(noiseOutputs(noise, { evaluations: 3, isCompared: false })['noise']).toMatch(
      /^5000 of 6000 recordings were not recognised alike in 3 evaluations; .*; \d+ recordings left out of the list/,
    );
  });
});
