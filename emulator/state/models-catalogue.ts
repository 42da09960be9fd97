import type { Endpoint, ModelReference } from './entities.ts';
import {
  type BaseGeneration,
  baseGenerations,
  generationsBetween,
  supportedLocales,
  whisperGenerations,
} from '../recognition/base-generations.ts';
import type { SpeechResource } from './speech-resource.ts';
import { stableUuid } from './stable-uuid.ts';

/** A base model that has been released, with the id it has in the resource's paths. */
export interface BaseModel {
  readonly id: string;
  readonly generation: BaseGeneration;
  /** Whether it is there only where four are released a year. */
  readonly isBetween: boolean;
}

/** All base models that are released by now, oldest first over all locales. */
export function baseModels({ clock, settings }: SpeechResource, locale?: string): readonly BaseModel[] {
  const { all, byLocale } = everyBaseModel();
  const models = locale === undefined ? all : (byLocale.get(locale.toLowerCase()) ?? []);
  const now = clock.now();
  return models.filter((model) => (settings.baseModels === 'quarterly' || !model.isBetween) && isReleased(model, now));
}

function isReleased({ generation }: BaseModel, now: number): boolean {
  return Date.parse(generation.createdDateTime) <= now;
}

/** The newest base model of a locale that endpoints can serve; undefined when the locale is not supported. */
export function newestBaseModel(resource: SpeechResource, locale: string): BaseModel | undefined {
  return baseModels(resource, locale).findLast(({ generation }) => generation.supportsEndpoints);
}

export function findBaseModel(now: number, id: string): BaseModel | undefined {
  const model = everyBaseModel().byId.get(id);
  return model !== undefined && isReleased(model, now) ? model : undefined;
}

/** What is to be known of a model before it is used. */
export interface UsableModel {
  readonly reference: ModelReference;
  readonly locale: string;
  readonly status: 'NotStarted' | 'Running' | 'Succeeded' | 'Failed';
  /** From then on it cannot transcribe; virtual milliseconds since 1970. */
  readonly transcriptionUntil: number;
  readonly supportsEndpoints: boolean;
}

/** The model that a reference names, undefined when there is none. Its status is as it was last settled. */
export function findModel(resource: SpeechResource, reference: ModelReference): UsableModel | undefined {
  if (reference.kind === 'custom') {
    const model = resource.store.get('models', reference.id);
    const supportsEndpoints =
      model && findBaseModel(resource.clock.now(), model.baseModelId)?.generation.supportsEndpoints;
    return model && { reference, ...model, supportsEndpoints: supportsEndpoints ?? true };
  }
  const base = findBaseModel(resource.clock.now(), reference.id);
  if (!base) return undefined;
  const { locale, transcriptionDateTime, supportsEndpoints } = base.generation;
  const transcriptionUntil = Date.parse(transcriptionDateTime);
  return { reference, locale, status: 'Succeeded', transcriptionUntil, supportsEndpoints };
}

/**
 * The model that answers on an endpoint now: its own, or the newest base model of the locale before the first deployment
 * and, silently, after the model has expired (Microsoft Learn: model and endpoint lifecycle).
 */
export function servedModel(resource: SpeechResource, endpoint: Endpoint): ModelReference {
  const now = resource.clock.now();
  const own = endpoint.deployed ? findModel(resource, endpoint.model) : undefined;
  if (own && own.transcriptionUntil > now) return own.reference;
  const newest = newestBaseModel(resource, endpoint.locale);
  return newest ? { kind: 'base', id: newest.id } : endpoint.model;
}

/** Every base model of every time, oldest first. */
interface Catalogue {
  readonly all: readonly BaseModel[];
  readonly byId: ReadonlyMap<string, BaseModel>;
  /** By locales in small letters. */
  readonly byLocale: ReadonlyMap<string, readonly BaseModel[]>;
}

/** Ids are the same in every emulator, so that a reference keeps its meaning. */
function everyBaseModel(): Catalogue {
  if (memory.catalogue === undefined) {
    const all = supportedLocales
      .flatMap((locale) => [
        ...[...baseGenerations(locale), ...whisperGenerations(locale)].map((one) => baseModelOf(one)),
        ...generationsBetween(locale).map((one) => baseModelOf(one, { isBetween: true })),
      ])
      .toSorted((a, b) => a.generation.createdDateTime.localeCompare(b.generation.createdDateTime));
    memory.catalogue = {
      all,
      byId: new Map(all.map((model) => [model.id, model])),
      byLocale: Map.groupBy(all, ({ generation }) => generation.locale.toLowerCase()),
    };
  }
  return memory.catalogue;
}

function baseModelOf(generation: BaseGeneration, { isBetween = false } = {}): BaseModel {
  // A Whisper model may be of the same day.
  const name = `base model ${generation.locale}/${generation.id}${isBetween ? ' between' : ''}`;
  return { id: stableUuid(name), generation, isBetween };
}

/** A memory of a pure function. */
const memory: { catalogue?: Catalogue } = {};

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
