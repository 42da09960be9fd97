import { describe, expect, it } from 'vitest';
import { Latencies } from '../../../workflows/steps/swap/recognition/latencies.ts';

const final = (finalSeconds: number) => ({ finalSeconds });

describe('the latencies of a proof', () => {
  it('are told by phase, half and 95 % of them, to the millisecond', () => {
    const latencies = new Latencies();
    for (let count = 1; count <= 40; count += 1)
      latencies.addSingle({ firstResultSeconds: count / 100, finalSeconds: count / 10 });
    latencies.enter('while');
    latencies.addSingle(final(0.123456));
    latencies.addPhrase({ firstResultSeconds: 0.5, finalSeconds: 9 });
    latencies.enter('back');
    latencies.addSingle(final(99));
    expect(latencies.outputs()).toEqual({
      beforeFirstResultP50Seconds: 0.2,
      beforeFirstResultP95Seconds: 0.38,
      beforeFinalP50Seconds: 2,
      beforeFinalP95Seconds: 3.8,
      whileFirstResultP50Seconds: 0.5,
      whileFirstResultP95Seconds: 0.5,
      whileFinalP50Seconds: 0.123,
      whileFinalP95Seconds: 9,
    });
    expect([latencies.finalP95('before'), latencies.finalP95('after')]).toEqual([3.8, undefined]);
  });

  it('are none where recognitions tell none', () => {
    const latencies = new Latencies();
    latencies.addSingle({});
    latencies.enter('after');
    latencies.addPhrase({});
    expect([latencies.outputs(), latencies.inWords()]).toEqual([{}, '']);
  });

  it('tell how long the first three recognitions of the new model took, its first answer included', () => {
    const latencies = new Latencies();
    const add = (seconds: number) => {
      const latency = final(seconds);
      latencies.addSingle(latency);
      return latency;
    };
    latencies.answeredAsNew(add(7));
    expect(latencies.warmUp()).toBeUndefined();
    latencies.enter('while');
    add(6);
    const first = add(2);
    latencies.answeredAsNew(first);
    latencies.addPhrase(final(50));
    latencies.answeredAsNew(add(3));
    latencies.enter('after');
    add(2.5);
    add(9);
    expect(latencies.warmUp()).toBe(3);
    expect(latencies.outputs()).toMatchObject({ warmUpSeconds: 3 });
    expect(latencies.inWords()).toBe(
      'final results within (p95) 7 s before the change, 50 s while it took place, 9 s after it; the first of the new model within 3 s',
    );
  });
});
