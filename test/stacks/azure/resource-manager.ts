import { randomUUID } from 'node:crypto';
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
import { type Caller, issuerOf } from './entra.ts';
import { isWithin, keyOf, parseResourceId, type ResourceId } from './resource-id.ts';
import {
  type AzureSettings,
  type AzureView,
  type KeptObject,
  namespaces,
  type ResourceType,
  resourceTypes,
} from './resource-types.ts';

interface Kept extends KeptObject {
  /** Of the change under way: what it comes to, and how many looks it still takes. */
  readonly change?: { readonly kind: 'write' | 'delete'; readonly looks: number; readonly operation: string };
}

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
  readonly #looks: number;
  readonly #objects = new Map<string, Kept>();
  readonly #deleted = new Map<string, Kept>();
  readonly #registered = new Set(['microsoft.authorization', 'microsoft.resources', 'microsoft.consumption']);
  readonly #operations = new Map<string, { readonly status: string; readonly key: string }>();

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
    this.#looks = of.looks;
  }

  get view(): AzureView {
    return {
      tenant: this.tenant,
      settings: this.#settings,
      deleted: [...this.#deleted.values()],
      find: (id) => this.#find(id),
      all: (type) => [...this.#objects.values()].filter(({ id }) => keyOf(id.type) === keyOf(type)),
    };
  }

  /** The ids of all objects. */
  get ids(): readonly string[] {
    return [...this.#objects.values()].map(({ id }) => id.path);
  }

  /** What others have made before, of whatever type; nothing is asked or filled in. */
  place(path: string, body: JsonObject = {}): void {
    const id = parseResourceId(path);
    if (id?.name === undefined) throw new Error(`Place something with an id: ${path} is none`);
    this.#objects.set(keyOf(path), { id, body: { id: path, name: id.name, type: id.type, ...body }, isSettled: true });
  }

  /** What somebody does in the portal: the object is changed as a merge patch says, at once. */
  change(id: string, change: JsonObject): void {
    const kept = this.#objects.get(keyOf(id));
    if (kept === undefined) throw new Error(`Change another object: there is no ${id}`);
    this.#objects.set(keyOf(id), { ...kept, body: merged(kept.body, change) });
  }

  /** What somebody deletes in the portal is gone at once, and an account purged. */
  remove(id: string): void {
    for (const key of this.#objects.keys()) if (isWithin(key, id)) this.#objects.delete(key);
  }

  /** What somebody purges in the portal. */
  purge(name: string): void {
    for (const [key, { id }] of this.#deleted) if (id.name === name) this.#deleted.delete(key);
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
    if (caller.tenant !== this.tenant)
      return refusal(401, 'InvalidAuthenticationTokenTenant', wrongTenant(caller.tenant, this.tenant));
    const forbidden = this.#forbidden(id, { caller, method });
    if (forbidden !== undefined) return forbidden;
    return this.#ofSubscription(id, method) ?? this.#ofType(id, question);
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
  #ofSubscription({ path }: ResourceId, method: string): Answer | undefined {
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
    const tops = [...this.#objects.values()].filter(
      ({ id }) => keyOf(id.parent) === keyOf(scope) && resourceTypes[keyOf(id.type)]?.isExtension !== true,
    );
    return tops.map(({ id, body }) => ({ id: id.path, name: id.name, type: id.type, location: body['location'] }));
  }

  #deletedAccounts(rest: string, method: string): Answer | undefined {
    if (/^\/providers\/Microsoft\.CognitiveServices\/deletedAccounts$/i.test(rest) && method === 'GET')
      return { status: 200, body: { value: [...this.#deleted.values()].map(deletedBody) } };
    const [, location, group, name] =
      /^\/providers\/Microsoft\.CognitiveServices\/locations\/([^/]+)\/resourceGroups\/([^/]+)\/deletedAccounts\/([^/]+)$/i.exec(
        rest,
      ) ?? [];
    if (location === undefined || !['GET', 'DELETE'].includes(method)) return undefined;
    const key = keyOf(
      `/subscriptions/${this.subscription}/resourceGroups/${group}/providers/Microsoft.CognitiveServices/accounts/${name}`,
    );
    const account = this.#deleted.get(key);
    if (account === undefined || account.body['location'] !== location) {
      const message = `Can not find deleted resource '${name}' in location '${location}'.`;
      return method === 'GET' ? refusal(404, 'ResourceNotFound', message) : { status: 204 };
    }
    if (method === 'GET') return { status: 200, body: deletedBody(account) };
    this.#deleted.delete(key);
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
    const owner = this.#objects.get(keyOf(id.parent));
    const actions = Object.entries(
      resourceTypes[keyOf(owner?.id.type ?? id.type.split('/').slice(0, -1).join('/'))]?.actions ?? {},
    );
    const [, action] = actions.find(([name]) => name.toLowerCase() === verb) ?? [];
    if (action === undefined || method !== 'POST') return undefined;
    return owner === undefined ? notFound(parseResourceId(id.parent) ?? id) : action(owner.body, this.view);
  }

  #get(id: ResourceId): Answer {
    const kept = this.#objects.get(keyOf(id.path));
    if (kept === undefined) {
      const found = this.#find(id.path);
      return found === undefined ? notFound(id) : { status: 200, body: found.body };
    }
    const body = this.#shown(kept);
    this.#look(kept);
    return { status: 200, body };
  }

  #write(id: ResourceId, { type, question }: { readonly type: ResourceType; readonly question: Question }): Answer {
    const kept = this.#objects.get(keyOf(id.path));
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
    this.#deleted.delete(keyOf(id.path));
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
    if (id.resourceGroup !== undefined && keyOf(group) !== keyOf(id.path) && !this.#objects.has(keyOf(group)))
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
    const kept = this.#objects.get(keyOf(id.path));
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
    return [...this.#objects.values()].find(
      ({ id }) =>
        id.type.toLowerCase() === 'microsoft.authorization/locks' &&
        (isWithin(path, id.parent) || isWithin(id.parent, path)),
    );
  }

  #begin(object: KeptObject, change: Begun): Answer {
    const { type, kind, isNew, isPatch } = change;
    const pace = paceOf(change);
    const operation = randomUUID();
    const key = keyOf(object.id.path);
    const underWay = { kind, looks: this.#looks, operation };
    this.#objects.set(key, { ...object, isSettled: false, change: underWay });
    this.#operations.set(operation, { status: 'InProgress', key });
    const place = this.#address(operation, 'operationResults');
    const state = this.#address(operation, 'operationStatuses');
    if (pace === 'done' || this.#looks === 0) this.#finish({ ...object, change: underWay }, kind);
    if (kind === 'delete')
      return pace === 'done' ? { status: 200 } : { status: 202, headers: { location: place, ...soon } };
    if (pace === 'accepted') return { status: 202, headers: { location: place, ...soon } };
    const body = this.#shown(this.#objects.get(key) ?? object);
    if (isPatch && pace === 'state') return { status: 202, headers: { 'azure-asyncoperation': state, ...soon }, body };
    const headers = pace === 'operation' ? { 'azure-asyncoperation': state, ...soon } : {};
    return { status: isPatch ? 200 : (type.answers ?? (isNew ? 201 : 200)), headers, body };
  }

  /** Somebody looks at an object of which a change is under way. */
  #look(kept: Kept): void {
    const { change } = kept;
    if (change === undefined) return;
    if (change.looks > 1)
      this.#objects.set(keyOf(kept.id.path), { ...kept, change: { ...change, looks: change.looks - 1 } });
    else this.#finish(kept, change.kind);
  }

  #finish({ change, ...kept }: Kept, kind: 'write' | 'delete'): void {
    const object = { ...kept, isSettled: true };
    const key = keyOf(object.id.path);
    if (change !== undefined) this.#operations.set(change.operation, { status: 'Succeeded', key });
    if (kind === 'write') {
      this.#objects.set(key, object);
      return;
    }
    for (const below of this.#objects.values()) {
      const isSoft = resourceTypes[keyOf(below.id.type)]?.isSoftDeleted === true;
      if (isWithin(below.id.path, key) && isSoft)
        this.#deleted.set(keyOf(below.id.path), { ...below, isSettled: true });
    }
    this.remove(object.id.path);
  }

  /** Azure tells the state of an operation at one address, and what has come of it at another. */
  #operation(operation: string, { isStatus }: { readonly isStatus: boolean }): Answer {
    const { status, key = '' } = this.#operations.get(operation) ?? {};
    if (status === undefined) return refusal(404, 'NotFound', `The operation '${operation}' was not found.`);
    const kept = this.#objects.get(key);
    if (kept?.change?.operation === operation) this.#look(kept);
    if (isStatus) return { status: 200, headers: soon, body: { status, name: operation } };
    if (status === 'Succeeded') return kept === undefined ? { status: 204 } : { status: 200, body: this.#shown(kept) };
    return { status: 202, headers: { ...soon, location: this.#address(operation, 'operationResults') } };
  }

  #address(operation: string, of: 'operationResults' | 'operationStatuses'): string {
    const { key = '' } = this.#operations.get(operation) ?? {};
    const { id, body } = this.#objects.get(key) ?? {};
    const provider = `/subscriptions/${this.subscription}/providers/${id?.namespace ?? 'Microsoft.Resources'}`;
    const location = String(body?.['location'] ?? 'global');
    return `${this.#origin}${provider}/locations/${location}/${of}/${operation}?api-version=2024-01-01`;
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
    const kept = this.#objects.get(keyOf(path));
    if (kept !== undefined) return kept;
    const id = parseResourceId(path);
    const body = id === undefined ? undefined : resourceTypes[keyOf(id.type)]?.found?.(id, this.view);
    return id === undefined || body === undefined ? undefined : { id, body, isSettled: true };
  }
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

/** What a PUT leaves as it is: what Azure made once, and shows nobody. */
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

function notFound(id: ResourceId): Answer {
  if (id.type === 'Microsoft.Resources/resourceGroups')
    return refusal(404, 'ResourceGroupNotFound', `Resource group '${id.name}' could not be found.`);
  const message = `The Resource '${id.type}/${id.name}' under resource group '${id.resourceGroup ?? ''}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`;
  return refusal(404, 'ResourceNotFound', message);
}

function busy({ path }: ResourceId): Answer {
  const message = `Cannot modify resource with id '${path}' because the resource entity provisioning state is not terminal. Please wait for the provisioning state to become terminal and then retry the request.`;
  return refusal(409, 'RequestConflict', message);
}

function wrongTenant(given: string, wanted: string): string {
  return `The access token is from the wrong issuer '${issuerOf(given)}'. It must match the tenant '${issuerOf(wanted)}' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/${wanted}' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). If you just transferred your subscription and see this error message, please try back later.`;
}

function parsed(body: string): JsonObject | undefined {
  try {
    const value = JSON.parse(body) as Json;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
