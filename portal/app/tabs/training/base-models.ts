import { h } from 'preact';
import { counted } from '../../../../workflows/report/html/views/figures.ts';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { BaseModelRow } from '../../../api/training.ts';
import { daysBetween, lifeView } from '../../parts/life-view.ts';
import { type Column, LongTable } from '../../parts/long-table.ts';
import { dayText, emptyView } from '../../parts/said.ts';

interface Props {
  readonly baseModels: readonly BaseModelRow[];
  readonly observedAt: string;
}

/** The service's own models by locale, with their dates and what they can do. */
export function BaseModels({ baseModels, observedAt }: Props): View {
  const isOver = ({ recognisesState, models, endpoints }: BaseModelRow): boolean =>
    recognisesState === 'expired' && models + endpoints === 0;
  const over = baseModels.filter(isOver);
  const shown = baseModels.filter((model) => !isOver(model));
  return markup`<section>
    <h2>Base models</h2>
    <p class="quiet">Of the locales that are used here. The newest that endpoints can serve is what <code>base-model: newest</code> means.</p>
    ${
      baseModels.length === 0
        ? emptyView('No locale is used here yet, so that no base models are listed.')
        : tableView(shown, { label: 'Base models', observedAt })
    }
    ${
      over.length === 0
        ? null
        : markup`<details><summary>${counted(over.length, 'expired base model')} that nothing uses</summary>
            ${tableView(over, { label: 'Expired base models', observedAt })}</details>`
    }
  </section>`;
}

function tableView(
  rows: readonly BaseModelRow[],
  { label, observedAt }: { readonly label: string; readonly observedAt: string },
): View {
  const columns = columnsAt(observedAt);
  return markup`<div class="scrolled">
    ${h(LongTable<BaseModelRow>, { label, columns, rows, idOf: ({ id }) => id })}
  </div>`;
}

function columnsAt(observedAt: string): readonly Column<BaseModelRow>[] {
  return [
    { id: 'locale', name: 'locale', width: '4.5rem', view: ({ locale }) => shownText(locale) },
    {
      id: 'name',
      name: 'base model',
      width: 'minmax(19rem, 3fr)',
      view: ({ name, isNewest }) =>
        markup`${isNewest ? markup`<span class="chip">newest</span> ` : null}<bdi>${shownText(name)}</bdi>`,
    },
    { id: 'created', name: 'released', width: '6rem', view: ({ createdAt }) => dayText(createdAt) },
    {
      id: 'trainable',
      name: 'trains until',
      width: '11.5rem',
      view: ({ trainableUntil, trainableState, models }) =>
        lifeView({ ...daysBetween(observedAt, trainableUntil), state: trainableState }, { isUsed: models > 0 }),
    },
    {
      id: 'recognises',
      name: 'recognises until',
      width: '11.5rem',
      view: ({ recognisesUntil, recognisesState, endpoints }) =>
        lifeView({ ...daysBetween(observedAt, recognisesUntil), state: recognisesState }, { isUsed: endpoints > 0 }),
    },
    {
      id: 'abilities',
      name: 'can be adapted with',
      width: 'minmax(8rem, 2fr)',
      view: ({ trainsWith, supportsEndpoints, isTrainingCharged }) => {
        const said = [
          trainsWith.length === 0 ? 'nothing' : trainsWith.join(', '),
          ...(isTrainingCharged ? ['training is charged'] : []),
          ...(supportsEndpoints ? [] : ['no endpoints']),
        ].join('; ');
        return markup`<span title=${shownText(said)}>${shownText(said)}</span>`;
      },
    },
    { id: 'models', name: 'models', width: '4rem', isFigure: true, view: ({ models }) => models },
    { id: 'endpoints', name: 'endpoints', width: '5.5rem', isFigure: true, view: ({ endpoints }) => endpoints },
  ];
}
