import type { PlainValue } from '../document/plain-value.ts';

/** The value as text that does not depend on the order of its keys. */
export function canonicalJson(value: PlainValue): string {
  return textOf(value, new Map());
}

/** `names` are the keys so far as JSON: those of thousands of steps are the same few. */
function textOf(value: PlainValue, names: Map<string, string>): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  let members = '';
  if (isList(value)) {
    for (const item of value) members += `${members === '' ? '' : ','}${textOf(item, names)}`;
    return `[${members}]`;
  }
  for (const key of inOrder(Object.keys(value)))
    members += `${members === '' ? '' : ','}${nameOf(key, names)}${textOf(value[key] ?? null, names)}`;
  return `{${members}}`;
}

/** Many are in order as they are: to look takes less than to copy. */
function inOrder(keys: readonly string[]): readonly string[] {
  for (let at = 1; at < keys.length; at += 1) if ((keys[at - 1] ?? '') > (keys[at] ?? '')) return keys.toSorted();
  return keys;
}

function nameOf(key: string, names: Map<string, string>): string {
  let name = names.get(key);
  if (name === undefined) {
    name = `${JSON.stringify(key)}:`;
    names.set(key, name);
  }
  return name;
}

function isList(value: PlainValue): value is readonly PlainValue[] {
  return Array.isArray(value);
}
