import { h } from 'preact';
import { counted } from '../../../../workflows/report/html/views/figures.ts';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { ReportedLines } from '../../../api/data.ts';
import { type Column, LongTable } from '../../parts/long-table.ts';
import { emptyView, problemView, waitingView } from '../../parts/said.ts';
import { useAnswer } from '../../use-answer.ts';
import type { PartProps } from './dataset-part.ts';
import { theirs } from './shown.ts';

type Line = ReportedLines['lines'][number] & { readonly index: number };

/** The lines that the service has left out, and why. */
export function ReportedView({ path }: PartProps): View {
  const { value, problem, again } = useAnswer<ReportedLines>(`${path}/reported-lines`);
  if (value === undefined)
    return problem ? problemView(problem, { again }) : waitingView('Reading what the service says…');
  if (value.total === 0) return emptyView('The service has taken every line.');
  const rows = value.lines.map((line, index) => ({ ...line, index }));
  const rest = value.total - rows.length;
  return markup`<div>
    <p>${counted(value.total, 'line')} left out, or odd${rest > 0 ? `; the first ${rows.length} are shown` : ''}.</p>
    ${h(LongTable<Line>, { label: 'Rejected lines', columns, rows, idOf: ({ index }) => String(index) })}
  </div>`;
}

const columns: readonly Column<Line>[] = [
  { id: 'place', name: 'Where', width: 'minmax(4rem, 1fr)', view: ({ place }) => theirs(place) },
  {
    id: 'reason',
    name: 'Why',
    width: 'minmax(0, 2fr)',
    view: ({ reason, isRejected }) =>
      markup`<span class=${isRejected ? 'bad' : undefined} title=${shownText(reason)}>${theirs(reason)}</span>`,
  },
  {
    id: 'text',
    name: 'Line',
    width: 'minmax(0, 2fr)',
    view: ({ text }) => markup`<span title=${shownText(text)}>${theirs(text)}</span>`,
  },
];
