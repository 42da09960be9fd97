import type { LifecycleObject } from '../../schemas/types.gen.ts';
import { entityId } from './identity.ts';
import { baseModelBehind, newestBaseModel, sameModel, transcribesUntil, type KnownModels } from './models.ts';
import type { BaseModel, CustomModel, Endpoint, EntityReference } from './speech-entities.ts';

type Lives = Pick<KnownModels, 'observedAt' | 'baseModels' | 'models' | 'endpoints'>;

/**
 * The endpoints, the custom models, and the base models that those serve or were trained on, by what ends first. An object ends soon
 * when that is within so many seconds of the observation.
 */
export function lifecycleOf(
  lives: Lives,
  { withinSeconds }: { readonly withinSeconds: number },
): readonly LifecycleObject[] {
  const endpointsOf = Map.groupBy(lives.endpoints, ({ model }) => entityId(model?.self ?? ''));
  const modelsOn = Map.groupBy(lives.models, ({ baseModel }) => entityId(baseModel?.self ?? ''));
  const served = ({ self }: EntityReference): readonly Endpoint[] => endpointsOf.get(entityId(self)) ?? [];
  const trained = ({ self }: EntityReference): readonly CustomModel[] => modelsOn.get(entityId(self)) ?? [];
  const entries = [
    ...lives.endpoints.map((endpoint) => ofEndpoint(endpoint, lives)),
    ...lives.models.map((model) => ofModel(model, { lives, servedBy: served(model) })),
    ...lives.baseModels.flatMap((model) => ofBaseModel(model, { lives, served, trained }) ?? []),
  ];
  const now = Date.parse(lives.observedAt);
  return entries
    .map(({ ends, ...entry }): LifecycleObject => {
      const end = Date.parse(ends ?? '');
      if (ends === undefined || Number.isNaN(end)) return { ...entry, state: 'no date told' };
      const state = end <= now ? 'expired' : end <= now + withinSeconds * 1000 ? 'ends soon' : 'lasting';
      return { ...entry, ends, daysLeft: Math.floor((end - now) / 86_400_000), state };
    })
    .toSorted((a, b) => endOf(a) - endOf(b) || a.name.localeCompare(b.name, 'en'));
}

/** Those in use that have ended or end soon: what a person should see to. */
export function endingInUse(entries: readonly LifecycleObject[]): readonly LifecycleObject[] {
  return entries.filter(({ inUse, state }) => inUse && (state === 'expired' || state === 'ends soon'));
}

type Unjudged = Omit<LifecycleObject, 'state' | 'daysLeft'>;

function ofEndpoint(endpoint: Endpoint, lives: Lives): Unjudged {
  const model = [...lives.models, ...lives.baseModels].find(({ self }) => sameModel(self, endpoint.model?.self));
  const newest = newestOf(endpoint.locale, lives);
  const until = model && transcribesUntil(model);
  return {
    ...common(endpoint, 'endpoint'),
    ...(model === undefined ? {} : { model: model.displayName }),
    inUse: true,
    ...(until === undefined ? {} : { recognisesUntil: until, ends: until }),
    consequence: `answers with the newest base model${newest === undefined ? '' : `, ${newest.displayName}`}, and no error tells it`,
    ...newerThan(model && baseModelBehind(model, lives), newest),
  };
}

function ofModel(
  model: CustomModel,
  { lives, servedBy }: { readonly lives: Lives; readonly servedBy: readonly Endpoint[] },
): Unjudged {
  const base = baseModelBehind(model, lives);
  const until = transcribesUntil(model);
  return {
    ...common(model, 'custom-model'),
    ...(base === undefined ? {} : { model: base.displayName }),
    inUse: servedBy.length > 0,
    ...(until === undefined ? {} : { recognisesUntil: until, ends: until }),
    consequence: whenItRecognisesNoMore(servedBy),
    ...newerThan(base, newestOf(model.locale, lives)),
  };
}

/** Undefined when nothing serves it or was trained on it. */
function ofBaseModel(
  model: BaseModel,
  {
    lives,
    served,
    trained,
  }: {
    readonly lives: Lives;
    served(model: EntityReference): readonly Endpoint[];
    trained(model: EntityReference): readonly CustomModel[];
  },
): Unjudged | undefined {
  const servedBy = served(model);
  const adapted = trained(model);
  if (servedBy.length === 0 && adapted.length === 0) return undefined;
  const newer = newerThan(model, newestOf(model.locale, lives));
  const isTrainedOn = newer.newerBaseModel === undefined && adapted.some((custom) => served(custom).length > 0);
  const { adaptationDateTime, transcriptionDateTime } = model.properties?.deprecationDates ?? {};
  const ends = servedBy.length > 0 ? transcriptionDateTime : adaptationDateTime;
  return {
    ...common(model, 'base-model'),
    inUse: servedBy.length > 0 || isTrainedOn,
    ...(adaptationDateTime === undefined ? {} : { trainableUntil: adaptationDateTime }),
    ...(transcriptionDateTime === undefined ? {} : { recognisesUntil: transcriptionDateTime }),
    ...(ends === undefined ? {} : { ends }),
    consequence: servedBy.length > 0 ? whenItRecognisesNoMore(servedBy) : 'training on it is refused',
    ...newer,
  };
}

function common(
  { self, displayName, locale }: BaseModel | CustomModel | Endpoint,
  kind: LifecycleObject['kind'],
): Pick<LifecycleObject, 'kind' | 'name' | 'id' | 'locale'> {
  return { kind, name: displayName, id: entityId(self), locale };
}

function whenItRecognisesNoMore(servedBy: readonly Endpoint[]): string {
  const names = servedBy.map(({ displayName }) => displayName).join(', ');
  const fallback = names === '' ? '' : `the newest base model answers on ${names}, and no error tells it; `;
  return `${fallback}batch transcription with it is refused`;
}

function newestOf(locale: string, lives: Lives): BaseModel | undefined {
  return newestBaseModel({ ...lives, locale });
}

function newerThan(base: BaseModel | undefined, newest: BaseModel | undefined): { readonly newerBaseModel?: string } {
  const isNewer = newest !== undefined && (base === undefined || newest.createdDateTime > base.createdDateTime);
  return isNewer ? { newerBaseModel: newest.displayName } : {};
}

function endOf({ ends }: LifecycleObject): number {
  return ends === undefined ? Infinity : Date.parse(ends);
}
