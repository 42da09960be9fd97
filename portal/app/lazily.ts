import { type ComponentType, h } from 'preact';
import { ErrorBoundary, lazy } from 'preact-iso';

/** A component that is loaded when it is first shown, so that the page itself stays small. */
export function lazily<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const Loaded = lazy<ComponentType<P>>(load);
  return function Lazily(props: P) {
    return h(ErrorBoundary, null, h(Loaded, props));
  };
}
