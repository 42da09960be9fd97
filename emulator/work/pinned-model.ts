import type { ModelReference } from '../state/entities.ts';
import { newestBaseModel, servedModel } from '../state/models-catalogue.ts';
import type { SpeechResource } from '../state/speech-resource.ts';
import { settled } from './settle.ts';

/** What a recognition is answered by, from its beginning to its end. */
export interface PinnedModel {
  readonly kind: 'pinned';
  readonly model: ModelReference;
  /** Where it counts among the recognitions at a time: the endpoint's id, or `base`. */
  readonly place: string;
}

/** Why there is no model for it. The message is a sentence. */
export interface NoModel {
  readonly kind: 'refused';
  readonly message: string;
}

/**
 * The model with which the service recognises a request that comes now: that of the endpoint which `cid` names, else the newest base model of the
 * language. An endpoint tells its language itself; `language` is compared with it, `otherwise` only stands in for a language where the
 * endpoint is not there.
 */
export async function pinModel(
  resource: SpeechResource,
  { cid, language, otherwise }: { readonly cid?: string; readonly language?: string; readonly otherwise?: string },
): Promise<PinnedModel | NoModel> {
  // An endpoint that tells its language itself needs none of the base models.
  const named = language ? newestBaseModel(resource, language) : undefined;
  if (language && !named) return { kind: 'refused', message: `The language '${language}' is not supported.` };
  if (cid !== undefined) {
    const endpoint = await settled(resource, 'endpoints', cid.toLowerCase());
    if (endpoint && (!named || endpoint.locale === named.generation.locale)) {
      return { kind: 'pinned', model: servedModel(resource, endpoint), place: endpoint.id };
    }
    if (resource.settings.unknownCid === 'strict') {
      return { kind: 'refused', message: 'Invalid CID: it names no endpoint of this language.' };
    }
  }
  const spoken = language || otherwise || '';
  const base = named ?? newestBaseModel(resource, spoken);
  if (base) return { kind: 'pinned', model: { kind: 'base', id: base.id }, place: 'base' };
  const message =
    spoken === ''
      ? 'Invalid CID or language: the query has no language.'
      : `The language '${spoken}' is not supported.`;
  return { kind: 'refused', message };
}
