import { bytesShown } from '../../document/bytes-shown.ts';
import type { Io } from '../session.ts';

/** How far something has come that takes long. */
export interface Work {
  /** So many bytes of all are done. */
  readonly tell: (done: { readonly bytes: number; readonly of?: number }) => void;
  /** Takes the line away again. */
  readonly end: () => void;
}

/** Shows on a terminal, below what is written, how far something has come: `what` begins the line. Elsewhere nothing is shown. */
export function showWork(what: string, { stderr }: Io): Work {
  const { live } = stderr;
  if (live === undefined) return { tell: () => undefined, end: () => undefined };
  let shownAt = 0;
  return {
    tell({ bytes, of }) {
      const now = performance.now();
      if (now - shownAt < betweenMilliseconds) return;
      shownAt = now;
      const share = of === undefined ? '' : ` of ${bytesShown(of)} (${Math.floor((100 * bytes) / Math.max(1, of))} %)`;
      live.draw([`${what}: ${bytesShown(bytes)}${share}`], ({ length }) => length);
    },
    end: () => live.draw([], ({ length }) => length),
  };
}

const betweenMilliseconds = 200;
