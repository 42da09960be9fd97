import { h } from 'preact';
import { useLocation } from 'preact-iso';
import { useMemo } from 'preact/hooks';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { RunList, RunRow } from '../../../api/runs.ts';
import { Elapsed } from '../../parts/elapsed.ts';
import { type Column, lineView, LongTable } from '../../parts/long-table.ts';
import { FirstRun } from '../../parts/first-run.ts';
import { emptyView, momentView } from '../../parts/said.ts';
import { runStateView } from './step-state.ts';

/** All runs, filtered by what the address says. */
export function RunListPage({ list, base }: { readonly list: RunList; readonly base: string }): View {
  const { query, route } = useLocation();
  const { state = '', pipeline = '', text = '' } = query;
  const ahead = useMemo(() => Date.parse(list.now) - Date.now(), [list.now]);
  const { runs } = list;
  const pipelines = useMemo(() => [...new Set(runs.map((run) => run.pipeline))].toSorted(), [runs]);
  const shown = useMemo(
    () => runs.filter((run) => isShown(run, { state, pipeline, text: text.toLowerCase() })),
    [runs, state, pipeline, text],
  );
  if (runs.length === 0)
    return emptyView('No runs here yet.', markup`<p>A run does what a pipeline says.</p>${h(FirstRun, null)}`);
  const choose = (changed: Readonly<Record<string, string>>): void => {
    const wanted = Object.entries({ state, pipeline, text, ...changed }).filter(([, value]) => value !== '');
    const chosen = new URLSearchParams(wanted).toString();
    route(chosen === '' ? base : `${base}?${chosen}`, true);
  };
  return markup`<h1 class="hidden">Runs</h1>
    <div class="toolbar">
      ${selectView({ label: 'State', value: state, options: stateOptions, choose: (value) => choose({ state: value }) })}
      ${selectView({
        label: 'Pipeline',
        value: pipeline,
        options: pipelines.map((name) => [name, shownText(name)]),
        choose: (value) => choose({ pipeline: value }),
      })}
      <label>Run<input type="search" value=${text} placeholder="part of its id"
        onInput=${(event: Event) => choose({ text: (event.target as HTMLInputElement).value })} /></label>
      <output>${countText({ shown: shown.length, list })}</output>
    </div>
    ${
      shown.length === 0
        ? emptyView('No run is so.', markup`<button type="button" onClick=${() => route(base, true)}>Show all</button>`)
        : h(LongTable<RunRow>, {
            label: 'Runs',
            columns: columnsFor(ahead),
            stacked: { below: 52, lines: 3, view: (run) => stackedRun(run, ahead) },
            rows: shown,
            idOf: ({ runId }) => runId,
            open: ({ runId }) => route(`${base}/${encodeURIComponent(runId)}`),
          })
    }`;
}

function selectView(of: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [string, string])[];
  readonly choose: (value: string) => void;
}): View {
  const { label, value, options, choose } = of;
  return markup`<label>${label}
    <select value=${value} onChange=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>
      <option value="">all</option>
      ${options.map(([id, name]) => markup`<option key=${id} value=${id} selected=${id === value}>${name}</option>`)}
    </select>
  </label>`;
}

const stateOptions = [
  ['asks', 'asks a person'],
  ...['running', 'queued', 'waiting', 'abandoned', 'failed', 'cancelled', 'succeeded'].map(
    (one) => [one, one] as const,
  ),
] as const;

function isShown(
  run: RunRow,
  { state, pipeline, text }: { readonly state: string; readonly pipeline: string; readonly text: string },
): boolean {
  const hasState = state === '' || run.state === state || (state === 'asks' && run.asks.length > 0);
  return hasState && (pipeline === '' || run.pipeline === pipeline) && run.runId.toLowerCase().includes(text);
}

function countText({ shown, list }: { readonly shown: number; readonly list: RunList }): string {
  const all = list.runs.length;
  const rest = all < list.most ? '' : ' (older ones are not listed)';
  return `${shown === all ? '' : `${shown} of `}${all} ${all === 1 ? 'run' : 'runs'}${rest}`;
}

function columnsFor(ahead: number): readonly Column<RunRow>[] {
  return [
    { id: 'state', name: 'State', width: '8rem', view: stateView },
    { id: 'pipeline', name: 'Pipeline', view: ({ pipeline }) => markup`<bdi>${shownText(pipeline)}</bdi>` },
    { id: 'run', name: 'Run', width: 'minmax(0, 1.4fr)', view: ({ runId }) => markup`<bdi>${shownText(runId)}</bdi>` },
    { id: 'started', name: 'Started', width: '9.5rem', view: ({ startedAt }) => momentView(startedAt) },
    { id: 'lasted', name: 'Lasted', width: '8rem', isFigure: true, view: (run) => lastedView(run, ahead) },
    { id: 'said', name: 'Note', width: 'minmax(0, 1.6fr)', view: saidOf },
  ];
}

function stateView({ state, asks }: RunRow): View {
  return runStateView(asks.length > 0 ? 'asks' : state);
}

/** An abandoned run has done nothing since a moment that nothing tells. */
function lastedView({ state, startedAt, finishedAt }: RunRow, ahead: number): View {
  return state === 'abandoned' && finishedAt === undefined
    ? null
    : h(Elapsed, { since: startedAt, until: finishedAt, ahead });
}

function stackedRun(run: RunRow, ahead: number): View {
  const { pipeline, runId, startedAt } = run;
  return [
    lineView(markup`<strong><bdi>${shownText(pipeline)}</bdi></strong>`, stateView(run)),
    lineView(markup`${momentView(startedAt)}`, lastedView(run, ahead), { isQuiet: true }),
    lineView(markup`<bdi>${shownText(runId)}</bdi>`, saidOf(run), { isQuiet: true }),
  ];
}

function saidOf({ asks, error, note }: RunRow): View {
  if (asks.length > 0) return markup`asks at <bdi>${shownText(asks.join(', '))}</bdi>`;
  return shownText(error ?? note ?? '');
}
