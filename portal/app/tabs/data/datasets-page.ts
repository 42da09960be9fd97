import { h } from 'preact';
import { useLocation } from 'preact-iso';
import { counted } from '../../../../workflows/report/html/views/figures.ts';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { DatasetList, DatasetRow, DeclaredData, DeclaredList } from '../../../api/data.ts';
import { type Column, lineView, LongTable } from '../../parts/long-table.ts';
import { FirstRun } from '../../parts/first-run.ts';
import { emptyView, problemView, waitingView } from '../../parts/said.ts';
import { useAnswer } from '../../use-answer.ts';
import { useQuery } from '../../use-query.ts';
import { bytesText, countText, durationText, placeOf, theirs } from './shown.ts';

/** The datasets of a Speech resource, and the data of the pipelines that it does not have yet. */
export function DatasetsPage({ resource }: { readonly resource: string }): View {
  const { value, problem, again } = useAnswer<DatasetList>(`resources/${resource}/datasets`, ['objects']);
  const declared = useAnswer<DeclaredList>(`resources/${resource}/declared-data`, ['objects', 'repository']);
  const { route } = useLocation();
  const { query, choose } = useQuery();
  if (value === undefined)
    return problem === undefined
      ? waitingView('Reading the datasets…')
      : markup`<section class="data">${problemView(problem, { again })}${declaredView(declared)}</section>`;
  const origins = originsById(declared.value?.data ?? []);
  const shown = value.datasets.filter((row) => isWanted(row, { query, origins }));
  const known = declared.value && origins;
  return markup`<section class="data">
    <h1 class="hidden">Datasets</h1>
    ${filterView(value.datasets, { query, choose, shown: shown.length })}
    ${
      value.datasets.length === 0
        ? emptyView(
            'This Speech resource has no datasets.',
            markup`<p>A step of a pipeline with <code>uses: upload</code> makes one.</p>${h(FirstRun, null)}`,
          )
        : shown.length === 0
          ? emptyView('No dataset is as you have chosen.')
          : h(LongTable<DatasetRow>, {
              label: 'Datasets',
              columns: columnsOf({ resource, origins: known }),
              stacked: { below: 64, lines: 3, view: (row) => stackedDataset(row, known) },
              rows: shown,
              idOf: ({ id }) => id,
              open: ({ id }) => route(addressOf(resource, id)),
            })
    }
    ${declaredView(declared)}
  </section>`;
}

/** The data that each dataset came from, by its id. */
type Origins = ReadonlyMap<string, readonly DeclaredData[]>;

function originsById(data: readonly DeclaredData[]): Origins {
  return Map.groupBy(
    data.filter(({ dataset }) => dataset !== undefined),
    ({ dataset = '' }) => dataset,
  );
}

function columnsOf({
  resource,
  origins,
}: {
  readonly resource: string;
  /** Absent as long as they are not known. */
  readonly origins: Origins | undefined;
}): readonly Column<DatasetRow>[] {
  const figure = (
    id: string,
    { name, width, of }: { readonly name: string; readonly width: string; readonly of: (row: DatasetRow) => string },
  ): Column<DatasetRow> => ({ id, name, width, isFigure: true, view: of });
  return [
    {
      id: 'name',
      name: 'Name',
      width: 'minmax(8rem, 1.5fr)',
      view: ({ id, name, status }) =>
        markup`<a href=${addressOf(resource, id)} tabindex="-1" title=${shownText(name)}>${theirs(name)}</a>${
          status === 'Succeeded' ? null : markup` <small>${shownText(status)}</small>`
        }`,
    },
    { id: 'project', name: 'Project', view: ({ project = '' }) => theirs(project) },
    { id: 'locale', name: 'Locale', width: '4.5rem', view: ({ locale }) => theirs(locale) },
    { id: 'kind', name: 'Kind', width: 'minmax(5rem, 8rem)', view: ({ kind }) => theirs(kind) },
    figure('accepted', { name: 'Lines', width: '4rem', of: ({ accepted }) => countText(accepted) }),
    {
      id: 'rejected',
      name: 'Rejected',
      width: '4.5rem',
      isFigure: true,
      view: ({ rejected = 0 }) => (rejected === 0 ? '' : markup`<span class="bad">${countText(rejected)}</span>`),
    },
    figure('hours', { name: 'Audio', width: '4rem', of: ({ seconds }) => durationText(seconds) }),
    figure('words', { name: 'Words', width: '4rem', of: ({ words }) => countText(words) }),
    figure('trained', { name: 'Models', width: '4rem', of: ({ trained }) => countText(trained || undefined) }),
    figure('tested', { name: 'Tests', width: '3rem', of: ({ tested }) => countText(tested || undefined) }),
    {
      id: 'from',
      name: 'From',
      width: 'minmax(8rem, 2.5fr)',
      view: (row) => originView(row, origins),
    },
  ];
}

function stackedDataset(row: DatasetRow, origins: Origins | undefined): View {
  const { name, status, locale, kind, project, accepted, rejected = 0, seconds } = row;
  const lines = accepted === undefined ? '' : counted(accepted, 'line');
  return [
    lineView(
      markup`<strong>${theirs(name)}</strong>${status === 'Succeeded' ? null : markup` <small>${shownText(status)}</small>`}`,
      markup`${lines}${rejected === 0 ? null : markup`, <span class="bad">${countText(rejected)} rejected</span>`}`,
    ),
    lineView(
      markup`${theirs(kind)}, ${theirs(locale)}${project === undefined ? null : markup`, ${theirs(project)}`}`,
      durationText(seconds),
      {
        isQuiet: true,
      },
    ),
    lineView(originView(row, origins), null, { isQuiet: true }),
  ];
}

function originView({ id, pipeline }: DatasetRow, origins: Origins | undefined): View {
  if (origins === undefined) return '';
  const [origin] = origins.get(id) ?? [];
  if (origin !== undefined) return markup`<span title=${shownText(placeOf(origin))}>${theirs(origin.source)}</span>`;
  return markup`<span class="quiet">in no file${pipeline === undefined ? '' : markup`, once of ${theirs(pipeline)}`}</span>`;
}

interface Chosen {
  readonly query: Readonly<Record<string, string>>;
  readonly choose: (chosen: Readonly<Record<string, string>>) => void;
}

function isWanted(
  row: DatasetRow,
  { query, origins }: { readonly query: Chosen['query']; readonly origins: Origins },
): boolean {
  const { find = '', project = '', locale = '', kind = '', from = '' } = query;
  const text = `${row.name}\n${row.description ?? ''}\n${row.project ?? ''}\n${row.id}\n${row.digest ?? ''}`;
  return (
    text.toLowerCase().includes(find.toLowerCase()) &&
    (project === '' || row.project === project) &&
    (locale === '' || row.locale === locale) &&
    (kind === '' || row.kind === kind) &&
    (from === '' || origins.has(row.id) === (from === 'file'))
  );
}

function filterView(rows: readonly DatasetRow[], { query, choose, shown }: Chosen & { readonly shown: number }): View {
  const choice = (id: 'project' | 'locale' | 'kind', label: string): View => {
    const values = [...new Set(rows.flatMap((row) => row[id] ?? []))].toSorted((one, other) =>
      one.localeCompare(other),
    );
    return markup`<label>${label}
      <select value=${query[id] ?? ''} onChange=${(event: Event) => choose({ [id]: (event.target as HTMLSelectElement).value })}>
        <option value="">all</option>
        ${values.map((value) => markup`<option key=${value} value=${value}>${shownText(value)}</option>`)}
      </select></label>`;
  };
  return markup`<div class="toolbar" role="search">
    <label>Find <input type="search" value=${query['find'] ?? ''} placeholder="name, id, digest"
      onInput=${(event: Event) => choose({ find: (event.target as HTMLInputElement).value })} /></label>
    ${choice('project', 'Project')} ${choice('locale', 'Locale')} ${choice('kind', 'Kind')}
    <label>From
      <select value=${query['from'] ?? ''} onChange=${(event: Event) => choose({ from: (event.target as HTMLSelectElement).value })}>
        <option value="">everywhere</option><option value="file">a file</option><option value="nowhere">no file</option>
      </select></label>
    <output>${shown === rows.length ? counted(rows.length, 'dataset') : `${shown} of ${counted(rows.length, 'dataset')}`}</output>
  </div>`;
}

/** Data that a pipeline declares and the Speech resource does not have, and why some are not known. */
function declaredView({ value, problem, again }: ReturnType<typeof useAnswer<DeclaredList>>): View {
  if (value === undefined) return problem === undefined ? null : problemView(problem, { again });
  const missing = value.data.filter(({ dataset }) => dataset === undefined);
  return markup`<section class="declared" aria-labelledby="declared">
    <h2 id="declared">${value.isCompared ? 'In a file, not uploaded yet' : 'In a file'}</h2>
    ${
      missing.length === 0
        ? markup`<p class="quiet">${nothingMissing(value)}</p>`
        : markup`<div class="scroll" tabindex="0" role="group" aria-labelledby="declared"><table>
            <thead><tr><th scope="col">Data</th><th scope="col">Kind</th><th scope="col">Locale</th><th scope="col" class="n">Size</th><th scope="col">Step</th></tr></thead>
            <tbody>${missing.map(
              (one) => markup`<tr key=${`${placeOf(one)} ${one.step}`}>
                <th scope="row">${theirs(one.source)}${one.problem === undefined ? null : markup`<div class="bad">${shownText(one.problem)}</div>`}</th>
                <td>${theirs(one.kind)}</td><td>${theirs(one.locale)}</td>
                <td class="n">${[bytesText(one.bytes), durationText(one.seconds)].filter((text) => text !== '').join(', ')}</td>
                <td><code>${theirs(placeOf(one))}</code> ${theirs(one.step)}</td>
              </tr>`,
            )}</tbody></table></div>`
    }
    ${faultyView(value.faulty)}
  </section>`;
}

/** What is known where nothing is missing: a pipeline with errors may name anything. */
function nothingMissing({ data, faulty }: DeclaredList): string {
  if (data.length === 0)
    return faulty.length === 0
      ? 'No pipeline names data of this resource.'
      : 'No pipeline that can be read names data of this resource.';
  return faulty.length === 0
    ? 'All data that the pipelines name are here.'
    : 'All data that the pipelines without errors name are here.';
}

function faultyView(faulty: DeclaredList['faulty']): View {
  if (faulty.length === 0) return null;
  return markup`<details class="quiet"><summary>${counted(faulty.length, 'pipeline')} with errors: what they declare is not known</summary>
    <ul class="plain">${faulty.map(({ file, errors }) => markup`<li key=${file}><code>speechops lint ${theirs(file)}</code> finds ${counted(errors, 'error')}</li>`)}</ul>
  </details>`;
}

function addressOf(resource: string, id: string): string {
  return `/${resource}/data/${encodeURIComponent(id)}`;
}
