import { h } from 'preact';
import { useLocation } from 'preact-iso';
import { counted } from '../../../../workflows/report/html/views/figures.ts';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { BaseModelRow } from '../../../api/training.ts';
import { daysBetween, lifeView } from '../../parts/life-view.ts';
import { type Column, lineView, LongTable } from '../../parts/long-table.ts';
import { objectAddress } from '../../parts/object-address.ts';
import { dayText, emptyView } from '../../parts/said.ts';

interface Props {
  readonly baseModels: readonly BaseModelRow[];
  readonly observedAt: string;
  /** The address of the resource. */
  readonly base: string;
}

/** The service's own models by locale, with their dates and what they can do. */
export function BaseModels({ baseModels, observedAt, base }: Props): View {
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
        : tableView(shown, { label: 'Base models', observedAt, base })
    }
    ${
      over.length === 0
        ? null
        : markup`<details><summary>${counted(over.length, 'expired base model')} that nothing uses</summary>
            ${tableView(over, { label: 'Expired base models', observedAt, base })}</details>`
    }
  </section>`;
}

function tableView(
  rows: readonly BaseModelRow[],
  of: Pick<Props, 'observedAt' | 'base'> & { readonly label: string },
): View {
  const { label, observedAt, base } = of;
  return h(BaseModelTable, { rows, label, observedAt, base });
}

function BaseModelTable({
  rows,
  label,
  observedAt,
  base,
}: Pick<Props, 'observedAt' | 'base'> & { readonly rows: readonly BaseModelRow[]; readonly label: string }): View {
  const { route } = useLocation();
  return h(LongTable<BaseModelRow>, {
    label,
    columns: columnsAt(observedAt),
    rows,
    idOf: ({ id }) => id,
    open: ({ id }) => route(objectAddress(base, { kind: 'model', id })),
    stacked: { below: 72, lines: 4, view: (model) => stackedBase(model, observedAt) },
  });
}

function stackedBase(model: BaseModelRow, observedAt: string): View {
  const { name, locale, isNewest, models, endpoints } = model;
  const used = [
    ...(models === 0 ? [] : [counted(models, 'model')]),
    ...(endpoints === 0 ? [] : [counted(endpoints, 'endpoint')]),
  ].join(', ');
  return [
    lineView(
      markup`<strong><bdi>${shownText(name)}</bdi></strong>`,
      isNewest ? markup`<span class="chip">newest</span>` : null,
    ),
    lineView(markup`${shownText(locale)}, ${abilitiesOf(model)}`, used, { isQuiet: true }),
    lineView('trains until', trainsView(model, observedAt), { isQuiet: true }),
    lineView('recognises until', recognisesView(model, observedAt), { isQuiet: true }),
  ];
}

function trainsView({ trainableUntil, trainableState, models }: BaseModelRow, observedAt: string): View {
  return lifeView({ ...daysBetween(observedAt, trainableUntil), state: trainableState }, { isUsed: models > 0 });
}

function recognisesView({ recognisesUntil, recognisesState, endpoints }: BaseModelRow, observedAt: string): View {
  return lifeView({ ...daysBetween(observedAt, recognisesUntil), state: recognisesState }, { isUsed: endpoints > 0 });
}

function abilitiesOf({ trainsWith, supportsEndpoints, isTrainingCharged }: BaseModelRow): string {
  return shownText(
    [
      trainsWith.length === 0 ? 'nothing' : trainsWith.join(', '),
      ...(isTrainingCharged ? ['training is charged'] : []),
      ...(supportsEndpoints ? [] : ['no endpoints']),
    ].join('; '),
  );
}

function columnsAt(observedAt: string): readonly Column<BaseModelRow>[] {
  return [
    { id: 'locale', name: 'locale', width: '4.5rem', view: ({ locale }) => shownText(locale) },
    {
      id: 'name',
      name: 'base model',
      width: 'minmax(12rem, 3fr)',
      view: ({ name, isNewest }) =>
        markup`${isNewest ? markup`<span class="chip">newest</span> ` : null}<bdi title=${shownText(name)}>${shownText(name)}</bdi>`,
    },
    { id: 'created', name: 'released', width: '6rem', view: ({ createdAt }) => dayText(createdAt) },
    { id: 'trainable', name: 'trains until', width: '11.2rem', view: (model) => trainsView(model, observedAt) },
    {
      id: 'recognises',
      name: 'recognises until',
      width: '11.2rem',
      view: (model) => recognisesView(model, observedAt),
    },
    {
      id: 'abilities',
      name: 'adapted with',
      width: 'minmax(6rem, 2fr)',
      view: (model) => {
        const said = abilitiesOf(model);
        return markup`<span title=${said}>${said}</span>`;
      },
    },
    { id: 'models', name: 'models', width: '3.6rem', isFigure: true, view: ({ models }) => models },
    { id: 'endpoints', name: 'endpoints', width: '5rem', isFigure: true, view: ({ endpoints }) => endpoints },
  ];
}
