import { EvaluationSession } from '../expressions/evaluation-session.ts';
import { evaluateKnown, type Contexts, type LackingSecret } from '../expressions/expressions.ts';
import { isTemplate, type PlainValue, templatesIn } from '../document/yaml/plain-value.ts';
import { outputAlone, variablesIn } from '../expressions/expression-tree.ts';
import { explainCondition } from '../expressions/explain-condition.ts';
import {
  heardFolders,
  readPaths,
  type Pipeline,
  type PipelineStep,
  usesResource,
  waveOf,
} from '../language/pipeline.ts';
import { resolveSettings } from '../language/resolve-settings.ts';
import { secretVariablesOf } from '../language/variables/secret-variables.ts';
import { dataCheckKey, type DataCheckRequest, type DataPurpose } from './data/data-check.ts';
import type { DataPlaces } from './data/data-places.ts';
import { type Facts } from './facts.ts';
import { localDataKey, type LocalDataRequest } from './data/local-data.ts';
import { entityId, referencesIn } from './identity.ts';
import { datasetOfParts, findAsOne } from './part-sets.ts';
import type { Dataset, DatasetKind } from './speech-entities.ts';
import type { Plan, PlannedFile, PlannedStep } from './plan.ts';
import { resourceOf } from './resources.ts';
import {
  type Bill,
  type BillingInput,
  decidedAtRunTime,
  type MissingObject,
  type PipelineFacts,
  type PlanningKind,
  type StepPlan,
  type StepPlanInput,
  wouldFail,
} from './step-plan.ts';

/** The step kinds by the name that `uses` takes. */
export type PlanningKinds = Readonly<Record<string, PlanningKind>>;

export interface PlanSource {
  readonly pipeline: Pipeline;
  readonly folder: string;
  readonly file?: PlannedFile | undefined;
  readonly target: Plan['target'];
  /** The variables that the pipeline declares, as far as they are set, secret ones too. */
  readonly env: Readonly<Record<string, string>>;
  readonly kinds: PlanningKinds;
}

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

/** The local data that has to be digested before the pipeline can be planned, each once. */
export function localDataOf(source: PlanSource): readonly LocalDataRequest[] {
  const session = new EvaluationSession();
  const requests = source.pipeline.steps.flatMap((step) => {
    const kind = source.kinds[step.uses];
    return kind?.localData?.(knownInput(step, { source, planned: new Map(), session })) ?? [];
  });
  return [...new Map(requests.map((request) => [localDataKey(request), request])).values()];
}

/** The local data that steps would upload, each once for a locale, with what the pipeline does with them. */
export function dataToCheck(source: PlanSource, factsFor: (step: PipelineStep) => Facts): readonly DataCheckRequest[] {
  const session = new EvaluationSession();
  const requests = source.pipeline.steps.flatMap((step): readonly DataCheckRequest[] => {
    const kind = source.kinds[step.uses];
    if (kind?.checkedData === undefined) return [];
    const request = kind.checkedData(knownInput(step, { source, planned: new Map(), session }), factsFor(step));
    return request === undefined ? [] : [{ ...request, ...useOf(step, { source, locale: request.locale }) }];
  });
  return [...Map.groupBy(requests, dataCheckKey).values()].flatMap((same) => {
    const [request] = same;
    if (request === undefined) return [];
    const isOne = same.every(({ purpose }) => purpose === request.purpose);
    return [isOne ? request : { ...request, purpose: undefined }];
  });
}

/** What the pipeline does with the data of a step, and of training data the test sets. */
function useOf(
  step: PipelineStep,
  { source, locale }: { readonly source: PlanSource; readonly locale: string },
): Pick<DataCheckRequest, 'purpose' | 'tests'> {
  const purposes = purposesOf(step, source);
  const [purpose] = purposes;
  const tests = purposes.has('train') ? testDataOf(source, locale) : [];
  return { purpose: purposes.size === 1 ? purpose : undefined, ...(tests.length === 0 ? {} : { tests }) };
}

function purposesOf({ id }: PipelineStep, { pipeline, kinds }: PlanSource): ReadonlySet<DataPurpose> {
  const users = pipeline.steps.filter(({ needs }) => needs.includes(id));
  return new Set(users.flatMap(({ uses }) => kinds[uses]?.dataFor ?? []));
}

/** The local recordings that models of a locale are measured with, each once. */
function testDataOf(source: PlanSource, locale: string): readonly DataPlaces[] {
  const session = new EvaluationSession();
  const tests = source.pipeline.steps.flatMap((step) => {
    const kind = source.kinds[step.uses];
    const isTest = kind?.localData !== undefined && purposesOf(step, source).has('test');
    if (!isTest || (step.locale ?? source.pipeline.locale) !== locale) return [];
    const requests = kind.localData?.(knownInput(step, { source, planned: new Map(), session })) ?? [];
    return requests.filter((request) => request.kind === 'Acoustic');
  });
  return [...new Map(tests.map((request) => [localDataKey(request), request.from])).values()];
}

/** The URLs of data that have to be asked before the pipeline can be planned, each once. */
export function urlsOf(source: PlanSource): readonly string[] {
  const session = new EvaluationSession();
  const urls = source.pipeline.steps.flatMap((step) => {
    const kind = source.kinds[step.uses];
    return kind?.urls?.(knownInput(step, { source, planned: new Map(), session })) ?? [];
  });
  return [...new Set(urls)];
}

/** The release files that have to be read before the pipeline can be planned, each once, by their paths as the pipeline writes them. */
export function releaseFilesOf(source: PlanSource): readonly string[] {
  const session = new EvaluationSession();
  const files = source.pipeline.steps.flatMap(
    (step) => source.kinds[step.uses]?.releaseFile?.(knownInput(step, { source, planned: new Map(), session })) ?? [],
  );
  return [...new Set(files)];
}

/** The folders of smoke audio of the pipeline, each once, as far as their paths are known before the run. */
export function smokeAudioOf(source: Pick<PlanSource, 'pipeline' | 'env'>): readonly string[] {
  return pathsOf(source, heardFolders);
}

/** The files and folders that steps read besides the data of datasets, each once, as far as their paths are known before the run. */
export function readPathsOf(source: Pick<PlanSource, 'pipeline' | 'env'>): readonly string[] {
  return pathsOf(source, readPaths);
}

function pathsOf(
  source: Pick<PlanSource, 'pipeline' | 'env'>,
  writtenIn: (kind: string, settings: PipelineStep['with']) => readonly string[],
): readonly string[] {
  const at: Planning = { source, planned: new Map(), session: new EvaluationSession() };
  const paths = source.pipeline.steps.flatMap((step) => {
    const written = writtenIn(step.uses, step.with);
    if (written.length === 0) return [];
    const known = { contexts: contextsOf(step, at), isKnown: () => false, waitsFor: new Set<string>() };
    return written.map((one) => resolve(one, known));
  });
  return [...new Set(paths.filter((one) => typeof one === 'string'))];
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

/** The locales of the pipeline's steps, each once: the facts of a plan need the base models of all of them. */
export function localesOf(pipeline: Pipeline): readonly string[] {
  return [...new Set([pipeline.locale, ...pipeline.steps.flatMap(({ locale }) => locale ?? [])])];
}

/** The facts of its pipeline that a step sees. */
export function factsOf(pipeline: Pipeline, step: PipelineStep): PipelineFacts {
  const { name, locale, project } = pipeline;
  return { name, locale: step.locale ?? locale, ...(project === undefined ? {} : { project }) };
}

interface Planning {
  readonly source: Pick<PlanSource, 'pipeline' | 'env'>;
  readonly planned: ReadonlyMap<string, PlannedStep>;
  readonly session: EvaluationSession;
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
  const known = Object.entries(step.with).map(([key, value]) => [key, resolve(value, at)] as const);
  return Object.fromEntries(known.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])));
}

/** What is known of a step. */
interface KnownInput extends StepPlanInput<object> {
  /** The first secret variable that is not set and that its settings read. */
  readonly lacks?: LackingSecret;
}

/** The step's settings, as far as they are known before anything has run. */
function knownInput(step: PipelineStep, at: Planning): KnownInput {
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
    const resolved = resolve(value, seen);
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

function resolve(
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
    const items = value.map((item: PlainValue) => resolve(item, at));
    return items.some((item) => item === undefined) ? undefined : items.filter((item) => item !== undefined);
  }
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).map(([key, item]) => [key, resolve(item, at)] as const);
    return entries.some(([, item]) => item === undefined) ? undefined : (Object.fromEntries(entries) as PlainValue);
  }
  return value;
}

/** A step that makes nothing has certain outputs, apart from those that it says; of any other one they are known only after it ran. */
function isDecided([stepId, output]: readonly [stepId: string, output: string], at: Planning): boolean {
  const { action, undecided = [] } = at.planned.get(stepId) ?? {};
  return (action === 'reuse' || action === 'skip') && !undecided.includes(output);
}

/** Of the other steps only those that this one needs: an expression can refer to no other. Most refer to none. */
function contextsOf(step: PipelineStep, { source, planned, session }: Planning): Contexts {
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
