import { counted, points, rate } from '../../../../workflows/report/html/views/figures.ts';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { Measured } from '../../../api/lives.ts';
import type { ModelDetail } from '../../../api/training.ts';
import { lifeView } from '../../parts/life-view.ts';
import { objectAddress } from '../../parts/object-address.ts';
import { momentView, problemView, waitingView } from '../../parts/said.ts';
import { useAnswer } from '../../use-answer.ts';

/** Two models side by side: what they are made of, when they end, and their rates on the sets on which both were measured. */
export function Comparison(props: {
  readonly detail: ModelDetail;
  readonly other: string;
  readonly path: string;
}): View {
  const { detail, other, path } = props;
  const { value, problem, again } = useAnswer<ModelDetail>(`${path}/models/${encodeURIComponent(other)}`, [
    'objects',
    'clock',
  ]);
  if (value === undefined)
    return problem === undefined ? waitingView('Reading the other model …') : problemView(problem, { again });
  const both = [detail, value] as const;
  const base = `/${path.split('/')[1] ?? ''}`;
  // Objects are the same by their ids: many bear one name.
  const rows: readonly (readonly [string, (one: ModelDetail) => string, ((one: ModelDetail) => View)?])[] = [
    ['base model', ({ model }) => model.base?.id ?? '', ({ model }) => baseView(model.base, base)],
    ['data', ({ model }) => idsOf(model.datasets), ({ model }) => datasetsView(model.datasets, base)],
    ['weight of the data', ({ model }) => (model.weightPercent === undefined ? 'not set' : `${model.weightPercent} %`)],
    ['project', ({ model }) => model.project ?? 'none'],
    ['pipeline', ({ pipeline }) => pipeline ?? 'not told'],
    ['made', ({ model }) => model.createdAt, ({ model }) => momentView(model.createdAt, { by: 'service' })],
    ['recognises until', ({ model }) => model.life.ends ?? '', ({ model }) => lifeView(model.life)],
    ['served by', ({ model }) => idsOf(model.endpoints), ({ model }) => endpointsView(model.endpoints, base)],
  ];
  const sets = measuredByBoth(detail.measured, value.measured);
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Two models">
    <table class="comparison-table">
      <thead>
        <tr><th scope="col"><span class="hidden">what</span></th>${both.map(({ model }) => markup`<th scope="col"><bdi>${shownText(model.name)}</bdi></th>`)}<th scope="col" class="n">difference</th></tr>
      </thead>
      <tbody>
        ${rows.map(([name, textOf, viewOf]) => {
          const isSame = textOf(detail) === textOf(value);
          const isSameContent = name === 'data' && contentOf(detail) !== '' && contentOf(detail) === contentOf(value);
          return markup`<tr key=${name}>
            <th scope="row">${name}</th>
            ${both.map((one) => markup`<td>${viewOf?.(one) ?? markup`<bdi>${shownText(textOf(one))}</bdi>`}</td>`)}
            <td class="n quiet">${isSame ? 'the same' : isSameContent ? 'the same content' : 'differs'}</td>
          </tr>`;
        })}
        ${sets.map(
          ({ dataset, ours, theirs }) =>
            markup`<tr key=${dataset.id}>
              <th scope="row">rate on <bdi>${shownText(dataset.name)}</bdi></th>
              <td><strong>${rate(ours, [theirs])}</strong></td>
              <td><strong>${rate(theirs, [ours])}</strong></td>
              <td class=${`n ${theirs < ours ? 'good' : theirs > ours ? 'bad' : ''}`}>${points(theirs - ours)} points</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>
  ${sets.length > 0 ? null : markup`<p class="quiet">No dataset is there on which both were measured: an <code>evaluate</code> step with <code>model</code> and <code>against</code> measures both on one.</p>`}`;
}

function idsOf(objects: readonly { readonly id: string }[]): string {
  return objects
    .map(({ id }) => id)
    .toSorted()
    .join(' ');
}

/** What the data are, by their digests; empty where one has none. */
function contentOf({ model: { datasets } }: ModelDetail): string {
  const digests = datasets.map(({ digest = '' }) => digest);
  return digests.includes('') ? '' : digests.toSorted().join(' ');
}

function baseView(model: ModelDetail['model']['base'], base: string): View {
  if (model === undefined) return 'not told';
  return markup`<a href=${objectAddress(base, { kind: 'model', id: model.id })}>${nameView(model.name)}</a>`;
}

function nameView(name: string): View {
  return markup`<bdi>${shownText(name)}</bdi>`;
}

function datasetsView(datasets: ModelDetail['model']['datasets'], base: string): View {
  if (datasets.length === 0) return 'none';
  return datasets.map(
    ({ id, name, lines }, index) =>
      markup`${index === 0 ? '' : ', '}<a href=${`${base}/data/${encodeURIComponent(id)}`}>${nameView(name)}</a>${lines === undefined ? '' : ` (${counted(lines, 'line')})`}`,
  );
}

function endpointsView(endpoints: ModelDetail['model']['endpoints'], base: string): View {
  if (endpoints.length === 0) return 'no endpoint';
  return endpoints.map(
    ({ id, name }, index) =>
      markup`${index === 0 ? '' : ', '}<a href=${`${base}/deployment/${encodeURIComponent(id)}`}>${nameView(name)}</a>`,
  );
}

/** The newest rate of each on every dataset that both have. */
function measuredByBoth(
  ours: readonly Measured[],
  theirs: readonly Measured[],
): readonly { readonly dataset: Measured['dataset']; readonly ours: number; readonly theirs: number }[] {
  const newest = (measured: readonly Measured[]): ReadonlyMap<string, Measured> =>
    new Map(measured.toReversed().map((one) => [one.dataset.id, one]));
  const others = newest(theirs);
  return [...newest(ours).values()].flatMap(({ dataset, rate: own }) => {
    const other = others.get(dataset.id);
    return other === undefined ? [] : [{ dataset, ours: own, theirs: other.rate }];
  });
}
