import { sameModel } from '../../../workflows/plan/models.ts';
import { checkPercent, checkReference } from './_checks.ts';
import { workedAttributes } from './_entity-attributes.ts';
import { areSameReferences, type EntityAttributes, isSameReference } from './_entity-members.ts';
import { entityResource } from './_entity-resource.ts';

export const modelAttributes: EntityAttributes = {
  ...workedAttributes('model'),
  base_model: {
    type: 'string',
    presence: 'optional-computed',
    member: 'baseModel.self',
    replaces: true,
    isSame: isSameReference,
    check: checkReference('base model'),
    description: 'self of the base model to adapt',
    whenLeftOut: 'the newest of the locale when it is created',
  },
  datasets: {
    type: { set: 'string' },
    presence: 'required',
    member: 'datasets[].self',
    replaces: true,
    isSame: areSameReferences,
    check: checkReference('dataset'),
    description: 'self of each dataset to train with',
  },
  custom_model_weight_percent: {
    type: 'number',
    presence: 'optional-computed',
    member: 'properties.customModelWeightPercent',
    replaces: true,
    check: checkPercent,
    description: 'How much the datasets count against the base model, from 1 to 100',
    whenLeftOut: 'the service chooses',
  },
  expires_date_time: {
    type: 'string',
    presence: 'computed',
    stable: true,
    member: 'properties.deprecationDates.transcriptionDateTime',
    description: 'From then on endpoints fall back to the base model',
  },
};

/** `customspeech_model`: a base model that is adapted with datasets. */
export const model = entityResource({
  collection: 'models',
  noun: 'model',
  description:
    'A base model adapted with datasets. Training happens once, when it is created; other data make another model, so use create_before_destroy where an endpoint serves it.',
  // A training that is not done within a week is given up by the service (Microsoft Learn: speech to text FAQ).
  timeoutSeconds: { create: 7 * 86_400, update: 3600, delete: 3600 },
  attributes: modelAttributes,
  async usersOf({ self }, speech) {
    const endpoints = await speech.endpoints.list();
    return endpoints
      .filter((endpoint) => sameModel(self, endpoint.model?.self))
      .map(({ displayName }) => `the endpoint ${displayName}`);
  },
});
