import { h } from 'preact';
import { useLocation } from 'preact-iso';
import { count, rate } from '../../../../workflows/report/html/views/figures.ts';
import { lineageView } from '../../../../workflows/report/html/views/lineage-view.ts';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import { figuresView } from '../../../../workflows/report/html/views/table-view.ts';
import type { ModelDetail, Training } from '../../../api/training.ts';
import { AsCode } from '../../parts/as-code.ts';
import { costView, lifeView, newerBaseView } from '../../parts/life-view.ts';
import { objectAddress } from '../../parts/object-address.ts';
import { dayText, momentView, problemView, waitingView } from '../../parts/said.ts';
import { useAnswer } from '../../use-answer.ts';
import { Comparison } from './comparison.ts';
import { progressView } from './progress-view.ts';

interface Props {
  /** As the address has it. */
  readonly id: string;
  readonly training: Training;
  /** The address of the resource. */
  readonly base: string;
  /** The path of its API. */
  readonly path: string;
}

/** A custom model with all that is known of it, or two beside each other. */
export function ModelPage({ id, training, base, path }: Props): View {
  const { query, route } = useLocation();
  const other = query['with'] ?? '';
  const { value, problem, again } = useAnswer<ModelDetail>(`${path}/models/${id}`, ['objects', 'clock']);
  const back = markup`<p class="back"><a href=${`${base}/training`}>← All models</a></p>`;
  if (value === undefined)
    return markup`${back}${problem === undefined ? waitingView('Reading the model …') : problemView(problem, { again })}`;
  const here = `${base}/training/${encodeURIComponent(value.model.id)}`;
  const others = training.models.filter((one) => one.id !== value.model.id && one.locale === value.model.locale);
  return markup`${back}
    <h1><bdi>${shownText(value.model.name)}</bdi></h1>
    ${
      others.length === 0
        ? null
        : markup`<div class="toolbar"><label>Compare with
            <select value=${other} onChange=${(event: Event) => {
              const chosen = (event.target as HTMLSelectElement).value;
              route(chosen === '' ? here : `${here}?with=${encodeURIComponent(chosen)}`, true);
            }}>
              <option value="">no other</option>
              ${others.map(
                (one) =>
                  markup`<option key=${one.id} value=${one.id} selected=${one.id === other}>${shownText(one.name)}, ${dayText(one.createdAt)}</option>`,
              )}
            </select>
          </label></div>`
    }
    ${other === '' ? [detailView(value, { base, training }), h(AsCode, { resource: base.slice(1), kind: 'model', id: value.model.id })] : h(Comparison, { key: other, detail: value, other, path })}`;
}

function detailView(
  { model, pipeline, run, measured, lineage, cost, properties }: ModelDetail,
  { base, training }: Pick<Props, 'base' | 'training'>,
): View {
  const facts: readonly (readonly [string, View])[] = [
    ['State', progressView(model, training)],
    ['Locale', shownText(model.locale)],
    [
      'Base model',
      model.base === undefined
        ? 'not told'
        : markup`<a href=${objectAddress(base, { kind: 'model', id: model.base.id })}><bdi>${shownText(model.base.name)}</bdi></a>`,
    ],
    ['Made', momentView(model.createdAt, { by: 'service' })],
    ...(model.project === undefined ? [] : [['Project', markup`<bdi>${shownText(model.project)}</bdi>`] as const]),
    ...(model.weightPercent === undefined ? [] : [['Weight of its data', `${model.weightPercent} %`] as const]),
    ...(pipeline === undefined ? [] : [['Pipeline', markup`<bdi>${shownText(pipeline)}</bdi>`] as const]),
    ...(run === undefined
      ? []
      : [['Run', markup`<a href=${`${base}/runs/${encodeURIComponent(run)}`}>${shownText(run)}</a>`] as const]),
    ['Id', markup`<code>${shownText(model.id)}</code>`],
  ];
  return markup`<div class="model-page">
    <dl class="facts">${facts.map(([name, view]) => markup`<div key=${name}><dt>${name}</dt><dd>${view}</dd></div>`)}</dl>
    ${model.error === undefined ? null : markup`<p class="panel bad" role="alert">Training failed: ${shownText(model.error)}</p>`}
    <section class="panel">
      <h2>Expiry</h2>
      <p>Recognises until ${lifeView(model.life)}</p>
      <p><a href=${`${base}/training/${encodeURIComponent(model.id)}?wish=retrain`}>Train it on the newest base model</a></p>
      ${model.life.consequence === '' ? null : markup`<p class="quiet">Then ${shownText(model.life.consequence)}.</p>`}
      ${model.newerBase === undefined ? null : markup`<p>${newerBaseView(model.newerBase, base)}</p>`}
    </section>
    <section class="panel">
      <h2>Served by</h2>
      ${
        model.endpoints.length === 0
          ? markup`<p class="quiet">No endpoint serves it.</p>`
          : markup`<ul class="plain">${model.endpoints.map(
              (one) =>
                markup`<li key=${one.id}><a href=${`${base}/deployment/${encodeURIComponent(one.id)}`}><bdi>${shownText(one.name)}</bdi></a></li>`,
            )}</ul>`
      }
      ${cost === undefined ? null : markup`<h3>Cost</h3>${costView(cost)}`}
    </section>
    <section class="panel wide">
      <h2>Measured</h2>
      ${
        measured.length === 0
          ? markup`<p class="quiet">No evaluation has measured it.</p>`
          : figuresView({
              title: 'Word error rates',
              header: ['dataset', 'evaluation', 'rate', 'errors', 'words', 'when'],
              named: 2,
              rows: measured.map((one) => [
                markup`<bdi>${shownText(one.dataset.name)}</bdi>`,
                markup`<a href=${`${base}/testing/${encodeURIComponent(one.evaluation.id)}`}><bdi>${shownText(one.evaluation.name)}</bdi></a>`,
                markup`<strong>${rate(one.rate)}</strong>`,
                one.errors === undefined ? '' : count(one.errors),
                one.words === undefined ? '' : count(one.words),
                momentView(one.at, { by: 'service' }),
              ]),
            })
      }
    </section>
    <section class="panel wide">
      <h2>Lineage</h2>
      ${lineageView({ origins: lineage })}
    </section>
    <section class="panel wide">
      <h2>Data and properties</h2>
      <ul class="plain">
        ${model.datasets.map(
          (one) =>
            markup`<li key=${one.id}><a href=${`${base}/data/${encodeURIComponent(one.id)}`}><bdi>${shownText(one.name)}</bdi></a> <span class="quiet">${shownText(one.kind)}</span></li>`,
        )}
      </ul>
      <dl class="facts">
        ${properties.map(({ name, value }) => markup`<div key=${name}><dt><bdi>${shownText(name)}</bdi></dt><dd><code>${shownText(value)}</code></dd></div>`)}
      </dl>
    </section>
  </div>`;
}
