import { decode, encode, ExtensionCodec } from '@msgpack/msgpack';
import { type Attributes, membersOf, type Schema, type Shape } from './schema.ts';
import { isUnknown, isList, isObject, type ObjectValue, unknown, type Value } from './value.ts';

/**
 * The object that MessagePack bytes of Terraform are under a schema, or undefined for null (there is no object). Numbers that
 * came as text are read; what Terraform already knows about an unknown value is dropped.
 */
export function decodeObject(schema: Schema, bytes: Uint8Array): ObjectValue | undefined {
  const raw = decode(bytes, { extensionCodec: unknowns() });
  return raw === null ? undefined : objectFrom(membersOf(schema), raw);
}

/** The MessagePack bytes of an object of a schema, or of null. Every member of the schema is written. */
export function encodeObject(schema: Schema, object: ObjectValue | undefined): Uint8Array {
  const whole =
    object && Object.fromEntries(Object.keys(membersOf(schema)).map((name) => [name, object[name] ?? null]));
  return encode(whole ?? null, { extensionCodec: unknowns() });
}

/** The object that the JSON of a state is: members the schema does not know are dropped, missing ones are null. */
export function objectFromJson(schema: Schema, json: unknown): ObjectValue {
  return objectFrom(membersOf(schema), json);
}

/** Extension 0 is an unknown value, extension 12 one of which something is known (a prefix, a length). */
function unknowns(): ExtensionCodec {
  const codec = new ExtensionCodec();
  codec.register({
    type: 0,
    encode: (value) => (isUnknown(value as Value) ? Uint8Array.of(0) : null),
    decode: () => unknown,
  });
  codec.register({ type: 12, encode: () => null, decode: () => unknown });
  return codec;
}

function objectFrom(attributes: Attributes, raw: unknown): ObjectValue {
  const members = (typeof raw === 'object' && raw !== null ? raw : {}) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { type }]) => [name, valueFrom(type, members[name])]),
  );
}

function valueFrom(type: Shape, raw: unknown): Value {
  if (raw === undefined || raw === null) return null;
  const value = raw as Value;
  if (isUnknown(value)) return value;
  if (type === 'string') return typeof raw === 'string' ? raw : String(raw as number);
  if (type === 'number') return Number(raw);
  if (type === 'bool') return raw === true || raw === 'true';
  if ('object' in type) return objectFrom(type.object, raw);
  if ('map' in type) {
    if (!isObject(value)) return null;
    return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, valueFrom(type.map, element)]));
  }
  const element = 'list' in type ? type.list : type.set;
  return isList(value) ? value.map((one) => valueFrom(element, one)) : null;
}
