import { describe, expect, it } from 'vitest';
import type { ResultsDocument, ResultsSet } from '../../../../schemas/types.gen.ts';
import { ratesOverTime } from '../../../../workflows/evidence/rates-over-time.ts';
import { historyMarkdown } from '../../../../workflows/report/commands/history-text.ts';
import { reportHtml } from '../../../../workflows/report/html/report-html.ts';
import { resultsMarkdown } from '../../../../workflows/report/commands/results-markdown.ts';
import { resultsText } from '../../../../workflows/report/commands/results-text.ts';

function documentOf(more: Partial<ResultsSet>): ResultsDocument {
  return {
    version: 1,
    source: 'run',
    title: 'ward',
    runId: 'run-1',
    verdict: { passed: true, sentence: 'candidate is not better', reasons: [] },
    made: { finishedAt: '2026-01-02T03:04:05.000Z', program: 'speechops' },
    steps: [],
    sets: [
      {
        id: 'candidate',
        title: 'Calls',
        profile: 'azure-en-US',
        profileVersion: 1,
        unit: 'word',
        model: 'ours',
        rate: { value: 0.05, low: 0.04, high: 0.06, words: 1000 },
        slices: [],
        confusions: [],
        missed: [],
        inserted: [],
        utterances: [],
        ...more,
      },
    ],
    swaps: [],
    lineage: [],
    expiry: [],
  };
}

describe('the report in Markdown', () => {
  it('names the Speech resource of swaps and ends, where the document does', () => {
    const swap = { step: 'live', endpoint: 'ward', model: 'Wards 2', proof: 'proved', probes: [] } as const;
    const end = { kind: 'endpoint', name: 'ward', ends: '2027-07-15T00:00:00Z', consequence: 'is gone' };
    const at = { resource: 'north.example' };
    const document = { ...documentOf({}), swaps: [swap, { ...swap, ...at }], expiry: [end, { ...end, ...at }] };
    for (const text of [resultsMarkdown(document), resultsText(document, { color: false }), reportHtml(document)])
      expect(text.match(/ward at north\.example/g)?.length).toBeGreaterThanOrEqual(2);
    const one = { ...document, swaps: [swap], expiry: [end] };
    for (const text of [resultsMarkdown(one), resultsText(one, { color: false }), reportHtml(one)])
      expect(text).not.toContain('ward at');
  });

  it('has the first twenty slices, those that fail before others, and how many more there are', () => {
    const slices = Array.from({ length: 23 }, (_, index) => ({
      by: 'speaker',
      value: `s${index}`,
      rate: { value: index / 100, words: 700 },
      ...(index === 22 ? { passed: false, sentence: 'too high' } : { passed: true }),
    }));
    const text = resultsMarkdown(documentOf({ slices }));
    const [, shown = ''] = text.split('## Slices\n\n');
    const rows = shown.split('\n').filter((line) => line.startsWith('| `candidate`'));
    expect(rows).toHaveLength(20);
    expect(rows[0]).toBe('| `candidate` | `speaker` | `s22` | 22.0 % |  |  | 700 | beyond | `too high` |');
    expect(rows[1]).toBe('| `candidate` | `speaker` | `s0` | 0.0 % |  |  | 700 | within |  |');
    expect(shown).toContain('\n\nand 3 more\n');
    expect(resultsMarkdown(documentOf({ slices: slices.slice(3) }))).not.toContain('more');
  });

  it('has the terms with most errors, and what they come to', () => {
    const terms = [
      { name: 'heparin', hits: 9, misses: 0, falseAlarms: 0 },
      { name: 'ibuprofen', hits: 8, misses: 1, falseAlarms: 2 },
    ];
    const text = resultsMarkdown(documentOf({ terms, termsSentence: '15.0 % of 20 wrong' }));
    expect(text).toContain(
      [
        '## Terms\n',
        '- `candidate: 15.0 % of 20 wrong`\n',
        '| step | term | recognised | missed | made up |',
        '| --- | --- | --- | --- | --- |',
        '| `candidate` | `ibuprofen` | 8 | 1 | 2 |',
        '| `candidate` | `heparin` | 9 | 0 | 0 |',
      ].join('\n'),
    );
    expect(resultsMarkdown(documentOf({}))).not.toMatch(/## (Terms|Slices)/);
  });

  it('of several runs has our words and numbers as they are, and names as nothing but text', () => {
    expect(historyMarkdown(ratesOverTime([documentOf({ title: '@calls' })]))).toBe(
      [
        '## `@calls`, step `candidate`: word error rate, profile `azure-en-US` 1\n',
        '| run | ended | model | rate | 95 % interval | change in points | words |',
        '| --- | --- | --- | --- | --- | --- | --- |',
        '| `run-1` | 2026-01-02 | `ours` | 5.0 % | 4.0 % to 6.0 % |  | 1000 |\n',
        '## Runs\n',
        '| run | ended | passed | what it came to |',
        '| --- | --- | --- | --- |',
        '| `run-1` | 2026-01-02T03:04:05.000Z | yes | `candidate is not better` |\n',
      ].join('\n'),
    );
  });
});
