import { describe, expect, it } from 'vitest';
import { measuredSet, type MeasuredSet } from '../../../workflows/evidence/measured-set.ts';
import { compareScores } from '../../../workflows/scoring/compare-scores.ts';
import { type Score, scoreUtterances } from '../../../workflows/scoring/score-utterances.ts';

const references = Array.from({ length: 120 }, (_, index) => ({
  id: `s${index % 30}-${index}`,
  text: `word ${index} is said by one of many people`,
}));

/** What a model recognised that takes one word for another in some of the utterances. */
function scored(isWrong: (index: number) => boolean, unit: 'word' | 'char' = 'word'): Score {
  const hypotheses = references.map(({ id, text }, index) => ({
    id,
    text: isWrong(index) ? text.replace('said', `sad ${index % 3 === 0 ? 'sad' : ''}`) : text,
  }));
  return scoreUtterances({ references, hypotheses, profile: 'none', unit });
}

const speakerOf = (id: string): string => id.split('-')[0]!;

function setOf(more: Partial<MeasuredSet> = {}): MeasuredSet {
  return { id: 'a', title: 'Wards', model: 'new', score: scored((index) => index % 10 === 0), seed: 1, ...more };
}

describe('a measured set', () => {
  it('has one interval of its rate with another model beside it and without', () => {
    const score = scored((index) => index % 10 === 0);
    const against = scored((index) => index % 2 === 0);
    const comparison = compareScores(score, against, { seed: 1, speakerOf });
    const alone = measuredSet(setOf({ score, speakerOf }));
    const beside = measuredSet(setOf({ score, speakerOf, against: { model: 'old', comparison } }));
    expect(beside.rate).toEqual(alone.rate);
    expect([beside.rate.low, beside.rate.high]).toEqual([
      comparison.significance?.after.low,
      comparison.significance?.after.high,
    ]);
    expect([beside.againstRate?.low, beside.againstRate?.high]).toEqual([
      comparison.significance?.before.low,
      comparison.significance?.before.high,
    ]);
    expect(beside.comparison).toMatchObject({
      verdict: 'better',
      seed: 1,
      delta: comparison.significance?.delta.value,
    });
  });

  it('has the reference of each model where they take other ways through an alternation', () => {
    const scoredWith = (text: string): Score =>
      scoreUtterances({
        references: [{ id: 'u1', text: '{ I am / we } (uh) home' }],
        hypotheses: [{ id: 'u1', text }],
        profile: 'none',
        unit: 'word',
        marks: { alternations: true, optionalWords: true },
      });
    const comparison = compareScores(scoredWith('I am home'), scoredWith('we home'), { seed: 1 });
    const { marks, utterances } = measuredSet(
      setOf({ score: comparison.score, against: { model: 'old', comparison } }),
    );
    expect(marks).toEqual(['alternations', 'optionalWords']);
    expect(utterances).toEqual([
      {
        id: 'u1',
        reference: 'I am (uh) home',
        recognised: { text: 'I am  home', operations: 'CCCC' },
        against: { text: 'we  home', operations: 'CCC', reference: 'we (uh) home' },
      },
    ]);
  });

  it('has no interval of fewer than ten utterances', () => {
    const { slices } = measuredSet(
      setOf({ slices: { by: 'part', valueOf: (id) => (id === 's0-0' ? 'one' : undefined) } }),
    );
    expect(slices.map(({ value, rate }) => [value, rate.utterances, 'low' in rate])).toEqual([
      ['one', 1, false],
      [null, 119, true],
    ]);
  });

  it('counts slices as tests that are made together', () => {
    const score = scored((index) => index % 6 === 0);
    const against = scored((index) => index % 6 === 0 || index % 12 === 1);
    const comparison = compareScores(score, against, { seed: 1 });
    const cut = (parts: number) =>
      measuredSet(
        setOf({
          score,
          against: { model: 'old', comparison },
          slices: { by: 'part', valueOf: (id) => String(Number(id.split('-')[1]) % parts) },
        }),
      ).slices;
    const [whole] = cut(1);
    expect(whole?.comparison?.pValue).toBe(comparison.significance?.pValue);
    const [even, odd] = cut(2);
    expect(even?.comparison).toMatchObject({ delta: 0, pValue: 1 });
    // Half of the utterances have all of the difference; beside another test its p-value counts twice.
    expect(odd?.comparison?.pValue).toBe((comparison.significance?.pValue ?? 0) * 2);
  });

  it('lists the hundred most frequent confusions, and how often the other model has them', () => {
    const said = Array.from({ length: 150 }, (_, index) => ({ id: `u${index}`, text: `a${index}` }));
    const heard = said.map(({ id }, index) => ({ id, text: `b${index}` }));
    const how = { references: said, profile: 'none', unit: 'word' } as const;
    const score = scoreUtterances({ ...how, hypotheses: heard });
    const against = scoreUtterances({ ...how, hypotheses: said.with(0, heard[0]!).with(1, { id: 'u1', text: 'c' }) });
    const comparison = compareScores(score, against, { seed: 1 });
    const { confusions, missed } = measuredSet(setOf({ score, against: { model: 'old', comparison } }));
    expect([confusions.length, missed.length]).toEqual([100, 100]);
    expect(confusions.slice(0, 2)).toEqual([
      { reference: 'a0', hypothesis: 'b0', count: 1, againstCount: 1 },
      { reference: 'a1', hypothesis: 'b1', count: 1, againstCount: 0 },
    ]);
    expect(missed[1]).toMatchObject({ word: 'a1', againstCount: 1 });
  });

  it('writes characters without spaces between them', () => {
    const { utterances, unit } = measuredSet(setOf({ score: scored(() => false, 'char') }));
    expect([unit, utterances[0]?.reference]).toEqual(['char', 'word0issaidbyoneofmanypeople']);
  });
});
