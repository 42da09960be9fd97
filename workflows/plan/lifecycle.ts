import type { LifecycleObject } from '../../schemas/types.gen.ts';
import { entityId } from './identity.ts';
import { baseModelBehind, newestBaseModel, sameModel, transcribesUntil, type KnownModels } from './models.ts';
import type { BaseModel, CustomModel, Endpoint, EntityReference } from './speech-entities.ts';

type Lives = Pick<KnownModels, 'observedAt' | 'baseModels' | 'models' | 'endpoints'>;

/** People are told of what ends within so many days: `lifecycle` without `--within`, the portal, and the plan of a copy. */
export const soonDays = 90;

/** How an end stands at a moment. */
export function stateOf(
  ends: string | undefined,
  { observedAt, withinSeconds }: { readonly observedAt: string; readonly withinSeconds: number },
): LifecycleObject['state'] {
  const left = Date.parse(ends ?? '') - Date.parse(observedAt);
  if (Number.isNaN(left)) return 'no date told';
  return left <= 0 ? 'expired' : left <= withinSeconds * 1000 ? 'ends soon' : 'lasting';
}

/** That a model cannot recognise any more, as what to do about it; undefined while it can. It is put to no new use then. */
export function whyExpired(
  model: BaseModel | CustomModel,
  { observedAt }: { readonly observedAt: string },
): string | undefined {
  const until = transcribesUntil(model);
  if (stateOf(until, { observedAt, withinSeconds: 0 }) !== 'expired') return undefined;
  return `Train a newer model: ${model.displayName} has expired on ${until?.slice(0, 10)}, and cannot recognise any more`;
}

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
      const state = stateOf(ends, { observedAt: lives.observedAt, withinSeconds });
      if (ends === undefined || state === 'no date told') return { ...entry, state: 'no date told' };
      return { ...entry, ends, daysLeft: Math.floor((Date.parse(ends) - now) / 86_400_000), state };
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
