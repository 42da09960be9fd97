import type { SwapWith } from '../../../schemas/types.gen.ts';
import type { NewEndpoint } from '../../engine/ports.ts';
import { StepFailure, type StepContext, type StepInput } from '../../engine/step-kind.ts';
import { swapMark, swapProperty } from '../../plan/endpoint-proof.ts';
import { digestOf, digestProperty, oldestUsable } from '../../plan/identity.ts';
import { sameModel } from '../../plan/models.ts';
import type { Endpoint } from '../../plan/speech-entities.ts';
import { deletionOf } from '../deletion.ts';
import { customProperties, ensureEntity, withReason } from '../ensure.ts';

/**
 * The endpoint of this name, made with the candidate when there is none, which is not proved there yet. `isNew`: this step has made
 * it; else it may serve another model.
 */
export async function createEndpoint(
  { with: wanted, pipeline }: StepInput<SwapWith>,
  context: StepContext,
  candidate: { readonly self: string; readonly displayName: string },
): Promise<{ readonly endpoint: Endpoint; readonly isNew: boolean }> {
  const { endpoints } = context.ports.speech;
  const digest = digestOf('endpoint', { name: wanted.endpoint, locale: pipeline.locale });
  const { action, self } = await ensureEntity<Endpoint>(context, {
    effect: 'create-endpoint',
    digest,
    collection: endpoints,
    find: async () => {
      const named = (await endpoints.list({ signal: context.signal })).filter(
        ({ displayName, locale }) => displayName === wanted.endpoint && locale === pipeline.locale,
      );
      return oldestUsable(named);
    },
    projectOf: pipeline,
    create: async (link) => {
      const body: NewEndpoint = {
        displayName: wanted.endpoint,
        locale: pipeline.locale,
        model: { self: candidate.self },
        customProperties: {
          ...customProperties(digest, pipeline),
          [swapProperty]: swapMark('unproved', candidate.self),
        },
        ...link,
      };
      return await endpoints.create(body, { signal: context.signal });
    },
  });
  context.report(`deploying ${candidate.displayName}`);
  const endpoint = await endpoints.wait(self, { signal: context.signal, onTrouble: context.report });
  if (endpoint.status !== 'Succeeded')
    throw new StepFailure(
      `${withReason(`The service failed the endpoint ${wanted.endpoint}`, endpoint)}; it stays: the next run gives it the model again, or ${deletionOf(endpoint, context.ports)}`,
      { endpoint: self },
    );
  // An endpoint of this name that another run or a person made at the same time may serve another model.
  const isOwn = endpoint.customProperties?.[digestProperty] === digest;
  const isNew = action === 'create' && isOwn && sameModel(candidate.self, endpoint.model?.self);
  return { endpoint, isNew };
}
