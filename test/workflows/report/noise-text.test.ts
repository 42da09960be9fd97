import { describe, expect, it } from 'vitest';
import type { ResultsDocument, ResultsNoise } from '../../../schemas/types.gen.ts';
import { reportHtml } from '../../../workflows/report/html/report-html.ts';
import { noiseText } from '../../../workflows/report/noise-text.ts';
import { resultsMarkdown } from '../../../workflows/report/commands/results-markdown.ts';
import { resultsText } from '../../../workflows/report/commands/results-text.ts';
import { sampleResults } from './html/sample-results.ts';

const sample = sampleResults();

/** The first utterances are not stable. */
function withNoise(noise: ResultsNoise | undefined, unstable = 0): ResultsDocument {
  const sets = sample.sets.map((set) => ({
    ...set,
    ...(noise === undefined ? {} : { noise }),
    utterances: set.utterances.map((one, index) => (index < unstable ? { ...one, unstable: true } : one)),
  }));
  return { ...sample, sets };
}

const noise = { evaluations: 3, unstable: 2, low: 0.05, high: 0.06, sentence: '2 of 240 recordings differed' };

describe('noise in reports', () => {
  it('is told with the utterances that are not stable', () => {
    const document = withNoise(noise, 2);
    const line = 'score: 2 of 240 recordings differed: nurse-1-00001.wav, nurse-2-00002.wav';
    expect(document.sets.flatMap(noiseText)).toEqual([line]);
    expect(resultsText(document, { color: false })).toContain(`\n${line}\n`);
    expect(resultsMarkdown(document)).toContain(`## Noise\n\n- \`${line}\``);
    const page = reportHtml(document);
    expect(page).toContain('Noise: 2 of 240 recordings differed (<a href="#set=score&amp;unstable=1">show them</a>)');
  });

  it('names ten of many', () => {
    const [line = ''] = withNoise({ ...noise, unstable: 12 }, 12).sets.flatMap(noiseText);
    expect(line.split(', ')).toHaveLength(11);
    expect(line).toMatch(/-00010\.wav, 2 more$/);
  });

  it('says why it is not known, and nothing where nothing was repeated', () => {
    const untold = withNoise({ evaluations: 3, sentence: 'cannot tell: one failed' });
    expect(untold.sets.flatMap(noiseText)).toEqual(['score: cannot tell: one failed']);
    expect(reportHtml(untold)).toContain('Noise: cannot tell: one failed');
    expect(reportHtml(untold)).not.toContain('show them');
    expect(resultsMarkdown(withNoise(undefined))).not.toContain('Noise');
    expect(reportHtml(withNoise(undefined))).not.toContain('Noise:');
  });
});
