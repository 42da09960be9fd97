import { diffView } from '../../../../workflows/report/html/views/diff-view.ts';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { EndpointCard, Heard, Tried } from '../../../api/deployment.ts';
import { dayText } from '../../parts/said.ts';

/** What one or two endpoints have heard, side by side, and how the texts differ. */
export function triedView(
  { heard, difference }: Tried,
  { endpoints }: { readonly endpoints: readonly EndpointCard[] },
): View {
  const cards = heard.map((one) =>
    heardView({ ...one, expired: endpoints.find(({ id }) => id === one.endpoint.id)?.expired }),
  );
  return markup`<div class="cards">${cards}</div>
    ${
      difference === undefined
        ? null
        : /^C*$/.test(difference.operations)
          ? markup`<p class="good">✓ Both have heard the same words.</p>`
          : markup`<div class="panel utterances">
              <h2>The difference</h2>
              <p>${diffView({
                unit: difference.unit,
                reference: difference.reference,
                recognised: { text: difference.text, operations: difference.operations },
              })}</p>
              <p class="legend"><span><del>struck out</del> ${only(heard[0])} alone</span> <span><ins>underlined</ins> ${only(heard[1])} alone</span></p>
            </div>`
    }`;
}

function only(heard: Heard | undefined): View {
  return markup`<bdi>${shownText(heard?.endpoint.name ?? '')}</bdi>`;
}

function heardView({
  endpoint,
  model,
  status,
  display,
  lexical,
  firstResultSeconds,
  finalSeconds,
  problem,
  expired,
}: Heard & { readonly expired: EndpointCard['expired'] }): View {
  const times = [
    ...(firstResultSeconds === undefined ? [] : [`first words after ${firstResultSeconds.toFixed(2)} s`]),
    ...(finalSeconds === undefined ? [] : [`answer after ${finalSeconds.toFixed(2)} s`]),
  ];
  return markup`<article key=${endpoint.id} class="panel card" aria-label=${shownText(endpoint.name)}>
    <h2><bdi>${shownText(endpoint.name)}</bdi></h2>
    ${
      expired === undefined
        ? markup`<p class="quiet"><bdi>${shownText(model?.name ?? 'no model is told')}</bdi></p>`
        : markup`<p class="bad"><bdi>${shownText(expired.answers?.name ?? 'the newest base model')}</bdi> answers, because <bdi>${shownText(model?.name ?? 'its model')}</bdi> expired on ${dayText(expired.at)}</p>`
    }
    ${
      problem === undefined
        ? lexical === '' && display === ''
          ? markup`<p>It has understood nothing (${shownText(status)}).</p>`
          : markup`<p class="display"><bdi>${shownText(display === '' ? lexical : display)}</bdi></p>
              <p class="quiet">as words: <bdi>${shownText(lexical)}</bdi></p>`
        : markup`<p class="bad">It did not answer: ${shownText(problem)}</p>`
    }
    ${times.length === 0 ? null : markup`<p class="quiet">${times.join(', ')}, with the sending of the audio</p>`}
  </article>`;
}
