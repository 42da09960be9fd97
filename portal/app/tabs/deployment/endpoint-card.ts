import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { EndpointCard } from '../../../api/deployment.ts';
import { lifeView, newerBaseView } from '../../parts/life-view.ts';
import { objectAddress } from '../../parts/object-address.ts';
import { dayText, momentView } from '../../parts/said.ts';

/** An endpoint: what it serves, how sure that is, and when it ends. */
export function endpointCard(endpoint: EndpointCard, { base }: { readonly base: string }): View {
  const { id, name, newerBase } = endpoint;
  return markup`<article key=${id} class="panel card" aria-label=${shownText(name)}>
    <h2><a href=${`${base}/deployment/${encodeURIComponent(id)}`}><bdi>${shownText(name)}</bdi></a> <span class="chip">${shownText(endpoint.locale)}</span></h2>
    ${servedView(endpoint, { base })}
    ${newerBase === undefined || endpoint.expired !== undefined ? null : markup`<p class="newer">${newerBaseView(newerBase, base)}</p>`}
  </article>`;
}

/** The facts of an endpoint that its card and its page show. */
export function servedView(endpoint: EndpointCard, { base }: { readonly base: string }): View {
  const { model, previousModel, proof, mayAnswer, givenBy, life, expired, latency, canaryOf, error, status } = endpoint;
  const facts: readonly (readonly [string, View])[] = [
    [expired === undefined ? 'Serves' : 'Was given', model === undefined ? 'no model is told' : modelView(model, base)],
    [
      'Since',
      givenBy?.at === undefined
        ? markup`not told; last changed ${momentView(endpoint.lastActionAt, { by: 'service' })}`
        : momentView(givenBy.at, { by: 'service' }),
    ],
    ...(givenBy === undefined
      ? []
      : [
          [
            'By',
            markup`run <a href=${`${base}/runs/${encodeURIComponent(givenBy.run)}`}>${shownText(givenBy.run)}</a>${
              givenBy.commit === undefined
                ? null
                : markup` of commit <code title=${shownText(givenBy.commit)}>${shownText(givenBy.commit.slice(0, 8))}</code>`
            }`,
          ] as const,
        ]),
    [
      'Proof',
      expired === undefined
        ? markup`<span class=${proofs[proof].tone}>${proofs[proof].said}</span>`
        : markup`<span class="bad">✗ none: no swap has heard the model that answers now</span>`,
    ],
    ...(mayAnswer.length === 0
      ? []
      : [['May answer', markup`<bdi>${shownText(mayAnswer.map((one) => one.name).join(', '))}</bdi>`] as const]),
    ...(previousModel === undefined ? [] : [['Served before', modelView(previousModel, base)] as const]),
    ['Recognises until', lifeView(life)],
    ...(latency === undefined || expired !== undefined
      ? []
      : [
          [
            'Answers',
            markup`half within ${seconds(latency.p50Milliseconds)}, 95 % within ${seconds(latency.p95Milliseconds)}${
              latency.recognitions === undefined ? '' : ` (${latency.recognitions} in the last swap)`
            }`,
          ] as const,
        ]),
    ...(status === 'Succeeded' ? [] : [['State', shownText(status)] as const]),
    ...(canaryOf === undefined ? [] : [['Canary of', markup`<bdi>${shownText(canaryOf.name)}</bdi>`] as const]),
    ...(endpoint.logsContent ? [['Logs', 'keeps what is said to it'] as const] : []),
  ];
  return markup`${expired === undefined ? null : expiredView({ endpoint, expired, base })}
    <dl class="rows">${facts.map(([name, view]) => markup`<div key=${name}><dt>${name}</dt><dd>${view}</dd></div>`)}</dl>
    ${error === undefined ? null : markup`<p class="bad">Its deployment failed: ${shownText(error)}</p>`}
    ${life.state === 'lasting' || expired !== undefined || life.consequence === '' ? null : markup`<p class="quiet">Then it ${shownText(life.consequence)}.</p>`}`;
}

/** What answers in place of an expired model, and the way out. */
function expiredView(of: {
  readonly endpoint: EndpointCard;
  readonly expired: NonNullable<EndpointCard['expired']>;
  readonly base: string;
}): View {
  const { endpoint, expired, base } = of;
  const { id, model } = endpoint;
  const isCustom = model !== undefined && !model.id.startsWith('base/');
  const [address, name] = isCustom
    ? [`${objectAddress(base, { kind: 'model', id: model.id })}?wish=retrain`, 'Train it on the newest base model']
    : [`${base}/deployment/${encodeURIComponent(id)}?wish=swap`, 'Have it serve another model'];
  return markup`<div class="expired-note bad" role="alert">
    <p><strong>Answers now: ${expired.answers === undefined ? 'the newest base model' : modelView(expired.answers, base)}</strong>, because
      ${' '}<bdi>${shownText(model?.name ?? 'its model')}</bdi> expired on ${dayText(expired.at)}. No error tells it.</p>
    <p><a href=${address}>${name}</a></p>
  </div>`;
}

const proofs: Readonly<Record<EndpointCard['proof'], { readonly tone: string; readonly said: string }>> = {
  proved: { tone: 'good', said: '✓ proved: the model was heard on the endpoint' },
  unheard: { tone: 'busy', said: 'unheard: nothing told the model from the one before' },
  unproved: { tone: 'bad', said: '✗ unproved: its swap ended before the model was heard' },
  none: { tone: 'quiet', said: 'none: no swap of a pipeline gave the model' },
};

function modelView({ id, name }: NonNullable<EndpointCard['model']>, base: string): View {
  return markup`<a href=${objectAddress(base, { kind: 'model', id })}><bdi>${shownText(name)}</bdi></a>${id.startsWith('base/') ? markup` <span class="chip">base model</span>` : null}`;
}

function seconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
