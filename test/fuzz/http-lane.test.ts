import { describe, expect, it } from 'vitest';
import { fuzzHttp } from './http-lane.ts';

describe('requests to the emulator that are changed at random', () => {
  it('crash nothing, hang nowhere, reveal nothing and are refused to strangers', async () => {
    expect(await fuzzHttp({ seed: 20_251_015, count: 400 })).toEqual([]);
  });

  it('are ended by a signal', async () => {
    expect(await fuzzHttp({ seed: 1, count: 1e9, signal: AbortSignal.timeout(300) })).toEqual([]);
  });
});
