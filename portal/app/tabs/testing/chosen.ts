import { useEffect, useState } from 'preact/hooks';
import { fragmentOf, type Selection, selectionIn } from '../../../../workflows/report/html/views/selection.ts';

/** What is chosen of a test set. */
export interface Chosen {
  readonly selection: Selection;
  /** The utterance that is looked at. */
  readonly at?: string | undefined;
  /** Whether the least certain recordings come first, to be judged one by one. */
  readonly isQueue: boolean;
}

/** What the fragment of the address chooses of a set, and how to choose something else; every fragment can be sent to somebody. */
export function useChosen(set: string): readonly [Chosen, (next: Chosen) => void] {
  const [fragment, setFragment] = useState(location.hash);
  useEffect(() => {
    const heard = (): void => setFragment(location.hash);
    addEventListener('hashchange', heard);
    return () => removeEventListener('hashchange', heard);
  }, []);
  const choose = (next: Chosen): void => {
    // Every letter of a search would be a step back otherwise.
    history.replaceState(history.state, '', fragmentOfChosen(set, next));
    setFragment(location.hash);
  };
  return [chosenIn(fragment, set), choose];
}

/** What is chosen as the fragment of an address. */
export function fragmentOfChosen(set: string, { selection, at, isQueue }: Chosen): string {
  const parts = new URLSearchParams(fragmentOf(set, selection).slice(1));
  if (isQueue) parts.set('queue', '1');
  if (at !== undefined) parts.set('at', at);
  return `#${parts}`;
}

function chosenIn(fragment: string, set: string): Chosen {
  const found = selectionIn(fragment);
  if (found?.set !== set) return { selection: {}, isQueue: false };
  const parts = new URLSearchParams(fragment.slice(1));
  return { selection: found.selection, at: parts.get('at') ?? undefined, isQueue: parts.has('queue') };
}
