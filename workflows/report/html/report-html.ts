import type { ResultsDocument, ResultsSet } from '../../../schemas/types.gen.ts';
import { packSet } from './packed-set.ts';
import { pageHtml } from './page.ts';
import { audioAddress } from './audio-address.ts';
import { markup, type View } from './views/markup.ts';
import { lineageView } from './views/lineage-view.ts';
import { costView, expiryView, inputsView, stepsView, verdictView } from './views/record-view.ts';
import { setView } from './views/set-view.ts';
import { shownText } from './views/shown-text.ts';
import { swapView } from './views/swap-view.ts';

/**
 * The document as a page for people, in one file that needs no network: the verdict first and why, then what was measured, what
 * changed, what was made from what, what ends, and what was done. Without scripts it has the worst utterances, with them all.
 */
export function reportHtml(results: ResultsDocument): string {
  const { title, verdict, swaps, lineage, expiry, steps, inputs = {}, cost = [], made } = results;
  const sets = results.sets.map(withAddresses);
  const measured = sets.filter(({ utterances }) => utterances.length > 0);
  const worst = Math.max(fewestWorst, Math.floor(mostWorst / Math.max(measured.length, 1)));
  const parts: readonly Part[] = [
    ...sets.map((set, index) => ({
      id: `set-${index + 1}`,
      name: nameOfSet(set, sets),
      view: setView({ set, name: nameOfSet(set, sets), worst }),
    })),
    { id: 'swaps', name: 'Swap', view: swaps.length === 0 ? null : titled('Swap', swaps.map(swapView)) },
    {
      id: 'lineage',
      name: 'Lineage',
      view: lineage.length === 0 ? null : titled('Lineage', lineageView({ origins: lineage })),
    },
    {
      id: 'expiry',
      name: 'Expiry',
      view: expiry.length === 0 ? null : titled('Expiry', expiryView({ ends: expiry, from: made.finishedAt })),
    },
    { id: 'steps', name: 'Steps', view: steps.length === 0 ? null : titled('Steps', stepsView({ steps })) },
    {
      id: 'inputs',
      name: 'Inputs',
      view: Object.keys(inputs).length === 0 ? null : titled('Inputs', inputsView({ inputs })),
    },
    { id: 'cost', name: 'Cost', view: cost.length === 0 ? null : titled('Cost', costView({ cost })) },
  ].filter(({ view }) => view !== null);
  return pageHtml({
    title: { true: `✓ ${title}`, false: `✗ ${title}`, null: title }[`${verdict.passed}`],
    body: markup`${verdictView(results)}
      ${parts.length < 2 ? null : markup`<nav aria-label="Parts">${parts.map(({ id, name }) => markup`<a href=${`#${id}`}><bdi>${shownText(name)}</bdi></a>`)}</nav>`}
      ${parts.map(({ id, view }) => markup`<div id=${id}>${view}</div>`)}
      <footer>Made of results.json, version ${results.version}, by ${shownText(made.program)}.</footer>`,
    data: measured.map(packSet),
    audio: measured.flatMap(({ utterances }) => utterances.flatMap(({ audio }) => audio ?? [])),
  });
}

/** With the step that measured it where several have measured a set of its title. */
function nameOfSet({ id, title }: ResultsSet, sets: readonly ResultsSet[]): string {
  return sets.filter((set) => set.title === title).length > 1 ? `${title}, step ${id}` : title;
}

/** The set with addresses of its audio, of which those are left out that a page does not load. */
function withAddresses(set: ResultsSet): ResultsSet {
  return {
    ...set,
    utterances: set.utterances.map(({ audio, ...utterance }) => {
      const address = audio === undefined ? undefined : audioAddress(audio);
      return address === undefined ? utterance : { ...utterance, audio: address };
    }),
  };
}

interface Part {
  readonly id: string;
  readonly name: string;
  readonly view: View;
}

function titled(title: string, view: View): View {
  return markup`<section>
    <h2>${title}</h2>
    ${view}
  </section>`;
}

/** So many utterances are in the page itself, over all sets, and so many of each set at least. */
const mostWorst = 200;
const fewestWorst = 20;
