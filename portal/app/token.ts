import type { Session } from '../api/overview.ts';

/**
 * Under which name the key is kept: an origin has a storage of its own, and each port is an origin. A token may outlive the portal, and another process
 * may take its port and read what is kept here: so a browser keeps a key that is of use for as long as this portal alone.
 */
const name = 'speechops-key';
let given: string | undefined;

/** Takes the token out of the address that `speechops portal` has printed, so that it is in no address that is copied or kept. */
export function takeToken(): void {
  const fragment = location.hash.slice(1);
  if (!/^[\w-]{20,}$/.test(fragment)) return;
  given = fragment;
  history.replaceState(null, '', location.pathname + location.search);
  void keepKey(fragment).catch(() => undefined);
}

/** Undefined where none is known: a proxy may add it. */
export function token(): string | undefined {
  return given ?? localStorage.getItem(name) ?? undefined;
}

/** The portal has refused it. */
export function forgetToken(): void {
  given = undefined;
  localStorage.removeItem(name);
}

async function keepKey(of: string): Promise<void> {
  const answer = await fetch('/api/session', { method: 'POST', headers: { authorization: `Bearer ${of}` } });
  if (answer.ok) localStorage.setItem(name, ((await answer.json()) as Session).key);
}
