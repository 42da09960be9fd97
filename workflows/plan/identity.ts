import { createHash } from 'node:crypto';
import type { PlainValue } from '../document/yaml/plain-value.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Entity, WorkedEntity } from './speech-entities.ts';

/** The entry of an object's customProperties that says what it was made from. */
export const digestProperty = 'speechops-digest';
/** The entry that says which pipeline made it. */
export const pipelineProperty = 'speechops-pipeline';
/** The entry of a copied model that says which model it is a copy of: the `self` of that at the Speech resource that had it. */
export const copiedFromProperty = 'speechops-copied-from';

/** The `self` of the model of another Speech resource that a model is a copy of; undefined where no step says so. */
export function copiedFrom({ customProperties }: Entity): string | undefined {
  const self = customProperties?.[copiedFromProperty];
  // Anybody may write one.
  return self !== undefined && URL.canParse(self) && isModel.test(self) ? self : undefined;
}

const isModel = /^https?:\/\/[^?#]+\/models\/[^/?#]+(?:[?#]|$)/;

/** The custom properties of an object with these entries: it takes ten, so one with as many of its own goes without. */
export function withEntries(
  { customProperties }: Pick<Entity, 'customProperties'>,
  entries: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const all = { ...customProperties, ...entries };
  return Object.keys(all).length > 10 ? { ...customProperties } : all;
}

/** SHA-256 in hexadecimal (64 characters, inside the 256 a custom property takes) of what an object is made from. */
export function digestOf(
  kind: 'dataset' | 'model' | 'evaluation' | 'endpoint' | 'project',
  madeFrom: PlainValue,
): string {
  return createHash('sha256')
    .update(`speechops ${kind} 1\n${canonicalJson(madeFrom)}`)
    .digest('hex');
}

export type Existing<E> = { readonly action: 'reuse' | 'adopt'; readonly entity: E };

/**
 * The object that already is what this digest asks for: the oldest Succeeded one to reuse, else the oldest that the
 * service is still working on to adopt. Failed objects are never answered.
 */
export function findExisting<E extends WorkedEntity>(entities: readonly E[], digest: string): Existing<E> | undefined {
  return oldestUsable(entities.filter((entity) => entity.customProperties?.[digestProperty] === digest));
}

/** The oldest Succeeded object of these, which are all wanted, else the oldest that the service still works on. */
export function oldestUsable<E extends WorkedEntity>(entities: readonly E[]): Existing<E> | undefined {
  const oldestFirst = entities.toSorted(byAge);
  const done = oldestFirst.find((entity) => entity.status === 'Succeeded');
  if (done !== undefined) return { action: 'reuse', entity: done };
  const working = oldestFirst.find((entity) => entity.status !== 'Failed');
  return working === undefined ? undefined : { action: 'adopt', entity: working };
}

/**
 * Orders the oldest first. The service counts seconds: of two objects of one second the id decides, which is the same in every
 * process.
 */
export function byAge(one: Entity, other: Entity): number {
  return (
    one.createdDateTime.localeCompare(other.createdDateTime) || entityId(one.self).localeCompare(entityId(other.self))
  );
}

/**
 * The id in a reference: `self` without its host, path and query, or the bare id that was given. Base models keep their
 * collection (`base/ID`), because the service addresses them apart. Two references name one object when their ids agree. Of several
 * references that are one thing ({@link joinReferences}) all ids.
 */
export function entityId(reference: string): string {
  if (/\s/.test(reference.trim())) return joinReferences(referencesIn(reference).map(entityId));
  const path = reference.replace(/[?#].*$/, '').replace(/\/+$/, '');
  const [, base, id] = /(?:^|\/models\/)?(base\/)?([^/]+)$/.exec(path) ?? [];
  return `${base ?? ''}${id ?? path}`.toLowerCase();
}

/** One text for several objects that are one thing, as the parts of a set: {@link referencesIn} reads them again. */
export function joinReferences(references: readonly string[]): string {
  return references.join(' ');
}

/** The references in a text that names one object, or several with white space between them. */
export function referencesIn(text: string): readonly string[] {
  return text.split(/\s+/).filter((reference) => reference !== '');
}
