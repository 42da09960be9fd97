import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RunStatus } from '../../../workflows/engine/engine.ts';
import type { Decision } from '../../../workflows/durable/decision.ts';
import type { DurableEngine } from '../../../workflows/durable/durable-engine.ts';
import type { Journal } from '../../../workflows/durable/journal.ts';

export interface Opening {
  readonly folder: string;
  readonly executor: string;
  /** Absent for the embedded store in the folder. */
  readonly databaseUrl?: string;
}

type Method = 'start' | 'result' | 'resume' | 'fork';

export interface Question {
  readonly id: number;
  readonly method: Method | 'status' | 'decide' | 'cancel' | 'enqueue' | 'details' | 'sql' | 'close';
  readonly args: readonly unknown[];
}

export interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
}

/** A durable engine in another process. Errors come over as their name and message. */
export interface EngineProcess extends Pick<DurableEngine, Method>, Pick<Journal, 'details' | 'enqueue'> {
  status(runId: string): Promise<RunStatus | undefined>;
  decide(
    runId: string,
    message: { readonly topic: string; readonly payload: Decision; readonly key: string },
  ): Promise<void>;
  cancel(runId: string): Promise<void>;
  sql(statement: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Ends it in good order. */
  close(): Promise<void>;
  /** Stops it where it is, or lets it go on. */
  send(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Kill -9. */
  kill(): Promise<void>;
}

/** Opens an engine in a process of its own, because there is one in a process; see `engine-process.ts`. */
export async function startEngine(opening: Opening): Promise<EngineProcess> {
  const child = fork(fileURLToPath(new URL('engine-process.ts', import.meta.url)), [JSON.stringify(opening)]);
  const ended = once(child, 'exit');
  const pending = new Map<number | undefined, PromiseWithResolvers<unknown>>();
  const opened = Promise.withResolvers<unknown>();
  opened.promise.catch(() => undefined);
  pending.set(undefined, opened);
  child.on('message', ({ id, result, error }: Answer) => {
    const asked = pending.get(id);
    pending.delete(id);
    if (error === undefined) asked?.resolve(result);
    else asked?.reject(Object.assign(new Error(error.message), { name: error.name }));
  });
  child.once('exit', () => {
    for (const asked of pending.values()) asked.reject(new Error('The process has ended'));
  });
  let count = 0;
  const ask = async <T>(method: Question['method'], ...args: readonly unknown[]): Promise<T> => {
    const id = (count += 1);
    const asked = Promise.withResolvers<unknown>();
    asked.promise.catch(() => undefined);
    pending.set(id, asked);
    child.send({ id, method, args } satisfies Question);
    return (await asked.promise) as T;
  };
  try {
    await opened.promise;
  } catch (error) {
    await ended;
    throw error;
  }
  return {
    start: async (...args) => await ask('start', ...args),
    result: async (...args) => await ask('result', ...args),
    status: async (...args) => await ask('status', ...args),
    decide: async (...args) => await ask('decide', ...args),
    cancel: async (...args) => await ask('cancel', ...args),
    enqueue: async (...args) => await ask('enqueue', ...args),
    resume: async (...args) => await ask('resume', ...args),
    fork: async (...args) => await ask('fork', ...args),
    details: async (...args) => await ask('details', ...args),
    sql: async (statement) => await ask('sql', statement),
    async close() {
      await ask('close');
      await ended;
    },
    send: (signal) => void child.kill(signal),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
