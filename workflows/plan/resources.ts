import { otherResources, type Pipeline, type PipelineStep, usesResource } from '../language/pipeline.ts';
import type { Plan } from './plan.ts';

/**
 * The base URLs of the Speech resources that a pipeline names itself, each once. None when it names none, or an Azure
 * resource id: then the environment says where the resource is.
 */
export function resourcesOf({ resource, steps }: Pipeline): readonly string[] {
  const named = [
    resource,
    ...steps.map((step) => step.resource),
    ...steps.flatMap((step) => otherResources(step)),
  ].filter((name) => name !== undefined);
  return [...new Set(named.filter((name) => URL.canParse(name)))];
}

/** Whether steps of the pipeline work where neither it nor they say where: on the resource of the environment. */
export function needsEnvironment({ resource, steps }: Pipeline): boolean {
  const isNamed = resource !== undefined && URL.canParse(resource);
  return !isNamed && steps.some((step) => step.resource === undefined && usesResource(step.uses));
}

/** Where a step works: a base URL, or the embedded emulator, which takes the place of every other resource. */
export function resourceOf(step: Pick<PipelineStep, 'resource'>, { target }: Pick<Plan, 'target'>): string {
  return target === 'embedded-emulator' ? target : (step.resource ?? target.endpoint);
}
