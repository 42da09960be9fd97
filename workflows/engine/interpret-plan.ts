import { EvaluationSession } from '../expressions/evaluation-session.ts';
import { type PipelineStep, waveOf } from '../language/pipeline.ts';
import { createCombinationGates } from './combination-gates.ts';
import { startDeadline } from '../time/deadline.ts';
import type { Interpreter } from './engine.ts';
import { executeStep } from './execute-step.ts';
import type { StepRecord } from './run-record.ts';
import { maskEvent, maskRecord } from './secrets.ts';
import { endOfTime, type InterpreterOptions, noteRecord, outcomeOf, type RunState } from './run-state.ts';

/**
 * The function that executes plans. A step starts when everything it needs has ended; independent steps run side by side. A step
 * that fails fails the run: steps that need it are skipped, the others continue. Steps under `finally` start when all others have
 * ended, whatever their outcome. A run that is cancelled starts nothing more; interpreted again as a cancelled one, it does its
 * steps under `finally`.
 */
export function createInterpreter(given: InterpreterOptions): Interpreter {
  const options = maskingEvents(given);
  return async (plan, scope) => {
    const { pipeline, hash } = plan;
    const end = endOfTime(pipeline, scope.timedFrom);
    const { clock } = options.ports;
    const deadline = end === undefined ? undefined : startDeadline(end, { clock, until: scope.signal });
    const steps = new Map(pipeline.steps.map((step) => [step.id, step]));
    const state = { options, plan, scope, steps, deadline, firstFailure: undefined, failedFast: new AbortController() };
    const run: RunState = { ...state, records: new Map(), effects: new Map(), session: new EvaluationSession() };
    try {
      await runSteps(run);
    } finally {
      deadline?.stop();
    }
    const { status, error } = outcomeOf(run);
    return {
      runId: scope.runId,
      pipeline: pipeline.name,
      ...(hash === undefined ? {} : { planHash: hash }),
      status,
      ...(error === undefined ? {} : { error }),
      startedAt: scope.startedAt,
      finishedAt: clock.now().toISOString(),
      steps: Object.fromEntries(pipeline.steps.flatMap(({ id }) => entryOf(id, run.records.get(id)))),
    };
  };
}

/** The same options, with events that contain no secret. */
function maskingEvents(options: InterpreterOptions): InterpreterOptions {
  const { secrets, onEvent } = options;
  if (secrets === undefined || onEvent === undefined) return options;
  return { ...options, onEvent: (event) => onEvent(maskEvent(event, secrets)) };
}

function entryOf(id: string, record: StepRecord | undefined): readonly (readonly [string, StepRecord])[] {
  return record === undefined ? [] : [[id, record]];
}

/**
 * Gives every step to the engine at once and in one order, whatever the order they run in. By that order an engine that continues
 * a run finds the results that it remembers.
 */
async function runSteps(run: RunState): Promise<void> {
  const { strategy, layers } = run.plan.pipeline;
  const gates = createCombinationGates(strategy ?? { combinations: [], failFast: true });
  const started = new Map<string, Promise<StepRecord>>();
  const give = (step: PipelineStep, start: Promise<string | undefined>): void => {
    const needs = step.needs.map((need) => started.get(need)).filter((need) => need !== undefined);
    const record = run.scope.step(step.id, async () => {
      const [notBefore] = await Promise.all([start, ...needs]);
      const ended = await executeStep(step, { run, notBefore });
      return run.options.secrets === undefined ? ended : maskRecord(ended, run.options.secrets);
    });
    started.set(
      step.id,
      record.then((ended) => {
        noteRecord(ended, { step, run });
        return ended;
      }),
    );
  };

  const steps = layers.flat().flatMap((id) => run.steps.get(id) ?? []);
  for (const step of steps) {
    if (step.finally !== true && step.takesBack === undefined)
      give(step, step.combination ? gates.pass(step.combination.id) : Promise.resolve(undefined));
  }
  // A wave is taken back when all of it has ended, and ends with its own steps.
  const own = steps.filter(({ takesBack }) => takesBack === undefined);
  const endOfSteps = async (some: readonly PipelineStep[]): Promise<string> =>
    await endOf(some.flatMap((step) => started.get(step.id) ?? []));
  const ofWaves = Map.groupBy(own, ({ combination }) => combination && waveOf(combination));
  const ends = new Map<string | undefined, Promise<string>>();
  for (const step of steps) {
    if (step.takesBack === undefined) continue;
    const wave = step.combination && waveOf(step.combination);
    // One for all steps of a wave: thousands may wait for the same thousands.
    const end = ends.get(wave) ?? endOfSteps(ofWaves.get(wave) ?? []);
    ends.set(wave, end);
    give(step, end);
  }
  const others = endOf([...started.values()]);
  for (const step of steps) if (step.finally === true) give(step, others);

  const copies = Map.groupBy(own, ({ combination }) => combination?.id);
  gates.open((id) => endOfSteps(copies.get(id) ?? []));
  // When the engine gives the run up, no step of it may still be at work after this function.
  await Promise.allSettled(started.values());
  await Promise.all([others, ...started.values()]);
}

/** The time at which the last of these steps had ended. */
async function endOf(steps: readonly Promise<StepRecord>[]): Promise<string> {
  const records = await Promise.all(steps);
  return records.reduce((last, { finishedAt = '' }) => (finishedAt > last ? finishedAt : last), '');
}
