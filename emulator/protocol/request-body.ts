import { idIn, modelIn } from './addresses.ts';
import type { Call } from './call.ts';
import type { ModelReference } from '../state/entities.ts';
import { serviceError } from './service-error.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Limits of `customProperties` (Speech-to-text REST API 2025-10-15 definition). */
const customPropertyLimits = { entries: 10, keyLength: 64, valueLength: 256 } as const;

/** The body as a JSON object; throws `EmptyRequest` or `InvalidRequestBodyFormat`. */
export function objectBody(call: Call): JsonObject {
  if (call.body === undefined || call.body === null) {
    throw serviceError('InvalidRequest', { message: 'The request has no body.', inner: 'EmptyRequest' });
  }
  if (typeof call.body === 'object' && !Array.isArray(call.body)) return call.body as JsonObject;
  throw serviceError('InvalidRequest', {
    message: 'The request body is not a JSON object.',
    inner: 'InvalidRequestBodyFormat',
  });
}

/** Throws `UnsupportedDelta` when a PATCH names anything else than what may be changed. */
export function checkDelta(body: JsonObject, allowed: readonly string[]): void {
  const other = Object.keys(body).find((name) => !allowed.includes(name));
  if (other === undefined) return;
  throw serviceError('InvalidRequest', {
    message: `The property '${other}' cannot be updated. Properties that can be updated: ${allowed.join(', ')}.`,
    inner: 'UnsupportedDelta',
    target: other,
  });
}

export function optionalText(body: JsonObject, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw invalid(name, 'It must be a text.');
}

export function requiredText(body: JsonObject, name: string): string {
  const value = optionalText(body, name);
  if (value !== undefined && value.trim() !== '') return value;
  throw invalid(name, 'It is required and must not be empty.');
}

export function optionalObject(body: JsonObject, name: string): JsonObject {
  const value = body[name] ?? {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as JsonObject;
  throw invalid(name, 'It must be an object.');
}

export function optionalBoolean(body: JsonObject, name: string): boolean {
  const value = body[name] ?? false;
  if (typeof value === 'boolean') return value;
  throw invalid(name, 'It must be true or false.');
}

/**
 * The custom properties after this request: those of the body on top of the `previous` ones, a `null` removes one
 * (RFC 7396), a `null` for all removes all.
 */
export function customPropertiesIn(
  body: JsonObject,
  previous: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> | undefined {
  if (body.customProperties === null) return undefined;
  const merged: Record<string, string> = { ...previous };
  for (const [key, value] of Object.entries(optionalObject(body, 'customProperties'))) {
    if (value === null) delete merged[key];
    else if (typeof value === 'string') merged[key] = value;
    else throw invalid('customProperties', `The value of '${key}' must be a text.`);
  }
  checkCustomProperties(merged);
  return Object.keys(merged).length > 0 ? merged : undefined;
}

/** The id in `{ "self": … }` under `name`; throws `InvalidPayload` when it names nothing of the collection. */
export function optionalReference(
  body: JsonObject,
  reference: {
    readonly name: string;
    readonly collection: 'projects' | 'datasets' | 'models/base';
    /** Where the request came to. */
    readonly origin: string;
  },
): string | undefined {
  const { name } = reference;
  const self = selfIn(body[name], name);
  if (self === undefined) return undefined;
  const id = idIn(self, reference);
  if (id === undefined) throw dangling(name);
  return id;
}

export function optionalModel(
  body: JsonObject,
  { name, origin }: { readonly name: string; readonly origin: string },
): ModelReference | undefined {
  const self = selfIn(body[name], name);
  if (self === undefined) return undefined;
  const model = modelIn(self, origin);
  if (model === undefined) throw dangling(name);
  return model;
}

export function datasetReferences(body: JsonObject, origin: string): readonly string[] {
  const value = body.datasets ?? [];
  if (!Array.isArray(value)) throw invalid('datasets', 'It must be an array of references.');
  return value.map((entry: unknown, index) => {
    const name = `datasets[${index}]`;
    const id = optionalReference({ [name]: entry }, { name, collection: 'datasets', origin });
    if (id === undefined) throw invalid(name, 'It must be a reference with a self.');
    return id;
  });
}

/** The error for a value that is not as it must be. */
export function invalid(name: string, reason: string): Error {
  return serviceError('InvalidRequest', {
    message: `The value of ${name} is not valid. ${reason}`,
    inner: 'InvalidPayload',
    target: name,
  });
}

/** The error for a reference to an object that is not there. */
export function dangling(name: string): Error {
  return serviceError('InvalidRequest', {
    message: `The value of ${name}.self does not reference an entity.`,
    inner: 'InvalidPayload',
    target: name,
  });
}

function selfIn(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  const self = typeof value === 'object' ? (value as { readonly self?: unknown }).self : undefined;
  if (typeof self === 'string') return self;
  throw invalid(name, 'It must be an object with the text self.');
}

function checkCustomProperties(properties: Readonly<Record<string, string>>): void {
  const { entries, keyLength, valueLength } = customPropertyLimits;
  const pairs = Object.entries(properties);
  if (pairs.length > entries) throw invalid('customProperties', `It has more than ${entries} entries.`);
  for (const [key, value] of pairs) {
    if (key.length > keyLength) throw invalid('customProperties', `The key '${key}' is longer than ${keyLength}.`);
    if (value.length > valueLength) {
      throw invalid('customProperties', `The value of '${key}' is longer than ${valueLength}.`);
    }
  }
}
