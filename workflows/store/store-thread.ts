import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { sleepInBackground } from '../time/sleep.ts';

/**
 * The thread in which the embedded database lives. A database that has given up, as PostgreSQL does when it finds no room for its
 * own log, answers nothing any more: it is started anew, and sets itself right as after the death of the process.
 */
export class StoreThread {
  readonly #dataDirectory: string;
  readonly #socket: string;
  #worker: Worker;
  #up = Promise.withResolvers<void>();
  #isClosed = false;
  #isDown = false;

  private constructor(worker: Worker, of: { readonly dataDirectory: string; readonly socket: string }) {
    this.#worker = worker;
    this.#dataDirectory = of.dataDirectory;
    this.#socket = of.socket;
    this.#up.resolve();
  }

  /** `sockets`: the folder in which the database listens, as PostgreSQL does. Rejects when it cannot be opened. */
  static async start(dataDirectory: string, sockets: string): Promise<StoreThread> {
    const of = { dataDirectory, socket: path.join(sockets, '.s.PGSQL.5432') };
    return new StoreThread(await startWorker(of), of);
  }

  /** Whether it has given up, and is not started anew yet. */
  get isDown(): boolean {
    return this.#isDown;
  }

  /** Resolves when it takes connections. */
  async up(): Promise<void> {
    await this.#up.promise;
  }

  /** Starts it anew, as soon as `mayStart` says so. What is asked of the old one is cut off. */
  async restart(mayStart: () => Promise<boolean>): Promise<void> {
    if (this.#isDown || this.#isClosed) return;
    this.#isDown = true;
    this.#up = Promise.withResolvers<void>();
    await this.#worker.terminate();
    while (!this.#isClosed) {
      try {
        if (await mayStart()) {
          await rm(this.#socket, { force: true });
          this.#worker = await startWorker({ dataDirectory: this.#dataDirectory, socket: this.#socket });
          this.#isDown = false;
          this.#up.resolve();
          return;
        }
      } catch {
        // It is tried again: nothing is lost by that, and the disk may have been filled again.
      }
      // What waits for the database may be all that this process does, so that this keeps it alive.
      await setTimeout(againAfterMilliseconds);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (!this.#isDown) {
      const closed = once(this.#worker, 'message');
      this.#worker.postMessage('close');
      // One that has given up a moment ago does not answer.
      await Promise.race([closed, sleepInBackground(closeMilliseconds)]);
    }
    await this.#worker.terminate();
  }
}

async function startWorker(of: { readonly dataDirectory: string; readonly socket: string }): Promise<Worker> {
  // V8's optimising compiler gains nothing here: its code is freed while the thread ends, and the process waits for what is
  // being compiled. V8 draws no conclusions from one flag for another once it runs, so that all are named.
  for (const flag of ['--liftoff-only', '--no-wasm-tier-up', '--no-wasm-dynamic-tiering']) setFlagsFromString(flag);
  const file = new URL(`./store-worker${path.extname(import.meta.url)}`, import.meta.url);
  const worker = new Worker(file, { workerData: of });
  try {
    await once(worker, 'message');
    return worker;
  } catch (error) {
    await worker.terminate();
    throw error;
  }
}

const againAfterMilliseconds = 2000;
const closeMilliseconds = 10_000;
