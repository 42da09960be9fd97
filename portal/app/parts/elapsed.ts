import { useEffect, useState } from 'preact/hooks';
import { markup, type View } from '../../../workflows/report/html/views/markup.ts';

/** A time in the units of a clock: `8 s`, `2 min 5 s`, `1 h 3 min`, `2 d 4 h`. */
function spanText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** How long something has lasted, second by second while it does; `ahead` is how far the clock of the server is ahead of this one. */
export function Elapsed({
  since,
  until,
  ahead = 0,
}: {
  readonly since: string;
  readonly until?: string | undefined;
  readonly ahead?: number;
}): View {
  const isOpen = until === undefined;
  const [, tick] = useState(0);
  useEffect(() => (isOpen ? onTick(() => tick((turn) => turn + 1)) : undefined), [isOpen]);
  const end = until === undefined ? Date.now() + ahead : Date.parse(until);
  return markup`<span class="nowrap">${spanText(end - Date.parse(since))}</span>`;
}

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for all that is shown. */
function onTick(told: () => void): () => void {
  listeners.add(told);
  timer ??= setInterval(() => {
    for (const listener of listeners) listener();
  }, 1000);
  return () => {
    listeners.delete(told);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
