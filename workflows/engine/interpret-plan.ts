import { evaluate, isTemplate, type Contexts } from '../language/expressions.ts';
import { explainCondition } from '../language/explain-condition.ts';
import type { Pipeline, PipelineStep, PlainValue } from '../language/pipeline.ts';
import { settleWith } from '../language/settle-with.ts';
import type { Plan } from '../plan/plan.ts';
import { inputValues, isTruthy } from '../plan/plan-pipeline.ts';
import type { Effect, PipelineFacts } from '../plan/step-plan.ts';
import { deadlineSignal } from './deadline-signal.ts';
import type { Interpreter, RunScope } from './engine.ts';
import { ServiceError, type Ports } from './ports.ts';
import type { RunEvent, RunRecord, StepRecord } from './run-record.ts';
import { StepFailure, type StepContext, type StepKind } from './step-kind.ts';

export interface InterpreterOptions {
  readonly kinds: Readonly<Record<string, StepKind>>;
  readonly ports: Ports;
  readonly onEvent?: (event: RunEvent) => void;
}

/**
 * The function that executes plans: every step starts when everything it needs has ended, independent steps run side by
 * side. A step that fails fails the run; steps that need it are skipped, the others go on.
 */
export function createInterpreter(options: InterpreterOptions): Interpreter {
  return async (plan, scope) => {
    const run: Run = { options, plan, scope, records: new Map(), effects: new Map() };
    const byId = new Map(plan.pipeline.steps.map((step) => [step.id, step]));
    const started = new Map<string, Promise<StepRecord>>();
    for (const id of plan.pipeline.layers.flat()) {
      const step = byId.get(id);
      if (step === undefined) continue;
      const needs = step.needs.map((need) => started.get(need)).filter((need) => need !== undefined);
      // Every step is given to the engine at once and in one order, whatever the order they run in: an engine that goes
      // on with a run knows what it remembers by that order.
      const remembered = scope.step(id, async () => {
        await Promise.all(needs);
        return await recordStep(step, run);
      });
      started.set(
        id,
        remembered.then((record) => noteRecord(record, { stepId: id, run })),
      );
    }
    const steps: Record<string, StepRecord> = {};
    for (const step of plan.pipeline.steps) {
      const record = await started.get(step.id);
      if (record !== undefined) steps[step.id] = record;
    }
    return {
      runId: scope.runId,
      pipeline: plan.pipeline.name,
      status: outcomeOf(plan.pipeline, { steps, cancelled: scope.signal.aborted }),
      startedAt: scope.startedAt,
      finishedAt: options.ports.clock.now().toISOString(),
      steps,
    };
  };
}

interface Run {
  readonly options: InterpreterOptions;
  readonly plan: Plan;
  readonly scope: RunScope;
  readonly records: Map<string, StepRecord>;
  /** The last effect of each digest, so that the next one waits for it. */
  readonly effects: Map<string, Promise<unknown>>;
}

function outcomeOf(
  pipeline: Pipeline,
  at: { readonly steps: Readonly<Record<string, StepRecord>>; readonly cancelled: boolean },
): RunRecord['status'] {
  if (at.cancelled) return 'cancelled';
  const hasFailed = pipeline.steps.some((step) => at.steps[step.id]?.status === 'failed' && !step.continueOnError);
  return hasFailed ? 'failed' : 'succeeded';
}

async function recordStep(step: PipelineStep, run: Run): Promise<StepRecord> {
  const { clock } = run.options.ports;
  const startedAt = clock.now().toISOString();
  const ended = await runStep(step, run);
  return { ...ended, uses: step.uses, startedAt, finishedAt: clock.now().toISOString() };
}

/** The record as the rest of the run sees it, whether it was made now or remembered. */
function noteRecord(record: StepRecord, of: { readonly stepId: string; readonly run: Run }): StepRecord {
  of.run.records.set(of.stepId, record);
  of.run.options.onEvent?.({ kind: 'step-finished', stepId: of.stepId, record });
  return record;
}

type Ended = Pick<StepRecord, 'status' | 'outputs' | 'error' | 'reason' | 'failure'>;

async function runStep(step: PipelineStep, run: Run): Promise<Ended> {
  try {
    if (run.scope.signal.aborted) return skipped('the run was cancelled');
    const unmet = step.needs.find((need) => !hasPassed(need, run));
    if (unmet !== undefined) return skipped(`${unmet} ${run.records.get(unmet)?.status ?? 'did not run'}`);
    const contexts = contextsOf(step, run);
    const reason = step.if === undefined ? undefined : explainCondition(step.if, contexts);
    if (step.if !== undefined && !isTruthy(evaluate(step.if, contexts)))
      return skipped(`its condition is not met: ${reason}`);
    const kind = run.options.kinds[step.uses];
    if (kind === undefined) throw new StepFailure(`Update speechops: it has no step kind ${step.uses}`);
    const settled = settleWith(step.uses, evaluateAll(step.with, contexts) as Readonly<Record<string, PlainValue>>);
    if (settled.problems.length > 0)
      throw new StepFailure(`Correct the settings of ${step.id}: ${settled.problems.join('; ')}`);
    run.options.onEvent?.({ kind: 'step-started', stepId: step.id, ...(reason === undefined ? {} : { reason }) });
    const outcome = await kind.run(
      {
        with: settled.with,
        step: { id: step.id },
        pipeline: pipelineFacts(run.plan.pipeline),
        folder: run.plan.folder,
      },
      stepContext(step, { run, kind }),
    );
    if (outcome.kind === 'skipped') return skipped(outcome.reason);
    return {
      ...(reason === undefined ? {} : { reason }),
      status: outcome.kind === 'reused' ? 'reused' : 'succeeded',
      outputs: outcome.outputs,
    };
  } catch (error) {
    return failed(error, { run, step });
  }
}

/** A step that failed but may has passed, as far as others need it. */
function hasPassed(stepId: string, run: Run): boolean {
  const status = run.records.get(stepId)?.status;
  if (status === 'failed') return run.plan.pipeline.steps.some((step) => step.id === stepId && step.continueOnError);
  return status === 'succeeded' || status === 'reused';
}

function skipped(reason: string): Ended {
  return { status: 'skipped', outputs: {}, reason };
}

function failed(error: unknown, at: { readonly run: Run; readonly step: PipelineStep }): Ended {
  const message = error instanceof Error ? error.message : String(error);
  if (at.run.scope.signal.aborted)
    return { status: 'failed', outputs: {}, error: 'The run was cancelled', failure: 'cancelled' };
  if (error instanceof StepFailure)
    return { status: 'failed', outputs: error.outputs, error: message, failure: 'step' };
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return {
      status: 'failed',
      outputs: {},
      error: `The step did not end within ${at.step.timeoutSeconds} s (timeout)`,
      failure: 'step',
    };
  }
  const refused = error instanceof ServiceError && isRefusal(error);
  return { status: 'failed', outputs: {}, error: message, failure: refused ? 'step' : 'world' };
}

/** The service understood and said no: repeating the same will not help. Credentials and overload are the world's. */
function isRefusal({ status }: ServiceError): boolean {
  return status !== undefined && status >= 400 && status < 500 && ![401, 403, 408, 429].includes(status);
}

function stepContext(step: PipelineStep, at: { readonly run: Run; readonly kind: StepKind }): StepContext {
  const { options, scope, effects } = at.run;
  const since = startOf(step, at.run);
  const limit =
    step.timeoutSeconds === undefined ? [] : [deadlineSignal(timeLeft(step.timeoutSeconds, { since, run: at.run }))];
  const signal = AbortSignal.any([scope.signal, ...limit]);
  return {
    ports: options.ports,
    signal,
    since,
    answer: async (wait) => await scope.wait(step.id, wait),
    report: (message) => options.onEvent?.({ kind: 'step-progress', stepId: step.id, message }),
    async effect<T extends PlainValue>(
      effect: Effect,
      wanted: { readonly digest: string; act(): Promise<T> },
    ): Promise<T> {
      if (!at.kind.effects.includes(effect))
        throw new Error(`Announce ${effect} in the step kind ${step.uses}: a step makes no change it did not announce`);
      const before = effects.get(wanted.digest);
      const result = (async () => {
        await before?.catch(() => undefined);
        signal.throwIfAborted();
        return await wanted.act();
      })();
      effects.set(wanted.digest, result);
      return await result;
    },
  };
}

/** When everything that the step needs had ended, by what is remembered: the same after a restart. */
function startOf(step: PipelineStep, run: Run): string {
  const ends = step.needs.map((need) => run.records.get(need)?.finishedAt ?? '');
  return [run.scope.startedAt, ...ends].toSorted().at(-1) ?? run.scope.startedAt;
}

function timeLeft(seconds: number, of: { readonly since: string; readonly run: Run }): number {
  return Math.max(0, Date.parse(of.since) + seconds * 1000 - of.run.options.ports.clock.now().getTime());
}

function contextsOf(step: PipelineStep, run: Run): Contexts {
  return {
    inputs: inputValues(run.plan.pipeline),
    steps: Object.fromEntries(step.needs.map((id) => [id, { outputs: run.records.get(id)?.outputs ?? {} }])),
    env: run.plan.env,
    matrix: {},
    run: { id: run.scope.runId },
  };
}

function pipelineFacts({ name, locale, project }: Pipeline): PipelineFacts {
  return { name, locale, ...(project === undefined ? {} : { project }) };
}

function evaluateAll(value: PlainValue, contexts: Contexts): PlainValue {
  if (typeof value === 'string') return isTemplate(value) ? evaluate(value, contexts) : value;
  if (Array.isArray(value)) return value.map((item: PlainValue) => evaluateAll(item, contexts));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, evaluateAll(item, contexts)]));
  }
  return value;
}
