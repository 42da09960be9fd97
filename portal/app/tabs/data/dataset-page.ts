import { h } from 'preact';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { DatasetDetails, DatasetOrigins, DatasetRow } from '../../../api/data.ts';
import { AsCode } from '../../parts/as-code.ts';
import { momentView, problemView, waitingView } from '../../parts/said.ts';
import { useAnswer } from '../../use-answer.ts';
import { AgainstView } from './against-view.ts';
import { ContentView } from './content-view.ts';
import type { PartProps } from './dataset-part.ts';
import { ReportedView } from './reported-view.ts';
import { countText, durationText, placeOf, theirs } from './shown.ts';
import { StatisticsView } from './statistics-view.ts';

interface Props {
  readonly resource: string;
  readonly id: string;
  /** Which part of it is shown. */
  readonly view: string;
}

/** One dataset: a part of what it has, and beside it what it is and where it came from. */
export function DatasetPage({ resource, id, view }: Props): View {
  const path = `resources/${resource}/datasets/${encodeURIComponent(id)}`;
  const { value: details, problem, again } = useAnswer<DatasetDetails>(path, ['objects']);
  if (details === undefined)
    return markup`<p><a href=${`/${resource}/data`}>All datasets</a></p>${
      problem ? problemView(problem, { again }) : waitingView('Reading the dataset…')
    }`;
  const { dataset } = details;
  const chosen = parts.find((part) => part.id === view) ?? contentPart;
  return markup`<article class="data dataset">
    <header>
      <p><a href=${`/${resource}/data`}>All datasets</a></p>
      <h1>${theirs(dataset.name)}</h1>
      <nav aria-label="Parts of the dataset">${parts
        .filter((part) => part.isThere(dataset))
        .map(
          (part) =>
            markup`<a key=${part.id} href=${`/${resource}/data/${encodeURIComponent(id)}/${part.id}`} aria-current=${part === chosen ? 'page' : undefined}>${part.name(dataset)}</a>`,
        )}</nav>
    </header>
    <div class="sides">
      <div class="main">${chosen.view({ path, details })}${h(AsCode, { resource, kind: 'dataset', id })}</div>
      <aside aria-label="About the dataset">
        ${factsView(dataset)}
        ${h(OriginsView, { path, dataset })}
        ${usesView(details, resource)}
      </aside>
    </div>
  </article>`;
}

interface Part {
  readonly id: string;
  readonly name: (dataset: DatasetRow) => string;
  readonly isThere: (dataset: DatasetRow) => boolean;
  readonly view: (props: PartProps) => View;
}

const hasWords = ({ kind }: DatasetRow): boolean => kind === 'Acoustic' || kind === 'Language';

const contentPart: Part = {
  id: 'content',
  name: () => 'Content',
  isThere: () => true,
  view: (props) => h(ContentView, props),
};

const parts: readonly Part[] = [
  contentPart,
  { id: 'words', name: () => 'Words', isThere: hasWords, view: (props) => h(StatisticsView, props) },
  { id: 'shared', name: () => 'Beside training data', isThere: hasWords, view: (props) => h(AgainstView, props) },
  {
    id: 'rejected',
    name: ({ rejected = 0 }) => `Rejected ${countText(rejected)}`,
    isThere: () => true,
    view: (props) => h(ReportedView, props),
  },
];

function factsView(dataset: DatasetRow): View {
  const { accepted, rejected, seconds, words, digest, project, description, error } = dataset;
  const facts: readonly (readonly [string, View])[] = [
    ['Kind', theirs(dataset.kind)],
    ['Locale', theirs(dataset.locale)],
    ['Project', project === undefined ? '' : theirs(project)],
    ['Status', shownText(dataset.status)],
    ['Lines', countText(accepted)],
    ['Rejected', countText(rejected)],
    ['Audio', durationText(seconds)],
    ['Words', countText(words)],
    ['Made', momentView(dataset.createdAt, { by: 'service' })],
    ['Digest', digest === undefined ? '' : markup`<code title=${digest}>${shownText(digest.slice(0, 12))}</code>`],
    ['Id', markup`<code>${shownText(dataset.id)}</code>`],
  ];
  return markup`<section class="panel"><h2>About</h2>
    ${description === undefined ? null : markup`<p>${shownText(description)}</p>`}
    ${error === undefined ? null : markup`<p class="bad">${shownText(error)}</p>`}
    <dl>${facts
      .filter(([, value]) => value !== '')
      .map(([name, value]) => markup`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
  </section>`;
}

function OriginsView({ path, dataset }: { readonly path: string; readonly dataset: DatasetRow }): View {
  const { value, problem, again } = useAnswer<DatasetOrigins>(`${path}/origins`, ['objects', 'repository']);
  return markup`<section class="panel"><h2>Came from</h2>${
    value === undefined
      ? problem
        ? problemView(problem, { again })
        : markup`<p class="quiet" role="status">Looking for its file…</p>`
      : value.origins.length === 0
        ? nowhereView(dataset)
        : markup`<ul class="plain">${[...Map.groupBy(value.origins, ({ declared }) => declared.source)].map(originView)}</ul>`
  }</section>`;
}

function nowhereView({ pipeline, digest }: DatasetRow): View {
  if (pipeline !== undefined)
    return markup`<p>No file of the repository has this content any more. The pipeline ${theirs(pipeline)} has uploaded it.</p>`;
  return digest === undefined
    ? markup`<p>It is in no file: no pipeline has uploaded it.</p>`
    : markup`<p>No file of the repository has this content.</p>`;
}

/** One file or folder, which several steps may name. */
function originView([source, origins]: readonly [string, DatasetOrigins['origins']]): View {
  const [first] = origins;
  if (first === undefined) return null;
  const { changed, commit } = first;
  return markup`<li key=${source}>
    <code>${theirs(source)}</code>
    ${
      changed
        ? markup`<p>As it is in the working tree; no commit has it yet.</p>`
        : commit === undefined
          ? null
          : markup`<p>Commit <code title=${commit.hash}>${commit.hash.slice(0, 8)}</code> ${theirs(commit.subject)}</p>
              <p class="quiet">${theirs(commit.author)}, ${momentView(commit.at)}</p>`
    }
    <h3>${origins.length === 1 ? 'Step' : 'Steps'}</h3>
    ${origins.map(
      ({ declared }) =>
        markup`<p key=${`${placeOf(declared)} ${declared.step}`}>${theirs(declared.step)} <code class="quiet">${theirs(placeOf(declared))}</code></p>`,
    )}</li>`;
}

function usesView({ models, evaluations }: DatasetDetails, resource: string): View {
  return markup`<section class="panel"><h2>Used by</h2>
    ${models.length + evaluations.length === 0 ? markup`<p>No model was trained, and none was tested with it.</p>` : null}
    ${
      models.length === 0
        ? null
        : markup`<h3>Models trained</h3><ul class="plain">${models.map(
            ({ id, name }) =>
              markup`<li key=${id}><a href=${`/${resource}/training/${encodeURIComponent(id)}`}>${theirs(name)}</a></li>`,
          )}</ul>`
    }
    ${
      evaluations.length === 0
        ? null
        : markup`<h3>Tests</h3><ul class="plain">${evaluations.map(
            ({ id, name, models: compared }) =>
              markup`<li key=${id}><a href=${`/${resource}/testing/${encodeURIComponent(id)}`}>${theirs(name)}</a>
                <p class="quiet">${compared.map((model, index) => markup`${index === 0 ? null : ' and '}${theirs(model.name)}`)}</p></li>`,
          )}</ul>`
    }
  </section>`;
}
