import { checkNotEmpty } from './_checks.ts';
import { entityAttributes } from './_entity-attributes.ts';
import { entityResource } from './_entity-resource.ts';

/** `customspeech_project`: a folder of one locale that shows its objects together in the portal. */
export const project = entityResource({
  collection: 'projects',
  noun: 'project',
  description:
    'A folder of one locale that shows datasets, models and endpoints together in the portal. Deleting it leaves what it holds.',
  timeoutSeconds: { create: 300, update: 300, delete: 300 },
  attributes: {
    ...entityAttributes('project'),
    foundry_project_name: {
      type: 'string',
      presence: 'optional',
      member: 'foundryProjectName',
      check: checkNotEmpty,
      description: 'Name of the Foundry project it belongs to',
    },
  },
});
