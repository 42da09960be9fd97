import type { EntityReader, SpeechPort } from '../../../workflows/engine/ports.ts';
import type { Entity } from '../../../workflows/plan/speech-entities.ts';
import type { DataSource } from '../schema/resource.ts';
import { type ObjectValue, textOf, type Value } from '../schema/value.ts';
import { checkLocale, checkNotEmpty, checkReference } from './_checks.ts';
import { shownProperties } from './_custom-properties.ts';
import { statuses } from './_entity-attributes.ts';
import { type EntityAttribute, type EntityAttributes, isSameReference, readMembers } from './_entity-members.ts';
import type { CustomSpeechClient } from './customspeech-client.ts';

/** A data source that lists the objects of a collection that fit the filters, oldest first. */
export function entityList(list: {
  readonly name: 'models' | 'endpoints';
  readonly description: string;
  readonly collection: (speech: SpeechPort) => EntityReader<Entity>;
  /** Of the resource that makes such objects. */
  readonly attributes: EntityAttributes;
}): DataSource<CustomSpeechClient> {
  const shown = Object.fromEntries(
    Object.entries(list.attributes)
      .filter(([name, { member }]) => member !== undefined || name === 'custom_properties')
      .map(([name, attribute]) => [name, asComputed(attribute)]),
  );
  return {
    schema: {
      version: 0,
      description: list.description,
      attributes: {
        ...filters,
        [list.name]: {
          type: { list: { object: shown } },
          presence: 'computed',
          description: `The ${list.name} that fit, oldest first`,
        },
      },
    },
    async read(config, { client, signal }) {
      const filter = serviceFilter(config);
      const all = await list.collection(client.speech).list({ signal, ...(filter === '' ? {} : { filter }) });
      const project = config['project'] ?? null;
      const fitting = all.filter((entity) => project === null || isSameReference(project, projectOf(entity)));
      const oldestFirst = fitting.toSorted((a, b) => a.createdDateTime.localeCompare(b.createdDateTime));
      return { ...config, [list.name]: oldestFirst.map((entity) => view(shown, entity)) };
    },
  };
}

const filters: EntityAttributes = {
  locale: {
    type: 'string',
    presence: 'optional',
    check: checkLocale,
    description: 'Only those of this locale',
    whenLeftOut: 'of every locale',
  },
  display_name: {
    type: 'string',
    presence: 'optional',
    check: checkNotEmpty,
    description: 'Only those of exactly this name',
    whenLeftOut: 'of every name',
  },
  status: {
    type: 'string',
    presence: 'optional',
    oneOf: statuses,
    description: 'Only those in this status: NotStarted, Running, Succeeded or Failed',
    whenLeftOut: 'in every status',
  },
  project: {
    type: 'string',
    presence: 'optional',
    check: checkReference('project'),
    description: 'Only those of the project with this self',
    whenLeftOut: 'of every project and of none',
  },
};

/** In the service's own grammar, which filters by everything but the project. */
function serviceFilter(config: ObjectValue): string {
  const conditions = { locale: 'locale', display_name: 'displayName', status: 'status' };
  return Object.entries(conditions)
    .flatMap(([name, property]) => {
      const text = textOf(config, name);
      return text === undefined ? [] : [`${property} eq '${text.replaceAll("'", "''")}'`];
    })
    .join(' and ');
}

function view(attributes: EntityAttributes, entity: Entity): ObjectValue {
  const properties = shownProperties(entity.customProperties, { previous: null, isImported: true });
  return { ...readMembers(attributes, entity), custom_properties: properties };
}

function projectOf(entity: Entity & { readonly project?: { readonly self: string } }): Value {
  return entity.project?.self ?? null;
}

function asComputed({ type, description, member }: EntityAttribute): EntityAttribute {
  return { type, description, presence: 'computed', ...(member === undefined ? {} : { member }) };
}
