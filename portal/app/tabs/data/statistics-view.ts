import { counted } from '../../../../workflows/report/html/views/figures.ts';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import type { DatasetStatistics } from '../../../api/data.ts';
import { problemView, waitingView } from '../../parts/said.ts';
import { useAnswer } from '../../use-answer.ts';
import type { PartProps } from './dataset-part.ts';
import { countText } from './shown.ts';

/** The words of a dataset, and how long its lines are. */
export function StatisticsView({ path }: PartProps): View {
  const { value, problem, again } = useAnswer<DatasetStatistics>(`${path}/statistics`);
  if (value === undefined) return problem ? problemView(problem, { again }) : waitingView('Counting the words…');
  const { lines, repeated, words, distinct, median, longest, lengths } = value;
  const unit = value.unit === 'char' ? 'character' : 'word';
  const facts = [
    ['Lines', countText(lines)],
    ['Said before', countText(repeated)],
    [unit === 'word' ? 'Words' : 'Characters', countText(words)],
    ['Different ones', countText(distinct)],
    ['Median line', counted(median, unit)],
    ['Longest line', counted(longest, unit)],
  ] as const;
  const most = Math.max(1, ...lengths.map((one) => one.lines));
  return markup`<div class="panel"><h2>Words</h2>
    <dl>${facts.map(([name, text]) => markup`<div key=${name}><dt>${name}</dt><dd>${text}</dd></div>`)}</dl>
    <table class="lengths"><caption>How long the lines are</caption>
      <thead><tr><th scope="col">${unit === 'word' ? 'Words' : 'Characters'}</th><th scope="col" class="n">Lines</th><td></td></tr></thead>
      <tbody>${lengths.map(
        (
          one,
        ) => markup`<tr key=${one.from}><th scope="row">${rangeText(one)}</th><td class="n">${countText(one.lines)}</td>
          <td><svg viewBox="0 0 200 12" width="200" height="12" aria-hidden="true"><rect width=${(200 * one.lines) / most} height="12" rx="2"></rect></svg></td></tr>`,
      )}</tbody></table>
    <p class="quiet">Words are counted as they are compared when a test is scored: without capitals and punctuation, numbers as words.</p>
  </div>`;
}

function rangeText({ from, to }: DatasetStatistics['lengths'][number]): string {
  if (to === undefined) return `${from} or more`;
  return from === to ? String(from) : `${from} to ${to}`;
}
