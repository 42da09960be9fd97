import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { digestProperty, entityId, pipelineProperty } from '../../../workflows/plan/identity.ts';
import { measurementsOf } from '../../../workflows/plan/measurements.ts';
import { baseModelBehind, newestBaseModel, sameModel } from '../../../workflows/plan/models.ts';
import type { BaseModel, CustomModel } from '../../../workflows/plan/speech-entities.ts';
import { type Bill, hoursOfMonth } from '../../../workflows/plan/step-plan.ts';
import type { Measured, Origin } from '../../api/lives.ts';
import { type BaseModelRow, ModelDetail, type ModelRow, Training } from '../../api/training.ts';
import { answer } from '../answer.ts';
import { livesOf, namedObject, newerBaseOf, projectName, stateAt } from '../lives.ts';
import { type PortalContext, PortalProblem, resourceIn } from '../portal-context.ts';
import { costOfBills, pricesHere } from '../prices-here.ts';
import type { ResultsOfRun } from '../history/results-of-runs.ts';
import type { Objects } from '../snapshots.ts';

/** What a Speech resource can train on, and what was trained. */
export function trainingRoutes(app: FastifyInstance, context: PortalContext): void {
  const { repository } = context.sources;
  const params = Type.Object({ resource: Type.String() });
  answer(app, { url: '/api/resources/:resource/training', params, answer: Training }, async (request) => {
    const { objects } = await resourceIn(context, request.params.resource);
    const rowOf = modelRows(objects);
    const typicalSeconds = typicalTraining(objects.models);
    return {
      observedAt: objects.observedAt,
      ...(typicalSeconds !== undefined && { typicalSeconds }),
      baseModels: objects.baseModels
        .map((model) => baseModelRow(model, objects))
        .toSorted((a, b) => a.locale.localeCompare(b.locale) || b.createdAt.localeCompare(a.createdAt)),
      models: objects.models.map(rowOf).toSorted((a, b) => b.createdAt.localeCompare(a.createdAt)),
    };
  });

  const ofModel = Type.Object({ resource: Type.String(), model: Type.String() });
  answer(
    app,
    { url: '/api/resources/:resource/training/models/:model', params: ofModel, answer: ModelDetail },
    async (request) => {
      const { source, objects } = await resourceIn(context, request.params.resource);
      const model = objects.models.find(({ self }) => entityId(self) === request.params.model.toLowerCase());
      if (model === undefined)
        throw new PortalProblem(
          'This model is not there any more: it was deleted, or the address is of another resource',
          {
            status: 404,
          },
        );
      const [prices, runs] = await Promise.all([pricesHere(repository), context.results.read()]);
      const run = runs.find(({ made }) => made.has(entityId(model.self)));
      const cost = costOfBills(billsOf(model, objects), { prices, resource: source.endpoint });
      const pipeline = model.customProperties?.[pipelineProperty] ?? run?.pipeline;
      return {
        observedAt: objects.observedAt,
        model: modelRows(objects)(model),
        ...(pipeline !== undefined && { pipeline }),
        ...(run && { run: run.runId }),
        measured: [...measuredOf(model, objects)],
        lineage: [...lineageOfModel(model, { objects, run })],
        ...(cost && { cost }),
        properties: Object.entries(model.customProperties ?? {}).map(([name, value]) => ({ name, value })),
      };
    },
  );
}

function baseModelRow(model: BaseModel, objects: Objects): BaseModelRow {
  const { self, displayName, locale, createdDateTime, properties } = model;
  const { adaptationDateTime, transcriptionDateTime } = properties?.deprecationDates ?? {};
  const trained = objects.models.filter(({ baseModel }) => sameModel(self, baseModel?.self));
  const serving = [model, ...trained].map((one) => entityId(one.self));
  const newest = newestBaseModel({ ...objects, locale });
  return {
    id: entityId(self),
    name: displayName,
    locale,
    createdAt: createdDateTime,
    ...(adaptationDateTime !== undefined && { trainableUntil: adaptationDateTime }),
    trainableState: stateAt(adaptationDateTime, objects),
    ...(transcriptionDateTime !== undefined && { recognisesUntil: transcriptionDateTime }),
    recognisesState: stateAt(transcriptionDateTime, objects),
    isNewest: newest !== undefined && newest.self === self,
    supportsEndpoints: properties?.features?.supportsEndpoints !== false,
    trainsWith: [...(properties?.features?.supportsAdaptationsWith ?? [])],
    isTrainingCharged: properties?.chargeForAdaptation === true,
    models: trained.length,
    endpoints: objects.endpoints.filter((one) => serving.includes(entityId(one.model?.self ?? ''))).length,
  };
}

function modelRows(objects: Objects): (model: CustomModel) => ModelRow {
  const lifeOf = livesOf(objects);
  const servedBy = Map.groupBy(objects.endpoints, ({ model }) => entityId(model?.self ?? ''));
  return (model) => {
    const { self, displayName, locale, status, createdDateTime, lastActionDateTime, properties } = model;
    const id = entityId(self);
    const project = projectName(model.project, objects);
    const newerBase = newerBaseOf(model, objects);
    const { error, customModelWeightPercent: weightPercent } = properties ?? {};
    return {
      id,
      name: displayName,
      locale,
      status,
      createdAt: createdDateTime,
      lastActionAt: lastActionDateTime,
      ...(error && { error: error.message }),
      ...(project !== undefined && { project }),
      ...(model.baseModel && { base: namedObject(model.baseModel.self, objects) }),
      datasets: (model.datasets ?? []).map((dataset) => {
        const found = objects.datasets.find((one) => entityId(one.self) === entityId(dataset.self));
        const digest = found?.customProperties?.[digestProperty];
        const lines = found?.properties?.acceptedLineCount;
        return {
          ...namedObject(dataset.self, objects),
          kind: found?.kind ?? '',
          ...(digest !== undefined && { digest }),
          ...(lines !== undefined && { lines }),
        };
      }),
      ...(weightPercent !== undefined && { weightPercent }),
      life: lifeOf('custom-model', id),
      endpoints: (servedBy.get(id) ?? []).map((endpoint) => namedObject(endpoint.self, objects)),
      ...(newerBase && { newerBase }),
    };
  };
}

/** The median of the trainings that have succeeded. */
function typicalTraining(models: readonly CustomModel[]): number | undefined {
  const seconds = models
    .filter(({ status }) => status === 'Succeeded')
    .map(
      ({ createdDateTime, lastActionDateTime }) =>
        (Date.parse(lastActionDateTime) - Date.parse(createdDateTime)) / 1000,
    )
    .filter((one) => one > 0)
    .toSorted((a, b) => a - b);
  return seconds[Math.floor((seconds.length - 1) / 2)];
}

/** Its training, where the base model charges it, and the hosting of the endpoints that serve it. */
function billsOf(model: CustomModel, objects: Objects): readonly Bill[] {
  const isCharged = baseModelBehind(model, objects)?.properties?.chargeForAdaptation === true;
  const serving = objects.endpoints.filter((endpoint) => sameModel(model.self, endpoint.model?.self));
  return [
    ...(isCharged ? [{ what: 'its training', for: 'training', per: 'once', expected: 'training' } as const] : []),
    ...serving.map(
      ({ displayName }) =>
        ({ what: `endpoint ${displayName}`, for: 'hosting', hours: hoursOfMonth, per: 'month' }) as const,
    ),
  ];
}

function measuredOf(model: CustomModel, objects: Objects): readonly Measured[] {
  return measurementsOf(objects.evaluations, model.self).map(({ evaluation, measurement: { wer, counts } }) => ({
    evaluation: namedObject(evaluation.self, objects),
    dataset: namedObject(evaluation.dataset.self, objects),
    at: evaluation.createdDateTime,
    rate: wer,
    ...(counts && { words: counts.words, errors: counts.substitutions + counts.deletions + counts.insertions }),
  }));
}

/** What a model was made from, by which run of which commit, and the endpoints that serve it. */
function lineageOfModel(
  model: CustomModel,
  { objects, run }: { readonly objects: Objects; readonly run: ResultsOfRun | undefined },
): readonly Origin[] {
  const id = entityId(model.self);
  const named = (reference: string, kind: Origin['kind'], from: readonly string[]): Origin => ({
    ...namedObject(reference, objects),
    kind,
    from: [...from],
  });
  const before = [
    ...(run?.commit === undefined ? [] : [{ id: 'commit', kind: 'commit', name: run.commit, from: [] } as const]),
    ...(run === undefined
      ? []
      : [{ id: 'run', kind: 'run', name: run.runId, from: run.commit === undefined ? [] : ['commit'] } as const]),
    ...(model.baseModel === undefined ? [] : [named(model.baseModel.self, 'base-model', [])]),
    ...(model.datasets ?? []).map(({ self }) =>
      named(self, 'dataset', run?.made.has(entityId(self)) === true ? ['run'] : []),
    ),
  ];
  const from = before.filter((one) => one.kind !== 'commit').map((one) => one.id);
  const serving = objects.endpoints.filter((endpoint) => sameModel(model.self, endpoint.model?.self));
  return [
    ...before.map((one) => ({ ...one, from: [...one.from] })),
    named(model.self, 'custom-model', from),
    ...serving.map(({ self }) => named(self, 'endpoint', [id])),
  ];
}
