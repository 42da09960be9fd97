import { rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { every } from '../time/every.ts';

/** A store without room: nothing can be written to it until there is some. */
export interface Shortage {
  /** The folder whose disk is full, or another name of the database. */
  readonly place: string;
  /** ISO date-time. */
  readonly since: string;
}

/**
 * Notices when the disk under a store is full, and when there is room again. DBOS repeats for ever what the database could not
 * write, and is silent about it.
 */
export class DiskRoom {
  readonly #place: string;
  readonly #folder: string | undefined;
  readonly #listeners = new Set<(message: string) => void>();
  #looking = new AbortController();
  #shortage: Shortage | undefined;
  #lastError = 0;
  #lastTold = 0;
  #wantedBytes = usualBytes;

  /** `folder`: where room is looked for; absent for a database on another machine. */
  constructor(of: { readonly place: string; readonly folder?: string }) {
    this.#place = of.place;
    this.#folder = of.folder;
  }

  /** The present shortage; undefined when there is room. */
  get shortage(): Shortage | undefined {
    return this.#shortage;
  }

  /** To be called when the database says that it has no room. `wantedBytes`: how much it could not write. */
  isMissing(options: { readonly wantedBytes?: number } = {}): void {
    this.#lastError = Date.now();
    if (this.#shortage !== undefined) return;
    this.#wantedBytes = Math.min(mostBytes, Math.max(this.#wantedBytes, options.wantedBytes ?? 0));
    this.#shortage = { place: this.#place, since: new Date().toISOString() };
    this.#lastTold = Date.now();
    this.#tell(`Make room on the disk of ${this.#place}: it is full, and the runs wait until there is room`);
  }

  /** Calls `tell` when room is missing, every minute while it is, and when there is some again. Returns what ends this. */
  follow(tell: (message: string) => void): () => void {
    if (this.#listeners.size === 0) this.#lookRegularly();
    this.#listeners.add(tell);
    return () => {
      this.#listeners.delete(tell);
      if (this.#listeners.size === 0) this.#looking.abort();
    };
  }

  /** Whether so many bytes can be written now. */
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

  #lookRegularly(): void {
    this.#looking = new AbortController();
    const { signal } = this.#looking;
    void every(lookEveryMilliseconds, async () => await this.look(), { signal, firstLook: 'after a pause' });
  }

  /** Looks now whether there is room. {@link follow} does so every five seconds. */
  async look(): Promise<void> {
    const shortage = this.#shortage;
    if (shortage === undefined) {
      if (await this.#isFull()) this.isMissing();
      return;
    }
    if (await this.hasRoom(this.#wantedBytes)) {
      this.#shortage = undefined;
      // Should room be missing again, so much was not enough: the next look wants more.
      this.#wantedBytes *= 4;
      this.#tell(`There is room again on the disk of ${this.#place}: the runs continue within two minutes`);
    } else if (Date.now() - this.#lastTold >= tellEveryMilliseconds) {
      this.#lastTold = Date.now();
      this.#tell(
        `Make room on the disk of ${this.#place}: it has been full since ${shortage.since}, and the runs wait`,
      );
    }
  }

  /** Whether the disk is full, found before a write fails: a run that waits for a person writes nothing for days. */
  async #isFull(): Promise<boolean> {
    if (this.#folder === undefined) return false;
    const found = await statfs(this.#folder).catch(() => undefined);
    // Some file systems report no free space although there is, and the superuser has a reserve: so a write is tried.
    return found !== undefined && found.bavail * found.bsize < usualBytes && !(await this.hasRoom());
  }

  #tell(message: string): void {
    for (const tell of this.#listeners) tell(message);
  }
}

/** Written to the folder of a store and removed, to see whether there is room. */
const trialFile = 'store.room';
const lookEveryMilliseconds = 5000;
const tellEveryMilliseconds = 60_000;
/** DBOS repeats after 90 seconds at the latest. */
const longestPauseMilliseconds = 100_000;
const usualBytes = 1_048_576;
const mostBytes = 67_108_864;
