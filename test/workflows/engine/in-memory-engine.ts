import type { PlainValue } from '../../../workflows/document/yaml/plain-value.ts';
import { hasFinally, type Plan } from '../../../workflows/plan/plan.ts';
import { startDeadline } from '../../../workflows/time/deadline.ts';
import {
  RunCancelled,
  type Engine,
  type Interpreter,
  type RunScope,
  type RunStatus,
} from '../../../workflows/engine/engine.ts';
import type { RunRecord } from '../../../workflows/engine/run-record.ts';

/** An engine that forgets everything when the process ends; what the journal does for a durable one, it does itself. */
export interface InMemoryEngine extends Engine {
  status(runId: string): Promise<RunStatus | undefined>;
  decide(
    runId: string,
    message: { readonly topic: string; readonly payload: PlainValue; readonly key: string },
  ): Promise<void>;
  cancel(runId: string): Promise<void>;
}

export function createInMemoryEngine(interpret: Interpreter): InMemoryEngine {
  const runs = new Map<string, LiveRun>();
  const live = (runId: string): LiveRun => {
    const run = runs.get(runId);
    if (run === undefined) throw new Error(`Start the run first: ${runId} is not known here`);
    return run;
  };
  return {
    async start(runId, plan) {
      if (runs.has(runId)) return;
      const run = new LiveRun(runId);
      runs.set(runId, run);
      run.follow(interpretToTheEnd(plan, { run, interpret }));
    },
    async result(runId) {
      return await live(runId).record;
    },
    async status(runId) {
      return runs.get(runId)?.status;
    },
    async decide(runId, message) {
      live(runId).deliver(message);
    },
    async cancel(runId) {
      live(runId).cancel();
    },
  };
}

/** A cancelled run is interpreted once more, for its steps under `finally`. */
async function interpretToTheEnd(
  plan: Plan,
  { run, interpret }: { readonly run: LiveRun; readonly interpret: Interpreter },
): Promise<RunRecord> {
  const record = await interpret(plan, run);
  const hasMore = hasFinally(plan);
  return record.status === 'cancelled' && hasMore ? await interpret(plan, run.afterCancelling()) : record;
}

interface Waiter {
  readonly topic: string;
  accepts(payload: PlainValue): boolean;
  take(payload: PlainValue | undefined): void;
}

class LiveRun implements RunScope {
  readonly runId: string;
  readonly startedAt = new Date().toISOString();
  readonly timedFrom = this.startedAt;
  readonly givenUp = new Promise<never>(() => undefined);
  isCancelled = false;
  leftBehind: Readonly<Record<string, string>> = {};
  status: RunStatus = 'running';
  record: Promise<RunRecord> = Promise.reject(new Error('The run was not started'));
  #abort = new AbortController();
  readonly #results = new Map<string, Promise<unknown>>();
  readonly #messages: { readonly topic: string; readonly payload: PlainValue }[] = [];
  readonly #leaving = new Map<string, string>();
  readonly #delivered = new Set<string>();
  readonly #waiting = new Set<Waiter>();

  constructor(runId: string) {
    this.runId = runId;
    this.record.catch(() => undefined);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  leaving(stepId: string, state: string | undefined): void {
    if (state === undefined) this.#leaving.delete(stepId);
    else this.#leaving.set(stepId, state);
  }

  follow(record: Promise<RunRecord>): void {
    this.record = record.then(
      (ended) => {
        this.status = ended.status;
        return ended;
      },
      (error: unknown) => {
        this.status = 'failed';
        throw error;
      },
    );
    this.record.catch(() => undefined);
  }

  async step<T>(name: string, act: () => Promise<T>): Promise<T> {
    const remembered = this.#results.get(name);
    if (remembered !== undefined) return (await remembered) as T;
    const result = act();
    this.#results.set(name, result);
    const { signal } = this;
    const forget = (): void => {
      if (signal.aborted) this.#results.delete(name);
    };
    result.then(forget, () => this.#results.delete(name));
    return await result;
  }

  async alone<T>(_name: string, { act }: { act(): Promise<T> }): Promise<T> {
    return await act();
  }

  async assertOwned(): Promise<void> {
    this.signal.throwIfAborted();
  }

  async wait(topic: string, options: Parameters<RunScope['wait']>[1]): Promise<PlainValue | undefined> {
    const { timeoutSeconds, signal, accepts } = options;
    signal.throwIfAborted();
    const early = this.#messages.findIndex((message) => message.topic === topic && accepts(message.payload));
    if (early >= 0) return this.#messages.splice(early, 1)[0]?.payload;
    const { promise, resolve, reject } = Promise.withResolvers<PlainValue | undefined>();
    const waiter = { topic, accepts, take: resolve };
    const deadline = startDeadline(Date.now() + timeoutSeconds * 1000, { until: signal });
    if (deadline.signal.aborted) return undefined;
    deadline.signal.addEventListener('abort', () => resolve(undefined), { once: true });
    const cancelled = (): void => reject(signal.reason);
    signal.addEventListener('abort', cancelled, { once: true });
    this.#waiting.add(waiter);
    try {
      return await promise;
    } finally {
      deadline.stop();
      signal.removeEventListener('abort', cancelled);
      this.#waiting.delete(waiter);
    }
  }

  deliver(message: { readonly topic: string; readonly payload: PlainValue; readonly key: string }): void {
    if (this.#delivered.has(message.key)) return;
    this.#delivered.add(message.key);
    const waiter = [...this.#waiting].find(
      (candidate) => candidate.topic === message.topic && candidate.accepts(message.payload),
    );
    if (waiter === undefined) this.#messages.push(message);
    else {
      this.#waiting.delete(waiter);
      waiter.take(message.payload);
    }
  }

  cancel(): void {
    this.#abort.abort(new RunCancelled());
  }

  /** The same run, for what is done of it after it was cancelled. */
  afterCancelling(): RunScope {
    this.isCancelled = true;
    this.leftBehind = Object.fromEntries(this.#leaving);
    this.#abort = new AbortController();
    return this;
  }
}
