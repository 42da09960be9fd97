import { type CopyAuthorization, type CopyPort, type ModelCopy, ServiceError } from '../engine/ports.ts';
import { waitForEntity } from '../engine/retries/wait-for-entity.ts';
import { type CollectionKind, json, readEntity, type SpeechService } from './collections.ts';
import { entityUrl, idOf, resourceUrl } from './references.ts';
import { redactForms } from './redaction.ts';
import { isJsonObject, readJson } from './service-answer.ts';

const operations: CollectionKind = { path: 'operations/models/copy', noun: 'copy' };

/** Copies of models between this Speech resource and others: `models:authorizecopy`, `models:copy` and its operations. */
export function createModelCopies(service: SpeechService): CopyPort {
  const { endpoint, send } = service;
  const read = async (reference: string, signal: AbortSignal | undefined) => {
    const { value, retryAfterMilliseconds } = await readEntity<ModelCopy>(service, operations, { reference, signal });
    return { entity: value && withoutSecrets(value), retryAfterMilliseconds };
  };
  return {
    async authorize(sourceResourceId, { signal } = {}) {
      const answer = await send<CopyAuthorization>({
        method: 'POST',
        url: resourceUrl(endpoint, 'models:authorizecopy'),
        purpose: 'authorize a copy',
        repetition: 'always',
        body: json({ sourceResourceId }),
        read: readAuthorization,
        signal,
      });
      return answer.value;
    },
    async begin(model, authorization, { signal } = {}) {
      const url = entityUrl(endpoint, 'models', model);
      url.pathname += ':copy';
      const answer = await send<ModelCopy>({
        method: 'POST',
        url,
        purpose: `copy model ${idOf(model)}`,
        // A repetition after a lost answer would make a second copy.
        repetition: 'when-not-acted',
        body: json(authorization),
        read: readCopy,
        signal,
      });
      return answer.value;
    },
    get: async (reference, { signal } = {}) => (await read(reference, signal)).entity,
    async wait(reference, options = {}) {
      const { signal } = options;
      const pollMilliseconds = service.pollFloorMilliseconds;
      const { sleep } = service;
      const copy = await waitForEntity(async () => await read(reference, signal), {
        ...options,
        pollMilliseconds,
        sleep,
      });
      if (copy !== undefined) return copy;
      throw new ServiceError(`Cannot wait for copy ${idOf(reference)}: it does not exist any more`, {
        method: 'GET',
        path: entityUrl(endpoint, operations.path, reference).pathname,
        status: 404,
        code: 'NotFound',
        attempts: 1,
        outcome: 'refused',
      });
    },
  };
}

function readAuthorization(text: string): { readonly value: CopyAuthorization } | undefined {
  const value = readJson(text);
  const isWhole = isJsonObject(value) && ['id', 'targetResourceId'].every((name) => typeof value[name] === 'string');
  return isWhole ? { value: value as unknown as CopyAuthorization } : undefined;
}

function readCopy(text: string): { readonly value: ModelCopy } | undefined {
  const value = readJson(text);
  return isJsonObject(value) && typeof value['self'] === 'string'
    ? { value: withoutSecrets(value as unknown as ModelCopy) }
    : undefined;
}

function withoutSecrets(copy: ModelCopy): ModelCopy {
  const { error } = copy;
  return error === undefined ? copy : { ...copy, error: { ...error, message: redactForms(error.message ?? '') } };
}
