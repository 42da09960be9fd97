import { entityId } from '../../workflows/plan/identity.ts';
import { sameModel } from '../../workflows/plan/models.ts';
import type { PlainValue } from '../../workflows/document/yaml/plain-value.ts';
import type { Pipeline, PipelineStep } from '../../workflows/language/pipeline.ts';
import type { Endpoint } from '../../workflows/plan/speech-entities.ts';
import type { Consumers } from '../api/deployment.ts';
import { namedObject } from './lives.ts';
import { placesOf, type ReleaseFile } from './history/release-history.ts';
import { snippetsOf } from './snippets.ts';
import type { Objects } from './snapshots.ts';
import type { PortalSources, ResourceSource } from './sources.ts';

/** Who uses an endpoint by its id or name, and the model that it serves by its id. */
export async function consumersOf(
  endpoint: Endpoint,
  at: {
    readonly sources: Pick<PortalSources, 'repository'>;
    readonly resource: ResourceSource;
    readonly objects: Objects;
    readonly releaseFile: ReleaseFile | undefined;
  },
): Promise<Consumers> {
  const { sources, objects, releaseFile } = at;
  const id = entityId(endpoint.self);
  const model = endpoint.model?.self;
  const ids = [id, ...(model === undefined ? [] : [entityId(model).replace(/^base\//, '')])];
  const [pipelines, places] = await Promise.all([
    sources.repository.pipelines().catch(() => []),
    placesOf(ids, sources.repository),
  ]);
  return {
    steps: pipelines.flatMap(({ file, pipeline, lines }) => {
      if (pipeline === undefined) return [];
      return pipeline.steps.flatMap((step) => {
        if (!isOfResource(step, { pipeline, resource: at.resource })) return [];
        const does = whatStepDoes(step, { pipeline, endpoint, ids });
        const line = lines.get(step.id);
        if (does === undefined) return [];
        return [{ file, ...(line !== undefined && { line }), pipeline: pipeline.name, step: step.id, does }];
      });
    }),
    places: places
      .filter(({ file }) => file !== releaseFile?.file)
      .slice(0, mostPlaces)
      .map(({ file, line, found }) => ({ file, line, id: found })),
    evaluations:
      model === undefined
        ? []
        : objects.evaluations
            .filter(({ model1, model2 }) => sameModel(model1.self, model) || sameModel(model2.self, model))
            .toReversed()
            .map(({ self }) => namedObject(self, objects)),
    endpoints: objects.endpoints
      .filter((one) => one.self !== endpoint.self && model !== undefined && sameModel(one.model?.self ?? '', model))
      .map(({ self }) => namedObject(self, objects)),
    snippets: snippetsOf(endpoint, at.resource),
  };
}

const mostPlaces = 200;

/** A step of a pipeline for another Speech resource may name an endpoint of the same name there. */
function isOfResource(
  step: PipelineStep,
  { pipeline, resource }: { readonly pipeline: Pipeline; readonly resource: ResourceSource },
): boolean {
  const named = step.resource ?? pipeline.resource ?? '';
  if (!URL.canParse(named) || !URL.canParse(resource.endpoint)) return true;
  return new URL(named).origin === new URL(resource.endpoint).origin;
}

/** What a step does with an endpoint, as the end of a sentence; undefined when it does not name it. */
function whatStepDoes(
  step: PipelineStep,
  {
    pipeline,
    endpoint,
    ids,
  }: { readonly pipeline: Pipeline; readonly endpoint: Endpoint; readonly ids: readonly string[] },
): string | undefined {
  const [id = '', model] = ids;
  const isHere = (step.locale ?? pipeline.locale).toLowerCase() === endpoint.locale.toLowerCase();
  const names = [id, ...(isHere ? [endpoint.displayName] : [])];
  const { endpoint: named } = step.with;
  if (typeof named === 'string' && names.includes(named)) return `${step.uses === 'swap' ? 'swaps' : 'works on'} it`;
  const texts = textsIn(step.with);
  if (texts.some((text) => names.some((name) => text === `endpoint/${name}`))) return 'takes the model that it serves';
  if (texts.some((text) => text.toLowerCase().includes(id))) return 'has its id';
  if (model !== undefined && texts.some((text) => text.toLowerCase().includes(model))) return 'has the id of its model';
  return undefined;
}

function textsIn(value: PlainValue): readonly string[] {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap((part: PlainValue) => textsIn(part));
}
