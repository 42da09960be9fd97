import { describe, expect, it } from 'vitest';
import { findRun } from '../../../../workflows/cli/runs/find-run.ts';
import type { RunControl } from '../../../../workflows/cli/runs/control-request.ts';
import type { RunDetails } from '../../../../workflows/durable/journal.ts';

/** Runs with these ids, the newest first. `knowsPrefixes`: false for a process of a version that lists all of them. */
function controlOf(ids: readonly string[], { knowsPrefixes = true } = {}): RunControl {
  const run = (runId: string): RunDetails => ({ runId }) as RunDetails;
  return {
    runs: async ({ limit = 50, idPrefix = '' }: { readonly limit?: number; readonly idPrefix?: string } = {}) =>
      ids
        .filter((id) => !knowsPrefixes || id.startsWith(idPrefix))
        .slice(0, limit)
        .map(run),
    details: async (id: string) => (ids.includes(id) ? run(id) : undefined),
  } as unknown as RunControl;
}

describe('a run that a person names', () => {
  const ids = ['ward-3', 'ward-10', 'ward-1', 'calls-7'];

  it.each([
    ['by its id, though others begin so', 'ward-1', 'ward-1'],
    ['by the beginning of its id', 'ca', 'calls-7'],
    ['as the newest', 'last', 'ward-3'],
  ])('is found %s', async (_, named, id) => {
    expect((await findRun(controlOf(ids), named)).runId).toBe(id);
    expect((await findRun(controlOf(ids, { knowsPrefixes: false }), named)).runId).toBe(id);
  });

  it.each([
    ['x', 'Check the run id x: there is no such run (speechops runs lists them)'],
    ['', 'Check the run id : there is no such run (speechops runs lists them)'],
    ['ward', 'Write more of the run id ward: it begins the ids ward-3, ward-10, ward-1'],
  ])('is refused when it is none or several: %j', async (named, message) => {
    await expect(findRun(controlOf(ids), named)).rejects.toThrow(message);
  });

  it('is refused as the newest where there is none', async () => {
    await expect(findRun(controlOf([]), 'last')).rejects.toThrow('there is no such run');
  });
});
