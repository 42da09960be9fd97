import type { Pipeline, PipelineStep } from '../language/pipeline.ts';
import type { PipelineFacts, StepPlanInput } from './step-plan.ts';
import type { Plan, PlanSource, PlannedStep } from './plan.ts';
import { EvaluationSession } from '../expressions/evaluation-session.ts';
import { secretVariablesOf } from '../language/variables/secret-variables.ts';
import { type Contexts, type LackingSecret, evaluateKnown } from '../expressions/expressions.ts';
import { type PlainValue, isTemplate } from '../document/yaml/plain-value.ts';

/** What settings are known from while a plan is made. */
export interface Planning {
  readonly source: Pick<PlanSource, 'pipeline' | 'env'>;
  readonly planned: ReadonlyMap<string, PlannedStep>;
  readonly session: EvaluationSession;
}

/** What is known of a step before it is done. */
export interface KnownInput extends StepPlanInput<object> {
  /** The first secret variable that is not set and that its settings read. */
  readonly lacks?: LackingSecret;
}

/** Each step with what is known of it before anything has run. */
export function knownInputs(
  source: Pick<PlanSource, 'pipeline' | 'env'>,
): readonly { readonly step: PipelineStep; readonly input: KnownInput }[] {
  const session = new EvaluationSession();
  return source.pipeline.steps.map((step) => ({
    step,
    input: knownInput(step, { source, planned: new Map(), session }),
  }));
}

/** The step's settings, as far as they are known before anything has run. */
export function knownInput(step: PipelineStep, at: Planning): KnownInput {
  const waitsFor = new Set<string>();
  const lacking: LackingSecret[] = [];
  const seen = {
    contexts: contextsOf(step, at),
    isKnown: (...output: [string, string]) => isDecided(output, at),
    waitsFor,
    lacking,
  };
  const known: Record<string, PlainValue> = {};
  for (const [key, value] of Object.entries(step.with)) {
    const resolved = knownValue(value, seen);
    if (resolved !== undefined) known[key] = resolved;
  }
  // A step may also wait for others without reading their outputs; only what it reads decides what is known of it.
  return {
    known,
    with: waitsFor.size === 0 ? known : undefined,
    waitsFor: [...waitsFor],
    step: { id: step.id },
    pipeline: factsOf(at.source.pipeline, step),
    ...(lacking[0] === undefined ? {} : { lacks: lacking[0] }),
  };
}

/**
 * A value of a setting as far as it is known: undefined where an expression in it is not, and then `waitsFor` and `lacking` get why.
 */
export function knownValue(
  value: PlainValue,
  at: {
    readonly contexts: Contexts;
    readonly isKnown: (stepId: string, output: string) => boolean;
    readonly waitsFor: Set<string>;
    /** Gets the secret variables that are not set. */
    readonly lacking?: LackingSecret[];
  },
): PlainValue | undefined {
  if (typeof value === 'string') {
    if (!isTemplate(value)) return value;
    const result = evaluateKnown(value, at.contexts, at.isKnown);
    if (result.known) return result.value;
    for (const id of result.waitsFor) at.waitsFor.add(id);
    if (result.lacks !== undefined) at.lacking?.push(result.lacks);
    return undefined;
  }
  if (Array.isArray(value)) {
    const items = value.map((item: PlainValue) => knownValue(item, at));
    return items.some((item) => item === undefined) ? undefined : items.filter((item) => item !== undefined);
  }
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).map(([key, item]) => [key, knownValue(item, at)] as const);
    return entries.some(([, item]) => item === undefined) ? undefined : (Object.fromEntries(entries) as PlainValue);
  }
  return value;
}

/** A step that makes nothing has certain outputs, apart from those that it says; of any other one they are known only after it ran. */
export function isDecided([stepId, output]: readonly [stepId: string, output: string], at: Planning): boolean {
  const { action, undecided = [] } = at.planned.get(stepId) ?? {};
  return (action === 'reuse' || action === 'skip') && !undecided.includes(output);
}

/** Of the other steps only those that this one needs: an expression can refer to no other. Most refer to none. */
export function contextsOf(step: PipelineStep, { source, planned, session }: Planning): Contexts {
  let steps: Contexts['steps'] | undefined;
  return {
    inputs: inputValues(source.pipeline),
    get steps() {
      steps ??= Object.fromEntries(step.needs.map((id) => [id, { outputs: planned.get(id)?.outputs ?? {} }]));
      return steps;
    },
    env: source.env,
    secretVariables: secretsOf(source.pipeline),
    matrix: step.combination?.values ?? {},
    run: {},
    session,
  };
}

/** A step's settings as far as they are known while a run goes on, by the outputs of the steps that have ended. */
export function settingsKnownNow(
  step: PipelineStep,
  run: {
    readonly plan: Plan;
    readonly runId: string;
    readonly ended: Readonly<Record<string, { readonly outputs: Readonly<Record<string, PlainValue>> }>>;
  },
): Readonly<Record<string, PlainValue>> {
  const { plan, runId, ended } = run;
  const contexts: Contexts = {
    inputs: inputValues(plan.pipeline),
    steps: Object.fromEntries(step.needs.map((id) => [id, { outputs: ended[id]?.outputs ?? {} }])),
    env: plan.env,
    secretVariables: secretsOf(plan.pipeline),
    matrix: step.combination?.values ?? {},
    run: { id: runId },
  };
  const at = { contexts, isKnown: (id: string) => Object.hasOwn(ended, id), waitsFor: new Set<string>() };
  const known = Object.entries(step.with).map(([key, value]) => [key, knownValue(value, at)] as const);
  return Object.fromEntries(known.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])));
}

/** The names of secret variables, which are the same for all the steps of a pipeline. */
function secretsOf(pipeline: Pipeline): ReadonlySet<string> {
  let names = secretNamesOf.get(pipeline);
  if (names === undefined) {
    names = new Set(secretVariablesOf(pipeline));
    secretNamesOf.set(pipeline, names);
  }
  return names;
}

/** Gone with the pipelines, as the values of inputs are. */
const secretNamesOf = new WeakMap<Pipeline, ReadonlySet<string>>();

/** The inputs as expressions see them: for all the steps of a pipeline the same mapping. */
export function inputValues({ inputs }: Pipeline): Readonly<Record<string, PlainValue>> {
  let values = valuesOf.get(inputs);
  if (values === undefined) {
    values = Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.value]));
    valuesOf.set(inputs, values);
  }
  return values;
}

/** Gone with the pipelines. */
const valuesOf = new WeakMap<Pipeline['inputs'], Readonly<Record<string, PlainValue>>>();

/** GitHub's rule for `if`: null, false, 0 and the empty string are false. */
export function isTruthy(value: PlainValue): boolean {
  return value !== null && value !== false && value !== 0 && value !== '';
}

/** The facts of its pipeline that a step sees. */
export function factsOf(pipeline: Pipeline, step: PipelineStep): PipelineFacts {
  const { name, locale, project } = pipeline;
  return { name, locale: step.locale ?? locale, ...(project === undefined ? {} : { project }) };
}
