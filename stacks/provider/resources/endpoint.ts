import type { SpeechPort } from '../../../workflows/engine/ports.ts';
import { checkReference } from './_checks.ts';
import { workedAttributes } from './_entity-attributes.ts';
import { type EntityAttributes, isSameReference } from './_entity-members.ts';
import { entityResource } from './_entity-resource.ts';

export const endpointAttributes: EntityAttributes = {
  ...workedAttributes('endpoint'),
  model: {
    type: 'string',
    presence: 'optional-computed',
    member: 'model.self',
    isSame: isSameReference,
    check: checkReference('model'),
    description: 'self of the custom or base model that it serves; the newest base model of the locale when left out',
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
    'A private deployment of a model. Another model is deployed in place: the endpoint and its id stay, and the previous model serves until the new one does. Where pipelines swap the model, add model to lifecycle.ignore_changes.',
  timeoutSeconds: { create: 3600, update: 3600, delete: 3600 },
  attributes: endpointAttributes,
  async lookUp({ model }, { client, signal }) {
    return { model_expires_date_time: (await expiryOf(model?.self, { speech: client.speech, signal })) ?? null };
  },
  whyWrong(entity, { model: wanted = null }) {
    const served = entity.model?.self;
    if (typeof wanted !== 'string' || isSameReference(wanted, served ?? null)) return undefined;
    return `the service ended the deployment with ${served ?? 'no model'} and not with ${wanted}`;
  },
});

/** The endpoint does not say it, its model does: a custom one, or a base model, which is another collection. */
async function expiryOf(
  model: string | undefined,
  { speech, signal }: { readonly speech: SpeechPort; readonly signal: AbortSignal },
): Promise<string | undefined> {
  if (model === undefined) return undefined;
  const { pathname } = new URL(model);
  const collection = pathname.includes('/models/base/') ? speech.baseModels : speech.models;
  const found = await collection.get(model, { signal });
  return found?.properties?.deprecationDates?.transcriptionDateTime;
}
