import { byAge, digestOf, digestProperty, entityId, pipelineProperty, type Existing } from '../plan/identity.ts';
import type { Entity, EntityReference, WorkedEntity } from '../plan/speech-entities.ts';
import type { Effect, PipelineFacts } from '../plan/step-plan.ts';
import { ServiceError, type EntityCollection, type WorkedCollection } from '../engine/ports.ts';
import {
  longestBackOffMilliseconds,
  RepeatPauses,
  requestPatienceMilliseconds,
} from '../engine/retries/repeat-pauses.ts';
import { cureOf } from '../engine/service-failures.ts';
import { outlastOutage } from '../engine/retries/outlast-outage.ts';
import { StepFailure, type StepContext } from '../engine/step-kind.ts';
import { pauseAfter } from '../engine/retries/unanswered.ts';
import { deletionOf } from './deletion.ts';

export interface Ensured {
  readonly action: 'create' | 'reuse' | 'adopt';
  readonly self: string;
}

/** The object that a step wants to be there. */
interface Wanted<E extends MadeEntity> {
  readonly effect: Effect;
  readonly digest: string;
  /** The pipeline whose project the object is linked to; the project is made first when there is none. */
  readonly projectOf?: PipelineFacts;
  readonly collection: Pick<EntityCollection<E, never>, 'get' | 'delete'>;
  find(): Promise<Existing<E> | undefined>;
  create(link: { readonly project?: EntityReference }): Promise<E>;
}

type MadeEntity = Entity & { readonly status?: string };

/**
 * The object that `find` finds, or the one that `create` makes. A create whose answer was lost is looked up before it is
 * repeated, because the service may have acted. When another run or a person makes the same at the same time, all use the oldest.
 */
export async function ensureEntity<E extends MadeEntity>(context: StepContext, wanted: Wanted<E>): Promise<Ensured> {
  const existing = await outlast(context, async () => await wanted.find());
  if (existing !== undefined) return { action: existing.action, self: existing.entity.self };
  const project = wanted.projectOf === undefined ? undefined : await ensureProject(context, wanted.projectOf);
  return await context.effect(wanted.effect, {
    digest: wanted.digest,
    async act(): Promise<Ensured & { readonly [key: string]: string }> {
      const pauses = new RepeatPauses({
        firstMilliseconds: 500,
        longestMilliseconds: longestBackOffMilliseconds,
        patienceMilliseconds: requestPatienceMilliseconds,
        fewestRepetitions: 5,
      });
      for (let attempt = 1; ; attempt += 1) {
        const found = await outlast(context, async () => await wanted.find());
        // Found after a try of our own: that try did act, and only its answer was lost.
        if (found !== undefined) return { action: attempt === 1 ? found.action : 'create', self: found.entity.self };
        try {
          const made = await wanted.create(project === undefined ? {} : { project });
          return { ...(await oldestOf(made, { context, wanted })) };
        } catch (error) {
          if (!(error instanceof ServiceError) || error.outcome !== 'unknown') throw error;
          const milliseconds = pauses.afterFailure(error.retryAfterSeconds);
          if (milliseconds === undefined) throw error;
          context.report(`${error.message}; looking whether it was created`);
          await pauseAfter(error, { milliseconds, sleep: context.ports.clock.sleep, signal: context.signal });
        }
      }
    },
  });
}

/**
 * The object that this run has just made. When another of the same is older, it is that one, and the run deletes its own
 * unless the service has begun with it.
 */
async function oldestOf<E extends MadeEntity>(
  made: E,
  { context, wanted }: { readonly context: StepContext; readonly wanted: Wanted<E> },
): Promise<Ensured> {
  const found = await outlast(context, async () => await wanted.find());
  if (found === undefined || byAge(found.entity, made) >= 0) return { action: 'create', self: made.self };
  const { displayName, self } = found.entity;
  context.report(`${displayName} was made by somebody else at the same time: ${entityId(self)} is older and is used`);
  await discard(made, { context, wanted });
  return { action: found.action, self };
}

async function discard<E extends MadeEntity>(
  { self }: E,
  { context, wanted }: { readonly context: StepContext; readonly wanted: Wanted<E> },
): Promise<void> {
  const { signal } = context;
  try {
    const now = await wanted.collection.get(self, { signal });
    if (now === undefined) return;
    const { status = 'NotStarted' } = now;
    if (status !== 'NotStarted')
      return context.report(`Delete ${entityId(self)} when nobody uses it: it is one too many, and ${status} already`);
    await wanted.collection.delete(self, { signal });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    context.report(`Delete ${entityId(self)}, it is one too many: ${error.message}`);
  }
}

/** The pipeline's project, made when it does not exist; undefined for a pipeline without one. */
export async function ensureProject(
  context: StepContext,
  pipeline: PipelineFacts,
): Promise<EntityReference | undefined> {
  const { project: displayName, locale } = pipeline;
  if (displayName === undefined) return undefined;
  const digest = digestOf('project', { displayName, locale });
  const { projects: collection } = context.ports.speech;
  const { self } = await ensureEntity(context, {
    effect: 'create-project',
    digest,
    collection,
    async find() {
      const projects = await collection.list({ signal: context.signal });
      const named = projects.filter((project) => project.displayName === displayName && project.locale === locale);
      const [oldest] = named.toSorted(byAge);
      return oldest === undefined ? undefined : { action: 'reuse', entity: oldest };
    },
    create: () =>
      collection.create(
        { displayName, locale, customProperties: customProperties(digest, pipeline) },
        { signal: context.signal },
      ),
  });
  return { self };
}

/** The custom properties by which a later run knows the object again. */
export function customProperties(digest: string, pipeline: PipelineFacts): Readonly<Record<string, string>> {
  return { [digestProperty]: digest, [pipelineProperty]: pipeline.name.slice(0, 256) };
}

/** The outcome of `look`, which changes nothing or may be done twice, through an outage of up to an hour. */
export async function outlast<T>(
  context: Pick<StepContext, 'ports' | 'report' | 'signal'>,
  look: () => Promise<T>,
): Promise<T> {
  const { ports, report: onTrouble, signal } = context;
  return await outlastOutage(look, { sleep: ports.clock.sleep, onTrouble, signal });
}

/**
 * The object as it is now. What it is decides how a step goes on with work that is under way, so a service that does not answer
 * is asked again for up to an hour. Throws a {@link ServiceError} when the object is gone.
 */
export async function readNow<E extends WorkedEntity>(
  context: StepContext,
  collection: Pick<WorkedCollection<E, never>, 'wait'>,
  self: string,
): Promise<E> {
  return await collection.wait(self, { until: () => true, onTrouble: context.report, signal: context.signal });
}

/** An object that the service works on. */
interface AwaitedEntity<E extends WorkedEntity> {
  readonly what: string;
  readonly collection: Pick<WorkedCollection<E, never>, 'wait'>;
  readonly self: string;
  /** What becomes of one that the service fails. @default it stays, and the next run makes another one */
  readonly fate?: string;
}

/** Waits until the service has finished with the object, Succeeded or Failed. */
export async function untilEnded<E extends WorkedEntity>(context: StepContext, wanted: AwaitedEntity<E>): Promise<E> {
  let status = '';
  return await wanted.collection.wait(wanted.self, {
    signal: context.signal,
    onTrouble: context.report,
    onRead(read) {
      if (read.status !== status) context.report(`${wanted.what} is ${read.status}`);
      status = read.status;
    },
  });
}

/** Waits until the service has finished with the object; a Failed one fails the step with the service's reason, and stays. */
export async function untilSucceeded<E extends WorkedEntity & { readonly properties?: Failable }>(
  context: StepContext,
  wanted: AwaitedEntity<E>,
): Promise<E> {
  const entity = await untilEnded(context, wanted);
  if (entity.status === 'Succeeded') return entity;
  const reason = withReason(`The service failed the ${wanted.what}`, entity);
  const { fate = 'it stays, and the next run makes another one' } = wanted;
  throw new StepFailure(`${reason}; ${fate}: ${deletionOf(entity, context.ports)}`);
}

interface Failable {
  readonly error?: { readonly code?: string; readonly message?: string };
}

/** A sentence about a Failed object, continued by the service's own reason, or by where to look when it gave none. */
export function withReason(
  sentence: string,
  { self, properties }: { readonly self: string; readonly properties?: Failable },
): string {
  const { message = '', code } = properties?.error ?? {};
  const mark = code === undefined ? '' : ` [${code}]`;
  if (message.trim() === '') return `${sentence} and gave no reason${mark}; see ${self}`;
  const cure = code === undefined ? undefined : cureOf({ code });
  return `${sentence}: ${message}${mark}${cure === undefined ? '' : ` (what to do: ${cure})`}`;
}
