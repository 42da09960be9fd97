import { randomUUID } from 'node:crypto';
import type { Answer, Call, Operation } from '../protocol/call.ts';
import { type Endpoint, isSameModel, isTerminal, type ModelReference } from '../state/entities.ts';
import { beginLifecycle } from '../state/lifecycles.ts';
import { namedModel } from '../state/redeployment.ts';
import { checkDelta, type JsonObject, objectBody, optionalBoolean, optionalObject } from '../protocol/request-body.ts';
import { serviceError } from '../protocol/service-error.ts';
import { findModel } from '../state/models-catalogue.ts';
import { allSettled } from '../work/settle.ts';
import { collection, type Keep } from './collection.ts';
import { modelView, workedView } from './entity-views.ts';
import { defaultModel, usableModelIn } from './model-checks.ts';
import { commonChange, commonDelta, faultyEnding, found, newEntityMembers, projectIn } from './worked-entity.ts';

/** Private deployments of a model. A swap keeps the endpoint and its id; the previous model serves until it is done. */
export const endpointOperations: readonly Operation[] = collection('Endpoints', {
  name: 'endpoints',
  view: endpointView,
  create: newEndpoint,
  change: changeOf,
  deletion: { missing: 'NotFound' },
});

export function endpointView(call: Call, endpoint: Endpoint) {
  const webSocketOrigin = call.origin.replace(/^http/, 'ws');
  return {
    ...workedView(call, endpoint, `/endpoints/${endpoint.id}`),
    model: modelView(call, namedModel(endpoint)),
    links: { webSocket: `${webSocketOrigin}/stt/speech/universal/v2?cid=${endpoint.id}` },
    properties: { loggingEnabled: endpoint.loggingEnabled ?? false, error: endpoint.error },
  };
}

async function newEndpoint(call: Call, keep: Keep<'endpoints'>): Promise<Answer> {
  const { resource } = call;
  const body = objectBody(call);
  const members = newEntityMembers(body);
  const { locale } = members;
  const model = (await deployableModel(call, body, locale)) ?? defaultModel(call, locale);
  const loggingEnabled = loggingIn(call, optionalObject(body, 'properties'), 'loggingEnabled');
  const projectId = projectIn(call, body, locale);
  if ((await allSettled(resource, 'endpoints')).length >= resource.quotas.endpoints) {
    throw serviceError('InvalidRequest', {
      message: `The resource already has ${resource.quotas.endpoints} endpoints, which is the limit of ${resource.settings.sku}.`,
      inner: 'QuotaViolation',
    });
  }
  const now = resource.clock.now();
  return keep({
    id: randomUUID(),
    createdAt: now,
    ...members,
    ...beginLifecycle('firstDeployment', { now }),
    ...faultyEnding(call),
    projectId,
    model,
    loggingEnabled,
    deployed: false,
    files: [],
  });
}

async function changeOf(call: Call): Promise<(endpoint: Endpoint) => Endpoint> {
  const body = objectBody(call);
  checkDelta(body, [...commonDelta, 'model', 'properties']);
  const { locale } = await found(call, 'endpoints');
  const model = await deployableModel(call, body, locale);
  const properties = optionalObject(body, 'properties');
  checkDelta(properties, ['contentLoggingEnabled']);
  const logging =
    'contentLoggingEnabled' in properties
      ? { loggingEnabled: loggingIn(call, properties, 'contentLoggingEnabled') }
      : {};
  return (endpoint) => {
    const changed = { ...endpoint, ...commonChange(call, body, endpoint), ...logging };
    return model ? swapped(call, changed, model) : changed;
  };
}

/** The endpoint with a swap begun; as it is when it has Succeeded with the model, by what it names. */
function swapped(call: Call, endpoint: Endpoint, model: ModelReference): Endpoint {
  if (endpoint.status === 'Succeeded' && isSameModel(namedModel(endpoint), model)) return endpoint;
  if (endpoint.progress !== undefined) {
    const why = isTerminal(endpoint) ? 'it is being redeployed' : `its status is ${endpoint.status}`;
    throw serviceError('Conflict', {
      message: `The model of the endpoint cannot be updated while ${why}.`,
      inner: 'EndpointNotUpdatable',
      target: 'model',
    });
  }
  const { redeployment, clock } = call.resource;
  const begun = beginLifecycle(endpoint.deployed ? 'modelSwap' : 'firstDeployment', { now: clock.now() });
  return {
    ...endpoint,
    ...begun,
    ...(endpoint.deployed && redeployment === 'at-once' ? { status: 'Succeeded' } : {}),
    ...faultyEnding(call),
    error: undefined,
    wanted: model,
    redeployment,
  };
}

async function deployableModel(call: Call, body: JsonObject, locale: string): Promise<ModelReference | undefined> {
  const reference = await usableModelIn(call, body, { name: 'model', locale, failedCode: 'DeployingFailedModel' });
  if (reference === undefined || findModel(call.resource, reference)?.supportsEndpoints !== false) return reference;
  throw serviceError('InvalidRequest', {
    message: 'The specified model does not support endpoints.',
    inner: 'InvalidModel',
    target: 'model',
  });
}

/** Since 2024-11-15 only resources with storage of their own can log (Microsoft Learn: migrate to 2024-11-15). */
function loggingIn({ resource }: Call, properties: JsonObject, name: string): boolean {
  const isWanted = optionalBoolean(properties, name);
  if (!isWanted || resource.account.byos) return isWanted;
  throw serviceError('InvalidRequest', {
    message: 'Logging is only supported for endpoints of resources that bring their own storage.',
    inner: 'EndpointLoggingNotSupported',
    target: 'properties',
  });
}
