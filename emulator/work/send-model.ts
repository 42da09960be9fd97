import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { json } from 'node:stream/consumers';
import { accountId } from '../state/account.ts';
import { copyPlace, type SentModel } from '../protocol/model-copying.ts';
import type { ErrorBody } from '../protocol/service-error.ts';
import { isRefusedAddress, lookupAllowed } from '../protocol/outgoing-address.ts';
import type { ModelCopy } from '../state/entities.ts';
import type { SpeechResource, WorkResult } from '../state/speech-resource.ts';
import { uploadName } from './recognition-models.ts';

const longestMilliseconds = 10 * 60_000;

/**
 * Sends a custom model to the resource that its authorization names: what it was trained with, and then the model itself. No key
 * goes with it; the authorization is what the other emulator lets it in for. A target that has no place for models fails the copy.
 */
export async function sendModel(resource: SpeechResource, copy: ModelCopy): Promise<WorkResult> {
  // A copy that is to fail must not leave a model at its target.
  if (copy.doom !== undefined) return { kind: 'failed', change: {} };
  const model = resource.store.get('models', copy.modelId);
  if (!model) throw new Error(`Model ${copy.modelId} is not there`);
  const target = new URL(copyPlace(copy.authorizationId), copy.targetEndpoint);
  const { displayName, description, locale, baseModelId, trainingData, customModelWeightPercent } = model;
  const sent: SentModel = {
    sourceResourceId: accountId(resource.account),
    displayName,
    description,
    locale,
    baseModelId,
    trainingData,
    customModelWeightPercent,
    transcriptionUntil: model.transcriptionUntil,
  };
  try {
    for (const { datasetId } of trainingData) {
      await put(resource, `${target.href}/${datasetId}`, {
        type: 'application/octet-stream',
        body: resource.contents.readStream(datasetId, uploadName),
      });
    }
    const answer = await put(resource, target.href, { type: 'application/json', body: JSON.stringify(sent) });
    const change: Partial<ModelCopy> = { result: (answer as { readonly self: string }).self };
    return { kind: 'succeeded', change };
  } catch (error) {
    if (resource.closing.aborted) throw error;
    const code = error instanceof Refused ? error.code : 'Forbidden';
    const message = `Cannot copy the model to ${target.origin}: ${error instanceof Error ? error.message : String(error)}.`;
    const change: Partial<ModelCopy> = { error: { code, message } };
    return { kind: 'failed', change };
  }
}

/** What the target says. */
class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

async function put(
  resource: SpeechResource,
  address: string,
  content: { readonly type: string; readonly body: Readable | string },
): Promise<unknown> {
  const url = new URL(address);
  const rule = { allowPrivate: resource.settings.allowPrivate };
  if (isRefusedAddress(url.hostname, rule)) throw new Error('it is in a private network');
  const signal = AbortSignal.any([resource.closing, AbortSignal.timeout(longestMilliseconds)]);
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const request = send(url, {
    method: 'PUT',
    headers: { 'content-type': content.type },
    agent: false,
    lookup: lookupAllowed(rule),
    signal,
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) =>
    request.on('response', resolve).on('error', reject),
  );
  const sending =
    typeof content.body === 'string' ? Promise.resolve(request.end(content.body)) : pipeline(content.body, request);
  const [response] = await Promise.all([answered, sending]);
  const { statusCode = 0 } = response;
  const body = await json(response).catch(() => undefined);
  if (statusCode >= 200 && statusCode < 300) return body;
  const { message = 'no emulator takes models there', code, innerError } = (body ?? {}) as Partial<ErrorBody>;
  throw new Refused(
    `it answered ${statusCode}, ${message.replace(/\.$/, '')}`,
    innerError?.code ?? code ?? 'Forbidden',
  );
}
