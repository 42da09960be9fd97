import { isList, isObject, isUnknown, type ObjectValue, type Value } from '../../../stacks/provider/schema/value.ts';
import { type Json, type JsonObject, isJsonObject, memberAt, merged } from '../azure/answer.ts';

/** How the members of a Terraform object, or of a block in it, lie in a body of Azure Resource Manager. */
export interface Mapping {
  readonly [member: string]: Place;
}

/** Where a member lies. Each of a pair is the other's inverse. */
export interface Place {
  /** `properties/networkAcls`; empty for what is spread over several members. */
  readonly path: string;
  /** Undefined leaves the member out. */
  readonly toArm: (value: Value, object: ObjectValue) => Json | undefined;
  /** `known` is what Terraform knows of the member; undefined when it knows nothing. */
  readonly fromArm: (json: Json | undefined, known: Value | undefined) => Value;
  /** Whether it is no matter of the Terraform object what lies there. */
  readonly isUnseen?: true;
}

/** The body of an object. Throws when something is configured that has no place, so that nothing gets lost. */
export function bodyOf(mapping: Mapping, object: ObjectValue, without: readonly string[] = []): JsonObject {
  const lost = Object.entries(object).filter(
    ([name, value]) => !(name in mapping) && !without.includes(name) && !isEmpty(value),
  );
  if (lost.length > 0)
    throw new Error(`Correct arm-bodies.ts: it has no place for ${lost.map(([name]) => name).join(' and ')}`);
  return Object.entries(mapping).reduce<JsonObject>((body, [name, { path, toArm }]) => {
    const { [name]: value = null } = object;
    const json = isUnknown(value) ? undefined : toArm(value, object);
    return json === undefined ? body : merged(body, bodyWith(path, json));
  }, {});
}

/** The object as a body shows it; what has no place in the body stays as it is known. */
export function objectFrom(mapping: Mapping, body: JsonObject, known: ObjectValue | undefined): ObjectValue {
  const members = Object.entries(mapping)
    .filter(([, { isUnseen }]) => isUnseen !== true)
    .map(([name, { path, fromArm }]): [string, Value] => [name, fromArm(memberAt(body, path), known?.[name])]);
  return { ...known, ...Object.fromEntries(members) };
}

/** A text, a number or a truth value. Where it is not configured Terraform does not look, as what Azure takes then is a default. */
export function plain(path: string): Place {
  return {
    path,
    toArm: (value) => (value === null ? undefined : (value as Json)),
    fromArm: (json, known) => (known === null ? null : ((json ?? null) as Value)),
  };
}

/** What Azure alone sets. */
export function given(path: string): Place {
  return { path, toArm: () => undefined, fromArm: (json, known) => (json ?? known ?? null) as Value };
}

/** A text, a number or a truth value that is written otherwise. */
export function written(path: string, words: readonly (readonly [Value, Json])[]): Place {
  const { toArm, fromArm } = plain(path);
  return {
    path,
    toArm: (value, object) => toArm((words.find(([one]) => one === value)?.[1] as Value) ?? value, object),
    fromArm: (json, known) => fromArm((words.find(([, one]) => one === json)?.[0] as Json) ?? json, known),
  };
}

/** A truth value as `Enabled` or `Disabled`. */
export function enabled(path: string): Place {
  return written(path, [
    [true, 'Enabled'],
    [false, 'Disabled'],
  ]);
}

/** A truth value the other way round. */
export function not(path: string): Place {
  return written(path, [
    [true, false],
    [false, true],
  ]);
}

/** Always the same, whatever the object says; its name need be none of the object's. */
export function always(path: string, value: Json): Place {
  return { path, toArm: () => value, fromArm: (_, known) => known ?? null, isUnseen: true };
}

/** What is nowhere in the body. */
export function elsewhere(): Place {
  return { path: '', toArm: () => undefined, fromArm: (_, known) => known ?? null, isUnseen: true };
}

/** Tags, which Terraform compares whole. */
export function tags(): Place {
  return {
    path: 'tags',
    toArm: (value) => (isObject(value) ? (value as Json) : undefined),
    fromArm: (json, known) => {
      const isNone = !isJsonObject(json) || Object.keys(json).length === 0;
      return isNone && (known === null || (isObject(known ?? null) && Object.keys(known as ObjectValue).length === 0))
        ? (known ?? null)
        : ((json ?? {}) as Value);
    },
  };
}

/** A list or set of texts; each may be a member of an object, `id` or `value`. */
export function texts(path: string, member?: string): Place {
  const wrapped = (one: Value): Json => (member === undefined ? (one as Json) : { [member]: one as Json });
  const bare = (one: Json): Value => (member === undefined ? one : (memberAt(one, member) ?? null)) as Value;
  return {
    path,
    toArm: (value) => (isList(value) ? value.map(wrapped) : undefined),
    fromArm: (json, known) => {
      const all = Array.isArray(json) ? (json as readonly Json[]).map(bare) : [];
      return all.length === 0 && (known === null || known === undefined) ? null : all;
    },
  };
}

/** A block of which there is one at most. */
export function block(path: string, mapping: Mapping): Place {
  return {
    path,
    toArm: (value) => {
      const [one] = isList(value) ? value : [];
      return one !== undefined && isObject(one) ? bodyOf(mapping, one) : undefined;
    },
    fromArm: (json, known) => (isJsonObject(json) ? [objectFrom(mapping, json, elementOf(known, 0))] : []),
  };
}

/** A block that azurerm takes as Azure has it where it is not configured, because another object may set it. */
export function leftAlone(place: Place): Place {
  const isLeft = (known: Value | undefined): boolean => known !== undefined && isList(known) && known.length === 0;
  return { ...place, fromArm: (json, known) => (isLeft(known) ? (known ?? null) : place.fromArm(json, known)) };
}

/** What Azure shows on an object, and another object sets. */
export function shown(place: Place): Place {
  return { ...place, toArm: () => undefined };
}

/** A mapping whose places are below a path. */
export function under(path: string, mapping: Mapping): Mapping {
  return Object.fromEntries(
    Object.entries(mapping).map(([name, place]) => [
      name,
      { ...place, path: place.path === '' ? path : `${path}/${place.path}` },
    ]),
  );
}

/** Blocks, in their order. */
export function blocks(path: string, mapping: Mapping): Place {
  return {
    path,
    toArm: (value) => (isList(value) ? value.map((one) => (isObject(one) ? bodyOf(mapping, one) : null)) : undefined),
    fromArm: (json, known) =>
      Array.isArray(json)
        ? (json as readonly Json[]).map((one, index) =>
            objectFrom(mapping, isJsonObject(one) ? one : {}, elementOf(known, index)),
          )
        : [],
  };
}

function elementOf(list: Value | undefined, index: number): ObjectValue | undefined {
  const element = list !== undefined && isList(list) ? list[index] : undefined;
  return element !== undefined && isObject(element) ? element : undefined;
}

function bodyWith(path: string, value: Json): JsonObject {
  if (path === '') return isJsonObject(value) ? value : {};
  const [name = '', ...rest] = path.split('/');
  return { [name]: rest.length === 0 ? value : bodyWith(rest.join('/'), value) };
}

function isEmpty(value: Value): boolean {
  return value === null || isUnknown(value) || (isList(value) && value.length === 0);
}
