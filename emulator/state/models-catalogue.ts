import type { Endpoint, ModelReference } from './entities.ts';
import { type BaseGeneration, baseGenerations, supportedLocales } from '../recognition/base-generations.ts';
import type { SpeechResource } from './speech-resource.ts';
import { stableUuid } from './stable-uuid.ts';

/** A base model that has been released, with the id it has in the resource's paths. */
export interface BaseModel {
  readonly id: string;
  readonly generation: BaseGeneration;
}

/** All base models that are released by now, oldest first within a locale. */
export function baseModels(now: number, locale?: string): readonly BaseModel[] {
  const wanted = locale?.toLowerCase();
  // The cheap question first: every recognition asks.
  return everyBaseModel().filter(
    ({ generation }) =>
      (wanted === undefined || generation.locale.toLowerCase() === wanted) &&
      Date.parse(generation.createdDateTime) <= now,
  );
}

/** The newest base model of a locale; undefined when the locale is not supported. */
export function newestBaseModel(now: number, locale: string): BaseModel | undefined {
  return baseModels(now, locale).at(-1);
}

export function findBaseModel(now: number, id: string): BaseModel | undefined {
  return baseModels(now).find((model) => model.id === id);
}

/** What is to be known of a model before it is used. */
export interface UsableModel {
  readonly reference: ModelReference;
  readonly locale: string;
  readonly status: 'NotStarted' | 'Running' | 'Succeeded' | 'Failed';
  /** From then on it cannot transcribe; virtual milliseconds since 1970. */
  readonly transcriptionUntil: number;
}

/** The model that a reference names, undefined when there is none. Its status is as it was last settled. */
export function findModel(resource: SpeechResource, reference: ModelReference): UsableModel | undefined {
  if (reference.kind === 'custom') {
    const model = resource.store.get('models', reference.id);
    return model && { reference, ...model };
  }
  const base = findBaseModel(resource.clock.now(), reference.id);
  if (!base) return undefined;
  const { locale, transcriptionDateTime } = base.generation;
  return { reference, locale, status: 'Succeeded', transcriptionUntil: Date.parse(transcriptionDateTime) };
}

/**
 * The model that answers on an endpoint now: its own, or the newest base model of the locale before the first deployment
 * and, silently, after the model has expired (Microsoft Learn: model and endpoint lifecycle).
 */
export function servedModel(resource: SpeechResource, endpoint: Endpoint): ModelReference {
  const now = resource.clock.now();
  const own = endpoint.deployed ? findModel(resource, endpoint.model) : undefined;
  if (own && own.transcriptionUntil > now) return own.reference;
  const newest = newestBaseModel(now, endpoint.locale);
  return newest ? { kind: 'base', id: newest.id } : endpoint.model;
}

/** Every base model of every time. Ids are the same in every emulator, so that a reference keeps its meaning. */
function everyBaseModel(): readonly BaseModel[] {
  if (catalogue.length === 0) {
    for (const generation of supportedLocales.flatMap(baseGenerations)) {
      catalogue.push({ id: stableUuid(`base model ${generation.locale}/${generation.id}`), generation });
    }
  }
  return catalogue;
}

/** A memory of a pure function. */
const catalogue: BaseModel[] = [];

/** Days on which a quarter of the model lifecycle ends (Microsoft Learn: model and endpoint lifecycle). */
const quarterEnds = [
  { month: 0, day: 15 },
  { month: 3, day: 15 },
  { month: 6, day: 15 },
  { month: 9, day: 15 },
] as const;

/**
 * The end of the quarter that a moment lies in, `years` later: a base model can be adapted until 1 year, and any model
 * can transcribe until 2 years after the quarter it was created in (Microsoft Learn: model and endpoint lifecycle; a
 * model of 2024-07-14 transcribes until 2026-07-15). Virtual milliseconds since 1970, midnight UTC.
 */
export function yearsAfterQuarter(createdAt: number, years: number): number {
  const created = new Date(createdAt);
  const year = created.getUTCFullYear();
  const end = quarterEnds.find(({ month, day }) => createdAt < Date.UTC(year, month, day));
  return end
    ? Date.UTC(year + years, end.month, end.day)
    : Date.UTC(year + 1 + years, quarterEnds[0].month, quarterEnds[0].day);
}
