import type { Answer, Call } from '../protocol/call.ts';
import { type Collections, type Endpoint, isTerminal, type WorkedEntity, type WorkedName } from '../state/entities.ts';
import {
  customPropertiesIn,
  dangling,
  invalid,
  type JsonObject,
  optionalReference,
  optionalText,
  requiredText,
} from '../protocol/request-body.ts';
import { supportedLocales } from '../recognition/base-generations.ts';
import { serviceError } from '../protocol/service-error.ts';
import { settled } from '../work/settle.ts';
import { retryAfter } from './entity-views.ts';

/** The object the path names, as it is now; throws NotFound. */
export async function found<K extends WorkedName>(call: Call, collection: K): Promise<Collections[K]> {
  const entity = await settled(call.resource, collection, pathId(call));
  if (entity) return entity;
  throw notFound();
}

export function pathId(call: Call): string {
  return (call.params.id ?? '').toLowerCase();
}

export function notFound(): Error {
  return serviceError('NotFound', { message: 'The specified entity cannot be found.' });
}

/** 200 with the object, and with Retry-After while it is worked on. */
export function entityAnswer(call: Call, entity: WorkedEntity, view: object): Answer {
  return { status: 200, headers: retryAfter(call, [entity]), body: view };
}

export function createdAnswer(view: { readonly self: string }): Answer {
  return { status: 201, headers: { location: view.self }, body: view };
}

/** The members that the creation of every object has; refuses a locale that is not supported. */
export function newEntityMembers(body: JsonObject) {
  const asked = requiredText(body, 'locale');
  const locale = supportedLocales.find((supported) => supported.toLowerCase() === asked.toLowerCase());
  if (locale === undefined) {
    throw serviceError('InvalidRequest', {
      message: `The locale '${asked}' is not supported.`,
      inner: 'InvalidLocale',
      target: 'locale',
    });
  }
  return {
    displayName: requiredText(body, 'displayName'),
    description: optionalText(body, 'description'),
    customProperties: customPropertiesIn(body),
    locale,
  };
}

/** The id of the project that the body refers to; refuses one that is not there or has another locale. */
export function projectIn(call: Call, body: JsonObject, locale: string): string | undefined {
  const id = optionalReference(body, { name: 'project', collection: 'projects', origin: call.origin });
  if (id === undefined) return undefined;
  const project = call.resource.store.get('projects', id);
  if (!project) throw dangling('project');
  checkLocale('project', { found: project.locale, wanted: locale });
  return id;
}

/** Refuses a reference to an object of another locale. */
export function checkLocale(name: string, locale: { readonly found: string; readonly wanted: string }): void {
  if (locale.found === locale.wanted) return;
  throw serviceError('InvalidRequest', {
    message: `The locale of ${name} is ${locale.found}, but it must be ${locale.wanted}.`,
    inner: 'InvalidLocale',
    target: name,
  });
}

/** Names of what a PATCH of any object may change. */
export const commonDelta = ['displayName', 'description', 'customProperties', 'project'] as const;

/** What a PATCH changes of the members that all objects with a status have. */
export function commonChange(call: Call, body: JsonObject, entity: WorkedEntity) {
  return {
    ...namingChange(body, entity),
    projectId: 'project' in body ? projectIn(call, body, entity.locale) : entity.projectId,
  };
}

/** What a PATCH changes of name, description and custom properties. */
export function namingChange(
  body: JsonObject,
  entity: Pick<WorkedEntity, 'displayName' | 'description' | 'customProperties'>,
) {
  if ('displayName' in body && optionalText(body, 'displayName') === undefined) {
    throw invalid('displayName', 'It is required and must not be empty.');
  }
  return {
    displayName: 'displayName' in body ? requiredText(body, 'displayName') : entity.displayName,
    description: 'description' in body ? optionalText(body, 'description') : entity.description,
    customProperties:
      'customProperties' in body ? customPropertiesIn(body, entity.customProperties) : entity.customProperties,
  };
}

/** Refuses to delete what is worked on (Microsoft Learn: speech to text FAQ). */
export function checkDeletable(entity: WorkedEntity): void {
  if (isTerminal(entity)) return;
  if (entity.progress === undefined) return;
  throw serviceError('Conflict', {
    message: `The entity cannot be deleted while its status is ${entity.status}.`,
    inner: 'DeleteNotAllowed',
  });
}

/** How a fault, if there is one for this call, wants the object to end. */
export function faultyEnding(call: Call): Pick<Endpoint, 'doom' | 'ignoresWanted'> {
  const fault = call.resource.faults.takeForObject(call.operation);
  if (fault === undefined) return {};
  if (fault.kind === 'wrong-model') return { ignoresWanted: true };
  const { code = 'InternalServerError', message = 'The emulator was asked to let this fail.' } = fault;
  return { doom: { code, message } };
}
