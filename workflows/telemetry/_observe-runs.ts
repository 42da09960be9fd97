import { AsyncLocalStorage } from 'node:async_hooks';
import { type Interpreter, RunCancelled, RunGivenUp, type RunScope } from '../engine/engine.ts';
import type { RunRecord, StepRecord } from '../engine/run-record.ts';
import type { RequestObserver } from '../speech/request-observer.ts';
import type { Instruments } from './_instruments.ts';
import { type Approval, RunTrace, type Tracing } from './_run-trace.ts';

/** What sees runs and their requests happen. */
export interface RunObserver {
  /** The same interpreter, seen. */
  readonly observe: (interpret: Interpreter) => Interpreter;
  readonly requests: RequestObserver;
}

/** Where metrics and traces of runs go. */
export interface Sinks {
  readonly instruments: Instruments;
  /** Absent when no traces are exported. */
  readonly tracing: Tracing | undefined;
}

/**
 * Measures and traces what happens here. Standing between the engine and the interpreter it sees which steps are done and
 * which are remembered, and that a step's result is in the journal. A request belongs to the step in whose asynchronous
 * context it is sent.
 */
export function observeRuns(sinks: Sinks): RunObserver {
  const current: CurrentStep = new AsyncLocalStorage();
  return {
    observe: (interpret) => async (plan, scope) => {
      const run = new ObservedRun(scope, { ...sinks, current, pipeline: plan.pipeline.name });
      try {
        const record = await interpret(plan, run.scope());
        run.end(record);
        return record;
      } catch (error) {
        // It could not be executed at all, unless it goes on elsewhere.
        const isElsewhere = scope.signal.aborted || error instanceof RunGivenUp;
        if (!isElsewhere) run.end({ status: 'failed', finishedAt: now(), error: String(error) });
        throw error;
      }
    },
    requests: {
      afterAttempt: (line) => sinks.instruments.requestAttempted(line),
      afterRequest(outcome) {
        const at = current.getStore();
        at?.trace.request(at.stepId, outcome);
      },
    },
  };
}

type CurrentStep = AsyncLocalStorage<{ readonly trace: RunTrace; readonly stepId: string }>;

/** A run while it is executed here. */
class ObservedRun {
  readonly #inner: RunScope;
  readonly #instruments: Instruments;
  readonly #trace: RunTrace | undefined;
  readonly #current: CurrentStep;
  readonly #begun = new Date();
  readonly #approvals = new Map<string, readonly Approval[]>();
  readonly #endedSteps = new Set<string>();
  #isGoneOnWith = false;
  #isEnded = false;

  constructor(inner: RunScope, to: Sinks & { readonly current: CurrentStep; readonly pipeline: string }) {
    const { runId, timedFrom } = inner;
    this.#inner = inner;
    this.#instruments = to.instruments;
    this.#trace = to.tracing && new RunTrace(to.tracing, { runId, startedAt: timedFrom, pipeline: to.pipeline });
    this.#current = to.current;
    // An engine may settle nothing more of a run that was cancelled.
    const onAbort = (): void => {
      if (this.#isCancelled()) this.end({ status: 'cancelled', finishedAt: now() });
    };
    inner.signal.addEventListener('abort', onAbort, { once: true });
  }

  /** The scope of the run, seen. */
  scope(): RunScope {
    return {
      ...this.#inner,
      signal: this.#inner.signal,
      alone: async (name, options) => await this.#inner.alone(name, options),
      assertOwned: async () => await this.#inner.assertOwned(),
      step: async (name, act) => await this.#step(name, act),
      wait: async (topic, options) => {
        const answer = await this.#inner.wait(topic, options);
        if (answer !== undefined)
          this.#approvals.set(topic, [...(this.#approvals.get(topic) ?? []), approvalOf(answer)]);
        return answer;
      },
    };
  }

  end(record: Pick<RunRecord, 'status' | 'error' | 'finishedAt'>): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#instruments.runEnded({ ...record, startedAt: this.#inner.startedAt });
    this.#trace?.end(record);
  }

  async #step<T>(stepId: string, act: () => Promise<T>): Promise<T> {
    let isDoneHere = false;
    const result = await this.#inner.step(stepId, async () => {
      isDoneHere = true;
      const trace = this.#trace;
      const done = await (trace === undefined ? act() : this.#current.run({ trace, stepId }, act));
      // The journal does not take it.
      if (this.#isCancelled()) this.#endStep(stepId, recordOf(done));
      return done;
    });
    if (isDoneHere) this.#endStep(stepId, recordOf(result));
    else this.#resume();
    return result;
  }

  #endStep(stepId: string, record: StepRecord): void {
    if (this.#endedSteps.has(stepId)) return;
    this.#endedSteps.add(stepId);
    this.#instruments.stepEnded(record);
    this.#trace?.endStep(stepId, record, this.#approvals.get(stepId));
  }

  /** A remembered step shows that the run was begun before. */
  #resume(): void {
    if (this.#isGoneOnWith) return;
    this.#isGoneOnWith = true;
    this.#trace?.goneOnWith(this.#begun);
  }

  #isCancelled(): boolean {
    return this.#inner.signal.reason instanceof RunCancelled;
  }
}

/** What the interpreter has the engine remember are the records of steps. */
function recordOf(result: unknown): StepRecord {
  return result as StepRecord;
}

function approvalOf(decision: unknown): Approval {
  const { at, approved } = decision as { readonly at?: string; readonly approved?: boolean };
  return { at: new Date(at ?? now()), approved: approved === true };
}

function now(): string {
  return new Date().toISOString();
}
