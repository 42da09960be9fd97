import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
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
  /** The steps that have started and not ended, with the time in milliseconds. */
  readonly #running = new Map<string, number>();
  readonly #endedAt = new Map<string, number>();
  readonly #lent = Promise.withResolvers<undefined>();

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

  /** The steps that have started and not ended. */
  get waiting(): readonly string[] {
    return [...this.#running.keys()];
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
    if (event.kind === 'step-started') this.#running.set(event.stepId, this.#startOf(event.stepId));
    if (event.kind !== 'step-finished') return;
    this.#running.delete(event.stepId);
    this.#endedAt.set(event.stepId, Date.parse(event.record.finishedAt ?? ''));
  }

  /** A step that another process has begun, too, began when what it needs had ended. */
  #startOf(stepId: string): number {
    const needs = this.#steps.find(({ id }) => id === stepId)?.needs ?? [];
    const ended = needs.map((need) => this.#endedAt.get(need) ?? Number.NaN).filter((time) => !Number.isNaN(time));
    return ended.length === 0 ? Date.now() : Math.max(...ended);
  }

  /** Promises the place to the process that asks. False when the run is at work, or the other is of the same concurrency group. */
  lend({ group }: { readonly group?: string } = {}): boolean {
    const { waiting } = this;
    const isAsking = (stepId: string): boolean => this.#steps.some(({ id, uses }) => id === stepId && asksPerson(uses));
    if ((group !== undefined && group === this.#group) || waiting.length === 0 || !waiting.every(isAsking))
      return false;
    this.#lent.resolve(undefined);
    return true;
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
  const file = lentFile(folder, runId);
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
    await rm(answeredFile(folder, runId), { force: true });
  };
}

/** The runs whose processes wait outside the store in `folder`. */
export function lentRuns(folder: string): readonly (LentRun & { readonly pid: number })[] {
  const lent = path.join(folder, lentFolder);
  if (!existsSync(lent)) return [];
  const files = readdirSync(lent).filter((name) => name.endsWith(lockEnding));
  return files.flatMap((name) => {
    const own = ownNote(path.join(lent, name));
    if (own !== undefined) return [{ runId: name.slice(0, -lockEnding.length), group: own.group, pid: own.pid }];
    const lock: (() => void) | (Holder & { readonly group?: string }) = takeLock(
      path.join(lent, name),
      thisProcess('looking'),
    );
    if (typeof lock !== 'function')
      return [{ runId: name.slice(0, -lockEnding.length), group: lock.group, pid: lock.pid }];
    lock();
    return [];
  });
}

/**
 * The note of this process, where it is its own: to look whether it is locked would open and close the file, and with that the operating
 * system frees the lock. A note from before this process began is of another one that had the same id.
 */
function ownNote(file: string): (Holder & { readonly group?: string }) | undefined {
  try {
    const note = JSON.parse(readFileSync(`${file}.holder.json`, 'utf8')) as Holder & { readonly group?: string };
    const isOwn = note.pid === process.pid && Date.parse(note.since) >= Date.now() - process.uptime() * 1000;
    return isOwn ? note : undefined;
  } catch {
    return undefined;
  }
}

/** The executors of the runs whose processes wait outside the store in `folder`. */
export function livingLent(folder: string): ReadonlySet<string> {
  return new Set(lentRuns(folder).map(({ runId }) => `run:${runId}`));
}

/** Notes that a person has answered or cancelled the run, which may wait outside the store: its process then wants to come back. */
export async function noteAnswered(folder: string, runId: string): Promise<void> {
  if (existsSync(lentFile(folder, runId))) await writeFile(answeredFile(folder, runId), '', { mode: 0o600 });
}

/**
 * Waits, without the store, until the run has something to do and no other process uses the store: it was answered or cancelled, or
 * a step of it expires, `expiresAt` (milliseconds). A process whose own run only waits is asked for the place. Rejects with the
 * reason of the signal.
 */
export async function untilNeeded(
  io: Io,
  { runId, expiresAt = Infinity }: { readonly runId: string; readonly expiresAt?: number | undefined },
): Promise<void> {
  const folder = stateFolder(io);
  for (;;) {
    await sleep(lookEveryMilliseconds, io.signal);
    if (Date.now() < expiresAt && !existsSync(answeredFile(folder, runId))) continue;
    try {
      const unlock = await lockEmbeddedStore(folder, { what: `run ${runId}` });
      unlock();
      return;
    } catch (error) {
      if (!(error instanceof StoreInUseError)) throw error;
      await askToLend(folder, { io, holder: error.holder });
    }
  }
}

/**
 * What the process that has the store says to this one, which wants it, or wants it for a run of this concurrency group: it is `lent`
 * while its run only waits for people, and not for a run of its own group. `silent` when no such process answers, as while it starts.
 */
export async function askToLend(
  folder: string,
  of: {
    readonly io: Pick<Io, 'signal'>;
    readonly holder?: Holder;
    readonly group?: string | undefined;
  },
): Promise<'lent' | 'refused' | 'silent'> {
  const { io, holder, group } = of;
  const control = await connectControl(folder, { signal: io.signal, ...(holder && { holder }) });
  if (control === undefined) return 'silent';
  try {
    return (await control.lend({ ...(group !== undefined && { group }) })) ? 'lent' : 'refused';
  } catch {
    io.signal.throwIfAborted();
    // It has just ended, or is of another version, which does not know the request.
    return 'silent';
  } finally {
    await control.close();
  }
}

function thisProcess(what: string): Holder {
  return { pid: process.pid, what, since: new Date().toISOString() };
}

const lentFolder = 'lent';
const lockEnding = '.lock';
const lookEveryMilliseconds = 500;

function lentFile(folder: string, runId: string): string {
  return path.join(folder, lentFolder, runId + lockEnding);
}

function answeredFile(folder: string, runId: string): string {
  return path.join(folder, lentFolder, `${runId}.answered`);
}
