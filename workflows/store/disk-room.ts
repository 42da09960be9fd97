import { rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What a store has no room for: nothing can be kept in it until there is some. */
export interface Shortage {
  /** The folder whose disk is full, or what else names the database. */
  readonly place: string;
  /** ISO date-time. */
  readonly since: string;
}

/**
 * Notices when the disk under a store is full, and when there is room again. The engine repeats for ever what the database
 * could not write, and is silent about it.
 */
export class DiskRoom {
  readonly #place: string;
  readonly #folder: string | undefined;
  readonly #listeners = new Set<(message: string) => void>();
  #looking: NodeJS.Timeout | undefined;
  #shortage: Shortage | undefined;
  #lastError = 0;
  #lastTold = 0;
  #wantedBytes = usualBytes;

  /** `folder`: where room can be looked for; absent for a database that is elsewhere. */
  constructor(of: { readonly place: string; readonly folder?: string }) {
    this.#place = of.place;
    this.#folder = of.folder;
  }

  /** What there is no room for now. */
  get shortage(): Shortage | undefined {
    return this.#shortage;
  }

  /** To be told of what a database says when it finds no room. */
  isMissing(options: { readonly wantedBytes?: number } = {}): void {
    this.#lastError = Date.now();
    if (this.#shortage !== undefined) return;
    // What there was room for last time was not enough.
    this.#wantedBytes = Math.min(mostBytes, Math.max(this.#wantedBytes, options.wantedBytes ?? 0));
    this.#shortage = { place: this.#place, since: new Date().toISOString() };
    this.#lastTold = Date.now();
    this.#tell(`Make room on the disk of ${this.#place}: it is full, and what runs do cannot be kept; they wait`);
  }

  /** Tells at once when room is missing, every minute as long as it is, and when there is some again; until the answer is called. */
  follow(tell: (message: string) => void): () => void {
    this.#listeners.add(tell);
    this.#lookLater();
    return () => {
      this.#listeners.delete(tell);
      if (this.#listeners.size === 0) clearTimeout(this.#looking);
    };
  }

  /** Whether so much can be written now. */
  async hasRoom(bytes = usualBytes): Promise<boolean> {
    if (this.#folder === undefined) return Date.now() - this.#lastError > longestPauseMilliseconds;
    const trial = path.join(this.#folder, trialFile);
    try {
      await writeFile(trial, Buffer.alloc(bytes), { mode: 0o600 });
      return true;
    } catch {
      return false;
    } finally {
      await rm(trial, { force: true }).catch(() => undefined);
    }
  }

  #lookLater(): void {
    clearTimeout(this.#looking);
    this.#looking = setTimeout(() => {
      void this.look().finally(() => {
        if (this.#listeners.size > 0) this.#lookLater();
      });
    }, lookEveryMilliseconds).unref();
  }

  /** Looks now whether there is room: it is done every five seconds while somebody follows. */
  async look(): Promise<void> {
    const shortage = this.#shortage;
    if (shortage === undefined) {
      if (await this.#isFull()) this.isMissing();
      return;
    }
    if (await this.hasRoom(this.#wantedBytes)) {
      this.#shortage = undefined;
      this.#wantedBytes *= 4;
      this.#tell(`There is room again on the disk of ${this.#place}: the runs go on within two minutes`);
    } else if (Date.now() - this.#lastTold >= tellEveryMilliseconds) {
      this.#lastTold = Date.now();
      this.#tell(
        `Make room on the disk of ${this.#place}: it has been full since ${shortage.since}, and the runs wait`,
      );
    }
  }

  /** Before anything has to be written: a run that waits for a person writes nothing for days. */
  async #isFull(): Promise<boolean> {
    if (this.#folder === undefined) return false;
    const found = await statfs(this.#folder).catch(() => undefined);
    // Some say that nothing is free where that has no meaning, and the superuser has a reserve.
    return found !== undefined && found.bavail * found.bsize < usualBytes && !(await this.hasRoom());
  }

  #tell(message: string): void {
    for (const tell of this.#listeners) tell(message);
  }
}

/** Written and removed in the folder of a store, to see whether there is room. */
const trialFile = 'store.room';
const lookEveryMilliseconds = 5000;
const tellEveryMilliseconds = 60_000;
/** DBOS repeats after 90 seconds at the latest. */
const longestPauseMilliseconds = 100_000;
const usualBytes = 1_048_576;
const mostBytes = 67_108_864;
