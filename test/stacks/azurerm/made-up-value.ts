import { createHash } from 'node:crypto';
import type { Attributes, Shape } from '../../../stacks/provider/schema/schema.ts';
import {
  isList,
  isObject,
  isUnknown,
  mapObject,
  type ObjectValue,
  unknown,
  type Value,
} from '../../../stacks/provider/schema/value.ts';

/** The object with a value of the right type for everything unknown: always the same for the same `seed`. */
export function withMadeUpValues(
  attributes: Attributes,
  object: ObjectValue,
  { seed }: { readonly seed: string },
): ObjectValue {
  return mapObject(object, (value, name) => {
    const attribute = attributes[name];
    if (attribute === undefined) return value;
    const place = { name, seed: `${seed}/${name}` };
    // What may be configured and is not, Azure mostly leaves empty.
    const isFilled = attribute.presence === 'computed' || typeof attribute.type === 'string';
    return isUnknown(value) && !isFilled ? emptyOf(attribute.type) : madeUp(attribute.type, value, place);
  });
}

interface Place {
  readonly name: string;
  readonly seed: string;
}

function madeUp(type: Shape, value: Value, place: Place): Value {
  if (typeof type === 'string') return isUnknown(value) ? plainValue(type, place) : value;
  if ('object' in type) {
    if (isUnknown(value)) return withMadeUpValues(type.object, unknownsOf(type.object), place);
    return isObject(value) ? withMadeUpValues(type.object, value, place) : value;
  }
  if ('map' in type) return isUnknown(value) ? {} : value;
  const element = 'list' in type ? type.list : type.set;
  if (isUnknown(value)) return [madeUp(element, value, place)];
  return isList(value)
    ? value.map((one, index) => madeUp(element, one, { ...place, seed: `${place.seed}/${index}` }))
    : value;
}

function unknownsOf(attributes: Attributes): ObjectValue {
  return Object.fromEntries(Object.keys(attributes).map((name) => [name, unknown]));
}

function emptyOf(type: Shape): Value {
  if (typeof type === 'string') return null;
  return 'list' in type || 'set' in type ? [] : null;
}

function plainValue(type: 'string' | 'number' | 'bool', { name, seed }: Place): Value {
  if (type === 'bool') return false;
  if (type === 'number') return Number.parseInt(hashOf(seed).slice(0, 3), 16);
  return textFor(name, seed);
}

/** In the shape that Azure gives, by what the attribute is called. */
function textFor(name: string, seed: string): string {
  if (/^(principal|client|object|workspace)_id$/.test(name) || name.endsWith('guid')) return guidOf(seed);
  if (name === 'tenant_id') return guidOf('tenant');
  if (name.endsWith('location')) return 'westeurope';
  if (/ip_address(es)?$/.test(name)) return `10.0.0.${4 + (Number.parseInt(hashOf(seed).slice(0, 2), 16) % 250)}`;
  if (name.endsWith('_endpoint')) return `https://${hashOf(seed).slice(0, 12)}.core.windows.net/`;
  if (name.endsWith('_host')) return `${hashOf(seed).slice(0, 12)}.core.windows.net`;
  if (name === 'id') return seed;
  return hashOf(seed).slice(0, 32);
}

/** A GUID that is always the same for the same seed. */
export function guidOf(seed: string): string {
  const hash = hashOf(seed);
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}

/** 64 digits that are always the same for the same seed. */
export function hashOf(seed: string): string {
  return createHash('sha256').update(seed).digest('hex');
}
