/**
 * A value of Terraform: null is an argument that is not given, and what is decided by the apply is {@link unknown}. Lists
 * and sets are arrays, maps and objects are objects.
 */
export type Value = null | boolean | number | string | Unknown | readonly Value[] | ObjectValue;

export interface ObjectValue {
  readonly [name: string]: Value;
}

class Unknown {
  /** Makes the type one of its own: an object of another shape is not taken for it. */
  protected readonly isKnown = false;
}

/** The value that nobody knows before the apply. */
export const unknown = new Unknown();

export function isUnknown(value: Value): value is Unknown {
  return value instanceof Unknown;
}

/** Whether it is an object or a map: no list, not null and known. */
export function isObject(value: Value): value is ObjectValue {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isUnknown(value);
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether there is something unknown in the value or anywhere below it. */
export function hasUnknown(value: Value): boolean {
  if (isUnknown(value)) return true;
  if (isList(value)) return value.some(hasUnknown);
  return isObject(value) && Object.values(value).some(hasUnknown);
}

/** The value with null in place of everything unknown. */
export function withoutUnknown(value: Value): Value {
  if (isUnknown(value)) return null;
  if (isList(value)) return value.map(withoutUnknown);
  return isObject(value) ? mapObject(value, withoutUnknown) : value;
}

/** Whether two values are the same, member by member; unknown is the same as unknown. */
export function isEqual(one: Value, other: Value): boolean {
  if (one === other) return true;
  if (isList(one) && isList(other)) {
    return one.length === other.length && one.every((element, index) => isEqual(element, other[index] ?? null));
  }
  if (!isObject(one) || !isObject(other)) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isEqual(one[name] ?? null, other[name] ?? null))
  );
}

export function mapObject(object: ObjectValue, change: (value: Value, name: string) => Value): ObjectValue {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value, name)]));
}

/** The text of a member; undefined when it is null, unknown or something else. */
export function textOf(object: ObjectValue, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' ? value : undefined;
}
