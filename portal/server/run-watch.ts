import type { Changes } from './changes.ts';
import type { RunsSource } from './sources.ts';

/**
 * Tells open pages when something of the runs has changed. It looks while pages are open: every second while something happens, and ever less
 * often while nothing does. Returns the function that ends it.
 */
export function watchRuns(runs: Pick<RunsSource, 'version'>, changes: Changes): () => void {
  let known: string | undefined;
  let pauseMilliseconds = shortestMilliseconds;
  let timer: NodeJS.Timeout | undefined;
  let isEnded = false;
  const look = async (): Promise<void> => {
    if (changes.hasListeners) {
      // What cannot be read just now is told by the routes.
      const version = await runs.version().catch(() => known);
      // A page may have read before the first look, and the runs may have changed in between.
      const isNews = version !== known;
      known = version;
      if (isNews) changes.tell('runs');
      pauseMilliseconds = isNews ? shortestMilliseconds : Math.min(pauseMilliseconds * 1.2, longestMilliseconds);
    } else known = undefined;
    if (!isEnded) timer = setTimeout(() => void look(), pauseMilliseconds);
  };
  timer = setTimeout(() => void look(), pauseMilliseconds);
  return () => {
    isEnded = true;
    clearTimeout(timer);
  };
}

const shortestMilliseconds = 1000;
/** A run that begins is seen within so long. */
const longestMilliseconds = 3000;
