import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Change } from '../api/common.ts';
import { ask } from './ask.ts';
import { onChange, whenTried } from './live.ts';

/** What a component knows of an answer. */
export interface Answer<T> {
  /** The newest; that of before while it is asked again. */
  readonly value: T | undefined;
  /** Why there is no newer one. */
  readonly problem: Error | undefined;
  /** Asks again. */
  readonly again: () => void;
}

/**
 * The answer of the API to a path, asked again when one of the changes is heard of. Without a path nothing is asked. The value of
 * another path is never shown.
 */
export function useAnswer<T>(path: string | undefined, changes: readonly Change[] = []): Answer<T> {
  const [known, setKnown] = useState<{ path?: string | undefined; value?: T; problem?: Error | undefined }>({});
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  const heard = changes.join();
  useEffect(() => onChange((change) => heard.split(',').includes(change) && again()), [heard, again]);
  useEffect(() => {
    if (path === undefined) return undefined;
    const ended = new AbortController();
    const { signal } = ended;
    const asked = whenTried.then(async () => await ask<T>(path, { signal }));
    asked.then(
      (value) => !signal.aborted && setKnown({ path, value }),
      (problem: unknown) => {
        if (signal.aborted) return;
        const error = problem instanceof Error ? problem : new Error(String(problem));
        setKnown((before) => ({ ...(before.path === path ? before : { path }), problem: error }));
      },
    );
    return () => ended.abort();
  }, [path, turn]);
  const isOfPath = known.path === path;
  return { value: isOfPath ? known.value : undefined, problem: isOfPath ? known.problem : undefined, again };
}
