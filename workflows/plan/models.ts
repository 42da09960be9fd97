import { nearestName } from '../document/nearest-name.ts';
import { quoteName } from '../document/quote-name.ts';
import { isUnproved, modelThatCounts, previousModelOf } from './endpoint-proof.ts';
import { entityId } from './identity.ts';
import type { BaseModel, CustomModel, DatasetKind, Endpoint } from './speech-entities.ts';
import type { MissingObject } from './step-plan.ts';

/** The models and endpoints of a resource, as far as choosing among them needs them. */
export interface KnownModels {
  readonly observedAt: string;
  /** From when on the days are counted that are left. @default observedAt */
  readonly countedFrom?: string;
  readonly locale: string;
  readonly baseModels: readonly BaseModel[];
  readonly models: readonly CustomModel[];
  readonly endpoints: readonly Endpoint[];
}

/** The use of a base model beside recognition on endpoints. */
interface BaseModelPurpose {
  /** Kinds of data that a model is to be trained with, on this base model. */
  readonly trainWith?: readonly DatasetKind[] | undefined;
}

/**
 * The newest base model of the locale that a pipeline can work with: endpoints can serve it, it fills the lexical form, of which word
 * error rates are, it has not expired, and it can be trained with these kinds of data where they are given. There is no "latest" mark
 * in the service: the newest is so by creation (Microsoft Learn, "Custom speech model and endpoint lifecycle"). A base model that
 * only batch transcription can use is taken when a person names it.
 */
export function newestBaseModel(known: KnownModels, purpose: BaseModelPurpose = {}): BaseModel | undefined {
  return baseModelsByAge(known).find((model) => whyUnfit(model, { known, ...purpose }) === undefined);
}

/**
 * Why {@link newestBaseModel} is none: a clause that says so, and what speaks against the newest one:
 * `no base model of en-US can be used; the newest, 20261105 Whisper, does not support endpoints`.
 */
export function whyNoBaseModel(known: KnownModels, { trainWith }: BaseModelPurpose = {}): string {
  const use = trainWith === undefined ? 'used' : `trained with ${trainWith.join(', ')}`;
  const [newest] = baseModelsByAge(known);
  const unfit = newest && whyUnfit(newest, { known, trainWith });
  const example = unfit === undefined ? '' : `; the newest, ${newest?.displayName}, ${unfit}`;
  return `no base model of ${known.locale} can be ${use}${example}`;
}

/** Those of the locale, newest first. */
function baseModelsByAge({ baseModels, locale }: KnownModels): readonly BaseModel[] {
  return baseModels
    .filter((model) => model.locale.toLowerCase() === locale.toLowerCase())
    .toSorted((a, b) => b.createdDateTime.localeCompare(a.createdDateTime));
}

/** What speaks against using a base model, as the end of a sentence about it; undefined when nothing does. */
function whyUnfit(
  { status, properties }: BaseModel,
  { known, trainWith }: BaseModelPurpose & { readonly known: KnownModels },
): string | undefined {
  if (status !== undefined && status !== 'Succeeded') return `is ${status}`;
  const { deprecationDates, features } = properties ?? {};
  if (expired(deprecationDates?.transcriptionDateTime, known))
    return `cannot recognise since ${deprecationDates?.transcriptionDateTime?.slice(0, 10)}`;
  if (features?.supportsEndpoints === false) return 'does not support endpoints';
  if (features?.supportedOutputFormats?.includes('Lexical') === false) return 'does not fill the lexical form';
  return trainWith === undefined ? undefined : whyUntrainable(properties ?? {}, { known, trainWith });
}

function whyUntrainable(
  { deprecationDates, features }: NonNullable<BaseModel['properties']>,
  { known, trainWith }: { readonly known: KnownModels; readonly trainWith: readonly DatasetKind[] },
): string | undefined {
  const until = deprecationDates?.adaptationDateTime;
  if (expired(until, known)) return `cannot be adapted since ${until?.slice(0, 10)}`;
  const takes = features?.supportsAdaptationsWith;
  const refused = takes === undefined ? [] : trainWith.filter((kind) => !takes.includes(kind));
  return refused.length === 0
    ? undefined
    : `cannot be adapted with ${refused.join(', ')}, only with ${takes?.join(', ')}`;
}

/** The endpoint of this display name (or id) and the pipeline's locale; an error text when the name is not unique. */
export function endpointByName(
  name: string,
  known: Pick<KnownModels, 'endpoints' | 'locale'>,
): Endpoint | undefined | string {
  const byId = known.endpoints.find((endpoint) => entityId(endpoint.self) === entityId(name));
  if (byId !== undefined) return byId;
  const named = known.endpoints.filter(
    (endpoint) => endpoint.displayName === name && endpoint.locale.toLowerCase() === known.locale.toLowerCase(),
  );
  if (named.length <= 1) return named[0];
  return `Name one endpoint by its id: ${named.length} endpoints are called ${name} (${named.map((endpoint) => entityId(endpoint.self)).join(', ')})`;
}

/** Why there is no endpoint of this name, as a clause: `endpoint calls does not exist`, continued by {@link similarEndpoint}. */
export function whyNoEndpoint(name: string, known: Pick<KnownModels, 'endpoints' | 'locale'>): string {
  return `endpoint ${name} does not exist${similarEndpoint(name, known) ?? ''}`;
}

/**
 * The endpoint that was probably meant by the name of one that does not exist, as the end of a sentence: the locales that have
 * an endpoint of this name, or the nearest name. Undefined when there is neither.
 */
export function similarEndpoint(
  name: string,
  { endpoints, locale }: Pick<KnownModels, 'endpoints' | 'locale'>,
): string | undefined {
  const isHere = (endpoint: Endpoint): boolean => endpoint.locale.toLowerCase() === locale.toLowerCase();
  const elsewhere = endpoints.filter((endpoint) => endpoint.displayName === name && !isHere(endpoint));
  const locales = [...new Set(elsewhere.map((endpoint) => endpoint.locale))];
  if (locales.length > 0) return ` for ${locale}, only for ${locales.join(', ')}`;
  const here = endpoints.filter(isHere).map(({ displayName }) => displayName);
  // Where a model is asked for, an endpoint is written `endpoint/NAME`.
  const near = nearestName(name.replace(/^endpoint\//, ''), here);
  return near === undefined ? undefined : `; did you mean ${quoteName(near)}?`;
}

export interface ChosenModel {
  readonly self: string;
  readonly displayName: string;
  /** Why this one: "newest base model", "served by endpoint call-center". */
  readonly because: string;
  /** Whether it stands for the model of an endpoint that does not exist, or whose model does not count. */
  readonly isStandIn: boolean;
  /** The date-time from which on it cannot recognise. */
  readonly transcribesUntil: string | undefined;
}

/**
 * The model that a pipeline's `model:` means: `endpoint/NAME` is what that endpoint serves now (the newest base model
 * while it does not exist, and after its model's expiry, because the service then falls back to it), `base` the newest
 * base model, `base/NAME` a base model by its display name, anything else a model's URL or id. A text says why there is none.
 */
export function chooseModel(reference: string, known: KnownModels): ChosenModel | string {
  if (reference === 'base') return newestChosen(known);
  if (reference.startsWith('base/')) return namedChosen(baseModelNamed(reference, { known }));
  if (reference.startsWith('endpoint/')) return servedBy(reference.slice('endpoint/'.length), known);
  const found = [...known.models, ...known.baseModels].find((model) => sameModel(model.self, reference));
  if (found === undefined) return `Check the model ${reference}: the Speech resource has no such model`;
  if (found.locale.toLowerCase() !== known.locale.toLowerCase()) {
    return `Choose a model of locale ${known.locale}: ${found.displayName} is of ${found.locale}`;
  }
  return namedChosen(found);
}

/**
 * The model that a reference names, when the resource has no such model. A model that a step makes gets its id then, so that no
 * reference names it before. What an endpoint serves, and which base model is the newest, may change before the step.
 */
export function modelLacking(reference: string | undefined, known: KnownModels): MissingObject | undefined {
  if (reference === undefined || reference === 'base' || reference.startsWith('endpoint/')) return undefined;
  const found = chooseModel(reference, known);
  return typeof found === 'string' ? { object: `model ${reference}`, message: found } : undefined;
}

/**
 * The model that a reference puts to use, with the base model behind it where the resource still has it: `endpoint/NAME` is the
 * model that this endpoint was given last and that was proved there, also after its expiry. Anything else is a model's URL or id. A
 * text says why there is none.
 */
export function modelInUse(
  reference: string,
  known: KnownModels,
): { readonly model: BaseModel | CustomModel; readonly base: BaseModel | undefined } | string {
  const name = /^endpoint\/(.*)$/.exec(reference)?.[1];
  const endpoint = name === undefined ? undefined : endpointByName(name, known);
  if (typeof endpoint === 'string') return endpoint;
  if (name !== undefined && endpoint === undefined) return whyNoEndpoint(name, known);
  const proved = endpoint && modelThatCounts(endpoint);
  const wanted = name === undefined ? reference : proved;
  const model = [...known.models, ...known.baseModels].find(({ self }) => sameModel(self, wanted));
  if (model === undefined) return `${reference} names no known model`;
  return { model, base: baseModelBehind(model, known) };
}

/** The base model that a custom model was trained on, or the base model itself; undefined when the resource has it no more. */
export function baseModelBehind(
  model: BaseModel | CustomModel,
  { baseModels }: Pick<KnownModels, 'baseModels'>,
): BaseModel | undefined {
  const reference = 'baseModel' in model ? model.baseModel?.self : model.self;
  return baseModels.find(({ self }) => sameModel(self, reference));
}

function namedChosen(found: BaseModel | CustomModel | string): ChosenModel | string {
  return typeof found === 'string' ? found : chosen(found, { because: 'named in the pipeline', isStandIn: false });
}

function servedBy(name: string, known: KnownModels): ChosenModel | string {
  const endpoint = endpointByName(name, known);
  if (typeof endpoint === 'string') return endpoint;
  if (endpoint === undefined) return newestChosen(known, whyNoEndpoint(name, known));
  // A swap that ended before its proof is finished by the next run: until then what was proved last is what counts.
  if (isUnproved(endpoint)) return provedLast(endpoint, known);
  const model = [...known.models, ...known.baseModels].find((candidate) =>
    sameModel(candidate.self, endpoint.model?.self),
  );
  if (model === undefined) return newestChosen(known, `endpoint ${name} names no known model`);
  if (expired(transcribesUntil(model), known)) {
    return newestChosen(known, `the model of endpoint ${name} has expired`);
  }
  return chosen(model, { because: `served by endpoint ${name}`, isStandIn: false });
}

function provedLast(endpoint: Endpoint, known: KnownModels): ChosenModel | string {
  const previous = previousModelOf(endpoint);
  const model = [...known.models, ...known.baseModels].find(({ self }) => sameModel(self, previous));
  const why = `the last swap of endpoint ${endpoint.displayName} was not proved`;
  if (model === undefined) return newestChosen(known, why);
  return chosen(model, { because: `served before, ${why}`, isStandIn: true });
}

/** The newest base model, wanted itself or in place of a model that an endpoint does not serve, for this reason. */
function newestChosen(known: KnownModels, standsInBecause?: string): ChosenModel | string {
  const newest = newestBaseModel(known);
  if (newest === undefined) return `Choose another locale or name a model: ${whyNoBaseModel(known)}`;
  const isStandIn = standsInBecause !== undefined;
  const because = isStandIn ? `newest base model, ${standsInBecause}` : 'newest base model';
  return chosen(newest, { because, isStandIn });
}

function chosen(model: BaseModel | CustomModel, why: Pick<ChosenModel, 'because' | 'isStandIn'>): ChosenModel {
  return { self: model.self, displayName: model.displayName, transcribesUntil: transcribesUntil(model), ...why };
}

/**
 * The base model of the locale that `base-model` or `base/NAME` names, by its URL, its id or its display name, for training or
 * for recognition. A text says why it cannot be used, and what there is instead.
 */
export function baseModelNamed(
  reference: string,
  { known, trainWith }: { readonly known: KnownModels; readonly trainWith?: readonly DatasetKind[] },
): BaseModel | string {
  const ofLocale = known.baseModels.filter(({ locale }) => locale.toLowerCase() === known.locale.toLowerCase());
  const name = reference.replace(/^base\//, '').trim();
  const byName = ofLocale.filter(({ displayName }) => displayName.trim().toLowerCase() === name.toLowerCase());
  const found = ofLocale.find(({ self }) => sameModel(self, reference)) ?? byName[0];
  if (found === undefined) return `${whyNotNamed(name, { known, ofLocale })}${newestInstead(known, trainWith)}`;
  if (byName.length > 1 && byName.includes(found) && !sameModel(found.self, reference)) {
    const ids = byName.map(({ self }) => entityId(self)).join(', ');
    return `Name one base model by its id: ${byName.length} of ${known.locale} are called ${found.displayName} (${ids})`;
  }
  if (trainWith === undefined) return found;
  const unfit = whyUntrainable(found.properties ?? {}, { known, trainWith });
  if (unfit === undefined) return found;
  return `Choose another base model: ${found.displayName} ${unfit}${newestInstead(known, trainWith)}`;
}

function whyNotNamed(
  name: string,
  { known, ofLocale }: { readonly known: KnownModels; readonly ofLocale: readonly BaseModel[] },
): string {
  const custom = known.models.find(({ self }) => sameModel(self, name));
  if (custom !== undefined) return `Choose a base model: ${custom.displayName} is a custom model`;
  const near = nearestName(
    name,
    ofLocale.map(({ displayName }) => displayName),
  );
  const hint = near === undefined ? '' : `, did you mean ${near}?`;
  return `Check the base model ${name}: the Speech resource has none of this name or id for ${known.locale}${hint}`;
}

function newestInstead(known: KnownModels, trainWith: readonly DatasetKind[] | undefined): string {
  const newest = newestBaseModel(known, trainWith === undefined ? {} : { trainWith });
  return newest === undefined ? '' : `; the newest is ${newest.displayName}`;
}

/** Whether two references name the same model; a bare id also names a base model. */
export function sameModel(self: string, reference: string | undefined): boolean {
  if (reference === undefined) return false;
  const id = entityId(self);
  const wanted = entityId(reference);
  return id === wanted || (!reference.includes('/') && id === `base/${wanted}`);
}

/** What people call the model that a reference names; its id when the resource has no such model. */
export function nameOf(reference: string | undefined, known: Pick<KnownModels, 'models' | 'baseModels'>): string {
  const found = [...known.models, ...known.baseModels].find(({ self }) => sameModel(self, reference));
  return found?.displayName ?? (reference === undefined ? 'an unknown model' : `model ${entityId(reference)}`);
}

/** What two models are called beside each other: those of one name, as of one `train` step, have the beginning of their ids behind it. */
export function namesBeside(
  [one, other]: readonly [string | undefined, string | undefined],
  known: Pick<KnownModels, 'models' | 'baseModels'>,
): readonly [string, string] {
  const names = [nameOf(one, known), nameOf(other, known)] as const;
  if (names[0] !== names[1] || one === undefined || other === undefined || sameModel(one, other)) return names;
  return [`${names[0]} (${entityId(one).slice(0, 8)})`, `${names[1]} (${entityId(other).slice(0, 8)})`];
}

/** When a model stops transcribing, as outputs of a step: nothing where the service tells no date. */
export function expiryOf(
  transcriptionDateTime: string | undefined,
  { observedAt, countedFrom = observedAt }: Pick<KnownModels, 'observedAt' | 'countedFrom'>,
): { readonly expires?: string; readonly 'days-left'?: number } {
  const expiry = Date.parse(transcriptionDateTime ?? '');
  if (Number.isNaN(expiry)) return {};
  const days = (expiry - Date.parse(countedFrom)) / 86_400_000;
  return { expires: new Date(expiry).toISOString().slice(0, 10), 'days-left': Math.floor(days) };
}

/** Whether the model of these outputs has stopped transcribing. */
export function hasEnded({ 'days-left': days }: Readonly<Record<string, unknown>>): boolean {
  return typeof days === 'number' && days < 0;
}

/** The date-time from which on a model cannot recognise; undefined where the service tells none. */
export function transcribesUntil({ properties }: BaseModel | CustomModel): string | undefined {
  return properties?.deprecationDates?.transcriptionDateTime;
}

function expired(dateTime: string | undefined, known: { readonly observedAt: string }): boolean {
  return dateTime !== undefined && Date.parse(dateTime) <= Date.parse(known.observedAt);
}
