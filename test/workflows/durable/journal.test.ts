import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openEmbeddedStore, type Store } from '../../../workflows/store/embedded-store.ts';
import { prepareDatabase } from '../../../workflows/durable/prepare-database.ts';
import { applicationName, Journal, runWorkflow } from '../../../workflows/durable/journal.ts';
import { Suspects } from '../../../workflows/durable/suspects.ts';
import { RunLog } from '../../../workflows/store/run-log.ts';
import { runDetailsText, runsText } from '../../../workflows/report/commands/runs-text.ts';
import { plan, step } from '../engine/run-plan.ts';

const stepRecord = { status: 'succeeded', uses: 'evaluate', outputs: { wer: 0.1 } };
const record = {
  runId: 'whole',
  pipeline: 'p',
  status: 'succeeded',
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: '2026-01-11T00:00:00.000Z',
  steps: { a: stepRecord },
};

/** What another version, or a mishap, may have left: argument, outcome, results of steps. A text is none of these. */
const stored: Readonly<Record<string, readonly [plan: unknown, outcome: unknown, ...steps: unknown[]]>> = {
  whole: [plan(step('a')), record, stepRecord],
  nothing: [undefined, undefined],
  'no-json': ['{', '}', ']'],
  'no-object': [1, null, [], null],
  'no-pipeline': [{ pipeline: null }, { status: 'succeeded' }, { status: 1, uses: 2 }],
  'other-steps': [{ pipeline: { name: 'p', steps: { a: {} }, layers: [] } }, { ...record, steps: [1] }],
  'other-names': [{ graph: 'p' }, { outcome: 'good' }, { ...stepRecord, outputs: null }],
};

/** As DBOS writes values for programs in any language; texts as they are. */
function written(value: unknown): unknown {
  return typeof value === 'string' || value === undefined ? value : JSON.stringify(value);
}

describe('a journal', () => {
  let folder = '';
  let store: Store;
  let journal: Journal;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'speechops-journal-'));
    store = await openEmbeddedStore(folder, { what: 'a test' });
    await prepareDatabase(store);
    for (const [runId, [argument, outcome, ...steps]] of Object.entries(stored)) {
      await store.pool.query(
        `INSERT INTO dbos.workflow_status (workflow_uuid, name, status, application_version, application_name, serialization, inputs, output)
         VALUES ($1, $2, 'SUCCESS', $3, $4, 'portable_json', $5, $6)`,
        [
          runId,
          runWorkflow,
          runId === 'nothing' ? null : 'journal-0',
          applicationName,
          written(typeof argument === 'object' ? { positionalArgs: [argument] } : argument),
          written(outcome),
        ],
      );
      for (const [index, output] of steps.entries())
        await store.pool.query(
          `INSERT INTO dbos.operation_outputs (workflow_uuid, function_id, function_name, serialization, output)
           VALUES ($1, $2, 'a', 'portable_json', $3)`,
          [runId, index, written(output)],
        );
    }
    journal = await Journal.open(store);
  });
  afterAll(async () => {
    await journal.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('is read and written through a restart of the database or a full disk, each thing once', async () => {
    const query = store.pool.query.bind(store.pool) as (...of: readonly unknown[]) => Promise<never>;
    const lost = new Set<string>();
    const spy = vi.spyOn(store.pool, 'query').mockImplementation((async (...of: readonly unknown[]) => {
      const [statement] = of as readonly [string];
      const isFirst = statement.includes('speechops.') && !statement.includes('CREATE') && !lost.has(statement);
      if (isFirst) lost.add(statement);
      const answer = await query(...of);
      // The answer is lost on its way: the statement may have been executed or not.
      if (isFirst) throw Object.assign(new Error('no answer'), { code: lost.size % 2 === 0 ? '57P01' : '53100' });
      return answer;
    }) as never);
    try {
      const yes = { approved: true, by: 'ann', at: '2026-01-01T00:00:00Z' };
      expect(await journal.decide('restarted', 'ok', yes)).toMatchObject(yes);
      expect(await journal.decisions('restarted', 'ok')).toHaveLength(1);
      expect(await journal.cancel('restarted')).toBe(1);
      expect(await new Suspects(store.pool).among(['restarted'])).toEqual(new Map());
      expect(await RunLog.reading(store).read('restarted')).toEqual([]);
      expect([...lost].map((statement) => /speechops\.\w+/.exec(statement)?.[0])).toEqual(
        expect.arrayContaining(['speechops.decisions', 'speechops.marks', 'speechops.suspects', 'speechops.run_log']),
      );
    } finally {
      spy.mockRestore();
    }
  });

  it('knows how often a run was cancelled since it was resumed, whatever the clocks of people say', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-01T00:01:00Z') });
    try {
      const cancelled = [await journal.cancel('clocks'), await journal.cancel('clocks')];
      vi.setSystemTime(new Date('2026-01-01T00:00:30Z'));
      await journal.markResumption({ runId: 'clocks', steps: {} });
      expect([...cancelled, await journal.past('clocks')]).toEqual([
        1,
        2,
        { cancellations: 0, resumedAt: '2026-01-01T00:00:30.000Z' },
      ]);
      expect(await journal.cancel('clocks')).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('lists runs of every format, and says which format it has', async () => {
    const runs = await journal.runs();
    expect(
      Object.fromEntries(runs.map(({ runId, pipeline, status, format }) => [runId, [pipeline, status, format]])),
    ).toEqual({
      whole: ['p', 'succeeded', 'journal-0'],
      nothing: ['?', 'ended', 'unknown'],
      'no-json': ['?', 'ended', 'journal-0'],
      'no-object': ['?', 'ended', 'journal-0'],
      'no-pipeline': ['?', 'ended', 'journal-0'],
      'other-steps': ['?', 'ended', 'journal-0'],
      'other-names': ['?', 'ended', 'journal-0'],
    });
    expect(runsText(runs, { now: new Date() }).split('\n')).toHaveLength(runs.length + 2);
  });

  it('lists the runs whose ids begin with a text, whatever that means in SQL', async () => {
    const listed = async (idPrefix: string): Promise<readonly string[]> =>
      (await journal.runs({ idPrefix })).map(({ runId }) => runId).toSorted();
    expect(await listed('no-')).toEqual(['no-json', 'no-object', 'no-pipeline']);
    expect([await listed('no_'), await listed('%'), await listed('no-json\\')]).toEqual([[], [], []]);
  });

  it.each(Object.keys(stored))('shows %s as far as it can be read', async (runId) => {
    const run = await journal.details(runId);
    expect(run?.steps).toEqual(runId === 'whole' ? { a: stepRecord } : {});
    if (run === undefined) throw new Error('It is not there');
    const isWhole = runId === 'whole';
    expect(runDetailsText({ ...run, log: [] })).toMatch(
      isWhole ? /^p: succeeded, .*\n {2}a {2}succeeded {2}WER 10.0 %\n$/ : /^\?: ended, .*\n$/,
    );
  });
});
