import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ClockState } from './clock.ts';
import type { StoredCollections } from './entity-store.ts';

/** What of a resource survives a restart beside the contents of its files. */
export interface StoredState {
  readonly version: 1;
  readonly clock: ClockState;
  readonly collections: StoredCollections;
}

/** Secrets of webhooks and signed addresses of data are in it. */
const ownerOnly = 0o600;
const debounceMilliseconds = 100;
const clockEveryMilliseconds = 5000;

/**
 * A resource's state in one JSON file, written soon after each change and every few seconds for the clock. Each write
 * goes to a second file that then takes the place of the first, so that a killed process leaves the state of the last
 * moments before and never half of one.
 */
export class StateFile {
  #path: string;
  #state: () => StoredState;
  #failed: (error: unknown) => void;
  #soon: NodeJS.Timeout | undefined;
  #ticking: NodeJS.Timeout;
  #writing: Promise<void> = Promise.resolve();

  /** `failed` hears of writes that nobody waits for. */
  constructor(path: string, source: { readonly state: () => StoredState; readonly failed: (error: unknown) => void }) {
    this.#path = path;
    this.#state = source.state;
    this.#failed = source.failed;
    this.#ticking = setInterval(() => this.changed(), clockEveryMilliseconds).unref();
  }

  changed(): void {
    this.#soon ??= setTimeout(() => this.flush().catch(this.#failed), debounceMilliseconds);
  }

  /** Resolves when everything up to now is on disk. */
  async flush(): Promise<void> {
    clearTimeout(this.#soon);
    this.#soon = undefined;
    const write = (): Promise<void> => writeAtomically(this.#path, JSON.stringify(this.#state(), withoutAccess));
    this.#writing = this.#writing.then(write, write);
    await this.#writing;
  }

  async close(): Promise<void> {
    clearInterval(this.#ticking);
    await this.flush();
  }
}

/** The state in the file, or undefined when there is none; throws when it is not a state of this version. */
export async function readState(path: string): Promise<StoredState | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const state = parsed(text);
  if (state?.version === 1 && state.collections && state.clock) return state as StoredState;
  throw new Error(
    `Cannot read the emulator's data in ${path}: it is not a state of version 1; move it away to start with an empty resource`,
  );
}

/** What gives access to somebody's data in the address of a recording or a dataset is for its download alone, which begins at once. */
function withoutAccess(key: string, value: unknown): unknown {
  if (key === 'contentUrls' && Array.isArray(value)) return value.map((each) => withoutAccess('contentUrl', each));
  if (key !== 'contentUrl' || typeof value !== 'string' || !URL.canParse(value)) return value;
  const { origin, pathname } = new URL(value);
  return origin + pathname;
}

function parsed(text: string): Partial<StoredState> | null {
  try {
    return JSON.parse(text) as Partial<StoredState> | null;
  } catch {
    return null;
  }
}

async function writeAtomically(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const next = `${path}.next`;
  const file = await open(next, 'w', ownerOnly);
  try {
    // What a killed process left has the mode that it was made with.
    await file.chmod(ownerOnly);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(next, path);
}
