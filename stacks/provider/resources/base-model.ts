import { newestBaseModel, whyNoBaseModel } from '../../../workflows/plan/models.ts';
import type { DataSource } from '../schema/resource.ts';
import { isList, textOf } from '../schema/value.ts';
import { checkLocale } from './_checks.ts';
import { type EntityAttributes, readMembers } from './_entity-members.ts';
import type { CustomSpeechClient } from './customspeech-client.ts';
import { datasetKinds } from './dataset.ts';

const arguments_: EntityAttributes = {
  locale: {
    type: 'string',
    presence: 'required',
    check: checkLocale,
    description: 'Language and region, such as en-US',
  },
  data_kinds: {
    type: { set: 'string' },
    presence: 'optional',
    oneOf: datasetKinds,
    description: `Kinds of datasets that it must take for training: ${datasetKinds.join(', ')}`,
    whenLeftOut: 'it need not be trainable',
  },
};

const attributes: EntityAttributes = {
  id: { type: 'string', presence: 'computed', member: 'id', description: 'Id of the base model, a UUID' },
  self: {
    type: 'string',
    presence: 'computed',
    member: 'self',
    description: 'URL of the base model, by which models and endpoints refer to it',
  },
  display_name: { type: 'string', presence: 'computed', member: 'displayName', description: 'Its name' },
  description: { type: 'string', presence: 'computed', member: 'description', description: 'What it is for' },
  created_date_time: {
    type: 'string',
    presence: 'computed',
    member: 'createdDateTime',
    description: 'When it was released',
  },
  supports_adaptations_with: {
    type: { list: 'string' },
    presence: 'computed',
    member: 'properties.features.supportsAdaptationsWith',
    description: 'Kinds of datasets that it can be trained with',
  },
  charge_for_adaptation: {
    type: 'bool',
    presence: 'computed',
    member: 'properties.chargeForAdaptation',
    description: 'Whether training costs money',
  },
  adaptation_expires_date_time: {
    type: 'string',
    presence: 'computed',
    member: 'properties.deprecationDates.adaptationDateTime',
    description: 'From then on it cannot be trained',
  },
  expires_date_time: {
    type: 'string',
    presence: 'computed',
    member: 'properties.deprecationDates.transcriptionDateTime',
    description: 'From then on it cannot recognise',
  },
};

/** `customspeech_base_model`: the newest base model of a locale that endpoints can serve. */
export const baseModel: DataSource<CustomSpeechClient> = {
  schema: {
    version: 0,
    description:
      'The newest base model of a locale that endpoints can serve, that has not expired and that can be trained with the kinds of data given.',
    attributes: { ...arguments_, ...attributes },
  },
  async read(config, { client, signal }) {
    const locale = textOf(config, 'locale') ?? '';
    const { data_kinds: kinds = null } = config;
    const trainWith = isList(kinds) ? kinds.filter((kind) => typeof kind === 'string') : undefined;
    const baseModels = await client.speech.baseModels.list({ filter: `locale eq '${locale}'`, signal });
    const observedAt = (client.speech.serviceTime?.() ?? new Date()).toISOString();
    const known = { observedAt, locale, baseModels, models: [], endpoints: [] };
    const purpose = trainWith === undefined ? {} : { trainWith };
    const found = newestBaseModel(known, purpose);
    if (found === undefined)
      throw new Error(`Choose another locale or other data_kinds: ${whyNoBaseModel(known, purpose)}`);
    return { ...config, ...readMembers(attributes, found) };
  },
};
