import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { addressOf, isUuid } from '../protocol/addresses.ts';
import { copiesPath, type SentModel } from '../protocol/model-copying.ts';
import { originOf } from '../protocol/origin.ts';
import { ServiceError, serviceError } from '../protocol/service-error.ts';
import type { CopyAuthorization, CustomModel } from '../state/entities.ts';
import { findBaseModel } from '../state/models-catalogue.ts';
import type { SpeechResource } from '../state/speech-resource.ts';
import { stableUuid } from '../state/stable-uuid.ts';
import { uploadName } from '../work/recognition-models.ts';

/**
 * Where another emulator puts the models that it copies here: the data of each, and then the model. No key, but the id of an
 * authorization that this resource has given and that has not expired.
 */
export function modelArrival(resource: SpeechResource) {
  return async (app: FastifyInstance): Promise<void> => {
    app.addContentTypeParser('application/octet-stream', async (_request: FastifyRequest, stream: unknown) => stream);
    app.setErrorHandler(async (error, _request, reply) => {
      const known = error instanceof ServiceError ? error : serviceError('InvalidRequest', { message: String(error) });
      return reply.code(known.status).send(known.body);
    });
    app.put(`${copiesPath}/:authorization/:dataset`, async (request, reply) => {
      const { dataset = '' } = request.params as Readonly<Record<string, string>>;
      const maximumBytes = Math.max(...Object.values(resource.quotas.fileBytes));
      const stream = request.body as Readable;
      const { id } = await heardOut(stream, () => {
        if (!isUuid(dataset)) throw serviceError('InvalidRequest', { message: 'The dataset has no valid id.' });
        return authorizationOf(resource, request);
      });
      await resource.contents.writeStream(copyOf(id, dataset), { name: uploadName, stream, maximumBytes });
      return reply.code(201).send();
    });
    app.put(`${copiesPath}/:authorization`, async (request, reply) => {
      const model = arrived(resource, authorizationOf(resource, request), request.body as SentModel);
      resource.store.put('models', model);
      return reply.code(201).send({ self: addressOf(originOf(request), `/models/${model.id}`) });
    });
  };
}

/** What `check` answers; before it refuses, all that is being sent is taken: the sender would find its connection closed, and no answer. */
async function heardOut<T>(stream: Readable, check: () => T): Promise<T> {
  try {
    return check();
  } catch (error) {
    for await (const _ of stream);
    throw error;
  }
}

function authorizationOf(resource: SpeechResource, request: FastifyRequest): CopyAuthorization {
  const { authorization = '' } = request.params as Readonly<Record<string, string>>;
  const known = resource.store.get('copyAuthorizations', authorization.toLowerCase());
  if (!known || resource.account.isDeleted) {
    throw serviceError('Forbidden', { message: 'The resource has given no such authorization.' });
  }
  if (known.expiresAt > resource.clock.now()) return known;
  throw serviceError('Forbidden', {
    message: 'The authorization has expired.',
    inner: 'ModelCopyAuthorizationExpired',
  });
}

function arrived(resource: SpeechResource, authorization: CopyAuthorization, sent: SentModel): CustomModel {
  const { sourceResourceId, trainingData, ...members } = sent;
  if (sourceResourceId.toLowerCase() !== authorization.sourceResourceId.toLowerCase()) {
    throw serviceError('Forbidden', {
      message: 'The authorization is for another source.',
      inner: 'InvalidSourceAzureResourceId',
    });
  }
  const now = resource.clock.now();
  if (!findBaseModel(now, sent.baseModelId)) {
    throw serviceError('InvalidRequest', {
      message: 'The base model of the copied model is not there yet.',
      inner: 'InvalidBaseModel',
    });
  }
  return {
    ...members,
    id: randomUUID(),
    isCopy: true,
    trainingData: trainingData.map((data) => ({ ...data, datasetId: copyOf(authorization.id, data.datasetId) })),
    createdAt: now,
    lastActionAt: now,
    status: 'Succeeded',
    files: [],
  };
}

/** The id that the data of another resource have here, so that they meet no dataset of this one. */
function copyOf(authorizationId: string, datasetId: string): string {
  return stableUuid(`copied ${authorizationId}/${datasetId.toLowerCase()}`);
}
