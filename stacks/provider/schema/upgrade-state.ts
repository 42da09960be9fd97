import { DiagnosticError, errorDiagnostic } from './diagnostic.ts';
import { objectFromJson } from './encoding.ts';
import type { Schema } from './schema.ts';
import type { ObjectValue } from './value.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Makes the JSON of a state of one version that of the next. */
export type Upgrade = (state: JsonObject) => JsonObject;

/**
 * A stored state as one of today's schema: `upgrades[n]` leads from version n to n + 1. Members that the schema does not know
 * any more are dropped, new ones are null.
 */
export function upgradeState(
  schema: Schema,
  stored: { readonly version: number; readonly json: Uint8Array; readonly upgrades: readonly Upgrade[] },
): ObjectValue {
  const { version, json, upgrades } = stored;
  if (version > schema.version) {
    const problem = `Use a newer provider: the state has version ${version}, this provider knows up to ${schema.version}`;
    throw new DiagnosticError([errorDiagnostic(problem)]);
  }
  let state = JSON.parse(new TextDecoder().decode(json)) as JsonObject;
  for (const upgrade of upgrades.slice(version, schema.version)) state = upgrade(state);
  return objectFromJson(schema, state);
}
