import { markup, type View } from '../../../workflows/report/html/views/markup.ts';
import { shownText } from '../../../workflows/report/html/views/shown-text.ts';

/**
 * A moment in the reader's time, with the exact one on hover. What the Speech resource has dated is by its clock, and bears a mark where that is an
 * emulator's, which can be moved; all else is by the clock of the machine.
 */
export function momentView(
  time: string,
  { by = 'machine' }: { readonly by?: 'machine' | 'service' | undefined } = {},
): View {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return shownText(time);
  const shown = by === 'service' ? 'of-service' : undefined;
  return markup`<time class=${shown} datetime=${time} title=${date.toISOString()}>${moments.format(date)}</time>`;
}

/** A browser writes Swedish dates in the order of ISO 8601, in which the portal writes all days: `2026-11-30 03:25`. */
const moments = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short' });

/** The day of a moment as the service and the commands say it, which is in UTC. */
export function dayText(time: string): string {
  return shownText(time.slice(0, 10));
}

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
