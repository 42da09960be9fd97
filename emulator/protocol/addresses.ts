import type { ModelReference } from '../state/entities.ts';

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
 * The id that a reference's `self` names, undefined when it names nothing of that collection. Only the path counts: host
 * and query may differ from those of the request.
 */
export function idIn(self: string, collection: 'projects' | 'datasets' | 'models' | 'models/base'): string | undefined {
  const path = URL.parse(self)?.pathname ?? '';
  return new RegExp(`^/speechtotext/${collection}/(${uuid})$`).exec(path)?.[1]?.toLowerCase();
}

export function modelIn(self: string): ModelReference | undefined {
  const base = idIn(self, 'models/base');
  if (base) return { kind: 'base', id: base };
  const custom = idIn(self, 'models');
  return custom ? { kind: 'custom', id: custom } : undefined;
}
