/** A value of JSON. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

/** What the stand-in is asked; the path has no query. */
export interface Question {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Without one, nothing is sent. */
  readonly body?: JsonObject;
}

/** An error as Azure Resource Manager answers it. */
export function refusal(status: number, code: string, message: string): Answer {
  return { status, body: { error: { code, message } } };
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The member at a path like `properties/provisioningState`; undefined when something on the way is missing. Without a path, all. */
export function memberAt(object: Json | undefined, path: string): Json | undefined {
  if (path === '') return object;
  return path
    .split('/')
    .reduce<Json | undefined>((part, name) => (isJsonObject(part) ? part[name] : undefined), object);
}

/** Two bodies in one, member by member; null in the change takes a member away (JSON Merge Patch, RFC 7396). */
export function merged(object: JsonObject, change: JsonObject): JsonObject {
  const entries = Object.entries(change).map(([name, value]): [string, Json | undefined] => {
    const { [name]: before } = object;
    if (!isJsonObject(value)) return [name, value ?? undefined];
    return [name, merged(isJsonObject(before) ? before : {}, value)];
  });
  const all = { ...object, ...Object.fromEntries(entries) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
