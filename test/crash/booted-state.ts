import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openDurableEngine } from '../../workflows/durable/durable-engine.ts';
import { openEmbeddedStore } from '../../workflows/store/embedded-store.ts';

export interface BootedState {
  /** Gives the folder a `.speechops` of its own. */
  copyTo(folder: string): Promise<void>;
  remove(): Promise<void>;
}

/** A `.speechops` whose embedded store has been opened once. To make one takes seconds, to copy it does not. */
export async function bootState(): Promise<BootedState> {
  const template = await mkdtemp(path.join(tmpdir(), 'speechops-booted-'));
  const store = await openEmbeddedStore(template, { what: 'a test' });
  const interpret = async (): Promise<never> => await Promise.reject(new Error('No run is expected here'));
  const engine = await openDurableEngine({ store, interpret, executor: 'test' });
  await engine.close();
  await store.close();
  return {
    copyTo: async (folder) => await cp(template, path.join(folder, '.speechops'), { recursive: true }),
    remove: async () => await rm(template, { recursive: true, force: true }),
  };
}
