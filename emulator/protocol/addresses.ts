import type { ModelReference } from '../state/entities.ts';
import { isLoopbackName } from './loopback.ts';

export const apiVersion = '2025-10-15';

const uuid = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
const uuidPattern = new RegExp(`^${uuid}$`);

/** The absolute URL of a path of the resource, as every `self`, link and Location has it. */
export function addressOf(origin: string, path: string): string {
  return `${origin}/speechtotext${path}?api-version=${apiVersion}`;
}

export function modelAddress(origin: string, { kind, id }: ModelReference): string {
  return addressOf(origin, kind === 'base' ? `/models/base/${id}` : `/models/${id}`);
}

export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}

/**
 * The id that a reference's `self` names, undefined when it names nothing of that collection or of this resource: its host must be the one
 * that the request came to, or this machine, whose ports change between starts. The query does not count.
 */
export function idIn(
  self: string,
  {
    origin,
    collection,
  }: { readonly origin: string; readonly collection: 'projects' | 'datasets' | 'models' | 'models/base' },
): string | undefined {
  const url = URL.parse(self);
  if (!url || !(isLoopbackName(url.hostname) || url.host === URL.parse(origin)?.host)) return undefined;
  return new RegExp(`^/speechtotext/${collection}/(${uuid})$`).exec(url.pathname)?.[1]?.toLowerCase();
}

export function modelIn(self: string, origin: string): ModelReference | undefined {
  const base = idIn(self, { origin, collection: 'models/base' });
  if (base) return { kind: 'base', id: base };
  const custom = idIn(self, { origin, collection: 'models' });
  return custom ? { kind: 'custom', id: custom } : undefined;
}
