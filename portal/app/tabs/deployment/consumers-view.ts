import { useState } from 'preact/hooks';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { Consumers } from '../../../api/deployment.ts';

/** Who names an endpoint or its model, and what a program writes to use them. */
export function ConsumersView({ consumers, base }: { readonly consumers: Consumers; readonly base: string }): View {
  const { steps, places, evaluations, endpoints, snippets } = consumers;
  const [copied, setCopied] = useState('');
  const copy = async (name: string, code: string): Promise<void> => {
    const isDone = await navigator.clipboard.writeText(code).then(
      () => true,
      () => false,
    );
    setCopied(isDone ? `Copied: ${name}.` : 'The browser does not let this page copy: mark the text and copy it.');
  };
  return markup`<div class="consumers">
    <div>
      <h3>Steps of pipelines</h3>
      ${
        steps.length === 0
          ? markup`<p class="quiet">No step of a pipeline here names it.</p>`
          : markup`<ul class="plain">${steps.map(
              (one, index) =>
                markup`<li key=${index}><bdi>${shownText(one.pipeline)}</bdi>: step <bdi>${shownText(one.step)}</bdi> ${shownText(one.does)} ${placeView(one)}</li>`,
            )}</ul>`
      }
      <h3>Files that have its id or the id of its model</h3>
      ${
        places.length === 0
          ? markup`<p class="quiet">No file of the repository has one of them. Programs elsewhere may.</p>`
          : markup`<ul class="plain">${places.map(
              (one, index) =>
                markup`<li key=${index}>${placeView(one)} <span class="quiet">${shownText(one.id)}</span></li>`,
            )}</ul>`
      }
      <h3>Of the same model</h3>
      ${
        evaluations.length + endpoints.length === 0
          ? markup`<p class="quiet">No evaluation has measured it, and no other endpoint serves it.</p>`
          : markup`<ul class="plain">
              ${endpoints.map(
                (one) =>
                  markup`<li key=${one.id}>endpoint <a href=${`${base}/deployment/${encodeURIComponent(one.id)}`}><bdi>${shownText(one.name)}</bdi></a></li>`,
              )}
              ${evaluations.map(
                (one) =>
                  markup`<li key=${one.id}>evaluation <a href=${`${base}/testing/${encodeURIComponent(one.id)}`}><bdi>${shownText(one.name)}</bdi></a></li>`,
              )}
            </ul>`
      }
    </div>
    <div>
      ${(['endpoint', 'model'] as const).map(
        (by) => markup`<div key=${by}>
          <h3>By the id of the ${by}</h3>
          ${snippets
            .filter((one) => one.by === by)
            .map(
              ({ name, code }) => markup`<figure key=${name} class="snippet">
                <figcaption>${name} <button type="button" onClick=${() => void copy(name, code)}>Copy<span class="hidden"> ${name}</span></button></figcaption>
                <pre tabindex="0"><code>${code}</code></pre>
              </figure>`,
            )}
          ${by === 'model' ? markup`<p class="quiet">Who uses the id of the model has to change it with each swap; the id of the endpoint stays.</p>` : null}
        </div>`,
      )}
      <p class="quiet" role="status">${copied}</p>
    </div>
  </div>`;
}

function placeView({ file, line }: { readonly file: string; readonly line?: number }): View {
  return markup`<code>${shownText(file)}${line === undefined ? '' : `:${line}`}</code>`;
}
