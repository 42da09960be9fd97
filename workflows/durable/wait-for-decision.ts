import type { PlainValue } from '../document/yaml/plain-value.ts';
import { sleep, unlessAborted } from '../time/sleep.ts';
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
    const decisions = await unlessAborted(journal.decisions(wanted.runId, wanted.topic), wanted.signal);
    const decision = decisions.map((kept) => ({ ...kept })).find(wanted.accepts);
    if (decision !== undefined) return decision;
    const left = deadline - Date.now();
    if (left <= 0) return undefined;
    await sleep(Math.min(pause, left), wanted.signal);
  }
}
