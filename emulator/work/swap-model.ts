import type { Endpoint } from '../entities.ts';
import type { SpeechResource, WorkResult } from '../speech-resource.ts';

/** A deployment has no work of its own: when its time is over, the endpoint serves the wanted model. */
export async function swapModel(_resource: SpeechResource, endpoint: Endpoint): Promise<WorkResult> {
  const model = endpoint.ignoresWanted ? endpoint.model : (endpoint.wanted ?? endpoint.model);
  const change: Partial<Endpoint> = { model, wanted: undefined, ignoresWanted: undefined, deployed: true };
  return { kind: 'succeeded', change };
}
