import { randomUUID } from 'node:crypto';
import { addressOf } from '../protocol/addresses.ts';
import type { Answer, Call, Operation } from '../protocol/call.ts';
import { invalid, type JsonObject, objectBody, requiredText } from '../protocol/request-body.ts';
import { serviceError } from '../protocol/service-error.ts';
import { accountId } from '../state/account.ts';
import { dateTime } from '../state/date-time.ts';
import type { ModelCopy } from '../state/entities.ts';
import { beginLifecycle } from '../state/lifecycles.ts';
import { startWork } from '../work/settle.ts';
import { retryAfter } from './entity-views.ts';
import { entityAnswer, faultyEnding, found } from './worked-entity.ts';

/** How long an authorization lasts; the definition does not say. */
const authorizationHours = 24;

/**
 * Copies of custom models between resources: the target authorizes its source, the source sends the model with that
 * authorization, and an operation tells how far it is.
 */
export const modelCopyOperations: readonly Operation[] = [
  { id: 'Models_AuthorizeCopy', method: 'POST', path: '/models:authorizecopy', run: authorizeCopy },
  { id: 'Models_Copy', method: 'POST', path: '/models/{id}:copy', run: beginCopy },
  {
    id: 'Operations_GetModelCopy',
    method: 'GET',
    path: '/operations/models/copy/{id}',
    async run(call) {
      const copy = await found(call, 'modelCopies');
      return entityAnswer(call, copy, copyView(call, copy));
    },
  },
];

function authorizeCopy(call: Call): Answer {
  const { clock, store, account } = call.resource;
  const sourceResourceId = requiredText(objectBody(call), 'sourceResourceId');
  if (!accountPattern.test(sourceResourceId)) {
    throw wrongSource('The value of sourceResourceId is not the Azure resource id of a Speech resource.');
  }
  for (const old of store.all('copyAuthorizations')) {
    if (old.expiresAt <= clock.now()) store.remove('copyAuthorizations', old.id);
  }
  const expiresAt = clock.now() + authorizationHours * 3600_000;
  const authorization = { id: randomUUID(), sourceResourceId, expiresAt };
  store.put('copyAuthorizations', authorization);
  return {
    status: 200,
    body: {
      targetResourceRegion: account.location,
      targetResourceId: accountId(account),
      targetResourceEndpoint: `${call.origin}/`,
      sourceResourceId,
      expirationDateTime: dateTime(expiresAt),
      id: authorization.id,
    },
  };
}

async function beginCopy(call: Call): Promise<Answer> {
  const { resource } = call;
  const authorization = authorizationIn(call, objectBody(call));
  const model = await found(call, 'models');
  if (model.status !== 'Succeeded') {
    throw serviceError('InvalidRequest', {
      message: `The status of the model is ${model.status}, but it must be Succeeded.`,
      inner: 'InvalidModel',
    });
  }
  const now = resource.clock.now();
  const copy: ModelCopy = {
    id: randomUUID(),
    displayName: model.displayName,
    locale: model.locale,
    createdAt: now,
    ...beginLifecycle('modelCopy', { now }),
    ...faultyEnding(call),
    modelId: model.id,
    ...authorization,
    files: [],
  };
  resource.store.put('modelCopies', copy);
  startWork(resource, 'modelCopies', copy);
  const view = copyView(call, copy);
  return { status: 202, headers: { ...retryAfter(call, [copy]), 'operation-location': view.self }, body: view };
}

function authorizationIn({ resource }: Call, body: JsonObject): Pick<ModelCopy, 'authorizationId' | 'targetEndpoint'> {
  for (const name of ['targetResourceRegion', 'targetResourceId']) requiredText(body, name);
  const authorizationId = requiredText(body, 'id');
  const targetEndpoint = requiredText(body, 'targetResourceEndpoint');
  const sourceResourceId = requiredText(body, 'sourceResourceId');
  if (Number.isNaN(Date.parse(requiredText(body, 'expirationDateTime')))) {
    throw invalid('expirationDateTime', 'It must be a date and time.');
  }
  const { protocol } = URL.parse(targetEndpoint) ?? {};
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw invalid('targetResourceEndpoint', 'It must be an absolute http or https address.');
  }
  if (sourceResourceId.toLowerCase() !== accountId(resource.account).toLowerCase()) {
    throw wrongSource('The authorization is for another source than this resource.');
  }
  // Whether it has expired is the target's to say: the clocks of two emulators are moved one by one.
  return { authorizationId, targetEndpoint };
}

function copyView(call: Call, copy: ModelCopy) {
  return {
    id: copy.id,
    self: addressOf(call.origin, `/operations/models/copy/${copy.id}`),
    createdDateTime: dateTime(copy.createdAt),
    lastActionDateTime: dateTime(copy.lastActionAt),
    status: copy.status,
    result: copy.result === undefined ? undefined : { link: copy.result },
    error: copy.error,
  };
}

const accountPattern =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.CognitiveServices\/accounts\/[^/]+$/i;

function wrongSource(message: string): Error {
  return serviceError('InvalidRequest', {
    message,
    inner: 'InvalidSourceAzureResourceId',
    target: 'sourceResourceId',
  });
}
