import { checkReference } from './_checks.ts';
import { localeAttribute, workedAttributes } from './_entity-attributes.ts';
import { type EntityAttributes, isSameReference } from './_entity-members.ts';
import { entityResource } from './_entity-resource.ts';

export const endpointAttributes: EntityAttributes = {
  ...workedAttributes('endpoint'),
  locale: {
    ...localeAttribute,
    kept: 'Write another customspeech_endpoint for another locale: an endpoint keeps its own. One made in its place would have another id, on which its callers and the quota depend that Microsoft raises for an endpoint, so that none is ever replaced; to give it up, remove it from the configuration first',
  },
  model: {
    type: 'string',
    presence: 'optional-computed',
    member: 'model.self',
    isSame: isSameReference,
    check: checkReference('model'),
    description: 'self of the custom or base model that it serves',
    whenLeftOut: 'the newest base model of the locale',
    changedBy: 'pipelines',
  },
  content_logging_enabled: {
    type: 'bool',
    presence: 'optional',
    default: false,
    member: 'properties.loggingEnabled',
    description: 'Whether audio and transcripts are kept, which takes a Speech resource with storage of its own',
  },
  web_socket_url: {
    type: 'string',
    presence: 'computed',
    stable: true,
    member: 'links.webSocket',
    description: 'Where the Speech SDK connects to it',
  },
  model_expires_date_time: {
    type: 'string',
    presence: 'computed',
    description:
      'When the model that it serves now expires; from then on it falls back to the newest base model of the locale',
  },
};

/** `customspeech_endpoint`: a private deployment of a model, which keeps its id when the model is swapped. */
export const endpoint = entityResource({
  collection: 'endpoints',
  noun: 'endpoint',
  description:
    'A private deployment of a model. Another model is deployed in place: the endpoint and its id stay, and the previous model serves until the new one does.',
  timeoutSeconds: { create: 3600, update: 3600, delete: 3600 },
  attributes: endpointAttributes,
  async lookUp({ model }, { client, signal }) {
    // The endpoint does not say it, its model does; the reference of a base model leads to the base models.
    const served = model && (await client.speech.models.get(model.self, { signal }));
    return { model_expires_date_time: served?.properties?.deprecationDates?.transcriptionDateTime ?? null };
  },
  whyWrong(entity, { model: wanted = null }) {
    const served = entity.model?.self;
    if (typeof wanted !== 'string' || isSameReference(wanted, served ?? null)) return undefined;
    return `the service ended the deployment with ${served ?? 'no model'} and not with ${wanted}`;
  },
});
