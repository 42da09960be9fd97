import { openDurableEngine } from './durable-engine.ts';
import type { Store } from '../store/embedded-store.ts';
import { Journal } from './journal.ts';

/**
 * Makes the tables of the journal where they are missing, or were left incomplete by an interrupted process. Runs can then be
 * listed and submitted before any process has executed one.
 */
export async function prepareDatabase(store: Store): Promise<void> {
  if (await isPrepared(store)) return;
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

async function isPrepared(store: Store): Promise<boolean> {
  const journal = await Journal.open(store);
  try {
    await journal.runs({ limit: 1 });
    return true;
  } catch (error) {
    if (missing.has((error as { readonly code?: string }).code ?? '')) return false;
    throw error;
  } finally {
    await journal.close();
  }
}

/** PostgreSQL's codes for a schema, a table and a column that do not exist. */
const missing = new Set(['3F000', '42P01', '42703']);
