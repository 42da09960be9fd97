import { renderToString } from 'preact-render-to-string';
import { describe, expect, it } from 'vitest';
import { histogramView } from '../../../../workflows/report/html/views/histogram-view.ts';
import { listUtterances } from '../../../../workflows/report/html/views/listed-utterance.ts';
import { select, selectionIn } from '../../../../workflows/report/html/views/selection.ts';

const utterances = listUtterances(
  ['C', 'CC', 'S', 'SSD'].map((operations, index) => ({
    id: `${index}`,
    reference: '',
    recognised: { text: '', operations },
    against: { text: '', operations: 'CSC' },
  })),
);

describe('histogramView', () => {
  it('has a bar for each number of errors and model, which leads to its utterances', () => {
    const html = renderToString(histogramView({ set: 'calls', utterances }));
    const bars = [...html.matchAll(/href="(#[^"]+)"[^>]*aria-label="([^"]+)"/g)].map(([, address = '', said = '']) => ({
      address: address.replaceAll('&amp;', '&'),
      said,
    }));
    expect(bars.map(({ said }) => said)).toEqual([
      'A: 2 utterances with 0 errors',
      'A: 1 utterance with 1 error',
      'B: 4 utterances with 1 error',
      'A: 1 utterance with 3 errors',
    ]);
    const found = bars.map(({ address }) => select(utterances, selectionIn(address)?.selection ?? {}).length);
    expect(found).toEqual([2, 1, 4, 1]);
  });

  it('puts several numbers into one bar where errors are many', () => {
    const many = listUtterances([
      { id: 'long', reference: '', recognised: { text: '', operations: 'D'.repeat(1000) } },
    ]);
    const html = renderToString(histogramView({ set: 'calls', utterances: many }));
    expect(html).toContain('1 utterance with 984 to 1024 errors');
    expect(html.match(/<text/g)?.length).toBeLessThan(20);
  });
});
