import { DiagnosticError, errorDiagnostic, type PathStep } from './diagnostic.ts';
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
 * anything else changes. Throws a {@link DiagnosticError} for what an object keeps.
 */
export function finishPlan(
  schema: Schema,
  { planned, prior }: { readonly planned: ObjectValue; readonly prior: ObjectValue | undefined },
): PlannedChange {
  const members = membersOf(schema);
  const isChanged = Object.keys(members).some((name) => !isEqual(planned[name] ?? null, prior?.[name] ?? null));
  if (prior === undefined || !isChanged) return { planned, replacing: [] };
  const kept = Object.entries(members).flatMap(([name, { kept: why }]) => {
    const isAsBefore = isEqual(planned[name] ?? null, prior[name] ?? null);
    return why === undefined || isAsBefore ? [] : [errorDiagnostic(why, [{ name }])];
  });
  if (kept.length > 0) throw new DiagnosticError(kept);
  const moved = Object.entries(members).filter(
    ([, { presence, stable }]) => presence === 'computed' && stable !== true,
  );
  return {
    planned: { ...planned, ...Object.fromEntries(moved.map(([name]) => [name, unknown])) },
    replacing: replacingMembers(members, { prior, planned, path: [] }),
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

/** What was and what will be at a place. */
interface Move {
  readonly prior: Value;
  readonly planned: Value;
  readonly path: readonly PathStep[];
}

function replacingMembers(attributes: Attributes, { path, ...move }: Move): readonly (readonly PathStep[])[] {
  return Object.entries(attributes).flatMap(([name, attribute]) => {
    const change = { prior: memberOf(move.prior, name), planned: memberOf(move.planned, name) };
    const place = [...path, { name }];
    if (isEqual(change.prior, change.planned)) return [];
    return takesAnother(attribute, change) ? [place] : replacingParts(attribute.type, { ...change, path: place });
  });
}

/** Inside of what may itself change: what comes or goes changes in every part, and so may what is unknown. */
function replacingParts(type: Shape, { prior, planned, path }: Move): readonly (readonly PathStep[])[] {
  if (typeof type !== 'object') return [];
  if ('object' in type) return replacingMembers(type.object, { prior, planned, path });
  if ('list' in type) {
    const length = Math.max(...[prior, planned].map((list) => (isList(list) ? list.length : 0)));
    return Array.from({ length }, (_, index) => index).flatMap((index) => {
      const change = { prior: elementOf(prior, index), planned: elementOf(planned, index) };
      return replacingParts(type.list, { ...change, path: [...path, { index }] });
    });
  }
  if (!('map' in type)) return [];
  const keys = new Set([prior, planned].flatMap((map) => (isObject(map) ? Object.keys(map) : [])));
  return [...keys].flatMap((key) => {
    const change = { prior: memberOf(prior, key), planned: memberOf(planned, key) };
    return replacingParts(type.map, { ...change, path: [...path, { key }] });
  });
}

function memberOf(whole: Value, name: string): Value {
  return isUnknown(whole) ? unknown : (objectIn(whole)?.[name] ?? null);
}

function elementOf(whole: Value, index: number): Value {
  return isUnknown(whole) ? unknown : (at(whole, index) ?? null);
}

function takesAnother({ replaces }: Attribute, change: { readonly prior: Value; readonly planned: Value }): boolean {
  return typeof replaces === 'function' ? replaces(change) : replaces === true;
}
