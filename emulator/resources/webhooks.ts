import { randomUUID } from 'node:crypto';
import { addressOf, apiVersion } from '../protocol/addresses.ts';
import type { Answer, Call, Operation } from '../protocol/call.ts';
import { challenge } from '../callbacks/challenge.ts';
import { deliverEvent } from '../callbacks/deliver-event.ts';
import { eventNames, lastEventOf } from '../callbacks/event-names.ts';
import { notify } from '../callbacks/notify.ts';
import { readWebUrl } from '../callbacks/web-url.ts';
import { dateTime } from '../state/date-time.ts';
import type { WebHook } from '../state/entities.ts';
import type { FilterProperties } from '../protocol/filter.ts';
import {
  checkDelta,
  customPropertiesIn,
  type JsonObject,
  objectBody,
  optionalObject,
  optionalText,
  invalid,
  requiredText,
} from '../protocol/request-body.ts';
import { serviceError } from '../protocol/service-error.ts';
import { allSettled } from '../work/settle.ts';
import { listAnswer } from './list-entities.ts';
import { createdAnswer, namingChange, notFound, pathId } from './worked-entity.ts';

const webHookProperties: FilterProperties = {
  displayName: 'text',
  description: 'text',
  createdDateTime: 'date-time',
  lastActionDateTime: 'date-time',
  status: 'text',
  webUrl: 'text',
};

/** Addresses that are called back when something happens to the objects of the resource. */
export const webHookOperations: readonly Operation[] = [
  { id: 'WebHooks_List', method: 'GET', path: '/webhooks', run: listWebHooks },
  { id: 'WebHooks_Create', method: 'POST', path: '/webhooks', run: createWebHook },
  { id: 'WebHooks_Get', method: 'GET', path: '/webhooks/{id}', run: (call) => webHookAnswer(call, known(call)) },
  { id: 'WebHooks_Update', method: 'PATCH', path: '/webhooks/{id}', run: updateWebHook },
  { id: 'WebHooks_Delete', method: 'DELETE', path: '/webhooks/{id}', run: deleteWebHook },
  { id: 'WebHooks_Ping', method: 'POST', path: '/webhooks/{id}:ping', run: pingWebHook },
  { id: 'WebHooks_Test', method: 'POST', path: '/webhooks/{id}:test', run: testWebHook },
];

/** As it is shown: everything but the secret. */
function webHookView(origin: string, webHook: WebHook) {
  const path = `/webhooks/${webHook.id}`;
  return {
    self: addressOf(origin, path),
    displayName: webHook.displayName,
    description: webHook.description,
    customProperties: webHook.customProperties,
    webUrl: webHook.webUrl,
    events: webHook.events,
    createdDateTime: dateTime(webHook.createdAt),
    lastActionDateTime: dateTime(webHook.lastActionAt),
    status: webHook.status,
    links: { ping: addressOf(origin, `${path}:ping`), test: addressOf(origin, `${path}:test`) },
    properties: { apiVersion, error: webHook.error },
  };
}

function listWebHooks(call: Call): Answer {
  const { answer, shown } = listAnswer(call, {
    path: '/webhooks',
    entities: call.resource.store.all('webhooks'),
    view: (webHook) => webHookView(call.origin, webHook),
    properties: webHookProperties,
  });
  return { ...answer, headers: retryAfter(shown) };
}

function createWebHook(call: Call): Answer {
  const { resource, origin } = call;
  const body = objectBody(call);
  const now = resource.clock.now();
  const webHook: WebHook = {
    id: randomUUID(),
    createdAt: now,
    displayName: requiredText(body, 'displayName'),
    description: optionalText(body, 'description'),
    customProperties: customPropertiesIn(body),
    webUrl: webUrlIn(call, body),
    events: eventsIn(body),
    secret: secretIn(body),
    status: 'NotStarted',
    lastActionAt: now,
    origin,
  };
  resource.store.put('webhooks', webHook);
  challenge(resource, webHook);
  return createdAnswer(webHookView(origin, webHook));
}

/** A PATCH without a secret takes the secret away, also one that is about something else (definition: WebHooks_Update). */
function updateWebHook(call: Call): Answer {
  const { resource, origin } = call;
  const body = objectBody(call);
  checkDelta(body, ['displayName', 'description', 'customProperties', 'webUrl', 'events', 'properties']);
  checkDelta(optionalObject(body, 'properties'), ['secret']);
  const before = known(call);
  const webUrl = 'webUrl' in body ? webUrlIn(call, body) : before.webUrl;
  const isMoved = webUrl !== before.webUrl;
  const updated: WebHook = {
    ...before,
    ...namingChange(body, before),
    webUrl,
    events: 'events' in body ? { ...before.events, ...eventsIn(body) } : before.events,
    secret: secretIn(body),
    origin,
    ...(isMoved ? { status: 'NotStarted', lastActionAt: resource.clock.now(), error: undefined } : {}),
  };
  resource.store.put('webhooks', updated);
  if (isMoved) challenge(resource, updated);
  return webHookAnswer(call, updated);
}

function deleteWebHook(call: Call): Answer {
  call.resource.store.remove('webhooks', known(call).id);
  return { status: 204 };
}

function pingWebHook(call: Call): Answer {
  const webHook = usable(call);
  const body = JSON.stringify(webHookView(webHook.origin, webHook));
  deliverEvent(call.resource, webHook.id, { event: 'ping', body });
  return { status: 202, headers: soon };
}

/** Sends the event of the last object for each event that is registered; a removed object has no event to repeat. */
async function testWebHook(call: Call): Promise<Answer> {
  const { resource } = call;
  for (const collection of ['datasets', 'models', 'evaluations', 'endpoints', 'transcriptions'] as const) {
    await allSettled(resource, collection);
  }
  const webHook = usable(call);
  const wanted = eventNames.filter((name) => webHook.events[name] === true);
  const events = wanted.map((name) => lastEventOf(resource, name)).filter((event) => event !== undefined);
  for (const event of events) notify(resource, webHook, event);
  return events.length > 0 ? { status: 202, headers: soon } : { status: 204 };
}

/** An event and a challenge are sent at once. */
const soon = { 'retry-after': '1' } as const;

function known(call: Call): WebHook {
  const webHook = call.resource.store.get('webhooks', pathId(call));
  if (webHook) return webHook;
  throw notFound();
}

function usable(call: Call): WebHook {
  const webHook = known(call);
  if (webHook.status === 'Succeeded') return webHook;
  throw serviceError('Conflict', {
    message: `The web hook cannot be used while its status is ${webHook.status}: its challenge is not answered.`,
    inner: 'InvalidPrerequisite',
  });
}

function webHookAnswer(call: Call, webHook: WebHook): Answer {
  return { status: 200, headers: retryAfter([webHook]), body: webHookView(call.origin, webHook) };
}

/** A challenge takes no longer than its answer. */
function retryAfter(webHooks: readonly WebHook[]): Readonly<Record<string, string>> {
  return webHooks.some(({ status }) => status === 'NotStarted') ? soon : {};
}

function webUrlIn({ resource }: Call, body: JsonObject): string {
  const text = requiredText(body, 'webUrl');
  const url = readWebUrl(text, resource.settings);
  if (typeof url !== 'string') return text;
  throw serviceError('InvalidRequest', {
    message: `The value of webUrl is not valid. ${url}`,
    inner: 'InvalidCallbackUri',
    target: 'webUrl',
  });
}

function eventsIn(body: JsonObject): Readonly<Record<string, boolean>> {
  if (body.events === undefined || body.events === null) throw invalid('events', 'It is required.');
  const events = optionalObject(body, 'events');
  for (const [name, isWanted] of Object.entries(events)) {
    if (!eventNames.includes(name)) {
      throw serviceError('InvalidRequest', {
        message: `The event '${name}' is not known. Events: ${eventNames.join(', ')}.`,
        inner: 'InvalidWebHookEventKind',
        target: 'events',
      });
    }
    if (typeof isWanted !== 'boolean') throw invalid(`events.${name}`, 'It must be true or false.');
  }
  return events as Readonly<Record<string, boolean>>;
}

function secretIn(body: JsonObject): string | undefined {
  const secret = optionalText(optionalObject(body, 'properties'), 'secret');
  return secret === '' ? undefined : secret;
}
