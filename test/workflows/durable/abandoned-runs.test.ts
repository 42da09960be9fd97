import { describe, expect, it } from 'vitest';
import { markAbandoned } from '../../../workflows/durable/abandoned-runs.ts';
import type { RunPlace, RunSummary } from '../../../workflows/durable/journal.ts';

function run(runId: string, status: RunSummary['status']): RunSummary {
  return { runId, status, pipeline: 'p', startedAt: '2026-01-01T00:00:00.000Z', format: 'f' };
}

describe('markAbandoned', () => {
  it('tells runs whose executor is dead, and what continues them', async () => {
    const runs = [
      run('done', 'succeeded'),
      run('queued', 'queued'),
      run('here', 'running'),
      run('left', 'running'),
      run('with-a', 'running'),
      run('with-b', 'running'),
    ];
    const place = { isExecuting: true, format: 'f' };
    const places: readonly RunPlace[] = [
      { ...place, runId: 'left', executor: 'run:left', isOfFleet: false },
      { ...place, runId: 'with-a', executor: 'worker:a', isOfFleet: true },
      { ...place, runId: 'with-b', executor: 'worker:b', isOfFleet: true },
    ];
    const found = await markAbandoned(runs, {
      journal: { places: async () => places },
      living: async () => new Set(['run:here', 'worker:a']),
    });
    expect(Object.fromEntries(found.map(({ runId, abandoned }) => [runId, abandoned]))).toEqual({
      left: 'until-resumed',
      'with-b': 'until-taken-over',
    });
  });
});
