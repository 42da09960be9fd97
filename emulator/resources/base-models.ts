import { addressOf } from '../protocol/addresses.ts';
import type { Answer, Call, Operation } from '../protocol/call.ts';
import { type BaseModel, baseModels, findBaseModel } from '../state/models-catalogue.ts';
import { listAnswer, workedProperties } from './list-entities.ts';
import { featuresOf } from './models.ts';
import { notFound, pathId } from './worked-entity.ts';

/** Microsoft's models: they appear when the clock reaches their release and are never worked on. */
export const baseModelOperations: readonly Operation[] = [
  { id: 'Models_ListBaseModels', method: 'GET', path: '/models/base', run: listBaseModels },
  { id: 'Models_GetBaseModel', method: 'GET', path: '/models/base/{id}', run: getBaseModel },
];

function listBaseModels(call: Call): Answer {
  return listAnswer(call, {
    path: '/models/base',
    entities: baseModels(call.resource),
    view: (model) => baseModelView(call, model),
    properties: workedProperties,
  }).answer;
}

function getBaseModel(call: Call): Answer {
  const model = findBaseModel(call.resource.clock.now(), pathId(call));
  if (!model) throw notFound();
  return { status: 200, body: baseModelView(call, model) };
}

function baseModelView(call: Call, { id, generation }: BaseModel) {
  const { adaptationDateTime, transcriptionDateTime, supportsAdaptationsWith, chargeForAdaptation } = generation;
  return {
    self: addressOf(call.origin, `/models/base/${id}`),
    displayName: generation.displayName,
    description: `${generation.locale} base model`,
    locale: generation.locale,
    createdDateTime: generation.createdDateTime,
    lastActionDateTime: generation.createdDateTime,
    status: 'Succeeded',
    links: { manifest: addressOf(call.origin, `/models/base/${id}/manifest`) },
    properties: {
      deprecationDates: { adaptationDateTime, transcriptionDateTime },
      features: { ...featuresOf(generation, { kind: 'base' }), supportsAdaptationsWith },
      chargeForAdaptation,
    },
  };
}
