/** The clock of an emulator, which decides what has expired there. */
export interface EmulatorClock {
  /** Rejects when nothing that has such a clock answers. */
  now(): Promise<Date>;
  /** Moves it on, and answers what it shows then. */
  advance(seconds: number): Promise<Date>;
}

/** The clock of the emulator at this base URL, through its control API, which wants the key. */
export function emulatorClock({ url, key }: { readonly url: string; readonly key: string }): EmulatorClock {
  const ask = async (body?: object): Promise<Date> => {
    const response = await fetch(new URL('/_emulator/clock', url), {
      headers: { 'Ocp-Apim-Subscription-Key': key, ...(body && { 'Content-Type': 'application/json' }) },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      // The key stays on this machine.
      redirect: 'error',
      signal: AbortSignal.timeout(longestMilliseconds),
    });
    const said: unknown = response.ok ? await response.json().catch(() => undefined) : undefined;
    const now = new Date(String((said as { readonly now?: unknown } | undefined)?.now));
    if (Number.isNaN(now.getTime()))
      throw new Error(`Start the portal on an emulator to move a clock: ${url} has none (${response.status})`);
    return now;
  };
  return { now: async () => await ask(), advance: async (seconds) => await ask({ advanceSeconds: seconds }) };
}

const longestMilliseconds = 10_000;
