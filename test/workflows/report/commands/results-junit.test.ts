import { describe, expect, it } from 'vitest';
import type { ResultsComparison, ResultsSet } from '../../../../schemas/types.gen.ts';
import { resultsJunit } from '../../../../workflows/report/commands/results-junit.ts';

const comparison: ResultsComparison = { delta: -0.05, probabilityOfImprovement: 1, pValue: 0.0001, verdict: 'better' };

const set: ResultsSet = {
  id: 'candidate',
  title: 'Calls',
  profile: 'service',
  profileVersion: 1,
  unit: 'word',
  model: 'ours',
  against: 'new',
  rate: { value: 0.05 },
  comparison,
  slices: [],
  confusions: [],
  missed: [],
  inserted: [],
  utterances: [],
};

/** What became of the cases of a set: `passed`, or how not and why. */
function casesOf(more: Partial<ResultsSet>): Readonly<Record<string, string>> {
  const xml = resultsJunit({
    version: 1,
    source: 'run',
    title: 'ward',
    verdict: { passed: true, sentence: '', reasons: [] },
    made: { finishedAt: '2026-01-02T03:04:05.000Z', program: 'speechops' },
    steps: [],
    sets: [{ ...set, ...more }],
    swaps: [],
    lineage: [],
    expiry: [],
  });
  const cases = xml.matchAll(/<testcase classname="[^"]*" name="([^"]*)">(?:<(failure|skipped) message="([^"]*)")?/g);
  return Object.fromEntries(
    [...cases].map(([, name = '', how, why]) => [name, how === undefined ? 'passed' : `${how}: ${why}`]),
  );
}

describe('the cases of a test set', () => {
  it('are of its rate alone, where nothing else was asked for', () => {
    expect(casesOf({})).toEqual({ 'rate of ours': 'passed' });
  });

  it('fail beyond a bound, and are skipped where there are too few words to tell', () => {
    const about = { by: 'speaker', rate: { value: 0.1 } };
    const slices = [
      { ...about, value: 'a', passed: false, sentence: 'above' },
      { ...about, value: 'b', passed: true, sentence: 'above, which chance explains' },
      { ...about, value: 'c', sentence: 'too few to tell' },
      { ...about, value: 'd' },
    ];
    expect(casesOf({ slices, termsPassed: false, termsSentence: 'too many' })).toEqual({
      'rate of ours': 'passed',
      'speaker a': 'failure: above',
      'speaker b': 'passed',
      'speaker c': 'skipped: too few to tell',
      'speaker d': 'passed',
      terms: 'failure: too many',
    });
    expect(casesOf({ termsSentence: 'some' })['terms']).toBe('passed');
    expect(casesOf({ sentence: 'too few to tell' })['rate of ours']).toBe('skipped: too few to tell');
    expect(casesOf({ passed: false, sentence: 'above' })['rate of ours']).toBe('failure: above');
  });

  it('compare the rate with a bound where nothing else was said of it', () => {
    expect(casesOf({ bound: 0.04 })['rate of ours']).toBe('failure: 5.0 %, allowed is 4.0 %');
    expect(casesOf({ bound: 0.04, passed: true })['rate of ours']).toBe('passed');
    expect(casesOf({ bound: 0.04, sentence: 'too few' })['rate of ours']).toBe('skipped: too few');
  });

  it.each([
    ['passed', 'better', { better: true, sentence: 'better' }],
    ['failure: better, but', 'better', { better: false, sentence: 'better, but' }],
    ['skipped: not better', 'no difference', { better: false, sentence: 'not better' }],
    ['skipped: too few to tell', 'too few', { better: false, sentence: 'too few to tell' }],
  ] as const)('say of the decision: %s', (outcome, verdict, decision) => {
    expect(casesOf({ comparison: { ...comparison, verdict }, decision })['decision about ours']).toBe(outcome);
  });

  it('fail for noise where that refused a model', () => {
    const [noise, refused] = [
      { evaluations: 3, unstable: 2, sentence: 'they differ' },
      { better: false, sentence: 'not better: noise explains the difference' },
    ];
    expect(casesOf({ noise: { ...noise, passed: false }, decision: refused })['noise']).toBe('failure: they differ');
    expect(casesOf({ noise: { ...noise, passed: true }, decision: refused })['noise']).toBe('passed');
    const unclear = { ...comparison, verdict: 'no difference' } as const;
    expect(casesOf({ noise: { ...noise, passed: false }, decision: refused, comparison: unclear })['noise']).toBe(
      'passed',
    );
    expect(casesOf({ noise: { evaluations: 3, sentence: 'cannot tell' } })['noise']).toBe('skipped: cannot tell');
  });
});
