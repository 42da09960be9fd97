import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { openDurableEngine } from '../../workflows/durable/durable-engine.ts';
import { openDatabaseStore, openEmbeddedStore, type Store } from '../../workflows/store/embedded-store.ts';
import { addDatabase, dropDatabase } from './create-database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A `.speechops` whose embedded store has been opened once, and holds no run. */
    readonly bootedState: string;
    /** The address of a database with the tables of runs, to which no process is connected; empty where there is no PostgreSQL. */
    readonly preparedDatabase: string;
  }
}

/** Once for all test files, before the first: it also leaves the snapshot from which the stores of tests are unpacked. */
export default async function setUpBootedState(project: TestProject): Promise<() => Promise<void>> {
  const template = await mkdtemp(path.join(tmpdir(), 'speechops-booted-'));
  await boot(await openEmbeddedStore(template, { what: 'a test' }));
  project.provide('bootedState', template);
  const server = process.env['SPEECHOPS_TEST_DATABASE_URL'];
  const database = server === undefined || server === '' ? '' : await addDatabase(server);
  if (database !== '') await boot(openDatabaseStore(database));
  project.provide('preparedDatabase', database);
  return async () => {
    await rm(template, { recursive: true, force: true });
    if (database !== '') await dropDatabase(database);
  };
}

async function boot(store: Store): Promise<void> {
  const interpret = async (): Promise<never> => await Promise.reject(new Error('No run is expected here'));
  const engine = await openDurableEngine({ store, interpret, executor: 'test' });
  await engine.close();
  await store.close();
}
