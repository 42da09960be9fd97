import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** The page is of another project of TypeScript, which knows browsers. */
const page = new URL('../../portal/app/ask.ts', import.meta.url).href;
const { ask, send } = (await import(page)) as {
  ask(path: string, options: { readonly signal: AbortSignal }): Promise<unknown>;
  send(path: string, body: unknown): Promise<unknown>;
};

describe('a question that a dead connection never answers', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('sessionStorage', { getItem: () => null });
    vi.stubGlobal('localStorage', { getItem: () => null });
    const fetch = async (_: string, { signal }: RequestInit): Promise<Response> =>
      await new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
    vi.stubGlobal('fetch', fetch);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it('ends after longer than the portal takes for anything, and says what to do', async () => {
    const asked = ask('overview', { signal: new AbortController().signal });
    const told = expect(asked).rejects.toThrow(
      'The portal has not answered in 11 minutes: look whether speechops portal still runs, and ask again',
    );
    vi.advanceTimersByTime(11 * 60_000);
    await told;
  });

  it('may have been done where it was to change something', async () => {
    const sent = send('clock', {});
    const told = expect(sent).rejects.toThrow('and whether it was done before you do it again');
    vi.advanceTimersByTime(11 * 60_000);
    await told;
  });

  it('keeps nothing of one that is answered', async () => {
    vi.stubGlobal('fetch', async () => Response.json({ runs: 1 }));
    expect(await ask('overview', new AbortController())).toEqual({ runs: 1 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends with the reason of its own signal when the page asks no more', async () => {
    const left = new AbortController();
    const asked = ask('overview', left);
    left.abort(new Error('left'));
    await expect(asked).rejects.toThrow('left');
  });
});
