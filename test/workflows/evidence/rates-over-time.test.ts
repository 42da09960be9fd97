import { describe, expect, it } from 'vitest';
import type { ResultsDocument, ResultsSet } from '../../../schemas/types.gen.ts';
import { ratesOverTime } from '../../../workflows/evidence/rates-over-time.ts';
import { historyText } from '../../../workflows/report/commands/history-text.ts';
import { historyHtml } from '../../../workflows/report/html/history-html.ts';
import { sampleResults } from '../report/html/sample-results.ts';

const sample = sampleResults({ utterances: 20 });
const [set] = sample.sets as [ResultsSet];

function ran(day: number, change: Partial<ResultsSet> = {}): ResultsDocument {
  const finishedAt = `2026-01-0${day}T00:00:00.000Z`;
  return { ...sample, runId: `run-${day}`, made: { ...sample.made, finishedAt }, sets: [{ ...set, ...change }] };
}

const rated = (value: number | null): Partial<ResultsSet> => ({ rate: { ...set.rate, value } });

describe('ratesOverTime', () => {
  it('has the oldest run first, and what changed since the one before', () => {
    const { runs, series } = ratesOverTime([ran(3, rated(0.04)), ran(1, rated(0.1)), ran(2, rated(0.06))]);
    expect(runs.map(({ name }) => name)).toEqual(['run-1', 'run-2', 'run-3']);
    expect(series[0]?.points.map(({ run, rate }) => [run, rate.value])).toEqual([
      [0, 0.1],
      [1, 0.06],
      [2, 0.04],
    ]);
    expect(series[0]?.points.map(({ change }) => change?.toFixed(3))).toEqual([undefined, '-0.040', '-0.020']);
  });

  it('keeps rates of other rules and other sets apart', () => {
    const others = [
      { profile: 'none' },
      { profileVersion: 99 },
      { unit: 'char' as const },
      { title: 'Calls' },
      { mergeCompounds: true },
      { marks: ['fragments' as const] },
    ];
    const { series } = ratesOverTime([ran(1), ...others.map((change, index) => ran(index + 2, change)), ran(9)]);
    expect(series.map(({ points }) => points.length)).toEqual([2, 1, 1, 1, 1, 1, 1]);
  });

  it('has a line for each step that measures, and for other data', () => {
    const both = (day: number, lineage = sample.lineage): ResultsDocument => {
      const [one] = ran(day).sets as [ResultsSet];
      const base = { ...one, id: 'baseline', rate: { ...one.rate, value: 0.2 } };
      return { ...ran(day), lineage, sets: [base, { ...one, id: 'candidate', rate: { ...one.rate, value: 0.1 } }] };
    };
    const otherData = sample.lineage.map((origin) => ({ ...origin, digest: 'another' }));
    const { series } = ratesOverTime([both(1), both(2), both(3, otherData)]);
    expect(series.map(({ step, data, points }) => [step, data, points.map(({ change }) => change)])).toEqual([
      ['baseline', '9b07c3de', [undefined, 0]],
      ['candidate', '9b07c3de', [undefined, 0]],
      ['baseline', 'another', [undefined]],
      ['candidate', 'another', [undefined]],
    ]);
  });

  it('tells data apart by what was said where no digest is known', () => {
    const [first, ...others] = set.utterances;
    const unknown = (day: number, change: Partial<ResultsSet> = {}): ResultsDocument => ({
      ...ran(day, change),
      lineage: [],
    });
    const other = { utterances: [{ ...first!, reference: 'something else' }, ...others] };
    const { series } = ratesOverTime([unknown(1), unknown(2), unknown(3, other)]);
    expect(series.map(({ points }) => points.length)).toEqual([2, 1]);
  });

  it('marks an incomplete rate, and says nothing of a change from or to it', () => {
    const { series } = ratesOverTime([ran(1), ran(2, { incomplete: '7 of 20 recordings.' }), ran(3)]);
    expect(series[0]?.points.map(({ incomplete, change }) => [incomplete, change])).toEqual([
      [undefined, undefined],
      ['7 of 20 recordings.', undefined],
      [undefined, undefined],
    ]);
    const history = ratesOverTime([ran(1), ran(2, { incomplete: '7 of 20 recordings.' })]);
    expect(historyText(history, { color: false })).toMatch(/run-2 .* %, incomplete /);
    expect(historyHtml(history)).toContain('<abbr title="7 of 20 recordings.">incomplete</abbr>');
  });

  it('says nothing of a change where there is no rate', () => {
    const { series } = ratesOverTime([ran(1, rated(null)), ran(2)]);
    expect(series[0]?.points.map(({ change }) => change)).toEqual([undefined, undefined]);
  });
});
