import { useEffect, useState } from 'preact/hooks';

/** Whether the window is as a media query says, now and whenever that changes. */
export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const told = (): void => setMatches(list.matches);
    told();
    list.addEventListener('change', told);
    return () => list.removeEventListener('change', told);
  }, [query]);
  return matches;
}
