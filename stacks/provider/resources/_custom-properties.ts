import { isObject, isUnknown, type ObjectValue, type Value } from '../schema/value.ts';

type Properties = Readonly<Record<string, string>>;

/** Entries with this prefix are written by pipelines and by this provider itself. */
export const pipelinePrefix = 'speechops-';

/**
 * What Terraform is shown of an object's custom properties: the values of the entries that it manages, those in `previous`.
 * Of an imported object these are all but the pipelines'.
 */
export function shownProperties(
  actual: Properties = {},
  { previous, isImported }: { readonly previous: Value; readonly isImported: boolean },
): Value {
  const managed = isObject(previous) ? Object.keys(previous) : [];
  const names = isImported ? Object.keys(actual).filter((name) => !name.startsWith(pipelinePrefix)) : managed;
  const shown: ObjectValue = Object.fromEntries(
    names.filter((name) => actual[name] !== undefined).map((name) => [name, actual[name] ?? null]),
  );
  // Not configured at all is null, and nothing left of what was configured is an empty map.
  return Object.keys(shown).length === 0 && !isObject(previous) ? null : shown;
}

/**
 * The change of custom properties that leads from one configuration to another and leaves everybody else's entries. All that
 * stays is in it too: it means the same whether the service merges it or takes it as the whole.
 */
export function changedProperties(
  actual: Properties = {},
  { prior, planned }: { readonly prior: Value; readonly planned: Value },
): Readonly<Record<string, string | null>> {
  const before = isObject(prior) ? Object.keys(prior) : [];
  const after = textsOf(planned);
  const removed = before.filter((name) => !(name in after) && name in actual);
  return { ...actual, ...Object.fromEntries(removed.map((name) => [name, null])), ...after };
}

/** The known entries of a map. */
export function textsOf(value: Value): Properties {
  if (!isObject(value)) return {};
  const known = Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return isUnknown(value) ? {} : Object.fromEntries(known);
}
