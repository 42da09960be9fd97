import { counted } from '../../../../workflows/report/html/views/figures.ts';
import { markup, type View } from '../../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../../workflows/report/html/views/shown-text.ts';
import type { DatasetAgainst } from '../../../api/data.ts';
import { emptyView, problemView, waitingView } from '../../parts/said.ts';
import { useAnswer } from '../../use-answer.ts';
import { useQuery } from '../../use-query.ts';
import type { PartProps } from './dataset-part.ts';
import { countText, theirs } from './shown.ts';

/** What of a dataset a model has never read, and what of it it was trained with. */
export function AgainstView({ path, details }: PartProps): View {
  const { query, choose } = useQuery();
  const { comparable } = details;
  const model = comparable.find(({ id }) => id === query['model']) ?? comparable[0];
  const asked = model === undefined ? undefined : `${path}/against/${encodeURIComponent(model.id)}`;
  const { value, problem, again } = useAnswer<DatasetAgainst>(asked);
  if (model === undefined) return emptyView('No model of this locale has training data to compare with.');
  return markup`<div class="against">
    <div class="toolbar"><label>Training data of the model
      <select value=${model.id} onChange=${(event: Event) => choose({ model: (event.target as HTMLSelectElement).value })}>
        ${comparable.map(({ id, name }) => markup`<option key=${id} value=${id}>${shownText(name)}</option>`)}
      </select></label></div>
    ${
      value === undefined
        ? problem
          ? problemView(problem, { again })
          : waitingView('Comparing with the training data…')
        : markup`${setsView(value)} ${linesView(value)} ${recordingsView(value)} ${wordsView(value)}`
    }
  </div>`;
}

function setsView({ sets, isTrainedWithIt }: DatasetAgainst): View {
  return markup`<section class="panel"><h2>Compared with</h2>
    ${isTrainedWithIt ? markup`<p class="bad">The model was trained with this very dataset: what it reaches here, it reaches nowhere else.</p>` : null}
    <ul class="plain">${sets.map(
      ({ id, name, kind, problem }) =>
        markup`<li key=${id}>${theirs(name)} <span class="quiet">${theirs(kind)}</span>${problem === undefined ? null : markup` <span class="bad">was not compared: ${shownText(problem)}</span>`}</li>`,
    )}</ul></section>`;
}

function linesView({ sameLines: { total, lines } }: DatasetAgainst): View {
  return markup`<section class="panel"><h2>Lines in the training data</h2>
    ${
      total === 0
        ? markup`<p class="good">None of three words or more.</p>`
        : markup`<p class="bad">${counted(total, 'line')} of three words or more: a test with them is easier than the work.${shownOf(lines.length, total)}</p>
          <div class="scroll" tabindex="0" role="group" aria-label="Lines in the training data"><table>
            <thead><tr><th scope="col" class="n">#</th><th scope="col">Line</th><th scope="col">Recording</th><th scope="col">Trained with</th></tr></thead>
            <tbody>${lines.map(
              ({ number, text, recording = '', dataset }) =>
                markup`<tr key=${number}><td class="n">${countText(number)}</td><td>${theirs(text)}</td><td>${theirs(recording)}</td><td>${theirs(dataset.name)}</td></tr>`,
            )}</tbody></table></div>`
    }</section>`;
}

function recordingsView({ sameRecordings: { total, recordings } }: DatasetAgainst): View {
  return markup`<section class="panel"><h2>Recordings in the training data</h2>
    ${
      total === 0
        ? markup`<p class="good">None, by length and checksum.</p>`
        : markup`<p class="bad">${counted(total, 'recording')}, by length and checksum.${shownOf(recordings.length, total)}</p>
          <div class="scroll" tabindex="0" role="group" aria-label="Recordings in the training data"><table>
            <thead><tr><th scope="col">Recording</th><th scope="col">Is there</th><th scope="col">Trained with</th></tr></thead>
            <tbody>${recordings.map(
              ({ name, other, dataset }) =>
                markup`<tr key=${name}><td>${theirs(name)}</td><td>${theirs(other)}</td><td>${theirs(dataset.name)}</td></tr>`,
            )}</tbody></table></div>`
    }</section>`;
}

function wordsView({ unknownWords: { distinct, occurrences, words } }: DatasetAgainst): View {
  return markup`<section class="panel"><h2>Words that the training data do not have</h2>
    ${
      distinct === 0
        ? markup`<p class="good">None.</p>`
        : markup`<p>${counted(distinct, 'word')}, ${counted(occurrences, 'time')} in this dataset. The base model may know them.${shownOf(words.length, distinct)}</p>
          <ul class="words">${words.map(({ word, count }) => markup`<li key=${word}>${theirs(word)} <span class="quiet">${countText(count)}</span></li>`)}</ul>`
    }</section>`;
}

function shownOf(shown: number, total: number): string {
  return shown < total ? ` The first ${shown} are shown.` : '';
}
