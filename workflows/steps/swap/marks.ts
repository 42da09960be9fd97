import type { Outputs, StepContext } from '../../engine/step-kind.ts';
import { previousModelOf, previousModelProperty, swapMark, swapProperty } from '../../plan/endpoint-proof.ts';
import { digestOf, entityId, withEntries } from '../../plan/identity.ts';
import { sameModel, type KnownModels } from '../../plan/models.ts';
import type { Endpoint } from '../../plan/speech-entities.ts';
import { readNow } from '../ensure.ts';
import { otherModel, type Heard } from './until-heard.ts';

/**
 * Notes on the endpoint that this model was heard there, or that nobody could; an endpoint without room for it goes without. `before`
 * is the id of the model that the endpoint served before this one, where the change has noted another; `by` the word of the run that gave it the model, where
 * that is to be known again. `endpoint` is as the step has found it. Answers what speaks against the mark: somebody has given the endpoint another model meanwhile.
 */
export async function markServed(
  context: StepContext,
  endpoint: Endpoint,
  served: {
    readonly model: string;
    readonly heard: Heard['kind'];
    readonly before?: string | undefined;
    readonly by?: string;
  },
): Promise<string | undefined> {
  const { model, heard, before, by } = served;
  const { endpoints } = context.ports.speech;
  const mark = swapMark(heard === 'heard' ? 'proved' : 'unheard', model, { by });
  const entries = { [swapProperty]: mark, ...(before === undefined ? {} : { [previousModelProperty]: before }) };
  const fault = await context.effect('update-endpoint', {
    digest: digestOf('endpoint', { endpoint: entityId(endpoint.self), mark }),
    async act(): Promise<string | null> {
      const now = await readNow<Endpoint>(context, endpoints, endpoint.self);
      const other = otherModel(now, model) ?? givenMeanwhile(markOfOther(now, { endpoint, own: [model] }));
      if (other !== undefined) return other;
      if (now.customProperties?.[swapProperty] === mark) return null;
      const change = { customProperties: withEntries(now, entries) };
      const changed = await endpoints.update(endpoint.self, change, { signal: context.signal });
      return otherModel(changed, model) ?? null;
    },
  });
  return fault ?? undefined;
}

/**
 * That somebody else has given the endpoint a model since this run did, in words; undefined while the endpoint is as the run has left
 * it. It names one of its `own` models until then: the one that the run gave it, and the ones before and after that.
 */
export function givenByOther(
  now: Endpoint,
  of: { readonly endpoint: Endpoint; readonly own: readonly string[] },
): string | undefined {
  const { self } = now.model ?? {};
  const isOwn = self === undefined || of.own.some((one) => sameModel(one, self));
  if (!isOwn) return `it serves model ${entityId(self)}`;
  const mark = markOfOther(now, of);
  return mark === undefined ? undefined : `it is marked as ${mark}`;
}

function givenMeanwhile(mark: string | undefined): string | undefined {
  return mark === undefined ? undefined : `The endpoint was given another model meanwhile: it is marked as ${mark}`;
}

/** The mark of another swap. An endpoint that is given another model may name the one before for a while, and is marked at once. */
function markOfOther(
  now: Endpoint,
  { endpoint, own }: { readonly endpoint: Endpoint; readonly own: readonly string[] },
): string | undefined {
  const mark = now.customProperties?.[swapProperty];
  // An endpoint without room for the mark of this swap still has the mark of the one before.
  if (mark === undefined || mark === endpoint.customProperties?.[swapProperty]) return undefined;
  return own.some((one) => mark.split(' ')[1] === entityId(one)) ? undefined : mark;
}

/** The output of a swap in which it leaves for the step that takes it back what {@link notedBefore} gives. */
export const notedOutput = 'notedModel';

/**
 * The id of the model that an endpoint noted as the one before, until the swap with these outputs gave it another one; empty where that is
 * not known.
 */
export function notedBefore(outputs: Outputs): string {
  return String(outputs[notedOutput] ?? '');
}

/** The model that the endpoint served before its last swap; empty when no swap has noted it. */
export function notedPrevious(endpoint: Endpoint, known: KnownModels): string {
  const id = previousModelOf(endpoint);
  return [...known.models, ...known.baseModels].find(({ self }) => sameModel(self, id))?.self ?? '';
}
