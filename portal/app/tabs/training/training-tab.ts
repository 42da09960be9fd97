import { h } from 'preact';
import { useLocation } from 'preact-iso';
import { useMemo } from 'preact/hooks';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { ModelRow, Training } from '../../../api/training.ts';
import { type Column, lineView, LongTable } from '../../parts/long-table.ts';
import { FirstRun } from '../../parts/first-run.ts';
import { lifeView } from '../../parts/life-view.ts';
import { emptyView, problemView, waitingView } from '../../parts/said.ts';
import '../../style/training.css';
import type { TabProps } from '../../tab.ts';
import { useAnswer } from '../../use-answer.ts';
import { decoded } from '../../decoded.ts';
import { baseModelPage } from './base-model-page.ts';
import { BaseModels } from './base-models.ts';
import { ModelPage } from './model-page.ts';
import { progressView } from './progress-view.ts';

/** What can be trained on, what was trained, and one model or two beside each other. */
export function TrainingTab({ rest, resource }: TabProps): View {
  const base = `/${resource.id}`;
  const path = `resources/${resource.id}/training`;
  const { value: training, problem, again } = useAnswer<Training>(path, ['objects', 'clock']);
  if (training === undefined)
    return problem === undefined ? waitingView('Reading the models …') : problemView(problem, { again });
  const baseModel = training.baseModels.find(({ id }) => id === decoded(rest).toLowerCase());
  return markup`<div class="training">
    ${problem === undefined ? null : markup`<p class="note bad" role="alert">${shownText(problem.message)}</p>`}
    ${
      rest === ''
        ? h(Lists, { training, base })
        : baseModel === undefined
          ? h(ModelPage, { key: rest, id: rest, training, base, path })
          : baseModelPage({ model: baseModel, training, base })
    }
  </div>`;
}

function Lists({ training, base }: { readonly training: Training; readonly base: string }): View {
  const { query, route } = useLocation();
  const { locale = '' } = query;
  const { models, baseModels } = training;
  const locales = useMemo(
    () => [...new Set([...models, ...baseModels].map((one) => one.locale))].toSorted(),
    [models, baseModels],
  );
  const shown = models.filter((one) => locale === '' || one.locale === locale);
  const choose = (value: string): void => route(`${base}/training${value === '' ? '' : `?locale=${value}`}`, true);
  return markup`<h1>Custom models</h1>
    <div class="toolbar">
      ${
        locales.length < 2
          ? null
          : markup`<label>Locale
              <select value=${locale} onChange=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>
                <option value="">all</option>
                ${locales.map((one) => markup`<option key=${one} value=${one}>${shownText(one)}</option>`)}
              </select>
            </label>`
      }
      <output>${shown.length === 1 ? '1 model' : `${shown.length} models`}</output>
    </div>
    ${
      shown.length === 0
        ? emptyView(
            'No model has been trained here yet.',
            markup`<p>A <code>train</code> step of a pipeline trains one.</p>${h(FirstRun, null)}`,
          )
        : h(LongTable<ModelRow>, {
            label: 'Custom models',
            columns: modelColumns(training),
            rows: shown,
            idOf: ({ id }) => id,
            open: ({ id }) => route(`${base}/training/${encodeURIComponent(id)}`),
            stacked: { below: 72, lines: 3, view: (model) => stackedModel(model, training) },
          })
    }
    ${h(BaseModels, { baseModels: baseModels.filter((one) => locale === '' || one.locale === locale), observedAt: training.observedAt, base })}`;
}

function stackedModel(model: ModelRow, training: Training): View {
  const { name, locale, base, datasets, newerBase, life, endpoints } = model;
  const served = endpoints.map((one) => one.name).join(', ');
  const data = datasets.map((one) => one.name).join(', ');
  return [
    lineView(markup`<strong><bdi>${shownText(name)}</bdi></strong>`, progressView(model, training)),
    lineView(
      markup`${newerBase === undefined ? null : markup`<span class="chip">newer one</span> `}<bdi>${shownText(base?.name ?? 'not told')}</bdi>${data === '' ? null : markup` + <bdi>${shownText(data)}</bdi>`}`,
      shownText(locale),
      { isQuiet: true },
    ),
    lineView(markup`until ${lifeView(life)}`, served === '' ? null : markup`on <bdi>${shownText(served)}</bdi>`, {
      isQuiet: true,
    }),
  ];
}

function modelColumns(training: Training): readonly Column<ModelRow>[] {
  return [
    {
      id: 'name',
      name: 'model',
      width: 'minmax(9rem, 2fr)',
      view: ({ name }) => markup`<bdi>${shownText(name)}</bdi>`,
    },
    { id: 'locale', name: 'locale', width: '4.5rem', view: ({ locale }) => shownText(locale) },
    { id: 'status', name: 'state', width: 'minmax(10rem, 1.5fr)', view: (model) => progressView(model, training) },
    {
      id: 'base',
      name: 'base model',
      width: 'minmax(8rem, 1.5fr)',
      view: ({ base, newerBase }) =>
        markup`${newerBase === undefined ? null : markup`<span class="chip">newer one</span> `}<bdi>${shownText(base?.name ?? 'not told')}</bdi>`,
    },
    {
      id: 'data',
      name: 'data',
      width: 'minmax(8rem, 1.5fr)',
      view: ({ datasets }) => shownText(datasets.map(({ name }) => name).join(', ')),
    },
    { id: 'ends', name: 'recognises until', width: '11.5rem', view: ({ life }) => lifeView(life) },
    {
      id: 'endpoints',
      name: 'served by',
      width: 'minmax(7rem, 1fr)',
      view: ({ endpoints }) => shownText(endpoints.map(({ name }) => name).join(', ')),
    },
  ];
}
