import { render } from 'preact';
import type { ResultsUtterance } from '../../../../schemas/types.gen.ts';
import type { PackedSet } from '../packed-set.ts';
import { type PackedUtterances, unpackUtterances } from '../packed-utterances.ts';
import { markup } from '../views/markup.ts';
import { listUtterances } from '../views/listed-utterance.ts';
import { fragmentOf, select, type Selection, selectionIn } from '../views/selection.ts';
import { toolbarView } from '../views/toolbar-view.ts';
import { utterancesView } from '../views/utterances-view.ts';

/*
 * The script of report.html. In place of the worst utterances of a set it shows all of them, which can be searched, filtered and
 * sorted. What is chosen stands in the address, so that it can be sent to somebody.
 */

/** So many utterances are shown, and as many more each time. */
const page = 50;

async function explore(container: Element, set: PackedSet): Promise<void> {
  const utterances = listUtterances(await unpack(set));
  const groups = [...new Set(utterances.flatMap(({ group }) => group ?? []))].toSorted();
  const hasAgainst = utterances.some(({ against }) => against !== undefined);
  let shown = page;
  const draw = (): void => {
    const selection = chosenOf(set.id);
    const found = select(utterances, selection);
    const more = (): void => {
      shown += page;
      draw();
    };
    render(
      markup`${toolbarView({ selection, groups, hasAgainst, found: found.length, all: utterances.length, choose: (chosen) => go(set.id, chosen) })}
      ${utterancesView({ set, utterances: found.slice(0, shown) })}
      ${found.length > shown ? markup`<button type="button" class="more" onClick=${more}>Show more</button>` : null}`,
      container,
    );
  };
  const chosen = (): void => {
    shown = page;
    draw();
  };
  container.replaceChildren();
  draw();
  for (const event of ['hashchange', 'chosen']) addEventListener(event, chosen);
}

/** What is chosen of a set: the address names one set, and of the others all is shown. */
function chosenOf(set: string): Selection {
  const named = selectionIn(location.hash);
  return named?.set === set ? named.selection : {};
}

/** Every letter of a search would be a step back otherwise: the address is changed in its place. */
function go(set: string, selection: Selection): void {
  history.replaceState(null, '', fragmentOf(set, selection));
  dispatchEvent(new Event('chosen'));
}

async function unpack({ packed, unit }: PackedSet): Promise<readonly ResultsUtterance[]> {
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const text = new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))).text();
  return unpackUtterances(JSON.parse(await text) as PackedUtterances, unit);
}

/** One recording at a time. */
function pauseOthers({ target }: Event): void {
  for (const audio of document.querySelectorAll('audio')) if (audio !== target) audio.pause();
}

async function start(): Promise<void> {
  document.addEventListener('play', pauseOthers, true);
  const explorers = [...document.querySelectorAll('.explorer')];
  const sets = Array.from(
    document.querySelectorAll('script[type]'),
    ({ textContent }) => JSON.parse(textContent) as PackedSet,
  );
  // The data of a set stands in the order of what shows it.
  await Promise.all(explorers.map(async (container, index) => await explore(container, sets[index]!)));
  const showChosen = (): void => {
    const set = selectionIn(location.hash)?.set;
    explorers[sets.findIndex(({ id }) => id === set)]?.scrollIntoView();
  };
  addEventListener('hashchange', showChosen);
  showChosen();
}

void start();
