import { describe, expect, it } from 'vitest';
import { nearestName } from '../../../workflows/document/nearest-name.ts';

describe('nearestName', () => {
  it.each([
    ['fro', ['from', 'kind'], 'from'],
    ['form', ['from', 'format'], 'from'],
    ['UPLOAD', ['upload', 'evaluate'], 'upload'],
    ['mesured-by', ['measured-by', 'max-wer'], 'measured-by'],
    ['baselne', ['baseline', 'baseline-2'], 'baseline'],
  ])('of %s among %j is %s', (written, names, nearest) => expect(nearestName(written, names)).toBe(nearest));

  it.each([
    ['x', ['a', 'b']],
    ['abcdef', ['abcxyz']],
    ['retry', ['name', 'uses', 'with']],
    ['__proto__', ['project']],
    ['', ['a']],
    ['a'.repeat(100_000), ['aaa']],
  ])('is nothing when none is near', (written, names) => expect(nearestName(written, names)).toBeUndefined());
});
