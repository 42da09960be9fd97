import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { RunsAccess, RunsSource } from '../../../portal/server/sources.ts';
import { StoreInUseError } from '../../store/store-in-use.ts';
import { sleep, unlessAborted } from '../../time/sleep.ts';
import { databaseUrl } from '../connect/database.ts';
import { portalName } from '../runs/borrow-place.ts';
import type { RunControl } from '../runs/control-request.ts';
import { connectControl } from '../runs/control-socket.ts';
import { livingLent } from '../runs/lend-place.ts';
import { openControl, type OpenedControl } from '../runs/run-control.ts';
import { stateFolder } from '../runs-folder.ts';
import type { Io } from '../session.ts';

/**
 * The runs, for a page that asks for them again and again. To open the embedded store costs a second and keeps runs from starting: so
 * what was read once is answered from memory until something has changed; another process that has the store is asked in place of opening
 * it; and where this one has opened it, it closes it again soon, and at once when another process wants it.
 */
export class PortalRuns implements Pick<RunsSource, 'borrow' | 'version'> {
  readonly #io: Io;
  readonly #idleMilliseconds: number;
  readonly #known = new Map<string, Promise<unknown>>();
  /** The version that what is known is of. */
  #knownOf = '';
  #opening: Promise<OpenedControl> | undefined;
  #closing: Promise<void> | undefined;
  #place: OpenedControl['place'] = 'none';
  #users = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Until when another process is let in that has asked for the store. */
  #makesWayUntil = 0;
  /** Counts what has changed in an embedded store that no other process has. */
  #changes = 0;
  #seen = { files: '', lent: '' };
  #heard = '';

  constructor(io: Io, { idleMilliseconds = 3000 }: { readonly idleMilliseconds?: number } = {}) {
    this.#io = io;
    this.#idleMilliseconds = idleMilliseconds;
  }

  /** Lets `act` read and steer the runs. What has not changed since it was read is not read again. */
  async borrow<T>(act: (runs: RunsAccess) => Promise<T>): Promise<T> {
    const version = await this.version();
    if (version !== this.#knownOf) this.#known.clear();
    this.#knownOf = version;
    return await act({
      runs: async (options = {}) =>
        await this.#read(['runs', options.limit], async (control) => await control.runs(options)),
      details: async (runId) => await this.#read(['details', runId], async (control) => await control.details(runId)),
      log: async (runId, range = {}) =>
        await this.#read(['log', runId, range.limit, range.after], async (control) => await control.log(runId, range)),
      decide: async (runId, stepId, decision) =>
        await this.#change(async (control) => await control.decide(runId, stepId, decision)),
      cancel: async (runId) => await this.#change(async (control) => await control.cancel(runId)),
    });
  }

  async version(): Promise<string> {
    if (databaseUrl(this.#io) !== undefined) return await this.#with(async (control) => await control.pulse());
    const folder = stateFolder(this.#io);
    if (!existsSync(path.join(folder, 'store.lock'))) return 'none';
    const isOurs = this.#opening !== undefined || this.#closing !== undefined;
    if (!isOurs && isHeldElsewhere(folder)) return await this.#versionElsewhere(folder);
    // What this process does with the store changes its files, too, and is counted where it is done.
    const now = { files: isOurs ? this.#seen.files : signatureOf(folder), lent: [...livingLent(folder)].join(' ') };
    if (now.files !== this.#seen.files || now.lent !== this.#seen.lent) this.#changes += 1;
    this.#seen = now;
    return `here ${this.#changes}`;
  }

  /** Closes what is open; the next use opens it again. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const opening = this.#opening;
    if (opening !== undefined) {
      this.#opening = undefined;
      this.#closing = this.#closeOpened(opening);
    }
    await this.#closing;
  }

  async #versionElsewhere(folder: string): Promise<string> {
    const control = await connectControl(folder, { signal: this.#io.signal });
    // It has the store and does not answer yet, or any more.
    if (control === undefined) return this.#heard;
    try {
      this.#heard = `elsewhere ${await control.pulse()}`;
    } catch {
      this.#io.signal.throwIfAborted();
      // A process of another version does not know the request.
      this.#heard = `elsewhere ${Math.floor(Date.now() / unknownMilliseconds)}`;
    } finally {
      await control.close();
    }
    return this.#heard;
  }

  async #read<T>(key: readonly unknown[], read: (control: RunControl) => Promise<T>): Promise<T> {
    const name = JSON.stringify(key);
    const known = this.#known.get(name) as Promise<T> | undefined;
    if (known !== undefined) return await known;
    const reading = this.#repeatedly(read);
    this.#known.set(name, reading);
    const oldest = this.#known.keys().next();
    if (this.#known.size > mostKnown && oldest.done !== true) this.#known.delete(oldest.value);
    try {
      return await reading;
    } catch (error) {
      // Another attempt asks anew.
      if (this.#known.get(name) === reading) this.#known.delete(name);
      throw error;
    }
  }

  async #change<T>(act: (control: RunControl) => Promise<T>): Promise<T> {
    const done = await this.#with(act);
    this.#hasChanged();
    return done;
  }

  #hasChanged(): void {
    this.#changes += 1;
    this.#known.clear();
  }

  /** The store goes from one process to another: the one that is asked may end before it answers, or not answer yet. */
  async #repeatedly<T>(use: (control: RunControl) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#with(use);
      } catch (error) {
        const isOnItsWay = error instanceof StoreInUseError || this.#place === 'elsewhere';
        if (!isOnItsWay || attempt === mostAttempts) throw error;
      }
      await sleep(pauseMilliseconds, this.#io.signal);
    }
  }

  async #with<T>(use: (control: RunControl) => Promise<T>): Promise<T> {
    const { signal } = this.#io;
    await this.#makeWay();
    clearTimeout(this.#timer);
    const opening = (this.#opening ??= this.#open());
    this.#users += 1;
    let place: OpenedControl['place'] | undefined;
    try {
      const opened = await opening;
      place = this.#place = opened.place;
      return await unlessAborted(use(opened.control), signal);
    } catch (error) {
      if (place === undefined && this.#opening === opening) this.#opening = undefined;
      throw error;
    } finally {
      this.#users -= 1;
      if (this.#users === 0 && this.#opening === opening) this.#rest(place);
    }
  }

  async #open(): Promise<OpenedControl> {
    return await openControl(this.#io, {
      what: portalName,
      lend: () => this.#lend(),
      onChange: () => this.#hasChanged(),
    });
  }

  /** What is not used any more is closed: the store of another process at once, our own after a moment, a database with the portal. */
  #rest(place: OpenedControl['place'] | undefined): void {
    if (place === 'database' || place === undefined) return;
    const isWanted = place !== 'here' || Date.now() < this.#makesWayUntil;
    if (isWanted) void this.close();
    else this.#timer = setTimeout(() => void this.close(), this.#idleMilliseconds).unref();
  }

  /** Another process wants the store, and gets it when the requests under way are answered. */
  #lend(): boolean {
    this.#makesWayUntil = Date.now() + makeWayMilliseconds;
    // The answer has to be sent before.
    setImmediate(() => {
      if (this.#users === 0) void this.close();
    });
    return true;
  }

  async #makeWay(): Promise<void> {
    await this.#closing;
    if (this.#makesWayUntil === 0) return;
    const folder = stateFolder(this.#io);
    for (;;) {
      // Requests that were under way when it was asked for keep it open until they are answered.
      await this.#closing;
      const isLeft = this.#opening === undefined;
      if ((isLeft && isHeldElsewhere(folder)) || Date.now() >= this.#makesWayUntil) break;
      await sleep(50, this.#io.signal);
    }
    this.#makesWayUntil = 0;
  }

  async #closeOpened(opening: Promise<OpenedControl>): Promise<void> {
    try {
      const { control, place } = await opening;
      await control.close();
      if (place === 'here') this.#seen = { ...this.#seen, files: signatureOf(stateFolder(this.#io)) };
    } catch {
      // It could not be opened, and who asked for it has heard why.
    } finally {
      this.#closing = undefined;
    }
  }
}

/** Whether another living process says that it has the store of this folder. */
export function isHeldElsewhere(folder: string): boolean {
  try {
    const { pid } = JSON.parse(readFileSync(path.join(folder, 'store.lock.holder.json'), 'utf8')) as { pid: number };
    if (pid === process.pid) return false;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** PostgreSQL writes this file whenever the store is opened and closed. */
function signatureOf(folder: string): string {
  const found = statSync(path.join(folder, 'store', 'global', 'pg_control'), { throwIfNoEntry: false, bigint: true });
  return found === undefined ? '' : `${found.mtimeNs} ${found.ino}`;
}

/** Pages show a list, a run and its log, a few at a time. */
const mostKnown = 60;
const makeWayMilliseconds = 3000;
const mostAttempts = 4;
const pauseMilliseconds = 300;
const unknownMilliseconds = 5000;
