import { bytesShown } from '../../document/bytes-shown.ts';
import type { Io } from '../session.ts';

/** How far something has come: so many bytes, or so many of what is counted. */
export type Done =
  | { readonly bytes: number; readonly of?: number }
  | { readonly count: number; readonly of: number; readonly what: string };

/** How far something has come that takes long. */
export interface Work {
  /** So much of all is done. */
  readonly tell: (done: Done) => void;
  /** Takes the line away again. */
  readonly end: () => void;
}

/**
 * Shows how far something has come, `what` begins the line: on a terminal below what is written, elsewhere by a line now and then, of which
 * work that is soon done has none. `now` is in milliseconds.
 */
export function showWork(what: string, { stderr }: Pick<Io, 'stderr'>, now = (): number => performance.now()): Work {
  const { live } = stderr;
  let shownAt = live === undefined ? now() : -Infinity;
  const between = live === undefined ? betweenLines : betweenDrawings;
  return {
    tell(done) {
      const at = now();
      if (at - shownAt < between) return;
      shownAt = at;
      const line = `${what}: ${shown(done)}`;
      if (live === undefined) stderr.write(`${line}\n`);
      else live.draw([line], ({ length }) => length);
    },
    end: () => live?.draw([], ({ length }) => length),
  };
}

function shown(done: Done): string {
  if ('count' in done)
    return `${done.count.toLocaleString('en-US')} of ${done.of.toLocaleString('en-US')} ${done.what}${share(done.count, done.of)}`;
  const { bytes, of } = done;
  return `${bytesShown(bytes)}${of === undefined ? '' : ` of ${bytesShown(of)}${share(bytes, of)}`}`;
}

function share(done: number, of: number): string {
  return ` (${Math.floor((100 * done) / Math.max(1, of))} %)`;
}

const betweenDrawings = 200;
const betweenLines = 10_000;
