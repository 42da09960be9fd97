import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedStore, type Store } from '../../../workflows/store/embedded-store.ts';
import { RunLog } from '../../../workflows/store/run-log.ts';
import type { StepRecord } from '../../../workflows/engine/run-record.ts';

const succeeded: StepRecord = { status: 'succeeded', uses: 'train', outputs: {} };

describe('the log of a run', () => {
  let folder: string;
  let store: Store;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'speechops-log-'));
    store = await openEmbeddedStore(folder, { what: 'a test' });
  }, 300_000);

  afterAll(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function messages(runId: string): Promise<readonly string[]> {
    const lines = await RunLog.reading(store).read(runId);
    return lines.map(({ stepId, message }) => (stepId === undefined ? message : `${stepId}: ${message}`));
  }

  it('is empty where nothing was ever kept', async () => {
    expect(await messages('a')).toEqual([]);
  });

  it('keeps what the run and its steps tell, in order, apart from other runs', async () => {
    const log = await RunLog.open(store);
    log.note('a', 'executed by worker 1');
    const [ofA, ofB] = [log.eventsOf('a'), log.eventsOf('b')];
    ofA({ kind: 'step-started', stepId: 'retrain', reason: '24.4 % > 15.0 %' });
    ofB({ kind: 'step-started', stepId: 'retrain' });
    ofA({ kind: 'step-progress', stepId: 'retrain', message: 'attempt 1 of 3 failed: no\nluck' });
    ofA({ kind: 'step-finished', stepId: 'retrain', record: succeeded });
    ofA({ kind: 'step-finished', stepId: 'late', record: { ...succeeded, status: 'skipped', reason: 'not needed' } });
    await log.close();
    expect(await messages('a')).toEqual([
      'executed by worker 1',
      'retrain: started because 24.4 % > 15.0 %',
      'retrain: attempt 1 of 3 failed: no\nluck',
      'retrain: succeeded',
      'late: skipped: not needed',
    ]);
    expect(await messages('b')).toEqual(['retrain: started']);
  });

  it('answers the newest lines, or those after one that is known', async () => {
    const log = RunLog.reading(store);
    const all = await log.read('a');
    expect(await log.read('a', { limit: 2 })).toEqual(all.slice(-2));
    expect(await log.read('a', { after: all[2]?.number ?? 0 })).toEqual(all.slice(3));
  });

  it('says once what a step that is polled says again and again', async () => {
    const log = await RunLog.open(store);
    const tell = log.eventsOf('polled');
    tell({ kind: 'step-started', stepId: 'retrain' });
    for (let poll = 0; poll < 50; poll += 1) {
      tell({ kind: 'step-progress', stepId: 'retrain', message: 'model is Running' });
      tell({ kind: 'step-progress', stepId: 'retrain', message: `${poll} recognitions` });
    }
    await log.close();
    expect((await messages('polled')).length).toBeLessThan(5);
  });

  it('does not tell a step again that was done before the run was resumed', async () => {
    const log = await RunLog.open(store);
    log.eventsOf('resumed')({ kind: 'step-finished', stepId: 'retrain', record: succeeded });
    await log.close();
    expect(await messages('resumed')).toEqual([]);
  });
});
