import { describe, expect, it } from 'vitest';
import { previousModelProperty, swapProperty } from '../../../workflows/plan/endpoint-proof.ts';
import { digestOf, findExisting, withEntries } from '../../../workflows/plan/identity.ts';
import { fakeEndpoint, fakeModel } from '../steps/fake-world.ts';

describe('a digest', () => {
  it('does not depend on the order of keys, and does on that of a list, the values and the kind', () => {
    const digest = digestOf('dataset', { a: 1, b: { c: [1, 2], d: null } });
    expect(digestOf('dataset', { b: { d: null, c: [1, 2] }, a: 1 })).toBe(digest);
    expect(digestOf('dataset', { a: 1, b: { c: [2, 1], d: null } })).not.toBe(digest);
    expect(digestOf('dataset', { a: 2, b: { c: [1, 2], d: null } })).not.toBe(digest);
    expect(digestOf('model', { a: 1, b: { c: [1, 2], d: null } })).not.toBe(digest);
  });
});

describe('findExisting', () => {
  const made = (name: string, change: object) =>
    fakeModel(name, { customProperties: { 'speechops-digest': 'd' }, ...change });
  const working = made('working', { status: 'Running', createdDateTime: '2024-01-01T00:00:00Z' });
  const failed = made('failed', { status: 'Failed', createdDateTime: '2023-01-01T00:00:00Z' });
  const first = made('first', { createdDateTime: '2025-01-01T00:00:00Z' });
  const second = made('second', { createdDateTime: '2026-01-01T00:00:00Z' });

  it('reuses the oldest that is finished, even though an older one is at work', () => {
    expect(findExisting([second, working, failed, first], 'd')).toEqual({ action: 'reuse', entity: first });
  });

  it('adopts the one that is at work where none is finished, and never a failed one', () => {
    expect(findExisting([failed, working], 'd')).toEqual({ action: 'adopt', entity: working });
    expect(findExisting([failed], 'd')).toBeUndefined();
  });

  it('leaves alone what was made from something else', () => expect(findExisting([first], 'e')).toBeUndefined());

  it('takes of two of the same second the one with the lower id, in whichever order they are listed', () => {
    const [a, b] = ['a', 'b'].map((name) => made(name, { createdDateTime: '2025-01-01T00:00:00Z' }));
    for (const list of [
      [a!, b!],
      [b!, a!],
    ])
      expect(findExisting(list, 'd')?.entity).toBe(a);
  });
});

it('an endpoint takes ten custom properties, and one with as many of its own goes without the marks', () => {
  const marks = { [swapProperty]: 'proved m', [previousModelProperty]: 'p' };
  const own = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`own-${index}`, 'x']));
  const withOwn = (count: number) => withEntries(fakeEndpoint('e', 'm', { customProperties: own(count) }), marks);
  expect(withOwn(8)).toEqual({ ...own(8), ...marks });
  expect(withOwn(9)).toEqual(own(9));
});
