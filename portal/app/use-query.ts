import { useLocation } from 'preact-iso';

/** What is chosen on a page stands in the query of its address; `choose` replaces some of it, and an empty text removes it. */
export function useQuery(): {
  readonly query: Readonly<Record<string, string>>;
  readonly choose: (chosen: Readonly<Record<string, string>>) => void;
} {
  const { path, query, route } = useLocation();
  return {
    query,
    choose(chosen) {
      const all = Object.entries({ ...query, ...chosen }).filter(([, value]) => value !== '');
      const text = new URLSearchParams(all).toString();
      route(text === '' ? path : `${path}?${text}`, true);
    },
  };
}
