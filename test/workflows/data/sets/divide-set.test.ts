import { describe, expect, it } from 'vitest';
import { divideSet, type DividedRecording } from '../../../../workflows/data/sets/divide-set.ts';
import { drawUtterance } from '../../../data-sets/draw-texts.ts';
import { createDraws } from '../../../fuzz/draws.ts';

function drawn(seed: number, count: number): readonly DividedRecording[] {
  const draws = createDraws(seed);
  const texts = Array.from(
    { length: count },
    (_, index) => `${drawUtterance(draws)} ${index % 9 === 0 ? 'again' : `number ${index}`}`,
  );
  return texts.map((text, index) => ({
    name: `${index}.wav`,
    path: `set/${index}.wav`,
    seconds: 1 + draws.below(20),
    sampleRate: 16_000,
    // A tenth says what another has said.
    text: draws.chance(0.1) ? (texts[draws.below(count)] ?? text) : text,
    speakers: [`s${draws.below(25)}`],
    slice: draws.pick(['mobile', 'desk']),
  }));
}

const options = { test: 0.1, seed: '1', locale: 'en-US' };

describe('dividing a set', () => {
  it('has no sentence and no speaker on both sides, and about the share of each slice', () => {
    for (let seed = 0; seed < 10; seed += 1) {
      const recordings = drawn(seed, 400).map((one) => (seed % 2 === 0 ? one : { ...one, speakers: [] }));
      const { test } = divideSet(recordings, options);
      const of = (isTest: boolean): readonly DividedRecording[] =>
        recordings.filter(({ name }) => test.has(name) === isTest);
      const both = (key: (one: DividedRecording) => string | undefined): readonly unknown[] => {
        const tested = new Set(of(true).map(key));
        return of(false)
          .map(key)
          .filter((one) => one !== undefined && tested.has(one));
      };
      expect(both(({ text }) => text)).toEqual([]);
      expect(both(({ speakers }) => speakers[0])).toEqual([]);
      if (seed % 2 === 0) continue;
      for (const slice of ['mobile', 'desk']) {
        const seconds = (all: readonly DividedRecording[]): number =>
          all.filter((one) => one.slice === slice).reduce((sum, one) => sum + one.seconds, 0);
        expect(seconds(of(true)) / seconds(recordings), `${seed} ${slice}`).toBeCloseTo(0.1, 1);
      }
    }
  });

  it('is the same for the same seed, another for another, and hardly changes when recordings come', () => {
    const recordings = drawn(1, 200).map((one) => ({ ...one, speakers: [] }));
    const { test } = divideSet(recordings, options);
    expect(divideSet(recordings.toReversed(), options).test).toEqual(test);
    expect(divideSet(recordings, { ...options, seed: '2' }).test).not.toEqual(test);
    const more = divideSet(
      [...recordings, { ...recordings[0]!, name: 'new.wav', text: 'something new is said' }],
      options,
    ).test;
    expect([...test].filter((name) => !more.has(name)).length).toBeLessThan(test.size / 3);
  });

  it('keeps together what is said with other words around it', () => {
    const text = 'please refill the order for heating in the morning';
    const one = { path: '', seconds: 5, sampleRate: 16_000, speakers: [], slice: '' };
    const recordings = Array.from({ length: 20 }, (_, index) => ({
      ...one,
      name: `${index}.wav`,
      text: index < 10 ? `${text} number ${index}` : `word${index}`,
    }));
    const { test, groups } = divideSet(recordings, { ...options, test: 0.3 });
    expect(new Set(recordings.slice(0, 10).map(({ name }) => test.has(name))).size).toBe(1);
    expect(groups).toBeLessThan(20);
  });
});
