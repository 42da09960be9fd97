import { describe, expect, it } from 'vitest';
import { judgeParts, type MeasuredPart } from '../../../workflows/steps/evaluate/judge-parts.ts';
import { testTogether } from '../../../workflows/steps/evaluate/test-bounds.ts';

/** Recordings of ten words, of which the model gets so many wrong and the other one so many. */
function part(
  recordings: number,
  {
    after,
    before,
    of = {},
  }: { readonly after: number; readonly before: number; readonly of?: MeasuredPart['bounds'] | object },
): MeasuredPart {
  return {
    recordings: Array.from({ length: recordings }, (_, index) => ({
      words: 10,
      errorsBefore: before,
      errorsAfter: after,
      name: `${index}`,
    })),
    bounds: { 'max-wer': 0.2, 'max-regression': 0.05, 'min-words': 60, ...of },
    seed: 1,
  };
}

describe('judgeParts', () => {
  it('refuses a part that became useless, however many parts are judged with it', () => {
    const fine = Array.from({ length: 400 }, (_, index) => part(20, { after: index % 2, before: 1 }));
    const judged = judgeParts([...fine, part(20, { after: 10, before: 1 })], { isCompared: true });
    expect(judged.at(-1)).toMatchObject({ passed: false });
    expect(judged.filter(({ passed }) => passed === false)).toHaveLength(1);
  });

  it('says of a part whose recordings are too few to be beyond its bounds that it cannot tell', () => {
    const [judged] = judgeParts([part(6, { after: 10, before: 0 })], { isCompared: true });
    expect(judged).not.toHaveProperty('passed');
    expect(judged).toMatchObject({
      comparison: { verdict: 'too few' },
      sentence: expect.stringContaining('too few recordings to tell: 6, for 2 bounds together'),
    });
    expect(judged?.rate).not.toHaveProperty('low');
    expect(judgeParts([part(6, { after: 1, before: 1 })], { isCompared: true })).toMatchObject([{ passed: true }]);
  });

  it('is as strict with a part that is given several times', () => {
    const worse = { ...part(60, { after: 1, before: 1 }), bounds: { 'max-regression': 0, 'min-words': 60 } };
    const recordings = worse.recordings.map((one, index) => ({ ...one, errorsAfter: index < 8 ? 2 : 1 }));
    const once = judgeParts([{ ...worse, recordings }], { isCompared: true });
    const often = judgeParts(
      Array.from({ length: 20 }, () => ({ ...worse, recordings })),
      { isCompared: true },
    );
    expect(once).toMatchObject([{ passed: false }]);
    expect(often.map(({ passed }) => passed)).toEqual(Array.from({ length: 20 }, () => false));
  });

  it('shows a part in which nothing was said, and refuses words that are made up in it', () => {
    const silent = (after: number): MeasuredPart => {
      const one = part(60, { after, before: 0 });
      return { ...one, recordings: one.recordings.map((recording) => ({ ...recording, words: 0 })) };
    };
    expect(judgeParts([silent(3), silent(0)], { isCompared: true })).toMatchObject([
      {
        rate: { value: null, words: 0, errors: 180, utterances: 60 },
        passed: false,
        sentence: '180 words made up where nothing was said; 180 more words made up where nothing was said',
      },
      { rate: { value: null, errors: 0 }, passed: true },
    ]);
  });
});

describe('testTogether', () => {
  it('cannot tell where every draw is as far, and counts the same test once', () => {
    const { recordings } = part(5, { after: 3, before: 0 });
    expect(testTogether([{ paired: recordings, beyond: 0, seed: 1 }])).toEqual([undefined]);
    const telling = { paired: part(40, { after: 3, before: 0 }).recordings, beyond: 0, seed: 1 };
    const [alone] = testTogether([telling]);
    expect(testTogether([telling, telling, telling])).toEqual([alone, alone, alone]);
  });
});
