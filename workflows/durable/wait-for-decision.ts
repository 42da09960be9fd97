import type { PlainValue } from '../document/plain-value.ts';
import type { Executing } from './execution.ts';

/**
 * The first decision about a step that `accepts` takes, or undefined when none came within `timeoutSeconds`. It reads the journal
 * ever less often, because a person decides after minutes or days. Rejects with the reason of the signal.
 */
export async function waitForDecision(
  wanted: {
    readonly runId: string;
    readonly topic: string;
    readonly timeoutSeconds: number;
    readonly signal: AbortSignal;
    readonly accepts: (decision: PlainValue) => boolean;
  },
  { journal }: Pick<Executing, 'journal'>,
): Promise<PlainValue | undefined> {
  const deadline = Date.now() + wanted.timeoutSeconds * 1000;
  for (let pause = 250; ; pause = Math.min(pause * 1.5, 5000)) {
    const decisions = await journal.decisions(wanted.runId, wanted.topic);
    const decision = decisions.map((kept) => ({ ...kept })).find(wanted.accepts);
    if (decision !== undefined) return decision;
    const left = deadline - Date.now();
    if (left <= 0) return undefined;
    await pauseFor(Math.min(pause, left), wanted.signal);
  }
}

async function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stop = (): void => reject(signal.reason as Error);
  const timer = setTimeout(resolve, milliseconds);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
