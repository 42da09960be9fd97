import type { ResourceSource } from '../../portal/server/sources.ts';
import type { Ports } from '../../workflows/engine/ports.ts';

/** The turn of a portal whose resource no other process wants. */
export const lastingTurn = new AbortController().signal;

/** A Speech resource of a portal that is these ports. */
export function fakeResource(ports: Ports, change: Partial<ResourceSource> = {}): ResourceSource {
  return {
    id: 'contoso',
    name: 'contoso.cognitiveservices.azure.com',
    endpoint: 'https://contoso.cognitiveservices.azure.com',
    borrow: async (act) => await act(ports, lastingTurn),
    ...change,
  };
}
