import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { RunEvent } from '../../engine/run-record.ts';
import { asksPerson, type Pipeline } from '../../language/pipeline.ts';
import { lockEmbeddedStore } from '../../store/embedded-store.ts';
import { StoreInUseError } from '../../store/store-in-use.ts';
import { takeLock, type Holder } from '../../store/exclusive-lock.ts';
import { makePrivateFolder } from '../../store/private-folder.ts';
import { sleep } from '../../time/sleep.ts';
import type { Io } from '../session.ts';
import { stateFolder } from '../runs-folder.ts';
import { connectControl } from './control-socket.ts';

/**
 * Whether a run may give up the store and the embedded emulator for a while: when its steps wait for people and for nothing
 * else.
 */
export class PlaceLender {
  readonly runId: string;
  readonly #steps: Pipeline['steps'];
  readonly #group: string | undefined;
  readonly #running = new Map<string, number>();
  readonly #lent = Promise.withResolvers<undefined>();
  #isWanted = false;

  constructor(run: {
    readonly runId: string;
    readonly steps: Pipeline['steps'];
    readonly concurrency: string | undefined;
  }) {
    const { runId, steps, concurrency } = run;
    this.runId = runId;
    this.#steps = steps;
    this.#group = concurrency;
  }

  /** Resolves when the place is promised to another process. */
  get lent(): Promise<undefined> {
    return this.#lent.promise;
  }

  /** When the first of the steps that wait now expires, as far as that can be told; else undefined. */
  get expiresAt(): number | undefined {
    const times = [...this.#running].flatMap(([stepId, since]) => {
      const expires = this.#steps.find(({ id }) => id === stepId)?.with['expires'];
      return typeof expires === 'number' ? [since + expires * 1000] : [];
    });
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Follows what the run does. */
  onEvent(event: RunEvent): void {
    if (event.kind === 'step-started') this.#running.set(event.stepId, Date.now());
    if (event.kind === 'step-finished') this.#running.delete(event.stepId);
    // What follows a step that has ended starts a moment later.
    if (this.#isWanted) setImmediate(() => void this.lend());
  }

  /** Promises the place to the process that asks. False when the run is at work, or the other is of the same concurrency group. */
  lend({ group }: { readonly group?: string } = {}): boolean {
    const waiting = [...this.#running.keys()];
    const isAsking = (stepId: string): boolean => this.#steps.some(({ id, uses }) => id === stepId && asksPerson(uses));
    if ((group !== undefined && group === this.#group) || waiting.length === 0 || !waiting.every(isAsking))
      return false;
    this.#lent.resolve(undefined);
    return true;
  }

  /** From now on the place is given up as soon as it may be: a run that lent its own can continue. */
  lendWhenPossible(): void {
    this.#isWanted = true;
    this.lend();
  }
}

/** A run whose process waits outside the store. */
export interface LentRun {
  readonly runId: string;
  /** The concurrency group whose turn it keeps. */
  readonly group: string | undefined;
}

/**
 * Notes for other processes that the run is not abandoned: that it waits outside the store, and keeps the turn of its concurrency
 * group. The note goes with this process, or with the returned function.
 */
export async function noteLent(folder: string, { runId, group }: LentRun): Promise<() => Promise<void>> {
  await makePrivateFolder(path.join(folder, lentFolder));
  const file = path.join(folder, lentFolder, runId + lockEnding);
  const holder = { ...thisProcess(`run ${runId}`), group };
  let lock = takeLock(file, holder);
  // A process that looks whether it is held holds it for a moment.
  for (let tries = 0; typeof lock !== 'function' && tries < 20; tries += 1) {
    await sleep(50);
    lock = takeLock(file, holder);
  }
  return async () => {
    if (typeof lock !== 'function') return;
    lock();
    lock = holder;
    await rm(file, { force: true });
  };
}

/** The runs whose processes wait outside the store in `folder`. */
export function lentRuns(folder: string): readonly LentRun[] {
  const lent = path.join(folder, lentFolder);
  if (!existsSync(lent)) return [];
  const files = readdirSync(lent).filter((name) => name.endsWith(lockEnding));
  return files.flatMap((name) => {
    const lock: (() => void) | (Holder & { readonly group?: string }) = takeLock(
      path.join(lent, name),
      thisProcess('looking'),
    );
    if (typeof lock !== 'function') return [{ runId: name.slice(0, -lockEnding.length), group: lock.group }];
    lock();
    return [];
  });
}

/** The executors of the runs whose processes wait outside the store in `folder`. */
export function livingLent(folder: string): ReadonlySet<string> {
  return new Set(lentRuns(folder).map(({ runId }) => `run:${runId}`));
}

/**
 * Waits, without the store, until no other process uses it. Asks for it when a step expires, `expiresAt` (milliseconds). Rejects
 * with the reason of the signal.
 */
export async function untilReturned(
  io: Io,
  { runId, expiresAt = Infinity }: { readonly runId: string; readonly expiresAt?: number | undefined },
): Promise<void> {
  const folder = stateFolder(io);
  // The process that has asked needs a moment to come in.
  await sleep(firstPauseMilliseconds, io.signal);
  for (;;) {
    try {
      const unlock = await lockEmbeddedStore(folder, { what: `run ${runId}` });
      unlock();
      return;
    } catch (error) {
      if (!(error instanceof StoreInUseError)) throw error;
      if (Date.now() >= expiresAt) await askToLend(folder, { io, holder: error.holder });
    }
    await sleep(lookEveryMilliseconds, io.signal);
  }
}

/**
 * Whether the process that has the store closes it for this one, or for a run of this concurrency group: it does so while its run
 * only waits for people, and not for a run of its own group.
 */
export async function askToLend(
  folder: string,
  of: {
    readonly io: Pick<Io, 'signal'>;
    readonly holder?: Holder;
    readonly group?: string | undefined;
  },
): Promise<boolean> {
  const { io, holder, group } = of;
  const control = await connectControl(folder, { signal: io.signal, ...(holder && { holder }) });
  try {
    // A process of another version does not know the request.
    return (await control?.lend({ ...(group !== undefined && { group }) }).catch(() => false)) ?? false;
  } finally {
    await control?.close();
  }
}

function thisProcess(what: string): Holder {
  return { pid: process.pid, what, since: new Date().toISOString() };
}

const lentFolder = 'lent';
const lockEnding = '.lock';
const firstPauseMilliseconds = 2000;
const lookEveryMilliseconds = 500;
