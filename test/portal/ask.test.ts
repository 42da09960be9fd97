import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** The page is of another project of TypeScript, which knows browsers. */
const page = new URL('../../portal/app/ask.ts', import.meta.url).href;
const { ask, send } = (await import(page)) as {
  ask(path: string, options: { readonly signal: AbortSignal }): Promise<unknown>;
  send(path: string, body: unknown): Promise<unknown>;
};

describe('a question that a dead connection never answers', () => {
  let late: AbortController;
  beforeEach(() => {
    late = new AbortController();
    vi.stubGlobal('sessionStorage', { getItem: () => null });
    vi.stubGlobal('localStorage', { getItem: () => null });
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(late.signal);
    const fetch = async (_: string, { signal }: RequestInit): Promise<Response> =>
      await new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
    vi.stubGlobal('fetch', fetch);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it('ends after longer than the portal takes for anything, and says what to do', async () => {
    const asked = ask('overview', { signal: new AbortController().signal });
    late.abort(new DOMException('', 'TimeoutError'));
    await expect(asked).rejects.toThrow(
      'The portal has not answered in 11 minutes: look whether speechops portal still runs, and ask again',
    );
    expect(AbortSignal.timeout).toHaveBeenCalledExactlyOnceWith(660_000);
  });

  it('may have been done where it was to change something', async () => {
    const sent = send('clock', {});
    late.abort(new DOMException('', 'TimeoutError'));
    await expect(sent).rejects.toThrow('and whether it was done before you do it again');
  });

  it('ends with the reason of its own signal when the page asks no more', async () => {
    const left = new AbortController();
    const asked = ask('overview', left);
    left.abort(new Error('left'));
    await expect(asked).rejects.toThrow('left');
  });
});
