import { openDurableEngine } from '../durable-engine.ts';
import type { Store } from '../embedded-store.ts';

/** Makes the journal's tables when the database has none, so that a run can be submitted before the first worker starts. */
export async function prepareDatabase(store: Store): Promise<void> {
  const { rows } = await store.pool.query<{ readonly found: boolean }>(
    `SELECT to_regclass('dbos.workflow_status') IS NOT NULL AS found`,
  );
  if (rows[0]?.found === true) return;
  const engine = await openDurableEngine({
    store,
    executor: `prepare:${process.pid}:${Date.now()}`,
    interpret: async () => {
      throw new Error('This process executes no runs');
    },
    takes: { queues: [], isTaking: () => false },
  });
  await engine.close();
}
