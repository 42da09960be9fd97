import {
  type Answer,
  isJsonObject,
  type Json,
  type JsonObject,
  memberAt,
  merged,
  type Question,
  refusal,
} from './answer.ts';
import type { Caller } from './entra.ts';
import { type Kept, ObjectStore } from './object-store.ts';
import { busy, notFound, wrongTenant } from './refusals.ts';
import { isWithin, keyOf, parseResourceId, type ResourceId } from './resource-id.ts';
import {
  type AzureSettings,
  type AzureView,
  type KeptObject,
  namespaces,
  type ResourceType,
  resourceTypes,
} from './resource-types.ts';

/**
 * Azure Resource Manager for one subscription. An object is what was put there, with what Azure adds; changes that take time are
 * over when somebody has looked often enough, so that no clock decides what a test sees.
 */
export class ResourceManager {
  readonly subscription: string;
  readonly tenant: string;
  readonly #origin: string;
  readonly #settings: AzureSettings;
  readonly #owners: readonly string[];
  readonly #objects: ObjectStore;
  readonly #registered = new Set(['microsoft.authorization', 'microsoft.resources', 'microsoft.consumption']);

  constructor(of: {
    readonly subscription: string;
    /** The subscription's. */
    readonly tenant: string;
    readonly origin: string;
    readonly settings: AzureSettings;
    /** Object ids of those who may do everything in the subscription. */
    readonly owners: readonly string[];
    /** How often somebody sees that a change is still under way. */
    readonly looks: number;
  }) {
    this.subscription = of.subscription;
    this.tenant = of.tenant;
    this.#origin = of.origin;
    this.#settings = of.settings;
    this.#owners = of.owners;
    this.#objects = new ObjectStore(of.looks);
  }

  get view(): AzureView {
    return {
      tenant: this.tenant,
      settings: this.#settings,
      deleted: this.#objects.deleted,
      find: (id) => this.#find(id),
      all: (type) => this.#objects.all.filter(({ id }) => keyOf(id.type) === keyOf(type)),
    };
  }

  /** The ids of all objects. */
  get ids(): readonly string[] {
    return this.#objects.all.map(({ id }) => id.path);
  }

  /** What others have made before, of whatever type; nothing is asked or filled in. */
  place(path: string, body: JsonObject = {}): void {
    this.#objects.place(path, body);
  }

  /** What somebody does in the portal: the object is changed as a merge patch says, at once. */
  change(path: string, change: JsonObject): void {
    this.#objects.change(path, change);
  }

  /** What somebody deletes in the portal is gone at once, and an account purged. */
  remove(path: string): void {
    this.#objects.remove(path);
  }

  /** What somebody purges in the portal. */
  purge(name: string): void {
    for (const { id } of this.#objects.deleted) if (id.name === name) this.#objects.purge(id.path);
  }

  /** Undefined when there is no such route. */
  answer(question: Question, caller: Caller): Answer | undefined {
    const { method, path, query } = question;
    if (keyOf(path) === '/subscriptions' && method === 'GET')
      return { status: 200, body: { value: [this.#subscriptionBody()] } };
    const id = parseResourceId(path);
    if (id === undefined) return undefined;
    if (!query.has('api-version')) {
      const message = 'The api-version query parameter (?api-version=) is required for all requests.';
      return refusal(400, 'MissingApiVersionParameter', message);
    }
    if (keyOf(id.subscription) !== keyOf(this.subscription))
      return refusal(404, 'SubscriptionNotFound', `The subscription '${id.subscription}' could not be found.`);
    if (caller.tenant !== this.tenant) return wrongTenant(caller.tenant, this.tenant);
    const forbidden = this.#forbidden(id, { caller, method });
    if (forbidden !== undefined) return forbidden;
    return this.#ofSubscription(id, question) ?? this.#ofType(id, question);
  }

  #subscriptionBody(): JsonObject {
    const id = `/subscriptions/${this.subscription}`;
    return { id, subscriptionId: this.subscription, tenantId: this.tenant, displayName: 'Tests', state: 'Enabled' };
  }

  #forbidden(
    id: ResourceId,
    { caller, method }: { readonly caller: Caller; readonly method: string },
  ): Answer | undefined {
    if (this.#owners.includes(caller.objectId)) return undefined;
    const roles = this.view
      .all('Microsoft.Authorization/roleAssignments')
      .filter(
        ({ id: { parent }, body }) =>
          memberAt(body, 'properties/principalId') === caller.objectId && isWithin(id.path, parent),
      );
    if (method === 'GET' && roles.length > 0) return undefined;
    const verbs: Readonly<Record<string, string>> = { GET: 'read', DELETE: 'delete', POST: 'action' };
    const message = `The client with object id '${caller.objectId}' does not have authorization to perform action '${id.type}/${verbs[method] ?? 'write'}' over scope '${id.path}' or the scope is invalid. If access was recently granted, please refresh your credentials.`;
    return refusal(403, 'AuthorizationFailed', message);
  }

  /** The subscription itself, its providers, operations and deleted accounts, and what is in a resource group. */
  #ofSubscription({ path }: ResourceId, { method, query }: Question): Answer | undefined {
    const [, rest = ''] = /^\/subscriptions\/[^/]+(.*)$/i.exec(path) ?? [];
    const [, namespace, verb] = /^\/providers(?:\/([^/]+))?(?:\/(register))?$/i.exec(rest) ?? [];
    if (method === 'GET' && rest === '') return { status: 200, body: this.#subscriptionBody() };
    if (/^\/providers$/i.test(rest) && method === 'GET')
      return { status: 200, body: { value: namespaces.map((name) => this.#registration(name)) } };
    if (namespace !== undefined && (verb === undefined ? method === 'GET' : method === 'POST')) {
      const name = namespaces.find((one) => keyOf(one) === keyOf(namespace));
      if (name === undefined)
        return refusal(404, 'InvalidResourceNamespace', `The resource namespace '${namespace}' is invalid.`);
      if (verb !== undefined) this.#registered.add(keyOf(name));
      return { status: 200, body: this.#registration(name) };
    }
    const [, asked, operation] =
      /^\/providers\/[^/]+\/locations\/[^/]+\/(operationResults|operationStatuses)\/([^/]+)$/i.exec(rest) ?? [];
    if (operation !== undefined && method === 'GET')
      return this.#operation(operation, { isStatus: asked === 'operationStatuses' });
    const [, group] = /^\/resourceGroups\/([^/]+)\/resources$/i.exec(rest) ?? [];
    if (group !== undefined && method === 'GET') return { status: 200, body: { value: this.#resourcesOf(group) } };
    const [, wanted] = /^resourceType eq '([^']+)'$/.exec(query.get('$filter') ?? '') ?? [];
    if (/^\/resources$/i.test(rest) && method === 'GET' && wanted !== undefined)
      return { status: 200, body: { value: this.view.all(wanted).map(listed) } };
    if (/^\/providers\/Microsoft\.OperationalInsights\/deletedWorkspaces$/i.test(rest) && method === 'GET')
      return { status: 200, body: { value: [] } };
    return this.#deletedAccounts(rest, method);
  }

  #registration(namespace: string): JsonObject {
    const registrationState = this.#registered.has(keyOf(namespace)) ? 'Registered' : 'NotRegistered';
    return {
      id: `/subscriptions/${this.subscription}/providers/${namespace}`,
      namespace,
      registrationState,
      resourceTypes: [],
    };
  }

  #resourcesOf(group: string): readonly JsonObject[] {
    const scope = `/subscriptions/${this.subscription}/resourceGroups/${group}`;
    const tops = this.#objects.all.filter(
      ({ id }) => keyOf(id.parent) === keyOf(scope) && resourceTypes[keyOf(id.type)]?.isExtension !== true,
    );
    return tops.map(listed);
  }

  #deletedAccounts(rest: string, method: string): Answer | undefined {
    if (/^\/providers\/Microsoft\.CognitiveServices\/deletedAccounts$/i.test(rest) && method === 'GET')
      return { status: 200, body: { value: this.#objects.deleted.map(deletedBody) } };
    const [, location, group, name] =
      /^\/providers\/Microsoft\.CognitiveServices\/locations\/([^/]+)\/resourceGroups\/([^/]+)\/deletedAccounts\/([^/]+)$/i.exec(
        rest,
      ) ?? [];
    if (location === undefined || !['GET', 'DELETE'].includes(method)) return undefined;
    const path = `/subscriptions/${this.subscription}/resourceGroups/${group}/providers/Microsoft.CognitiveServices/accounts/${name}`;
    const account = this.#objects.deleted.find(({ id }) => keyOf(id.path) === keyOf(path));
    if (account === undefined || account.body['location'] !== location) {
      const message = `Can not find deleted resource '${name}' in location '${location}'.`;
      return method === 'GET' ? refusal(404, 'ResourceNotFound', message) : { status: 204 };
    }
    if (method === 'GET') return { status: 200, body: deletedBody(account) };
    this.#objects.purge(path);
    return { status: 200 };
  }

  #ofType(id: ResourceId, question: Question): Answer | undefined {
    const type = resourceTypes[keyOf(id.type)];
    if (id.name === undefined) return this.#collectionOrAction(id, question);
    if (type === undefined) return undefined;
    switch (question.method) {
      case 'GET':
        return this.#get(id);
      case 'PUT':
      case 'PATCH':
        return this.#write(id, { type, question });
      case 'DELETE':
        return this.#delete(id, type);
      default:
        return undefined;
    }
  }

  #collectionOrAction(id: ResourceId, { method }: Question): Answer | undefined {
    const type = resourceTypes[keyOf(id.type)];
    if (type !== undefined && method === 'GET') {
      const value = this.view.all(id.type).filter((one) => isWithin(one.id.path, id.parent) && one.id.parent !== '');
      return { status: 200, body: { value: value.map((one) => this.#shown(one)) } };
    }
    const verb = id.type.split('/').at(-1)?.toLowerCase() ?? '';
    const owner = this.#objects.get(id.parent);
    const actions = Object.entries(
      resourceTypes[keyOf(owner?.id.type ?? id.type.split('/').slice(0, -1).join('/'))]?.actions ?? {},
    );
    const [, action] = actions.find(([name]) => name.toLowerCase() === verb) ?? [];
    if (action === undefined || method !== 'POST') return undefined;
    return owner === undefined ? notFound(parseResourceId(id.parent) ?? id) : action(owner.body, this.view);
  }

  #get(id: ResourceId): Answer {
    const kept = this.#objects.get(id.path);
    if (kept === undefined) {
      const found = this.#find(id.path);
      return found === undefined ? notFound(id) : { status: 200, body: found.body };
    }
    const body = this.#shown(kept);
    this.#objects.look(kept);
    return { status: 200, body };
  }

  #write(id: ResourceId, { type, question }: { readonly type: ResourceType; readonly question: Question }): Answer {
    const kept = this.#objects.get(id.path);
    if (kept?.change !== undefined) return busy(id);
    if (question.method === 'PATCH' && kept === undefined) return notFound(id);
    const given = parsed(question.body);
    if (given === undefined)
      return refusal(400, 'InvalidRequestContent', 'The request content was invalid and could not be deserialized.');
    const without = this.#missing(id, { type, given, isNew: kept === undefined });
    if (without !== undefined) return without;
    const before = kept?.body ?? type.found?.(id, this.view);
    const asked = question.method === 'PATCH' ? changed(before ?? {}, given) : { ...lasting(before), ...given };
    const context = { ...this.view, id, before };
    const refused = type.refusal?.(asked, context);
    if (refused !== undefined) return refused;
    const filled = type.filled?.(asked, context) ?? asked;
    const body = merged({ id: id.path, name: id.name, type: id.type, ...filled }, {});
    return this.#begin(
      { id: kept?.id ?? id, body, isSettled: true },
      { type, kind: 'write', isNew: kept === undefined, isPatch: question.method === 'PATCH' },
    );
  }

  /** What has to be there before an object of a type is. */
  #missing(
    id: ResourceId,
    of: { readonly type: ResourceType; readonly given: JsonObject; readonly isNew: boolean },
  ): Answer | undefined {
    if (!this.#registered.has(keyOf(id.namespace))) {
      const message = `The subscription is not registered to use namespace '${id.namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.`;
      return refusal(409, 'MissingSubscriptionRegistration', message);
    }
    const group = `/subscriptions/${this.subscription}/resourceGroups/${id.resourceGroup}`;
    if (id.resourceGroup !== undefined && keyOf(group) !== keyOf(id.path) && this.#objects.get(group) === undefined)
      return refusal(404, 'ResourceGroupNotFound', `Resource group '${id.resourceGroup}' could not be found.`);
    const isTop = parseResourceId(id.parent)?.type.startsWith('Microsoft.Resources/') !== false;
    if (!isTop && this.#find(id.parent) === undefined) {
      const message = `Failed to perform 'write' on resource(s) of type '${id.type}', because the parent resource '${id.parent}' could not be found.`;
      return refusal(404, 'ParentResourceNotFound', message);
    }
    if (of.type.isLocated === true && of.isNew && typeof of.given['location'] !== 'string')
      return refusal(400, 'LocationRequired', 'The location property is required for this definition.');
    return undefined;
  }

  #delete(id: ResourceId, type: ResourceType): Answer {
    const kept = this.#objects.get(id.path);
    if (kept === undefined) return { status: 204 };
    if (kept.change !== undefined) return busy(id);
    // A lock can be taken away by those who may.
    const lock = id.type.toLowerCase() === 'microsoft.authorization/locks' ? undefined : this.#lockOn(id);
    if (lock !== undefined) {
      const message = `The scope '${id.path}' cannot perform delete operation because following scope(s) are locked: '${lock.id.parent}'. Please remove the lock and try again.`;
      return refusal(409, 'ScopeLocked', message);
    }
    return type.keeping?.(id, this.view) ?? this.#begin(kept, { type, kind: 'delete', isNew: false, isPatch: false });
  }

  /** On the object, above it, or below it. */
  #lockOn({ path }: ResourceId): Kept | undefined {
    return this.#objects.all.find(
      ({ id }) =>
        id.type.toLowerCase() === 'microsoft.authorization/locks' &&
        (isWithin(path, id.parent) || isWithin(id.parent, path)),
    );
  }

  #begin(object: KeptObject, begun: Begun): Answer {
    const { type, kind, isNew, isPatch } = begun;
    const pace = paceOf(begun);
    const operation = this.#objects.begin(object, { kind, isAtOnce: pace === 'done' });
    const place = this.#address(object, `operationResults/${operation}`);
    const state = this.#address(object, `operationStatuses/${operation}`);
    if (pace === 'done' && kind === 'delete') return { status: 200 };
    if (kind === 'delete' || pace === 'accepted') return { status: 202, headers: { location: place, ...soon } };
    const body = this.#shown(this.#objects.get(object.id.path) ?? object);
    if (isPatch && pace === 'state') return { status: 202, headers: { 'azure-asyncoperation': state, ...soon }, body };
    const headers = pace === 'operation' ? { 'azure-asyncoperation': state, ...soon } : {};
    return { status: isPatch ? 200 : (type.answers ?? (isNew ? 201 : 200)), headers, body };
  }

  /** Azure tells the state of an operation at one address, and what has come of it at another. */
  #operation(name: string, { isStatus }: { readonly isStatus: boolean }): Answer {
    const { status, kept } = this.#objects.operation(name) ?? {};
    if (status === undefined) return refusal(404, 'NotFound', `The operation '${name}' was not found.`);
    if (kept?.change?.operation === name) this.#objects.look(kept);
    if (isStatus) return { status: 200, headers: soon, body: { status, name } };
    if (kept === undefined) return { status: 204 };
    if (status === 'Succeeded') return { status: 200, body: this.#shown(kept) };
    return { status: 202, headers: { ...soon, location: this.#address(kept, `operationResults/${name}`) } };
  }

  #address({ id, body }: KeptObject, operation: string): string {
    const location = String(body['location'] ?? 'global');
    return `${this.#origin}/subscriptions/${this.subscription}/providers/${id.namespace}/locations/${location}/${operation}?api-version=2024-01-01`;
  }

  #shown(kept: KeptObject & Pick<Kept, 'change'>): JsonObject {
    const type = resourceTypes[keyOf(kept.id.type)];
    const { keys: _, ...visible } = kept.body;
    const body = type?.shown?.(visible, this.view) ?? visible;
    if (type?.isExtension === true && kept.change === undefined) return body;
    const { change } = kept;
    const provisioningState = change === undefined ? 'Succeeded' : change.kind === 'delete' ? 'Deleting' : 'Creating';
    const { properties } = body;
    return { ...body, properties: { ...(isJsonObject(properties) ? properties : {}), provisioningState } };
  }

  #find(path: string): KeptObject | undefined {
    const kept = this.#objects.get(path);
    if (kept !== undefined) return kept;
    const id = parseResourceId(path);
    const body = id === undefined ? undefined : resourceTypes[keyOf(id.type)]?.found?.(id, this.view);
    return id === undefined || body === undefined ? undefined : { id, body, isSettled: true };
  }
}

/** As lists of resources of any type show one. */
function listed({ id, body }: KeptObject): JsonObject {
  return { id: id.path, name: id.name, type: id.type, location: body['location'] };
}

interface Begun {
  readonly type: ResourceType;
  readonly kind: 'write' | 'delete';
  readonly isNew: boolean;
  readonly isPatch: boolean;
}

/** A PATCH takes time where an object says its state itself, and nowhere else. */
function paceOf({ type, kind, isPatch }: Begun): NonNullable<ResourceType['pace']> {
  const { pace = 'done' } = type;
  if (kind === 'delete') return type.isDeletedAtOnce === true ? 'done' : pace;
  return isPatch && pace !== 'state' ? 'done' : pace;
}

const soon = { 'retry-after': '1' };

/** As a PATCH changes it: tags are one whole. */
function changed(before: JsonObject, change: JsonObject): JsonObject {
  const { tags } = change;
  return { ...merged(before, change), ...(tags === undefined ? {} : { tags }) };
}

/** What a PUT leaves as it is: what Azure made once, and gives in no answer. */
function lasting(before: JsonObject | undefined): JsonObject {
  const { keys } = before ?? {};
  return keys === undefined ? {} : { keys };
}

function deletedBody({ id, body }: KeptObject): JsonObject {
  const { location, properties, sku, kind } = body;
  const { subscription, resourceGroup } = id;
  const deletedId = `/subscriptions/${subscription}/providers/Microsoft.CognitiveServices/locations/${String(location)}/resourceGroups/${resourceGroup}/deletedAccounts/${id.name}`;
  return {
    id: deletedId,
    name: id.name,
    type: 'Microsoft.CognitiveServices/locations/resourceGroups/deletedAccounts',
    location,
    kind,
    sku,
    properties,
  };
}

function parsed(body: string): JsonObject | undefined {
  try {
    const value = JSON.parse(body) as Json;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
