import {
  type EntityChange,
  type EntityCollection,
  ServiceError,
  type SpeechPort,
  type WorkedCollection,
} from '../../../workflows/engine/ports.ts';
import { longestBackOffMilliseconds } from '../../../workflows/engine/retries/repeat-pauses.ts';
import type { Entity, EntityFailure } from '../../../workflows/plan/speech-entities.ts';
import { idOf } from '../../../workflows/speech/references.ts';
import { sleep } from '../../../workflows/time/sleep.ts';
import { timeoutsBlock } from '../plugin/deadline.ts';
import { DiagnosticError, errorDiagnostic } from '../schema/diagnostic.ts';
import type { ChangeContext, ReadContext, Resource } from '../schema/resource.ts';
import { hasUnknown, isEqual, mapObject, type ObjectValue, textOf } from '../schema/value.ts';
import { createOnce } from './_create-once.ts';
import { changedProperties, shownProperties, textsOf } from './_custom-properties.ts';
import { type EntityAttributes, readMembers, writeMembers } from './_entity-members.ts';
import type { CustomSpeechClient } from './customspeech-client.ts';

type Collections = Pick<SpeechPort, 'projects' | 'datasets' | 'models' | 'endpoints'>;
type EntityOf<K extends keyof Collections> =
  Collections[K] extends EntityCollection<infer E extends Entity, infer _New> ? E : never;

/** What is particular about the objects of one collection. */
export interface EntityKind<K extends keyof Collections> extends Pick<
  Resource<CustomSpeechClient>,
  'validate' | 'plan' | 'timeoutSeconds'
> {
  readonly collection: K;
  readonly noun: string;
  readonly description: string;
  readonly attributes: EntityAttributes;
  /** What is to be done with a new object before the service works on it. */
  afterCreate?(entity: EntityOf<K>, planned: ObjectValue, context: ChangeContext<CustomSpeechClient>): Promise<void>;
  /** Attributes that the object itself does not have: what other objects say about it. */
  lookUp?(
    entity: EntityOf<K>,
    context: Pick<ReadContext<CustomSpeechClient>, 'client' | 'signal'>,
  ): Promise<ObjectValue>;
  /** Says why an object that the service has finished with is not what it was asked for. */
  whyWrong?(entity: EntityOf<K>, wanted: ObjectValue): string | undefined;
  /** What keeps an object from being deleted. */
  usersOf?(entity: { readonly self: string }, speech: SpeechPort): Promise<readonly string[]>;
}

/**
 * A resource whose objects the Speech service keeps: created once, waited for, updated by what differs, deleted when the
 * service has finished its work on it.
 */
export function entityResource<K extends keyof Collections>(kind: EntityKind<K>): Resource<CustomSpeechClient> {
  const { attributes, noun, description, timeoutSeconds } = kind;
  const collectionOf = (client: CustomSpeechClient) => client.speech[kind.collection] as unknown as AnyCollection;

  function stateOf(entity: Entity, previous: ObjectValue, { isImported = false } = {}): ObjectValue {
    return {
      ...readMembers(attributes, entity, { previous }),
      custom_properties: shownProperties(entity.customProperties, {
        previous: previous['custom_properties'] ?? null,
        isImported,
      }),
      timeouts: previous['timeouts'] ?? null,
    };
  }

  async function wholeStateOf(
    entity: Entity,
    previous: ObjectValue,
    context: Pick<ReadContext<CustomSpeechClient>, 'client' | 'signal'> & { readonly isImported?: boolean },
  ): Promise<ObjectValue> {
    return { ...stateOf(entity, previous, context), ...(await kind.lookUp?.(entity as EntityOf<K>, context)) };
  }

  /**
   * The state when the service has finished its work. `wanted` is what it was asked for; an object that ends without it is wrong.
   * `since` is when the object entered the status that the update was answered with: undefined when nothing was asked of an
   * object that was there before.
   */
  async function finished(
    { self, since, wanted }: { readonly self: string; readonly since?: string; readonly wanted: ObjectValue },
    planned: ObjectValue,
    context: ChangeContext<CustomSpeechClient>,
  ): Promise<ObjectValue> {
    const collection = collectionOf(context.client);
    const { signal } = context;
    if (collection.wait === undefined) {
      const entity = await collection.get(self, { signal });
      if (entity !== undefined) return await wholeStateOf(entity, planned, context);
      throw new Error(`Plan again: the ${noun} was deleted by somebody else in the meantime`);
    }
    const missing = (entity: Entity): readonly string[] => {
      const now = stateOf(entity, planned);
      return Object.keys(wanted).filter((name) => !isEqual(now[name] ?? null, planned[name] ?? null));
    };
    // Right after an update the object may still show its old state: an answer is one that was entered later, or that has all
    // that was asked for. A service that shows neither is believed in the end.
    const end = Date.now() + context.client.staleMilliseconds;
    const isAnswer = (read: AnyWorked): boolean =>
      since === undefined ||
      read.lastActionDateTime > since ||
      (read.status === 'Succeeded' && missing(read).length === 0) ||
      Date.now() >= end;
    const entity = await collection.wait(self, {
      signal,
      until: (read) => (read.status === 'Succeeded' || read.status === 'Failed') && isAnswer(read),
    });
    context.keep(stateOf(entity, planned));
    const state = await wholeStateOf(entity, planned, context);
    context.keep(state);
    const lacking = since === undefined ? [] : missing(entity);
    const wrong =
      failureOf(entity) ??
      kind.whyWrong?.(entity as Entity as EntityOf<K>, wanted) ??
      (lacking.length === 0 ? undefined : `the service took the change and did not make it (${lacking.join(', ')})`);
    if (wrong !== undefined) throw new Error(`Check the ${noun} ${entity.displayName}: ${wrong}`);
    return state;
  }

  /**
   * Repeats a change that the service refuses as long as it is busy with the object. An endpoint that is redeployed need not show
   * it, so that another model is offered to it again and again.
   */
  async function whenIdle(
    self: string,
    change: () => Promise<void>,
    context: ChangeContext<CustomSpeechClient>,
  ): Promise<void> {
    const { wait } = collectionOf(context.client);
    const { client, signal } = context;
    const end = Date.now() + redeploymentMilliseconds;
    for (let attempt = 1, pause = client.retryDelayMilliseconds; ; attempt += 1, pause *= 2) {
      try {
        await change();
        return;
      } catch (error) {
        const { code = '' } = error instanceof ServiceError ? error : {};
        const mayPass = code === redeploying ? Date.now() < end : attempt < busyAttempts;
        if (wait === undefined || !busyCodes.has(code) || !mayPass) throw error;
        await wait(self, { signal });
        if (code === redeploying) await sleep(Math.min(pause, longestBackOffMilliseconds), signal);
      }
    }
  }

  function inUse(error: ServiceError, users: readonly string[]): DiagnosticError {
    const by = users.length === 0 ? 'what uses it' : users.join(' and ');
    // Terraform tells a provider nothing of a replacement, so the cure of one is named to everybody.
    const cure = `where it is replaced, write lifecycle { create_before_destroy = true } into its customspeech_${noun}`;
    return new DiagnosticError([errorDiagnostic(`Change or delete ${by} first: ${error.message}; ${cure}`)]);
  }

  return {
    schema: { version: 0, description, attributes, blocks: timeoutsBlock },
    timeoutSeconds,
    ...(kind.validate && { validate: kind.validate }),
    ...(kind.plan && { plan: kind.plan }),

    importState(id) {
      const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
      if (isId.test(id)) return { id };
      const path = URL.parse(id)?.pathname.split('/') ?? [];
      const last = path.at(-1) ?? '';
      if (path.at(-2) === kind.collection && isId.test(last)) return { id: last };
      throw new Error(
        `Import with the id of the ${noun}, a UUID, or with its self URL: ${JSON.stringify(id)} is neither`,
      );
    },

    async read(state, context) {
      const entity = await collectionOf(context.client).get(selfOf(state), { signal: context.signal });
      return entity && (await wholeStateOf(entity, state, context));
    },

    async create(planned, context) {
      const collection = collectionOf(context.client);
      const given = Object.fromEntries(Object.entries(planned).filter(([, value]) => value !== null));
      const body = {
        ...writeMembers(attributes, given),
        customProperties: textsOf(planned['custom_properties'] ?? null),
      };
      const entity = await createOnce(collection, body as Parameters<typeof createOnce>[1], {
        signal: context.signal,
        retryDelayMilliseconds: context.client.retryDelayMilliseconds,
        retryPatienceMilliseconds: context.client.retryPatienceMilliseconds,
      });
      context.keep(stateOf(entity, planned));
      await kind.afterCreate?.(entity as EntityOf<K>, planned, context);
      return await finished({ self: entity.self, wanted: planned }, planned, context);
    },

    async update({ prior, planned }, context) {
      const collection = collectionOf(context.client);
      const self = selfOf(prior);
      const isChanged = (name: string): boolean => !isEqual(prior[name] ?? null, planned[name] ?? null);
      // The service changes nothing of what takes another object: of an imported one, the state alone learns it.
      const isFixed = ({ presence, replaces, kept }: Partial<EntityAttributes[string]>): boolean =>
        presence === 'computed' || replaces !== undefined || kept !== undefined;
      const isWanted = (name: string): boolean => isChanged(name) && !isFixed(attributes[name] ?? {});
      const wanted = Object.fromEntries(Object.entries(planned).filter(([name]) => isWanted(name)));
      const change: Record<string, unknown> = writeMembers(attributes, wanted);
      if (isChanged('custom_properties')) {
        const actual = await collection.get(self, { signal: context.signal });
        change['customProperties'] = changedProperties(actual?.customProperties, {
          prior: prior['custom_properties'] ?? null,
          planned: planned['custom_properties'] ?? null,
        });
      }
      let answered: { readonly since?: string } = {};
      if (Object.keys(change).length > 0) {
        const act = async (): Promise<void> => {
          const entity: Partial<AnyWorked> & Entity = await collection.update(self, change, { signal: context.signal });
          answered = { since: entity.lastActionDateTime ?? '' };
          context.keep(stateOf(entity, planned));
        };
        await whenIdle(self, act, context);
      }
      const state = await finished({ self, ...answered, wanted }, planned, context);
      // What somebody else changes at the same time is not of this apply: the next plan shows it.
      return mapObject(state, (value, name) => {
        const expected = planned[name] ?? null;
        return isChanged(name) || hasUnknown(expected) ? value : expected;
      });
    },

    async delete(state, context) {
      const self = selfOf(state);
      const { client, signal } = context;
      const remove = async (): Promise<void> => await collectionOf(client).delete(self, { signal });
      const end = Date.now() + redeploymentMilliseconds;
      for (let pause = client.retryDelayMilliseconds; ; pause = Math.min(pause * 2, longestBackOffMilliseconds)) {
        try {
          await whenIdle(self, remove, context);
          return;
        } catch (error) {
          if (!(error instanceof ServiceError) || error.code !== 'InUseViolation') throw error;
          const users = await kind.usersOf?.({ self: textOf(state, 'self') ?? self }, client.speech);
          // An endpoint that is redeployed may name its next model already, and still answers with this one.
          const mayPass = users?.length === 0 && Date.now() < end;
          if (!mayPass) throw inUse(error, users ?? []);
          await sleep(pause, signal);
        }
      }
    },
  };
}

/** A collection of whichever kind: bodies are made from the table of attributes, whose members the tests prove. */
interface AnyCollection extends EntityCollection<Entity, object> {
  readonly wait?: WorkedCollection<AnyWorked, object>['wait'];
  update(reference: string, change: EntityChange<object>, options?: { readonly signal?: AbortSignal }): Promise<Entity>;
}

type AnyWorked = Entity & {
  readonly status: string;
  readonly lastActionDateTime: string;
  readonly properties?: { readonly error?: EntityFailure };
};

/** The service is working on the object; it takes the change when it has finished. */
const redeploying = 'EndpointNotUpdatable';
const busyCodes: ReadonlySet<string> = new Set(['DeleteNotAllowed', redeploying]);
const busyAttempts = 5;
/** A redeployment takes several minutes (Microsoft Learn: deploy a custom speech model), a first deployment up to 30. */
const redeploymentMilliseconds = 30 * 60_000;

/** Of an object that was just imported only the id is known. */
function selfOf(state: ObjectValue): string {
  return idOf(textOf(state, 'id') ?? textOf(state, 'self') ?? '');
}

function failureOf({ self, status, properties }: AnyWorked): string | undefined {
  if (status !== 'Failed') return undefined;
  const { message = '', code } = properties?.error ?? {};
  const mark = code === undefined ? '' : ` [${code}]`;
  return message.trim() === ''
    ? `the service failed it and gave no reason${mark}; see ${self}`
    : `the service failed it: ${message}${mark}`;
}
