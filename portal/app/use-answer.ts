import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Change } from '../api/common.ts';
import { ask } from './ask.ts';
import { onChange, whenTried } from './live.ts';
import { oneAtATime } from './one-at-a-time.ts';

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
 * another path is never shown. An answer that is under way is waited for, and shown, before it is asked again: where changes come faster
 * than answers, the page would else show none.
 */
export function useAnswer<T>(path: string | undefined, changes: readonly Change[] = []): Answer<T> {
  const [known, setKnown] = useState<{ path?: string | undefined; value?: T; problem?: Error | undefined }>({});
  const asking = useRef<() => void>(undefined);
  const again = useCallback(() => asking.current?.(), []);
  const heard = changes.join();
  useEffect(() => onChange((change) => heard.split(',').includes(change) && again()), [heard, again]);
  useEffect(() => {
    if (path === undefined) return undefined;
    const ended = new AbortController();
    const { signal } = ended;
    const askOnce = async (): Promise<void> => {
      try {
        await whenTried;
        const value = await ask<T>(path, { signal });
        if (!signal.aborted) setKnown({ path, value });
      } catch (problem) {
        if (signal.aborted) return;
        const error = problem instanceof Error ? problem : new Error(String(problem));
        setKnown((before) => ({ ...(before.path === path ? before : { path }), problem: error }));
      }
    };
    asking.current = oneAtATime(askOnce, { signal });
    asking.current();
    return () => {
      ended.abort();
      asking.current = undefined;
    };
  }, [path]);
  const isOfPath = known.path === path;
  return { value: isOfPath ? known.value : undefined, problem: isOfPath ? known.problem : undefined, again };
}
