import { assertPlanned, portsOfBound } from './bound-plan.ts';
import { evaluate, EvaluationError, type Contexts } from '../expressions/expressions.ts';
import { isTemplate, type PlainValue } from '../document/yaml/plain-value.ts';
import { explainCondition } from '../expressions/explain-condition.ts';
import { asksPerson, type PipelineStep, takenBackBy, waveOf } from '../language/pipeline.ts';
import { secretVariablesOf } from '../language/variables/secret-variables.ts';
import { resolveSettings } from '../language/resolve-settings.ts';
import { factsOf, inputValues, isTruthy } from '../plan/known-input.ts';
import { resourceOf } from '../plan/resources.ts';
import type { Effect } from '../plan/step-plan.ts';
import { startDeadline, type Deadline } from '../time/deadline.ts';
import { RunCancelled } from './engine.ts';
import { DataError, ServiceError } from './ports.ts';
import { retryDelaySeconds } from './retries/retry-delay.ts';
import { cancelledStep, type StepRecord } from './run-record.ts';
import { Series } from './series.ts';
import { isUnlimited, statusOfSteps, timeUsedUp, type RunState } from './run-state.ts';
import { type Outputs, StepFailure, type StepContext, type StepKind, type StepOutcome } from './step-kind.ts';
import { failureBefore, failureInWave } from './waves.ts';
import { usedByRuns } from './used-by-runs.ts';
import { askedMilliseconds, isRefusal, isUnanswered } from './retries/unanswered.ts';

/** Executes a step whose needs have ended, and returns its record. Every failure is a record, none is thrown. */
export async function executeStep(
  step: PipelineStep,
  { run, notBefore }: { readonly run: RunState; readonly notBefore: string | undefined },
): Promise<StepRecord> {
  const { clock } = run.options.ports;
  run.options.onStep?.(step.id);
  const now = clock.now().toISOString();
  const since = startOf(step, { run, notBefore });
  // A person is waited for by one process after the other.
  const startedAt = asksPerson(step.uses) ? since : now;
  const end = step.timeoutSeconds === undefined ? undefined : Date.parse(since) + step.timeoutSeconds * 1000;
  const deadline = end === undefined ? undefined : startDeadline(end, { clock, until: run.scope.signal });
  const limits = [run.scope.signal, isUnlimited(step) ? undefined : run.deadline?.signal, deadline?.signal];
  const signal = AbortSignal.any(limits.filter((limit) => limit !== undefined));
  const series = new Series();
  const nothing = {
    attempts: 0,
    lastError: undefined,
    isChanging: false,
    changedBefore: undefined,
    leaves: undefined,
    outputsLeft: () => ({}),
  };
  const execution: Execution = { step, run, since, deadline, signal, series, ...nothing };
  const ended = await settle(execution);
  deadline?.stop();
  const attempts = execution.attempts > 1 ? { attempts: execution.attempts } : {};
  const points = series.points();
  const seen = points.length === 0 ? {} : { series: points };
  return { ...ended, ...attempts, ...seen, uses: step.uses, startedAt, finishedAt: clock.now().toISOString() };
}

interface Execution {
  readonly step: PipelineStep;
  readonly run: RunState;
  readonly since: string;
  readonly deadline: Deadline | undefined;
  /** Aborted when the run is cancelled, or when it or the step has used up its time. */
  readonly signal: AbortSignal;
  /** Of all attempts. */
  readonly series: Series;
  attempts: number;
  /** The error of the last attempt that was followed by another one. */
  lastError: unknown;
  /** Whether the attempt that is under way has begun to change something. */
  isChanging: boolean;
  /** See {@link StepContext.changedBefore}. */
  changedBefore: string | undefined;
  /** How the step would leave things if it were ended now: see {@link StepContext.leaving}. */
  leaves: string | undefined;
  /** The outputs that are known then. */
  outputsLeft: () => Outputs;
}

type Ended = Pick<StepRecord, 'status' | 'outputs' | 'error' | 'reason' | 'failure' | 'cutOff'>;

async function settle(execution: Execution): Promise<Ended> {
  try {
    return await runStep(execution);
  } catch (error) {
    return error instanceof Withdrawn ? cutOff(error.message) : failed(error, execution);
  }
}

async function runStep(execution: Execution): Promise<Ended> {
  const { step, run } = execution;
  const omitted = reasonToOmit(step, run);
  if (omitted !== undefined) return omitted;
  const contexts = contextsOf(step, run);
  const reason = step.if === undefined ? whyTakenBack(step, run) : explainCondition(step.if, contexts);
  if (step.if !== undefined && !isTruthy(evaluate(step.if, contexts)))
    return skipped(`its condition is not met: ${reason}`);
  const kind = run.options.kinds[step.uses];
  if (kind === undefined) throw new StepFailure(`Update speechops: it has no step kind ${step.uses}`);
  const settled = resolveSettings(step.uses, evaluateAll(step.with, contexts) as Readonly<Record<string, PlainValue>>);
  if (settled.problems.length > 0)
    throw new StepFailure(`Correct the settings of ${step.id}: ${settled.problems.join('; ')}`);
  run.options.onEvent?.({ kind: 'step-started', stepId: step.id, ...(reason === undefined ? {} : { reason }) });
  const taken = step.takesBack === undefined ? {} : { takesBack: run.records.get(step.takesBack)?.outputs ?? {} };
  const input = { with: settled.with, step: { id: step.id }, pipeline: factsOf(run.plan.pipeline, step), ...taken };
  const context = stepContext(execution, kind);
  const outcome = await withRetries(execution, async () => {
    const whole = { ...input, resource: resourceOf(step, run.plan), folder: run.plan.folder };
    const act = async (): Promise<StepOutcome> => await unlessStuck(kind.run(whole, context), execution);
    return kind.exclusive === undefined ? await act() : await alone(kind.exclusive(whole), { execution, act });
  });
  if (outcome.kind === 'skipped') return skipped(outcome.reason);
  const long = Object.keys(outcome.outputs).find((name) => isTooLong(outcome.outputs[name]));
  if (long !== undefined) {
    const limit = longestOutput.toLocaleString('en-US');
    throw new StepFailure(`Cannot keep the output ${long}: it has more than ${limit} characters`, outcome.outputs);
  }
  return {
    ...(reason === undefined ? {} : { reason }),
    status: outcome.kind === 'reused' ? 'reused' : 'succeeded',
    outputs: outcome.outputs,
  };
}

/** The outcome of `work`. A step that ignores its aborted signal for too long is left behind, and may change nothing any more. */
async function unlessStuck<T>(work: Promise<T>, { run, signal }: Execution): Promise<T> {
  const { promise: stuck, reject } = Promise.withResolvers<never>();
  const settled = new AbortController();
  const onAbort = (): void => {
    const waited = run.options.ports.clock.sleep(windDownSeconds * 1000, settled.signal);
    waited.then(
      () => reject(signal.reason),
      () => undefined,
    );
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true, signal: settled.signal });
  try {
    return await Promise.race([work, stuck]);
  } finally {
    settled.abort();
  }
}

/** How long a step may take to end after its time is used up or the run was cancelled. */
const windDownSeconds = 60;
/** How much of it there is for taking away what the step has made. */
const cleanUpSeconds = 45;

/** In characters: the journal keeps outputs, and expressions read them. */
const longestOutput = 65_536;

function isTooLong(output: string | number | boolean | undefined): boolean {
  return typeof output === 'string' && output.length > longestOutput;
}

function withoutLong(outputs: Outputs): Outputs {
  return Object.fromEntries(Object.entries(outputs).filter(([, output]) => !isTooLong(output)));
}

/** Does `act` while no other run does this to the same Speech resource. */
async function alone(
  what: string,
  { execution, act }: { readonly execution: Execution; act(): Promise<StepOutcome> },
): Promise<StepOutcome> {
  const { run, step, signal } = execution;
  const onBusy = (holder: string | undefined): void => {
    const message = `waiting for ${holder === undefined ? 'another run' : `run ${holder}`}, which is at ${what}`;
    run.options.onEvent?.({ kind: 'step-progress', stepId: step.id, message });
  };
  return await run.scope.alone(`${resourceOf(step, run.plan)} ${what}`, { signal, onBusy, act });
}

/** Why a step must not start, apart from its own condition; undefined when it may. */
function reasonToOmit(step: PipelineStep, run: RunState): Ended | undefined {
  if (run.scope.signal.aborted || (run.scope.isCancelled && step.finally !== true))
    return { ...cancelledStep(step.uses, run.scope.leftBehind[step.id]), cutOff: true };
  if (!isUnlimited(step) && run.deadline?.signal.aborted === true) return cutOff('the run has used up its time');
  const { setAside } = run.options;
  if (setAside?.steps.includes(step.id) === true)
    throw new Error(`Mend what the step does, then resume the run: ${setAside.reason}`);
  if (setAside !== undefined && step.finally !== true) return cutOff('the run was set aside');
  if (step.takesBack !== undefined) return reasonToLeave(step.takesBack, { step, run });
  const earlier = failureBefore(step, run);
  if (earlier !== undefined) return cutOff(earlier);
  const failure = whyFailedFast(step, run);
  if (failure !== undefined) return cutOff(failure);
  const unmet = step.needs.find((need) => !hasPassed(need, { step, run }));
  return unmet === undefined ? undefined : skipped(`${unmet} ${run.records.get(unmet)?.status ?? 'did not run'}`);
}

/** Why a step has nothing to take back; undefined when it has. */
function reasonToLeave(
  taken: string,
  { step, run }: { readonly step: PipelineStep; readonly run: RunState },
): Ended | undefined {
  const { combination } = step;
  if (combination === undefined || failureInWave(waveOf(combination), run) === undefined)
    return skipped(`${taken} stays: its wave has ended well`);
  const record = run.records.get(taken);
  const by = takenBackBy(step.uses);
  // One that failed has taken itself back, where it could.
  if (record?.outputs[by?.when ?? ''] !== true)
    return skipped(
      record?.status === 'succeeded'
        ? `${taken} stays: it has changed nothing that could be taken back`
        : `${taken} ${record?.status ?? 'did not run'}`,
    );
  const outputs = Object.values(by?.outputs ?? {});
  const isLacking = outputs.some((name) => (record.outputs[name] ?? '') === '');
  return isLacking ? skipped(`${taken} stays: there was nothing before it to go back to`) : undefined;
}

function whyTakenBack({ takesBack, combination }: PipelineStep, run: RunState): string | undefined {
  if (takesBack === undefined || combination === undefined) return undefined;
  return failureInWave(waveOf(combination), run);
}

/** The failure that keeps a step from starting, and a person from being asked; undefined when none does. */
function whyFailedFast(step: PipelineStep, { firstFailure, plan }: RunState): string | undefined {
  if (step.combination === undefined || firstFailure === undefined) return undefined;
  // The wave is taken back, whatever anybody answers.
  const asksInVain = asksPerson(step.uses) && plan.pipeline.strategy?.waves !== undefined;
  const isOwn = step.combination.id === firstFailure.combination?.id;
  return isOwn && !asksInVain ? undefined : `${firstFailure.id} failed (fail-fast)`;
}

/** A question is not asked any more, because no answer would matter. */
class Withdrawn extends Error {
  override readonly name = 'Withdrawn';
}

/** The decision of a person about the step; rejects with a {@link Withdrawn} once a failure has ended what the step is about. */
async function decision(
  wait: Parameters<StepContext['decision']>[0],
  { step, run, signal }: Execution,
): Promise<PlainValue | undefined> {
  const { failedFast, scope } = run;
  const withdrawal = new AbortController();
  const withdraw = (): void => {
    const failure = whyFailedFast(step, run);
    if (failure !== undefined) withdrawal.abort(new Withdrawn(`${failure}, and no answer is waited for any more`));
  };
  failedFast.signal.addEventListener('abort', withdraw, { once: true });
  // A step that is tried again asks once more, maybe after the failure.
  withdraw();
  try {
    return await scope.wait(step.id, { ...wait, signal: AbortSignal.any([signal, withdrawal.signal]) });
  } finally {
    failedFast.signal.removeEventListener('abort', withdraw);
  }
}

/**
 * Whether a step that needs this one may start. A step that failed and may fail has passed. A step under `finally` needs no
 * success of steps that are not.
 */
function hasPassed(need: string, { step, run }: { readonly step: PipelineStep; readonly run: RunState }): boolean {
  const needed = run.steps.get(need);
  if (step.finally === true && needed?.finally !== true) return true;
  const status = run.records.get(need)?.status;
  return status === 'failed' ? needed?.continueOnError === true : status === 'succeeded' || status === 'reused';
}

function skipped(reason: string): Ended {
  return { status: 'skipped', outputs: {}, reason };
}

function cutOff(reason: string): Ended {
  return { ...skipped(reason), cutOff: true };
}

/** Repeats `act` after failures of the kinds that the step names, as long as there is time. */
async function withRetries(execution: Execution, act: () => Promise<StepOutcome>): Promise<StepOutcome> {
  const { step, run, signal } = execution;
  for (;;) {
    execution.attempts += 1;
    try {
      return await act();
    } catch (error) {
      const { retry } = step;
      if (retry === undefined || error instanceof Withdrawn || execution.attempts >= retry.attempts || signal.aborted)
        throw error;
      if (!retry.on.includes(whoseFailure(error))) throw error;
      execution.lastError = error;
      const { attempts } = execution;
      if (execution.isChanging) execution.changedBefore = `attempt ${attempts} has ended so: ${messageOf(error)}`;
      execution.isChanging = false;
      // What this attempt has come to holds until the next one notes something else.
      const outputs = error instanceof StepFailure ? error.outputs : {};
      if (Object.keys(outputs).length > 0) execution.outputsLeft = () => outputs;
      const own = retryDelaySeconds(retry, { runId: run.scope.runId, stepId: step.id, attempt: attempts });
      const seconds = Math.max(own, askedMilliseconds(error) / 1000);
      const message = `attempt ${attempts} of ${retry.attempts} failed: ${messageOf(error)}; again in ${seconds.toFixed(1)} s`;
      run.options.onEvent?.({ kind: 'step-progress', stepId: step.id, message });
      await run.options.ports.clock.sleep(seconds * 1000, signal);
    }
  }
}

function failed(error: unknown, execution: Execution): Ended {
  const { run, lastError, leaves } = execution;
  const left = withoutLong(execution.outputsLeft());
  const state = leaves === undefined ? '' : `; ${leaves}`;
  if (run.scope.signal.aborted)
    return { status: 'failed', outputs: left, error: `The run was cancelled${state}`, failure: 'cancelled' };
  const failure = { status: 'failed', outputs: left, failure: 'step' } as const;
  if (error instanceof StepFailure) {
    const outputs = Object.keys(error.outputs).length === 0 ? left : withoutLong(error.outputs);
    return { ...failure, outputs, error: messageOf(error) };
  }
  const timedOut = timeLimit(execution);
  if (timedOut === undefined) return { ...failure, error: messageOf(error), failure: whoseFailure(error) };
  // The service did not answer in time, which says nothing about what the step is for.
  if (isUnanswered(error)) return { ...failure, error: `${timedOut}: ${messageOf(error)}`, failure: 'world' };
  const before = lastError === undefined ? '' : `; the last attempt that failed: ${messageOf(lastError)}`;
  return { ...failure, error: `${timedOut}${before}${state}` };
}

/** The message about the time limit that has ended the step, if one has. */
function timeLimit({ run, step, deadline }: Execution): string | undefined {
  if (deadline?.signal.aborted === true) return `The step did not end within ${step.timeoutSeconds} s (timeout)`;
  const isRunOver = !isUnlimited(step) && run.deadline?.signal.aborted === true;
  return isRunOver ? timeUsedUp(run.plan.pipeline) : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function whoseFailure(error: unknown): 'step' | 'world' {
  if (error instanceof StepFailure || error instanceof DataError || error instanceof EvaluationError) return 'step';
  // A file whose address has ended has another one the next time.
  if (error instanceof ServiceError && error.isFile) return 'world';
  return isRefusal(error) ? 'step' : 'world';
}

function stepContext(execution: Execution, kind: StepKind): StepContext {
  const { step, run, since, signal, series } = execution;
  const { options, scope, effects } = run;
  const plain = portsOfBound(options.portsOf?.(step) ?? options.ports, run.plan);
  const ports = options.ownership?.portsFor(plain, async () => await scope.assertOwned()) ?? plain;
  const assertAnnounced = (effect: Effect): void => {
    if (!kind.effects.includes(effect))
      throw new Error(`Announce ${effect} in the step kind ${step.uses}: a step makes no change it did not announce`);
  };
  return {
    ports,
    signal,
    runId: scope.runId,
    startedAt: scope.startedAt,
    get changedBefore() {
      return execution.changedBefore;
    },
    since,
    ...usedByOthers(run),
    decision: async (wait) => await decision(wait, execution),
    leaving(state, outputs) {
      execution.leaves = state;
      scope.leaving(step.id, state === undefined ? undefined : (options.secrets?.mask(state) ?? state));
      if (outputs !== undefined) execution.outputsLeft = outputs;
    },
    sample: (point) => series.add(point),
    report: (message) => options.onEvent?.({ kind: 'step-progress', stepId: step.id, message }),
    async effect<T extends PlainValue>(
      effect: Effect,
      wanted: { readonly digest: string; act(): Promise<T> },
    ): Promise<T> {
      assertAnnounced(effect);
      assertPlanned(effect, { plan: run.plan, stepId: step.id });
      execution.isChanging = true;
      const place = `${resourceOf(step, run.plan)} ${wanted.digest}`;
      const before = effects.get(place);
      const result = (async () => {
        await before?.catch(() => undefined);
        await scope.assertOwned();
        signal.throwIfAborted();
        return await wanted.act();
      })();
      effects.set(place, result);
      return await result;
    },
    async cleanUp(effect, act) {
      assertAnnounced(effect);
      const isCancelled = await wasCancelled(run);
      if (!signal.aborted) return await act({ ports, signal });
      const { clock } = options.ports;
      const end = clock.now().getTime() + cleanUpSeconds * 1000;
      const deadline = startDeadline(end, { clock, until: new AbortController().signal });
      try {
        // A cancelled run owns nothing any more; that no other run is at the same place is what the step still has.
        return await act({ ports: isCancelled ? plain : ports, signal: deadline.signal });
      } finally {
        deadline.stop();
      }
    },
  };
}

function usedByOthers({ scope, options }: RunState): Pick<StepContext, 'usedByOthers'> {
  const { otherRuns } = scope;
  return otherRuns === undefined ? {} : { usedByOthers: async () => await usedByRuns(otherRuns(), options.kinds) };
}

/** Whether a person has cancelled the run. Rejects when it belongs to another process. */
async function wasCancelled({ scope }: RunState): Promise<boolean> {
  try {
    await scope.assertOwned();
    return false;
  } catch (error) {
    if (scope.signal.reason instanceof RunCancelled) return true;
    throw error;
  }
}

/** When everything that the step waits for had ended. It follows from records, so that a restart changes nothing. */
function startOf(
  step: PipelineStep,
  { run, notBefore = '' }: { readonly run: RunState; readonly notBefore: string | undefined },
): string {
  const ends = step.needs.map((need) => run.records.get(need)?.finishedAt ?? '');
  return [run.scope.timedFrom, notBefore, ...ends].toSorted().at(-1) ?? run.scope.timedFrom;
}

function contextsOf(step: PipelineStep, run: RunState): Contexts {
  return {
    inputs: inputValues(run.plan.pipeline),
    steps: Object.fromEntries(step.needs.map((id) => [id, { outputs: run.records.get(id)?.outputs ?? {} }])),
    ...variablesOf(run),
    matrix: step.combination?.values ?? {},
    run: { id: run.scope.runId, ...(step.finally === true ? { status: statusOfSteps(run) } : {}) },
    session: run.session,
  };
}

/** The variables of the plan, and the secret ones as this process has them: a plan never has these. */
function variablesOf({ plan, options }: RunState): Pick<Contexts, 'env' | 'secretVariables'> {
  const names = secretVariablesOf(plan.pipeline);
  const secrets = names.flatMap((name) => {
    const value = options.secrets?.valueOf(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { env: { ...plan.env, ...Object.fromEntries(secrets) }, secretVariables: new Set(names) };
}

function evaluateAll(value: PlainValue, contexts: Contexts): PlainValue {
  if (typeof value === 'string') return isTemplate(value) ? evaluate(value, contexts) : value;
  if (Array.isArray(value)) return value.map((item: PlainValue) => evaluateAll(item, contexts));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, evaluateAll(item, contexts)]));
  }
  return value;
}
