import type { OpenRun } from './engine.ts';
import type { StepKind } from './step-kind.ts';

/**
 * The ids of all objects that runs name in what is kept of them, each with one of these runs. Steps that delete what nothing uses name
 * objects, too, and use none.
 */
export async function usedByRuns(
  runs: AsyncIterable<OpenRun>,
  kinds: Readonly<Record<string, StepKind>>,
): Promise<ReadonlyMap<string, string>> {
  const used = new Map<string, string>();
  const ofUsers = (_key: string, value: unknown): unknown => (isOfSparingStep(value, kinds) ? undefined : value);
  for await (const { runId, kept } of runs)
    for (const [id] of JSON.stringify(kept, ofUsers).toLowerCase().matchAll(objectId)) used.set(id, runId);
  return used;
}

const objectId = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Whether a value is a step of a kind that lets alone what others use, as it is written, planned or recorded. */
function isOfSparingStep(value: unknown, kinds: Readonly<Record<string, StepKind>>): boolean {
  if (typeof value !== 'object' || value === null || !('uses' in value)) return false;
  return typeof value.uses === 'string' && kinds[value.uses]?.spares === true;
}
