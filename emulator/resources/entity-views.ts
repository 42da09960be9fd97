import { addressOf, modelAddress } from '../protocol/addresses.ts';
import type { Call } from '../protocol/call.ts';
import { dateTime } from '../state/date-time.ts';
import { isTerminal, type ModelReference, type StoredEntity, type WorkedEntity } from '../state/entities.ts';
import { endOf } from '../state/lifecycles.ts';

/** Members that every object of the API has; undefined ones are not sent. */
export function entityView(call: Call, entity: StoredEntity, path: string) {
  return {
    self: addressOf(call.origin, path),
    displayName: entity.displayName,
    description: entity.description,
    customProperties: entity.customProperties,
    locale: entity.locale,
    createdDateTime: dateTime(entity.createdAt),
  };
}

/** Members that every object has that the service works on. */
export function workedView(call: Call, entity: WorkedEntity, path: string) {
  return {
    ...entityView(call, entity, path),
    status: entity.status,
    lastActionDateTime: dateTime(entity.lastActionAt),
    project:
      entity.projectId === undefined ? undefined : { self: addressOf(call.origin, `/projects/${entity.projectId}`) },
  };
}

export function modelView(call: Call, model: ModelReference) {
  return { self: modelAddress(call.origin, model) };
}

/**
 * Retry-After in real seconds until the first of these objects is through its lifecycle; nothing when all of them say that
 * they are.
 */
export function retryAfter(call: Call, entities: readonly WorkedEntity[]): Readonly<Record<string, string>> {
  const ends = entities.flatMap((entity) => (entity.progress && !isTerminal(entity) ? [endOf(entity.progress)] : []));
  if (ends.length === 0) return {};
  return { 'retry-after': String(call.resource.clock.realSeconds(Math.min(...ends) - call.resource.clock.now())) };
}
