import { entityList } from './_entity-list.ts';
import { endpointAttributes } from './endpoint.ts';

/** `customspeech_endpoints`: the endpoints of the resource. */
export const endpoints = entityList({
  name: 'endpoints',
  description: 'The endpoints of the Speech resource that fit all filters given.',
  collection: (speech) => speech.endpoints,
  attributes: endpointAttributes,
});
