import { h } from 'preact';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import { swapView } from '../../../../workflows/report/html/views/swap-view.ts';
import type { EndpointDetail } from '../../../api/deployment.ts';
import { AsCode } from '../../parts/as-code.ts';
import { costView, newerBaseView } from '../../parts/life-view.ts';
import { problemView, waitingView } from '../../parts/said.ts';
import { useAnswer } from '../../use-answer.ts';
import { ConsumersView } from './consumers-view.ts';
import { servedView } from './endpoint-card.ts';
import { releasesView } from './release-timeline.ts';

interface Props {
  /** As the address has it. */
  readonly id: string;
  /** The address of the resource. */
  readonly base: string;
  /** The path of its API. */
  readonly path: string;
}

/** An endpoint with its proof, its history and those who use it. */
export function EndpointPage({ id, base, path }: Props): View {
  const { value, problem, again } = useAnswer<EndpointDetail>(`${path}/endpoints/${id}`, [
    'objects',
    'repository',
    'runs',
    'clock',
  ]);
  if (value === undefined)
    return problem === undefined ? waitingView('Reading the endpoint …') : problemView(problem, { again });
  const { endpoint, releaseFile, history, swap, consumers, cost, observedAt } = value;
  return markup`<h1><bdi>${shownText(endpoint.name)}</bdi> <span class="chip">${shownText(endpoint.locale)}</span></h1>
    <p class="quiet">Endpoint id <code>${shownText(endpoint.id)}</code>${endpoint.project === undefined ? '' : markup`, in project <bdi>${shownText(endpoint.project)}</bdi>`}.
      ${' '}<a href=${`${base}/deployment/try?endpoint=${encodeURIComponent(endpoint.id)}`}>Try it</a></p>
    <div class="endpoint-page">
      <section class="panel">
        <h2>What it serves</h2>
        ${servedView(endpoint, { base })}
        <p><a href=${`${base}/deployment/${encodeURIComponent(endpoint.id)}?wish=swap`}>Have it serve another model</a>${
          endpoint.previousModel === undefined
            ? null
            : markup` · <a href=${`${base}/deployment/${encodeURIComponent(endpoint.id)}?wish=roll-back`}>Roll back</a>`
        }</p>
        ${endpoint.newerBase === undefined || endpoint.expired !== undefined ? null : markup`<p class="newer">${newerBaseView(endpoint.newerBase, base)}</p>`}
      </section>
      <section class="panel">
        <h2>Release file</h2>
        ${releaseFileView(releaseFile)}
        ${cost === undefined ? null : markup`<h3>Cost</h3>${costView(cost)}`}
      </section>
      <section class="panel wide">
        <h2>History</h2>
        ${releasesView({ history, now: observedAt, endpoint: endpoint.name, base })}
      </section>
      <section class="panel wide">
        <h2>The last swap</h2>
        ${
          swap === undefined
            ? markup`<p class="quiet">No run on this machine has left the recognitions of its swap: they are in the <code>results.json</code> of the run.</p>`
            : swapView(swap)
        }
      </section>
      <section class="panel wide">
        <h2>Who uses it</h2>
        ${h(ConsumersView, { consumers, base })}
      </section>
    </div>
    ${h(AsCode, { resource: base.slice(1), kind: 'endpoint', id: endpoint.id })}`;
}

function releaseFileView(file: EndpointDetail['releaseFile']): View {
  if (file === undefined)
    return markup`<p class="quiet">The repository has no release file of it. A swap step with <code>release: releases</code> writes one: what it serves, why, and a way back by <code>git revert</code>.</p>`;
  return markup`<p><code>${shownText(file.file)}</code></p>
    ${
      file.isOfServed
        ? markup`<p class="good">✓ It has the model that is served.</p>`
        : markup`<p class="bad">✗ It has <bdi>${shownText(file.model)}</bdi>, and another model is served: <code>speechops drift</code> says more.</p>`
    }`;
}
