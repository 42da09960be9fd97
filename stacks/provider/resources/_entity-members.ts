import { entityId } from '../../../workflows/plan/identity.ts';
import type { Entity } from '../../../workflows/plan/speech-entities.ts';
import { idOf } from '../../../workflows/speech/references.ts';
import type { Attribute } from '../schema/schema.ts';
import { isEqual, isList, isUnknown, type ObjectValue, type Value } from '../schema/value.ts';

/** An attribute, and the member of the service's object that it stands for. */
export interface EntityAttribute extends Attribute {
  /**
   * The way to the member: `displayName`, `properties.loggingEnabled`; `datasets[].self` are the references of a list. Absent
   * for what only Terraform knows.
   */
  readonly member?: string;
}

export type EntityAttributes = Readonly<Record<string, EntityAttribute>>;

/**
 * The attributes of an object as the service shows it. What means the same as in `previous` stays as it is written there, what
 * has no member is taken from there, and what the service leaves out has its default.
 */
export function readMembers(
  attributes: EntityAttributes,
  entity: Entity,
  { previous = {} }: { readonly previous?: ObjectValue } = {},
): ObjectValue {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { member, isSame, default: standard }]) => {
      const before = previous[name] ?? null;
      if (member === undefined) return [name, before];
      if (member === 'id') return [name, idOf(entity.self)];
      const now = memberAt(entity, member.split('.')) ?? standard ?? null;
      const isKept = before !== null && !isUnknown(before) && (isSame?.(before, now) ?? isEqual(before, now));
      return [name, isKept ? before : now];
    }),
  );
}

/** The part of a request's body that sets these attributes; null takes a member away, unknown ones are left out. */
export function writeMembers(attributes: EntityAttributes, values: ObjectValue): Readonly<Record<string, unknown>> {
  const body: Record<string, unknown> = {};
  for (const [name, { member }] of Object.entries(attributes)) {
    const value = values[name];
    if (member === undefined || value === undefined || isUnknown(value)) continue;
    const [top = '', inner] = member.split('.');
    if (top.endsWith('[]')) body[top.slice(0, -2)] = isList(value) ? value.map((one) => ({ [inner ?? '']: one })) : [];
    else if (inner === undefined || (inner === 'self' && value === null)) body[top] = value;
    else body[top] = { ...(body[top] as object | undefined), [inner]: value };
  }
  return body;
}

function memberAt(value: unknown, way: readonly string[]): Value | undefined {
  const [name = '', ...rest] = way;
  const isEach = name.endsWith('[]');
  const member = (value as Readonly<Record<string, unknown>> | undefined)?.[isEach ? name.slice(0, -2) : name];
  if (isEach) return Array.isArray(member) ? member.map((one) => memberAt(one, rest) ?? null) : undefined;
  return rest.length === 0 || member === undefined ? (member as Value | undefined) : memberAt(member, rest);
}

/** Whether two references name one object: the service may write another host than the configuration does. */
export function isSameReference(one: Value, other: Value): boolean {
  return typeof one === 'string' && typeof other === 'string' && entityId(one) === entityId(other);
}

/** The same for sets of references. */
export function areSameReferences(one: Value, other: Value): boolean {
  const ids = (value: Value): readonly string[] =>
    isList(value) ? value.map((element) => (typeof element === 'string' ? entityId(element) : '')).toSorted() : [];
  return isList(one) && isList(other) && isEqual(ids(one), ids(other));
}

/** Locales are written in different cases. */
export function isSameIgnoringCase(one: Value, other: Value): boolean {
  return typeof one === 'string' && typeof other === 'string' && one.toLowerCase() === other.toLowerCase();
}
