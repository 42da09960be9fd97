import { h, type VNode } from 'preact';
import { ErrorBoundary, LocationProvider, useLocation } from 'preact-iso';
import { useEffect, useState } from 'preact/hooks';
import { shownText } from '../../workflows/report/html/views/shown-text.ts';
import { markup, type View } from '../../workflows/report/html/views/markup.ts';
import type { Overview } from '../api/overview.ts';
import type { RunList } from '../api/runs.ts';
import { openAnew } from './ask.ts';
import { type Hearing, onHearing } from './live.ts';
import { ClockControl } from './parts/clock-control.ts';
import { momentView, problemView, waitingView } from './parts/said.ts';
import type { TabProps } from './tab.ts';
import { tabs } from './tabs/index.ts';
import { useAnswer } from './use-answer.ts';

/** The page around all tabs: where one is, whose it is, and what goes wrong. */
export function Frame(): VNode {
  return h(LocationProvider, null, h(Shell, null));
}

function Shell(): View {
  const { value: overview, problem } = useAnswer<Overview>('overview', ['objects', 'repository', 'clock']);
  const { path, route } = useLocation();
  const [, named = '', tabId = ''] = path.split('/');
  const resource = overview?.resources.find(({ id }) => id === named) ?? overview?.resources[0];
  const tab = tabs.find(({ id }) => id === tabId) ?? tabs[0];
  /** An address from elsewhere; another resource in its place would be taken for it. */
  const isUnknown = overview !== undefined && named !== '' && resource?.id !== named;
  const isPlaced = resource !== undefined && (isUnknown || resource.id === named) && tab?.id === tabId;
  useEffect(() => {
    if (resource !== undefined && tab !== undefined && !isPlaced)
      route(`/${isUnknown ? named : resource.id}/${tab.id}`, true);
  }, [resource?.id, tab?.id, isPlaced, isUnknown]);
  useEffect(() => {
    if (tab !== undefined) document.title = `${tab.name} · SpeechOps`;
  }, [tab]);
  if (overview === undefined && problem !== undefined) return markup`<main>${problemView(problem)}</main>`;
  if (overview === undefined || resource === undefined || tab === undefined || !isPlaced) return emptyFrame;
  const rest = path
    .split('/')
    .slice(3)
    .filter((part) => part !== '')
    .join('/');
  return markup`<a class="skip" href="#main">Skip to the content</a>
    <header class="frame">
      <a class="brand" href=${`/${resource.id}/${tabs[0]?.id ?? ''}`}>SpeechOps</a>
      ${h(ResourceChoice, { overview, resource, tab: tab.id })}
      <nav aria-label="Tabs">
        ${tabs.map(
          ({ id, name }) =>
            markup`<a key=${id} href=${`/${resource.id}/${id}`} aria-current=${id === tab.id ? 'page' : undefined}>${name}${id === 'runs' ? h(QuestionCount, null) : null}</a>`,
        )}
      </nav>
      ${statusView(overview)}
    </header>
    <div class="notes">${h(HearingNote, null)}${isUnknown ? null : troubleView(resource)}</div>
    <main id="main" tabindex="-1" class=${overview.clock === undefined ? undefined : 'emulated'}>${h(
      ErrorBoundary,
      { key: `${resource.id}/${tab.id}` },
      isUnknown
        ? problemView(new Error(`There is no Speech resource ${named} here: choose one above`))
        : h(tab.component, { overview, resource, rest }),
    )}</main>
    <footer class="whose">${whoseView(overview)}</footer>`;
}

/** What stands before anything is known, so that nothing moves when it is. */
const emptyFrame = markup`<header class="frame">
    <span class="brand">SpeechOps</span>
    <span class="resource"></span>
    <nav aria-label="Tabs">${tabs.map(({ id, name }) => markup`<a key=${id}>${name}</a>`)}</nav>
    <div class="status"></div>
  </header>
  <main>${waitingView('Reading the repository …')}</main>`;

function troubleView({ name, trouble, observedAt, isBusy }: TabProps['resource']): View {
  // Where nothing was ever read, the tab says why.
  if (trouble === undefined || (observedAt === undefined && !isBusy)) return null;
  const shown =
    observedAt === undefined ? null : markup` What is shown is of ${momentView(observedAt, { by: 'service' })}.`;
  return isBusy
    ? markup`<p class="note" role="status">${shownText(trouble)}.${shown}</p>`
    : markup`<p class="note bad" role="status">${shownText(name)} does not answer: ${shownText(trouble)}${shown}</p>`;
}

function ResourceChoice({
  overview,
  resource,
  tab,
}: Pick<TabProps, 'overview' | 'resource'> & { readonly tab: string }): View {
  const { route } = useLocation();
  if (overview.resources.length < 2)
    return markup`<span class="resource" title=${shownText(resource.name)}><bdi>${shownText(resource.name)}</bdi></span>`;
  return markup`<label class="resource"><span class="hidden">Speech resource</span>
    <select value=${resource.id} onChange=${(event: Event) => route(`/${(event.target as HTMLSelectElement).value}/${tab}`)}>
      ${overview.resources.map(({ id, name }) => markup`<option key=${id} value=${id}>${shownText(name)}</option>`)}
    </select>
  </label>`;
}

function statusView(overview: Overview): View {
  const { readOnly, clock } = overview;
  return markup`<div class="status">
    ${clock === undefined ? null : h(ClockControl, { now: clock.now, readOnly })}
    <span class="whose">${whoseView(overview)}</span>
  </div>`;
}

/** Whose working tree it is, and who looks: in the header, and at the end of the page where that has no room. */
function whoseView({ repository: { name, branch, commit }, person, readOnly }: Overview): View {
  const place = `${shownText(name)}${branch === undefined ? '' : ` @ ${shownText(branch)}`}`;
  const who = `you are ${shownText(person)}${readOnly ? ' (read-only)' : ''}`;
  return markup`<span title=${commit === undefined ? place : `${place}, commit ${commit}`}><bdi>${place}</bdi></span>
    ${' '}<span title=${who}>you are <bdi>${shownText(person)}</bdi>${readOnly ? ' (read-only)' : ''}</span>`;
}

/** How many steps of runs wait for a person. */
function QuestionCount(): View {
  const { value } = useAnswer<RunList>('runs', ['runs']);
  const number = value?.runs.reduce((sum, { asks }) => sum + asks.length, 0) ?? 0;
  return number === 0
    ? null
    : markup`<span class="count" title="Questions that wait for an answer"><span class="hidden">, questions: </span>${number}</span>`;
}

function HearingNote(): View {
  const [hearing, setHearing] = useState<Hearing>('connecting');
  useEffect(() => onHearing(setHearing), []);
  return hearing === 'lost'
    ? markup`<p class="note bad" role="status">The portal does not answer; what is shown may be old. It is asked again.</p>`
    : hearing === 'refused'
      ? markup`<p class="note bad" role="alert">${openAnew}</p>`
      : null;
}
