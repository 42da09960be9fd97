import type { Dataset, DatasetKind } from './speech-entities.ts';
import type { Facts } from './facts.ts';
import type { Plan, PlanSource, PlannedStep } from './plan.ts';
import { EvaluationSession } from '../expressions/evaluation-session.ts';
import { datasetOfParts, findAsOne } from './part-sets.ts';
import { entityId, referencesIn } from './identity.ts';
import { evaluateKnown } from '../expressions/expressions.ts';
import { explainCondition } from '../expressions/explain-condition.ts';
import { localDataKey } from './data/local-data.ts';
import { outputAlone, variablesIn } from '../expressions/expression-tree.ts';
import { resolveSettings } from '../language/resolve-settings.ts';
import { resourceOf } from './resources.ts';
import { secretVariablesOf } from '../language/variables/secret-variables.ts';
import {
  type Bill,
  type BillingInput,
  type MissingObject,
  type PlanningKind,
  type StepPlan,
  type StepPlanInput,
  decidedAtRunTime,
  wouldFail,
} from './step-plan.ts';
import { type KnownInput, type Planning, contextsOf, isDecided, isTruthy, knownInput } from './known-input.ts';
import { type Pipeline, type PipelineStep, usesResource, waveOf } from '../language/pipeline.ts';
import { type PlainValue, isTemplate, templatesIn } from '../document/yaml/plain-value.ts';

/**
 * The plan of a run, from the pipeline and the facts: pure. A step whose condition or settings wait for the
 * output of a step that has still to run is decided at run time, and the plan says what it may do then. `facts` are of the
 * one Speech resource, or of the resource of each step. Throws an `EvaluationError` for an expression that has no value, or
 * too large a one.
 */
export function planPipeline(
  source: PlanSource,
  facts: Facts | ((step: Pick<PipelineStep, 'resource'>) => Facts),
): Plan {
  const inUse = new Set<string>();
  const plan = planSteps(source, { facts, inUse });
  // What steps use that come later is known once all are planned.
  return source.pipeline.steps.some(({ uses }) => source.kinds[uses]?.spares)
    ? withUnknownUses(planSteps(source, { facts, inUse }), source)
    : plan;
}

/** A plan whose steps that delete say that they may spare some of it: what another step uses is not known without its variables. */
function withUnknownUses(plan: Plan, { kinds }: PlanSource): Plan {
  const users = plan.steps.filter(({ uses, unset }) => unset !== undefined && usesResource(uses));
  if (users.length === 0) return plan;
  const variables = new Set(users.flatMap(({ unset = [] }) => unset));
  const unless = `, but nothing that ${users.map(({ id }) => id).join(' or ')} will use, which is not known without ${[...variables].join(' and ')}`;
  const mayBeSpared = ({ uses, action }: PlannedStep): boolean => action === 'delete' && kinds[uses]?.spares === true;
  return {
    ...plan,
    steps: plan.steps.map((step) => (mayBeSpared(step) ? { ...step, summary: `${step.summary}${unless}` } : step)),
  };
}

/** Plans all steps, and adds to `inUse` what those find and use that may not be spared by others. */
function planSteps(
  source: PlanSource,
  {
    facts,
    inUse,
  }: { readonly facts: Facts | ((step: Pick<PipelineStep, 'resource'>) => Facts); readonly inUse: Set<string> },
): Plan {
  const planned = new Map<string, PlannedStep>();
  const byId = new Map(source.pipeline.steps.map((step) => [step.id, step]));
  const session = new EvaluationSession();
  const made = new Set<string>();
  const settled = new Map<string, PipelineStep>();
  for (const id of source.pipeline.layers.flat()) {
    const step = byId.get(id);
    if (step === undefined) continue;
    const seen = typeof facts === 'function' ? facts(step) : facts;
    if (step.takesBack !== undefined) {
      planned.set(id, planTakingBack(step, { source, planned }));
      continue;
    }
    const input: KnownInput = {
      ...knownInput(step, { source, planned, session }),
      resource: resourceOf(step, source),
      factsAt: (other) => (typeof facts === 'function' ? facts({ resource: other }) : facts),
      inUse,
    };
    const plan = planStep(step, { source, input, facts: seen, planned, byId, session, made });
    const kind = source.kinds[step.uses];
    if (kind?.spares !== true) {
      // A step whose condition is decided at run time finds then what it would find now.
      const { outputs } = plan.action === 'at-run-time' && kind !== undefined ? kind.plan(input, seen) : plan;
      for (const used of idsIn([input.known as PlainValue, outputs])) inUse.add(used);
    }
    const makes = kind?.makes?.(input, seen);
    const settings = kind?.settle?.(input, seen) as PipelineStep['with'] | undefined;
    if (settings !== undefined) settled.set(id, { ...step, with: { ...step.with, ...settings } });
    const isMadeBefore = makes !== undefined && made.has(placeOf(makes, { step, source }));
    const billed = billsOf(step, { plan, input, facts: seen, source, planned, byId, session });
    // What is there every month from then on is made once, whichever of several steps makes it.
    const bills = isMadeBefore ? billed.filter(({ per }) => per === 'once') : billed;
    if (makes !== undefined && plan.action !== 'skip') made.add(placeOf(makes, { step, source }));
    const isSettled = plan.action === 'skip' || plan.action === 'reuse' || plan.action === 'fail';
    const reviewed = isSettled ? undefined : kind?.reviewed?.(input, seen);
    const summary = `${whenOf(step, source.pipeline)}${plan.summary}`;
    const resource = usesResource(step.uses) ? { resource: resourceOf(step, source) } : {};
    const restsOn = plan.action === 'skip' ? {} : (kind?.restsOn?.(input, seen) ?? {});
    const rests = Object.keys(restsOn).length === 0 ? {} : { restsOn };
    const changes = plan.effects.length > 0 && plan.action !== 'delete';
    const endpointChange = changes ? kind?.endpointChange?.(input, seen) : undefined;
    planned.set(id, {
      id,
      name: step.name,
      uses: step.uses,
      ...resource,
      ...plan,
      summary,
      ...rests,
      ...(endpointChange === undefined ? {} : { endpointChange }),
      ...(bills.length === 0 ? {} : { bills }),
      ...(reviewed && { reviewed }),
    });
  }
  const steps = source.pipeline.steps.map((step) => settled.get(step.id) ?? step);
  return {
    pipeline: { ...source.pipeline, steps },
    folder: source.folder,
    ...(source.file === undefined ? {} : { file: source.file }),
    target: source.target,
    env: withoutSecrets(source),
    steps: source.pipeline.steps.map((step) => planned.get(step.id)).filter((step) => step !== undefined),
  };
}

/** The ids of the objects that texts in a value name. */
function idsIn(value: PlainValue): readonly string[] {
  if (typeof value === 'string') return referencesIn(value).map(entityId);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(idsIn) : [];
}

/** When a step is done, where that is not when all that it needs has finished. */
function whenOf({ finally: isFinally, combination }: PipelineStep, { strategy }: Pipeline): string {
  if (isFinally === true) return 'in every outcome: ';
  return strategy?.waves === undefined || combination === undefined ? '' : `wave ${waveOf(combination)}: `;
}

/** The plan of a step that takes another one back when their wave fails. */
function planTakingBack(
  { id, name, uses, takesBack = '', resource, combination }: PipelineStep,
  { source, planned }: { readonly source: PlanSource; readonly planned: ReadonlyMap<string, PlannedStep> },
): PlannedStep {
  const action = planned.get(takesBack)?.action;
  const changes = action === 'create' || action === 'update' || action === 'at-run-time';
  const wave = combination === undefined ? '' : waveOf(combination);
  const { effects = [] } = source.kinds[uses] ?? {};
  return {
    id,
    name,
    uses,
    resource: resourceOf(resource === undefined ? {} : { resource }, source),
    ...(changes
      ? decidedAtRunTime(`if wave ${wave} fails: take ${takesBack} back`, { effects })
      : skip(`${takesBack} changes nothing`)),
  };
}

/** A plan is kept and shown. */
function withoutSecrets({ pipeline, env }: PlanSource): Plan['env'] {
  const secret = new Set(secretVariablesOf(pipeline));
  return Object.fromEntries(Object.entries(env).filter(([name]) => !secret.has(name)));
}

function planStep(
  step: PipelineStep,
  at: Planning & {
    readonly source: PlanSource;
    readonly input: KnownInput;
    readonly facts: Facts;
    readonly byId: ReadonlyMap<string, PipelineStep>;
    /** The objects that the steps before this one would make, each with its resource. */
    readonly made: ReadonlySet<string>;
  },
): StepPlan {
  const kind = at.source.kinds[step.uses];
  if (kind === undefined) throw new Error(`Register the step kind ${step.uses}: the pipeline uses it`);
  // `finally` does without the outputs of a step that is skipped.
  const isWithout = (need: string): boolean => step.finally === true && at.byId.get(need)?.finally !== true;
  const skipped = step.needs.find((need) => at.planned.get(need)?.action === 'skip' && !isWithout(need));
  if (skipped !== undefined) return skip(`${skipped} is skipped`);
  const { input } = at;
  const lack = kind.lacks?.(input, at.facts);
  const isLacking = lack !== undefined && !at.made.has(placeOf(lack, { step, source: at.source }));
  const fault = isLacking ? wouldFail(lack.message) : failureWithoutVariables(step, at);
  let met: Pick<StepPlan, 'condition'> = {};
  if (step.if !== undefined) {
    const condition = evaluateKnown(step.if, contextsOf(step, at), (...output) => isDecided(output, at));
    const explained = explainCondition(step.if, contextsOf(step, at));
    if (condition.known && !isTruthy(condition.value)) return skip(`its condition is not met: ${explained}`);
    // What is lacking is told before anything is paid, and not first when the condition turns out to be met.
    if (!condition.known && fault === undefined) {
      const made = kind.makes?.(input, at.facts);
      const about = [made?.message, deletions(kind, at)].flatMap((one) => (one === undefined ? [] : `; ${one}`));
      const summary = `${step.uses} if ${explained}${about.join('')}`;
      return { ...decidedAtRunTime(summary, { effects: kind.effects }), condition: explained };
    }
    met = { condition: explained };
  }
  if (fault !== undefined) return fault;
  return { ...met, ...kind.plan({ ...input, kindsToCome: kindsToCome(step, at) }, at.facts) };
}

/** What a step would delete that may delete and do nothing else, whether or not its condition will be met: a person sees it before. */
function deletions(
  kind: PlanningKind,
  { input, facts }: { readonly input: StepPlanInput<object>; readonly facts: Facts },
): string | undefined {
  if (kind.effects.length === 0 || !kind.effects.every((effect) => effect.startsWith('delete-'))) return undefined;
  const { action, summary } = kind.plan(input, facts);
  return action === 'delete' ? summary : undefined;
}

/** A step that would fail because settings are not what they have to be without variables that are not set; undefined where it would not. */
function failureWithoutVariables(
  step: PipelineStep,
  { source, input }: { readonly source: PlanSource; readonly input: KnownInput },
): StepPlan | undefined {
  const { lacks } = input;
  // A run is refused without a secret, even for a step that may fail.
  if (lacks !== undefined) return { ...wouldFail(lacks.message), unset: [lacks.variable] };
  // A step that may fail keeps nothing from being done.
  if (step.continueOnError === true) return undefined;
  const { env: declared = {} } = source.pipeline;
  const unset = Object.keys(declared).filter((name) => declared[name]?.secret !== true && !(name in source.env));
  if (unset.length === 0) return undefined;
  const read = new Set(templatesIn(step.with).flatMap(variablesIn));
  const lacking = unset.filter((name) => read.has(name));
  // A condition that reads a variable may leave the step out without it.
  const asked = new Set(variablesIn(step.if ?? ''));
  if (lacking.length === 0 || lacking.some((name) => asked.has(name))) return undefined;
  const { problems } = resolveSettings(step.uses, input.known as Readonly<Record<string, PlainValue>>, {
    partial: input.with === undefined,
  });
  if (problems.length === 0) return undefined;
  const message = `Set ${lacking.join(' and ')} in the environment of the run: without that ${problems.join('; ')}`;
  return { ...wouldFail(message), unset: lacking };
}

/** The kinds of the datasets that a step names and that the steps before it make of local data, each once. */
function kindsToCome(
  step: PipelineStep,
  at: Planning & { readonly source: PlanSource; readonly byId: ReadonlyMap<string, PipelineStep> },
): readonly DatasetKind[] {
  const makers = Object.values(step.with)
    .flat()
    .flatMap((value) => {
      const from = typeof value === 'string' && isTemplate(value) ? outputAlone(value) : undefined;
      return (from && at.byId.get(from.stepId)) ?? [];
    });
  if (makers.length === 0) return [];
  const kinds = makers.flatMap((maker) => at.source.kinds[maker.uses]?.localData?.(knownInput(maker, at)) ?? []);
  return [...new Set(kinds.map(({ kind }) => kind))];
}

/** What the service bills for a step that may make or change something. */
function billsOf(
  step: PipelineStep,
  at: Planning & {
    readonly source: PlanSource;
    readonly plan: StepPlan;
    readonly input: StepPlanInput<object>;
    readonly facts: Facts;
    readonly byId: ReadonlyMap<string, PipelineStep>;
  },
): readonly Bill[] {
  const { plan, input, facts } = at;
  if (plan.action !== 'create' && plan.action !== 'update' && plan.action !== 'at-run-time') return [];
  const about: BillingInput<object> = { plan, written: step.with, hoursOf: (dataset) => hoursOf(dataset, at) };
  return at.source.kinds[step.uses]?.bills?.(input, facts, about) ?? [];
}

/** Of a dataset that the resource has, else of the local data that the step it comes from would make it of. */
function hoursOf(
  reference: string,
  at: Planning & {
    readonly source: PlanSource;
    readonly facts: Facts;
    readonly byId: ReadonlyMap<string, PipelineStep>;
  },
): number | undefined {
  const from = isTemplate(reference) ? outputAlone(reference) : undefined;
  const maker = from && at.byId.get(from.stepId);
  const self = from === undefined ? reference : at.planned.get(from.stepId)?.outputs[from.output];
  const find = (one: string): Dataset | undefined =>
    at.facts.datasets.find((dataset) => entityId(dataset.self) === entityId(one));
  const found = typeof self === 'string' ? findAsOne(self, { find, join: datasetOfParts }) : undefined;
  const milliseconds = found?.properties?.durationMilliseconds;
  if (milliseconds !== undefined) return milliseconds / 3_600_000;
  const requests = (maker && at.source.kinds[maker.uses]?.localData?.(knownInput(maker, at))) ?? [];
  const [seconds, ...others] = requests.map((request) => at.facts.localData[localDataKey(request)]?.seconds);
  return seconds === undefined || others.length > 0 ? undefined : seconds / 3600;
}

/** An object of the resource on which a step works. */
function placeOf(
  { object }: MissingObject,
  { step, source }: { readonly step: PipelineStep; readonly source: PlanSource },
): string {
  return `${resourceOf(step, source)} ${object}`;
}

function skip(summary: string): StepPlan {
  return { action: 'skip', summary, effects: [], outputs: {} };
}
