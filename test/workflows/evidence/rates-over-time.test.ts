import { describe, expect, it } from 'vitest';
import type { ResultsDocument, ResultsSet } from '../../../schemas/types.gen.ts';
import { ratesOverTime } from '../../../workflows/evidence/rates-over-time.ts';
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
    ];
    const { series } = ratesOverTime([ran(1), ...others.map((change, index) => ran(index + 2, change)), ran(9)]);
    expect(series.map(({ points }) => points.length)).toEqual([2, 1, 1, 1, 1, 1]);
  });

  it('says nothing of a change where there is no rate', () => {
    const { series } = ratesOverTime([ran(1, rated(null)), ran(2)]);
    expect(series[0]?.points.map(({ change }) => change)).toEqual([undefined, undefined]);
  });
});
