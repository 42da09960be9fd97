import { templatesIn } from '../document/yaml/plain-value.ts';
import { outputsIn } from '../expressions/expression-tree.ts';
import { asksPerson, type Pipeline, type PipelineStep } from '../language/pipeline.ts';
import type { Entity } from './speech-entities.ts';
import { digestProperty } from './identity.ts';
import type { Plan, PlannedStep } from './plan.ts';
import type { Effect, PlanningKind } from './step-plan.ts';

/** The entry of an object's customProperties that says of which trial it is. A trial removes it when it ends. */
export const trialProperty = 'speechops-trial';

/** What a trial may make: nothing that a caller of an endpoint could notice. */
const effectsOfTrials: ReadonlySet<Effect> = new Set([
  'create-project',
  'store-content',
  'create-dataset',
  'upload-content',
  'delete-dataset',
  'create-model',
  'create-evaluation',
]);

/**
 * The part of a plan that the process of `plan --evaluate` does before a merge, to measure what the rest would decide by. A step of it
 * changes no endpoint, asks and tells nobody, lacks no variable, and needs no other steps than such, or those that tell people. What the
 * service makes for it is in a project of its own. Undefined when nothing is measured.
 */
export function trialOf(
  plan: Plan,
  { id, kinds }: { readonly id: string; readonly kinds: Readonly<Record<string, PlanningKind>> },
): Plan | undefined {
  const { pipeline } = plan;
  const kept = new Map<string, PipelineStep>();
  /** The steps that only tell people, with what is to end before them. */
  const untold = new Map<string, readonly string[]>();
  const byId = new Map(pipeline.steps.map((step) => [step.id, step]));
  const lacking = new Set(lackingOfTrial(plan, kinds).map((step) => step.id));
  for (const stepId of pipeline.layers.flat()) {
    const step = byId.get(stepId);
    if (step === undefined) continue;
    const needs = needsOfTrial(step, untold);
    if (!needs.every((need) => kept.has(need))) continue;
    if (onlyTells(step, kinds)) untold.set(stepId, needs);
    else if (mayBeTried(step, kinds) && !lacking.has(stepId)) kept.set(stepId, { ...step, needs });
  }
  const steps = pipeline.steps.flatMap(({ id: stepId }) => kept.get(stepId) ?? []);
  if (!steps.some(({ uses }) => kinds[uses]?.effects.includes('create-evaluation'))) return undefined;
  const layers = pipeline.layers.map((layer) => layer.filter((stepId) => kept.has(stepId)));
  return {
    ...plan,
    pipeline: {
      ...withoutTurn(pipeline),
      project: `${pipeline.project ?? pipeline.name}, trial ${id}`.slice(-mostCharacters),
      steps,
      layers: layers.filter((layer) => layer.length > 0),
    },
    steps: plan.steps.filter((step) => kept.has(step.id)),
  };
}

/** What is to end before a step: in place of a step that only tells people what that needs, unless its outputs are read. */
function needsOfTrial(
  { needs, with: settings, if: condition }: PipelineStep,
  untold: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  if (!needs.some((need) => untold.has(need))) return needs;
  const read = new Set(
    templatesIn([settings, condition ?? '']).flatMap((text) => outputsIn(text).map(({ stepId }) => stepId)),
  );
  return [...new Set(needs.flatMap((need) => (read.has(need) ? need : (untold.get(need) ?? need))))];
}

/** Whether a step tells people, and nothing else: one with a condition also says whether the steps that need it are done. */
function onlyTells(
  { uses, if: condition, finally: isFinally }: PipelineStep,
  kinds: Readonly<Record<string, PlanningKind>>,
): boolean {
  if (condition !== undefined || isFinally === true || asksPerson(uses)) return false;
  return kinds[uses]?.effects.length === 0;
}

/** The steps that a trial would do, and cannot, because variables are not set in the environment. */
export function lackingOfTrial(
  { pipeline, steps }: Plan,
  kinds: Readonly<Record<string, PlanningKind>>,
): readonly PlannedStep[] {
  const tried = new Set(pipeline.steps.flatMap((step) => (mayBeTried(step, kinds) ? [step.id] : [])));
  return steps.filter(({ id, unset }) => unset !== undefined && tried.has(id));
}

/** As many as the schema of a pipeline allows. */
const mostCharacters = 256;

/** A trial may go on beside a run. */
function withoutTurn(pipeline: Pipeline): Pipeline {
  const { concurrency: _, ...rest } = pipeline;
  return rest;
}

function mayBeTried(step: PipelineStep, kinds: Readonly<Record<string, PlanningKind>>): boolean {
  const kind = kinds[step.uses];
  // What makes nothing measures nothing: it asks or tells people.
  if (kind === undefined || step.finally === true || kind.effects.length === 0) return false;
  return kind.effects.every((effect) => effectsOfTrials.has(effect));
}

/** The trial that an object is of; undefined for what stays. */
export function trialOfObject({ customProperties }: Pick<Entity, 'customProperties'>): string | undefined {
  return customProperties?.[trialProperty];
}

/** The custom properties of an object of a trial: a run must not find it by its digest, because it will be gone. */
export function markedForTrial(
  properties: Readonly<Record<string, string>> = {},
  id: string,
): Readonly<Record<string, string>> {
  const { [digestProperty]: digest, ...rest } = properties;
  return { ...rest, [trialProperty]: id, ...(digest === undefined ? {} : { [digestProperty]: `trial ${digest}` }) };
}

/** An object as a trial itself sees it: its own are as those of a run, so that it finds them; others are as they are. */
export function seenInTrial<E extends Entity>(entity: E, id: string): E {
  if (trialOfObject(entity) !== id) return entity;
  const { [trialProperty]: _, [digestProperty]: digest, ...rest } = entity.customProperties ?? {};
  return {
    ...entity,
    customProperties: {
      ...rest,
      ...(digest === undefined ? {} : { [digestProperty]: digest.replace(/^trial /, '') }),
    },
  };
}
