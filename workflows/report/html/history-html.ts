import type { RatesOverTime } from '../../evidence/rates-over-time.ts';
import { pageHtml } from './page.ts';
import { counted } from './views/figures.ts';
import { runsView, seriesView } from './views/history-view.ts';
import { markup } from './views/markup.ts';

/** Several runs as a page: the rates of each test set over time with their intervals, and how the runs ended. */
export function historyHtml({ runs, series }: RatesOverTime): string {
  const title = counted(runs.length, 'run');
  return pageHtml({
    title,
    body: markup`<h1>${title}</h1>
      ${series.map((one) => seriesView({ series: one, runs }))}
      <section>
        <h2>Runs</h2>
        ${runsView({ runs })}
      </section>`,
  });
}
