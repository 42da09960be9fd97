import { describe, expect, it } from 'vitest';
import { Kept } from '../../portal/server/kept.ts';

describe('what is kept', () => {
  it('is made once while there is room, and the one asked for longest ago is made again', async () => {
    const kept = new Kept<string>({ most: 2 });
    const made: string[] = [];
    const of = async (key: string): Promise<string> =>
      await kept.of(key, async () => {
        made.push(key);
        return key.toUpperCase();
      });
    expect(await Promise.all([of('a'), of('a'), of('b'), of('a')])).toEqual(['A', 'A', 'B', 'A']);
    await of('c');
    await of('a');
    await of('b');
    expect(made).toEqual(['a', 'b', 'c', 'b']);
  });

  it('is not what has failed', async () => {
    const kept = new Kept<number>({ most: 2 });
    await expect(kept.of('a', async () => await Promise.reject(new Error('no answer')))).rejects.toThrow('no answer');
    expect(await kept.of('a', async () => 1)).toBe(1);
  });
});
