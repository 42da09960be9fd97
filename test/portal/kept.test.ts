import { describe, expect, it } from 'vitest';
import { Kept } from '../../portal/server/kept.ts';

describe('what is kept', () => {
  it('is read once, by whichever requests', async () => {
    const kept = new Kept<string>({ most: 10, sizeOf: ({ length }) => length });
    let reads = 0;
    const read = async (): Promise<string> => `value ${(reads += 1)}`;
    expect(await Promise.all([kept.of('a', read), kept.of('a', read)])).toEqual(['value 1', 'value 1']);
    expect(await kept.of('a', read)).toBe('value 1');
  });

  it('goes when there is more than the bound, the one that was asked for longest ago first', async () => {
    const kept = new Kept<string>({ most: 10, sizeOf: ({ length }) => length });
    const reads: string[] = [];
    const of = async (key: string) =>
      await kept.of(key, async () => {
        reads.push(key);
        return '12345';
      });
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await of(key);
    expect(reads).toEqual(['a', 'b', 'c', 'b']);
  });

  it('is read again after a failure, and is no more than the bound even when it is alone', async () => {
    const kept = new Kept<string>({ most: 3, sizeOf: ({ length }) => length });
    await expect(kept.of('a', async () => await Promise.reject(new Error('not now')))).rejects.toThrow('not now');
    expect(await kept.of('a', async () => 'four')).toBe('four');
    expect(await kept.of('a', async () => 'five')).toBe('five');
  });
});
