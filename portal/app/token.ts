/** Under which name the token is kept: an origin has a storage of its own, and each port is an origin. */
const name = 'speechops-token';

/** Takes the token out of the address that `speechops portal` has printed, so that it is in no address that is copied or kept. */
export function keepToken(): void {
  const fragment = location.hash.slice(1);
  if (!/^[\w-]{20,}$/.test(fragment)) return;
  localStorage.setItem(name, fragment);
  history.replaceState(null, '', location.pathname + location.search);
}

/** Undefined where none is known: a proxy may add it. */
export function token(): string | undefined {
  return localStorage.getItem(name) ?? undefined;
}
