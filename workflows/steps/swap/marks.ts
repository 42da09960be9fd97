import type { StepContext } from '../../engine/step-kind.ts';
import {
  previousModelOf,
  previousModelProperty,
  swapMark,
  swapProperty,
  withEntries,
} from '../../plan/endpoint-proof.ts';
import { digestOf, entityId } from '../../plan/identity.ts';
import { sameModel, type KnownModels } from '../../plan/models.ts';
import type { Endpoint } from '../../plan/speech-entities.ts';
import { readNow } from '../ensure.ts';
import type { Heard } from './until-heard.ts';

/**
 * Notes on the endpoint that this model was heard there, or that nobody could; an endpoint without room for it goes without. `before`
 * is the id of the model that the endpoint served before this one, where the change has noted another.
 */
export async function markServed(
  context: StepContext,
  endpoint: Endpoint,
  served: { readonly model: string; readonly heard: Heard['kind']; readonly before?: string | undefined },
): Promise<void> {
  const { model, heard, before } = served;
  const { endpoints } = context.ports.speech;
  const mark = swapMark(heard === 'heard' ? 'proved' : 'unheard', model);
  const entries = { [swapProperty]: mark, ...(before === undefined ? {} : { [previousModelProperty]: before }) };
  await context.effect('update-endpoint', {
    digest: digestOf('endpoint', { endpoint: entityId(endpoint.self), mark }),
    async act() {
      const now = await readNow<Endpoint>(context, endpoints, endpoint.self);
      if (now.customProperties?.[swapProperty] !== mark) {
        const change = { customProperties: withEntries(now, entries) };
        await endpoints.update(endpoint.self, change, { signal: context.signal });
      }
      return null;
    },
  });
}

/** The model that the endpoint served before its last swap; empty when no swap has noted it. */
export function notedPrevious(endpoint: Endpoint, known: KnownModels): string {
  const id = previousModelOf(endpoint);
  return [...known.models, ...known.baseModels].find(({ self }) => sameModel(self, id))?.self ?? '';
}
