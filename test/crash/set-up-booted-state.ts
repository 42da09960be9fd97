import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { openDurableEngine } from '../../workflows/durable/durable-engine.ts';
import { openEmbeddedStore } from '../../workflows/store/embedded-store.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A `.speechops` whose embedded store has been opened once, and holds no run. */
    readonly bootedState: string;
  }
}

/** Once for all test files, before the first: it also leaves the snapshot from which the stores of tests are unpacked. */
export default async function setUpBootedState(project: TestProject): Promise<() => Promise<void>> {
  const template = await mkdtemp(path.join(tmpdir(), 'speechops-booted-'));
  const store = await openEmbeddedStore(template, { what: 'a test' });
  const interpret = async (): Promise<never> => await Promise.reject(new Error('No run is expected here'));
  const engine = await openDurableEngine({ store, interpret, executor: 'test' });
  await engine.close();
  await store.close();
  project.provide('bootedState', template);
  return async () => await rm(template, { recursive: true, force: true });
}
