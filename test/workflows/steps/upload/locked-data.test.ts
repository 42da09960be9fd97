import { describe, expect, it } from 'vitest';
import type { LockedData } from '../../../../schemas/types.gen.ts';
import { lockDifferences, withOtherResources } from '../../../../workflows/steps/upload/locked-data.ts';

function locked(digest: string, resources: Readonly<Record<string, string>>): LockedData {
  return {
    pipeline: 'p',
    step: 'calls',
    from: 'data',
    kind: 'Acoustic',
    locale: 'en-US',
    digest: digest.repeat(64),
    resources: Object.entries(resources).map(([resource, id]) => ({ resource, datasets: [{ id, lines: 1 }] })),
  };
}

describe('what a lock file says of an upload', () => {
  it('keeps what other resources have of the same data, in a stable order, and nothing of other data', () => {
    const before = locked('a', { 'https://b': '1', 'https://c': '2' });
    const now = locked('a', { 'https://a': '3' });
    expect(withOtherResources(now, before, 'https://a').resources.map(({ resource }) => resource)).toEqual([
      'https://a',
      'https://b',
      'https://c',
    ]);
    expect(withOtherResources(locked('a', {}), before, 'https://b')).toEqual(locked('a', { 'https://c': '2' }));
    expect(withOtherResources(locked('d', { 'https://a': '3' }), before, 'https://a').resources).toHaveLength(1);
    expect(withOtherResources(now, undefined, 'https://a')).toEqual(now);
  });

  it.each([
    ['it was not there', undefined, locked('a', {}), ['calls is new']],
    [
      'the data have changed',
      locked('a', {}),
      locked('b', {}),
      ['the data of calls have changed: aaaaaaaaaaaa -> bbbbbbbbbbbb'],
    ],
    ['another dataset has them', locked('a', { r: '1' }), locked('a', { r: '2' }), ['r has 2 of calls now, it was 1']],
    ['none has them any more', locked('a', { r: '1' }), locked('a', {}), ['r has no dataset of calls now, it was 1']],
    ['nothing has changed', locked('a', { r: '1' }), locked('a', { r: '1' }), []],
    ['it lies elsewhere', locked('a', {}), { ...locked('a', {}), from: 'more' }, ['what is told of calls has changed']],
  ] as const)('tells that %s', (_, before, now, told) => {
    expect(lockDifferences(before, now)).toEqual(told);
  });
});
