import { markup, type View } from '../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../workflows/report/html/views/shown-text.ts';

/** A moment in the reader's time, with the exact one on hover; without its year where there is no room. */
export function momentView(time: string, { isShort = false }: { readonly isShort?: boolean } = {}): View {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return shownText(time);
  return markup`<time datetime=${time} title=${date.toISOString()}>${(isShort ? shortMoment : localMoment).format(date)}</time>`;
}

const shortMoment = new Intl.DateTimeFormat(undefined, {
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
});
const localMoment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Why something is not shown, and what to do. */
export function problemView(problem: Error, { again }: { readonly again?: () => void } = {}): View {
  return markup`<div class="empty" role="alert">
    <p>${shownText(problem.message)}</p>
    ${again === undefined ? null : markup`<button type="button" onClick=${again}>Try again</button>`}
  </div>`;
}

/** What stands where nothing is yet, with what makes something. */
export function emptyView(what: string, next?: View): View {
  return markup`<div class="empty"><p>${what}</p>${next ?? null}</div>`;
}

/** What stands while an answer is awaited; it is of the height of what comes, so that nothing moves. */
export function waitingView(what: string): View {
  return markup`<p class="waiting" role="status">${what}</p>`;
}
