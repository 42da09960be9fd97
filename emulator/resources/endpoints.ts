import { randomUUID } from 'node:crypto';
import type { Answer, Call, Operation } from '../protocol/call.ts';
import { type Endpoint, isSameModel, isTerminal, type ModelReference } from '../state/entities.ts';
import { beginLifecycle } from '../state/lifecycles.ts';
import { supportedLocales } from '../recognition/base-generations.ts';
import { checkDelta, type JsonObject, objectBody, optionalBoolean, optionalObject } from '../protocol/request-body.ts';
import { serviceError } from '../protocol/service-error.ts';
import { allSettled, startWork } from '../work/settle.ts';
import { modelView, workedView } from './entity-views.ts';
import { listWorked, workedProperties } from './list-entities.ts';
import { defaultModel, usableModelIn } from './model-checks.ts';
import {
  checkDeletable,
  commonChange,
  commonDelta,
  createdAnswer,
  faultyEnding,
  entityAnswer,
  found,
  newEntityMembers,
  projectIn,
} from './worked-entity.ts';

/** Private deployments of a model. A swap keeps the endpoint and its id; the previous model serves until it is done. */
export const endpointOperations: readonly Operation[] = [
  {
    id: 'Endpoints_ListSupportedLocales',
    method: 'GET',
    path: '/endpoints/locales',
    run: () => ({ status: 200, body: supportedLocales }),
  },
  {
    id: 'Endpoints_List',
    method: 'GET',
    path: '/endpoints',
    run: (call) => listWorked(call, 'endpoints', { view: endpointView, properties: workedProperties }),
  },
  { id: 'Endpoints_Create', method: 'POST', path: '/endpoints', run: createEndpoint },
  { id: 'Endpoints_Get', method: 'GET', path: '/endpoints/{id}', run: getEndpoint },
  { id: 'Endpoints_Update', method: 'PATCH', path: '/endpoints/{id}', run: updateEndpoint },
  { id: 'Endpoints_Delete', method: 'DELETE', path: '/endpoints/{id}', run: deleteEndpoint },
];

export function endpointView(call: Call, endpoint: Endpoint) {
  const shows = call.resource.settings.swapShows === 'wanted' ? (endpoint.wanted ?? endpoint.model) : endpoint.model;
  const webSocketOrigin = call.origin.replace(/^http/, 'ws');
  return {
    ...workedView(call, endpoint, `/endpoints/${endpoint.id}`),
    model: modelView(call, shows),
    links: { webSocket: `${webSocketOrigin}/stt/speech/universal/v2?cid=${endpoint.id}` },
    properties: { loggingEnabled: false, error: endpoint.error },
  };
}

async function createEndpoint(call: Call): Promise<Answer> {
  const { resource } = call;
  const body = objectBody(call);
  const members = newEntityMembers(body);
  const { locale } = members;
  const model = (await deployableModel(call, body, locale)) ?? defaultModel(call, locale);
  refuseLogging(optionalBoolean(optionalObject(body, 'properties'), 'loggingEnabled'));
  const projectId = projectIn(call, body, locale);
  if ((await allSettled(resource, 'endpoints')).length >= resource.quotas.endpoints) {
    throw serviceError('InvalidRequest', {
      message: `The resource already has ${resource.quotas.endpoints} endpoints, which is the limit of ${resource.settings.sku}.`,
      inner: 'QuotaViolation',
    });
  }
  const now = resource.clock.now();
  const endpoint: Endpoint = {
    id: randomUUID(),
    createdAt: now,
    ...members,
    ...beginLifecycle('firstDeployment', { now }),
    ...faultyEnding(call),
    projectId,
    model,
    deployed: false,
    files: [],
  };
  resource.store.put('endpoints', endpoint);
  startWork(resource, 'endpoints', endpoint);
  return createdAnswer(endpointView(call, endpoint));
}

async function getEndpoint(call: Call): Promise<Answer> {
  const endpoint = await found(call, 'endpoints');
  return entityAnswer(call, endpoint, endpointView(call, endpoint));
}

async function updateEndpoint(call: Call): Promise<Answer> {
  const { resource } = call;
  const body = objectBody(call);
  checkDelta(body, [...commonDelta, 'model', 'properties']);
  const before = await found(call, 'endpoints');
  const model = await deployableModel(call, body, before.locale);
  const properties = optionalObject(body, 'properties');
  checkDelta(properties, ['contentLoggingEnabled']);
  refuseLogging(optionalBoolean(properties, 'contentLoggingEnabled'));
  const endpoint = await found(call, 'endpoints');
  const changed = { ...endpoint, ...commonChange(call, body, endpoint) };
  const updated = model ? swapped(call, changed, model) : changed;
  resource.store.put('endpoints', updated);
  if (updated.progress !== endpoint.progress) startWork(resource, 'endpoints', updated);
  return entityAnswer(call, updated, endpointView(call, updated));
}

/** The endpoint with a swap begun; as it is when it already serves the model. */
function swapped(call: Call, endpoint: Endpoint, model: ModelReference): Endpoint {
  if (endpoint.status === 'Succeeded' && isSameModel(endpoint.model, model)) return endpoint;
  if (!isTerminal(endpoint)) {
    throw serviceError('Conflict', {
      message: `The model of the endpoint cannot be updated while its status is ${endpoint.status}.`,
      inner: 'EndpointNotUpdatable',
      target: 'model',
    });
  }
  const begun = beginLifecycle(endpoint.deployed ? 'modelSwap' : 'firstDeployment', { now: call.resource.clock.now() });
  return {
    ...endpoint,
    ...begun,
    ...faultyEnding(call),
    error: undefined,
    wanted: model,
  };
}

async function deleteEndpoint(call: Call): Promise<Answer> {
  const endpoint = await found(call, 'endpoints');
  checkDeletable(endpoint);
  call.resource.store.remove('endpoints', endpoint.id);
  return { status: 204 };
}

function deployableModel(call: Call, body: JsonObject, locale: string): Promise<ModelReference | undefined> {
  return usableModelIn(call, body, { name: 'model', locale, failedCode: 'DeployingFailedModel' });
}

/** Since 2024-11-15 only resources with storage of their own can log (Microsoft Learn: migrate to 2024-11-15). */
function refuseLogging(isWanted: boolean): void {
  if (!isWanted) return;
  throw serviceError('InvalidRequest', {
    message: 'Logging is only supported for endpoints of resources that bring their own storage.',
    inner: 'EndpointLoggingNotSupported',
    target: 'properties',
  });
}
