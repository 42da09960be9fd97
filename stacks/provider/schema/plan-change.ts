import type { PathStep } from './diagnostic.ts';
import { type Attribute, type Attributes, isComputed, membersOf, type Schema, type Shape } from './schema.ts';
import {
  hasUnknown,
  isEqual,
  isList,
  isObject,
  isUnknown,
  mapObject,
  type ObjectValue,
  unknown,
  type Value,
} from './value.ts';

export interface PlannedChange {
  readonly planned: ObjectValue;
  /** Whose change takes another object; empty when the object can be updated as it is, or is new. */
  readonly replacing: readonly (readonly PathStep[])[];
}

/**
 * What an object will be after the apply: what is configured, defaults for what is not, and for what the provider computes
 * the value it had, as long as that surely stays; else unknown. `prior` is undefined for a new object.
 */
export function planChange(
  schema: Schema,
  change: { readonly prior: ObjectValue | undefined; readonly config: ObjectValue },
): ObjectValue {
  return planAttributes(membersOf(schema), change);
}

/**
 * The same plan when all that is planned is in it: a computed attribute that an update may change becomes unknown as soon as
 * anything else changes.
 */
export function finishPlan(
  schema: Schema,
  { planned, prior }: { readonly planned: ObjectValue; readonly prior: ObjectValue | undefined },
): PlannedChange {
  if (prior === undefined) return { planned, replacing: [] };
  const members = Object.entries(membersOf(schema));
  const changed = members.filter(([name]) => !isEqual(planned[name] ?? null, prior[name] ?? null));
  if (changed.length === 0) return { planned, replacing: [] };
  const moved = members.filter(([, { presence, stable }]) => presence === 'computed' && stable !== true);
  return {
    planned: { ...planned, ...Object.fromEntries(moved.map(([name]) => [name, unknown])) },
    replacing: changed
      .filter(([name, attribute]) =>
        takesAnother(attribute, { prior: prior[name] ?? null, planned: planned[name] ?? null }),
      )
      .map(([name]) => [{ name }]),
  };
}

interface Change<T> {
  readonly config: T;
  /** Undefined when there was nothing. */
  readonly prior: T | undefined;
}

function planAttributes(attributes: Attributes, { config, prior }: Change<ObjectValue>): ObjectValue {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [
      name,
      planAttribute(attribute, { config: config[name] ?? null, prior: prior && (prior[name] ?? null) }),
    ]),
  );
}

function planAttribute(attribute: Attribute, { config, prior }: Change<Value>): Value {
  if (config === null) {
    if (attribute.default !== undefined) return attribute.default;
    if (!isComputed(attribute)) return null;
    return prior === undefined ? unknown : prior;
  }
  if (isUnknown(config)) return config;
  if (prior !== undefined && prior !== null && isSameAs(attribute, config, prior)) return prior;
  return planParts(attribute.type, { config, prior });
}

/** Objects inside are planned member by member; those of a list belong together by their places. */
function planParts(type: Shape, { config, prior }: Change<Value>): Value {
  if (typeof type !== 'object' || isUnknown(config) || config === null) return config;
  if ('object' in type && isObject(config)) return planAttributes(type.object, { config, prior: objectIn(prior) });
  if ('list' in type && isList(config)) {
    return config.map((element, index) => planParts(type.list, { config: element, prior: at(prior, index) }));
  }
  if ('map' in type && isObject(config)) {
    return mapObject(config, (element, key) => planParts(type.map, { config: element, prior: objectIn(prior)?.[key] }));
  }
  return config;
}

function at(list: Value | undefined, index: number): Value | undefined {
  return list !== undefined && isList(list) ? list[index] : undefined;
}

function objectIn(value: Value | undefined): ObjectValue | undefined {
  return value !== undefined && isObject(value) ? value : undefined;
}

function isSameAs({ isSame }: Attribute, config: Value, prior: Value): boolean {
  return isSame !== undefined && !hasUnknown(config) && isSame(config, prior);
}

function takesAnother({ replaces }: Attribute, change: { readonly prior: Value; readonly planned: Value }): boolean {
  return typeof replaces === 'function' ? replaces(change) : replaces === true;
}
