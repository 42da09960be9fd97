import { checkCustomProperties, checkLocale, checkNotEmpty, checkReference } from './_checks.ts';
import { type EntityAttributes, isSameIgnoringCase, isSameReference } from './_entity-members.ts';

/** The locale of an object, which no update changes. */
export const localeAttribute = {
  type: 'string',
  presence: 'required',
  member: 'locale',
  isSame: isSameIgnoringCase,
  check: checkLocale,
  description: 'Language and region, such as en-US',
} as const satisfies EntityAttributes[string];

/** The attributes that every object of the service has. */
export function entityAttributes(noun: string): EntityAttributes {
  return {
    id: { type: 'string', presence: 'computed', stable: true, member: 'id', description: `Id of the ${noun}, a UUID` },
    self: {
      type: 'string',
      presence: 'computed',
      stable: true,
      member: 'self',
      isSame: isSameReference,
      description: `URL of the ${noun}, by which other objects refer to it`,
    },
    display_name: {
      type: 'string',
      presence: 'required',
      member: 'displayName',
      check: checkNotEmpty,
      description: `Name of the ${noun} for people; it need not be unique`,
    },
    locale: { ...localeAttribute, replaces: true },
    description: {
      type: 'string',
      presence: 'optional',
      member: 'description',
      check: checkNotEmpty,
      description: `What the ${noun} is for`,
    },
    custom_properties: {
      type: { map: 'string' },
      presence: 'optional',
      check: checkCustomProperties,
      description:
        'Entries of the object for tools, at most 9 with keys of up to 64 and values of up to 256 characters; only those given here are managed, and those of pipelines (speechops-…) stay as they are',
    },
    created_date_time: {
      type: 'string',
      presence: 'computed',
      stable: true,
      member: 'createdDateTime',
      description: `When the ${noun} was created`,
    },
  };
}

export const statuses = ['NotStarted', 'Running', 'Succeeded', 'Failed'];

/** The attributes that objects have besides which the service works on. */
export function workedAttributes(noun: string): EntityAttributes {
  return {
    ...entityAttributes(noun),
    project: {
      type: 'string',
      presence: 'optional',
      member: 'project.self',
      isSame: isSameReference,
      check: checkReference('project'),
      description: `self of the project that shows the ${noun} in the portal`,
    },
    status: {
      type: 'string',
      presence: 'computed',
      member: 'status',
      oneOf: statuses,
      description: 'NotStarted, Running, Succeeded or Failed',
    },
    last_action_date_time: {
      type: 'string',
      presence: 'computed',
      member: 'lastActionDateTime',
      description: 'When the current status was entered',
    },
  };
}
