import { entityList } from './_entity-list.ts';
import { modelAttributes } from './model.ts';

/** `customspeech_models`: the custom models of the resource. */
export const models = entityList({
  name: 'models',
  description: 'The custom models of the Speech resource that fit all filters given.',
  collection: (speech) => speech.models,
  attributes: modelAttributes,
});
