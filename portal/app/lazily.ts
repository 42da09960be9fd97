import { type ComponentType, h } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { problemView, waitingView } from './parts/said.ts';

/** A component that is loaded when it is first shown, so that the page itself stays small. What cannot be loaded says so. */
export function lazily<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let known: ComponentType<P> | undefined;
  return function Lazily(props: P) {
    const [, redraw] = useState(0);
    const [isMissing, setMissing] = useState(false);
    useEffect(() => {
      if (known !== undefined) return;
      void load().then(
        (loaded) => {
          known = loaded;
          return redraw((count) => count + 1);
        },
        () => setMissing(true),
      );
    }, []);
    if (known !== undefined) return h(known, props);
    // A browser does not load again what it could not load once; a new page does.
    return isMissing
      ? problemView(new Error(missing), { again: () => location.reload() })
      : waitingView('Loading this part of the page …');
  };
}

const missing =
  'This part of the page cannot be loaded. If speechops portal was started again, open the address that it has printed.';
