import { describe, expect, it } from 'vitest';
import type { OpenRun } from '../../../workflows/engine/engine.ts';
import { usedByRuns } from '../../../workflows/engine/used-by-runs.ts';
import { stepKinds } from '../../../workflows/steps/registry.ts';

const id = (digit: number): string => `${digit}2345678-1234-4123-8123-123456789abc`;

async function* listed(...runs: readonly OpenRun[]): AsyncIterable<OpenRun> {
  yield* runs;
}

describe('usedByRuns', () => {
  it('finds what the inputs, settings, plans and outputs of runs name, and not what their `prune` would delete', async () => {
    const plan = {
      pipeline: {
        inputs: { dataset: id(1) },
        steps: [
          { id: 'go', uses: 'swap', with: { model: `https://speech/models/${id(2).toUpperCase()}` } },
          { id: 'tidy', uses: 'prune', with: { only: [id(9)] } },
        ],
      },
      steps: [{ id: 'text', uses: 'upload', summary: '', outputs: { dataset: `https://speech/datasets/${id(3)}` } }],
    };
    const trained = { uses: 'train', status: 'succeeded', outputs: { model: `https://speech/models/${id(4)}` } };
    const runs = listed({ runId: 'a', kept: [[plan], 'start', trained] }, { runId: 'b', kept: [undefined, null] });
    expect([...(await usedByRuns(runs, stepKinds))]).toEqual([1, 2, 3, 4].map((digit) => [id(digit), 'a']));
  });
});
