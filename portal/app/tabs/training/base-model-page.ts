import { h } from 'preact';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { BaseModelRow, Training } from '../../../api/training.ts';
import { AsCode } from '../../parts/as-code.ts';
import { daysBetween, lifeView } from '../../parts/life-view.ts';
import { objectAddress } from '../../parts/object-address.ts';
import { dayText } from '../../parts/said.ts';

interface Props {
  readonly model: BaseModelRow;
  readonly training: Training;
  /** The address of the resource. */
  readonly base: string;
}

/** A model of the service: its dates, what it can do, and what was trained on it. */
export function baseModelPage({ model, training, base }: Props): View {
  const { observedAt, models } = training;
  const { id, name, endpoints, isTrainingCharged } = model;
  const trained = models.filter((one) => one.base?.id === id);
  const facts: readonly (readonly [string, View])[] = [
    ['Locale', shownText(model.locale)],
    ['Released', dayText(model.createdAt)],
    ['Adapted with', model.trainsWith.length === 0 ? 'nothing' : shownText(model.trainsWith.join(', '))],
    ['Training', isTrainingCharged ? 'charged by the hour' : 'not charged'],
    ['Served by endpoints', model.supportsEndpoints ? 'possible' : 'not possible'],
    ['Id', markup`<code>${shownText(id)}</code>`],
  ];
  return markup`<p class="back"><a href=${`${base}/training`}>← All models</a></p>
    <h1><bdi>${shownText(name)}</bdi> <span class="chip">base model</span>${model.isNewest ? markup` <span class="chip">newest</span>` : null}</h1>
    <div class="model-page">
      <dl class="facts">${facts.map(([fact, view]) => markup`<div key=${fact}><dt>${fact}</dt><dd>${view}</dd></div>`)}</dl>
      <section class="panel">
        <h2>Expiry</h2>
        <p>Trains until ${lifeView({ ...daysBetween(observedAt, model.trainableUntil), state: model.trainableState })}</p>
        <p>Recognises until ${lifeView({ ...daysBetween(observedAt, model.recognisesUntil), state: model.recognisesState })}</p>
      </section>
      <section class="panel">
        <h2>Models trained on it</h2>
        ${
          trained.length === 0
            ? markup`<p class="quiet">No custom model here was trained on it.</p>`
            : markup`<ul class="plain">${trained.map(
                (one) =>
                  markup`<li key=${one.id}><a href=${objectAddress(base, { kind: 'model', id: one.id })}><bdi>${shownText(one.name)}</bdi></a> <span class="quiet">${dayText(one.createdAt)}</span></li>`,
              )}</ul>`
        }
        <p>${endpoints === 0 ? markup`<span class="quiet">No endpoint serves it or a model that was trained on it.</span>` : markup`<a href=${`${base}/deployment`}>${endpoints === 1 ? 'One endpoint serves' : `${endpoints} endpoints serve`} it or a model that was trained on it</a>`}</p>
      </section>
    </div>
    ${h(AsCode, { resource: base.slice(1), kind: 'base-model', id })}`;
}
