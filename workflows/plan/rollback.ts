import { nearestName } from '../document/nearest-name.ts';
import { quoteName } from '../document/quote-name.ts';
import { isUnproved, previousModelOf } from './endpoint-proof.ts';
import { entityId } from './identity.ts';
import { baseModelNamed, newestBaseModel, sameModel, transcribesUntil, type KnownModels } from './models.ts';
import type { BaseModel, CustomModel, Endpoint } from './speech-entities.ts';

type Lives = Omit<KnownModels, 'locale'>;

/** The endpoint of this name or id, of a locale where one is given; a text says what to do when there is none, or several. */
export function endpointToRollBack(
  name: string,
  { endpoints, locale }: { readonly endpoints: readonly Endpoint[]; readonly locale?: string | undefined },
): Endpoint | string {
  const here = endpoints.filter((one) => locale === undefined || one.locale.toLowerCase() === locale.toLowerCase());
  const byId = here.find(({ self }) => entityId(self) === entityId(name));
  const named = here.filter(({ displayName }) => displayName === name);
  const [found = byId] = named;
  if (found !== undefined && (byId !== undefined || named.length === 1)) return byId ?? found;
  const list = named.map((one) => `${entityId(one.self)} (${one.locale})`).join(', ');
  if (named.length > 1)
    return `Name one endpoint by its id, or its locale with --locale: ${named.length} are called ${name}: ${list}`;
  const near = nearestName(
    name,
    here.map(({ displayName }) => displayName),
  );
  const meant = near === undefined ? '' : `, did you mean ${quoteName(near)}?`;
  return `Check the endpoint ${quoteName(name)}: the Speech resource has none of this name or id${locale === undefined ? '' : ` for ${locale}`}${meant}`;
}

/**
 * The model to go back to: the one that the endpoint served before its last swap, as it notes itself, or the one that `to` names by
 * its display name, URL or id. A text says why there is none that could serve, and what to do.
 */
export function modelToGoBackTo(
  endpoint: Endpoint,
  { lives, to }: { readonly lives: Lives; readonly to?: string | undefined },
): BaseModel | CustomModel | string {
  const model = to === undefined ? previousOf(endpoint, lives) : modelNamed(to, { endpoint, lives });
  if (typeof model === 'string') return model;
  const until = transcribesUntil(model);
  if (until === undefined || Date.parse(until) > Date.parse(lives.observedAt)) return model;
  return `Name another model with --to: ${model.displayName} has expired on ${until.slice(0, 10)}, and the newest base model would answer in its place${others(endpoint, lives)}`;
}

function previousOf(endpoint: Endpoint, lives: Lives): BaseModel | CustomModel | string {
  const { displayName } = endpoint;
  const id = previousModelOf(endpoint);
  const advice = others(endpoint, lives);
  if (id === undefined)
    return `Name a model with --to: no swap has noted which model endpoint ${displayName} served before${advice}`;
  // A swap that was taken back has noted the model that it gave back.
  if (!isUnproved(endpoint) && sameModel(endpoint.model?.self ?? '', id))
    return `Name a model with --to: the last swap of endpoint ${displayName} was taken back, and no model before that is noted${advice}`;
  const found = [...lives.models, ...lives.baseModels].find(({ self }) => sameModel(self, id));
  return (
    found ?? `Name another model with --to: model ${id}, which endpoint ${displayName} served before, is gone${advice}`
  );
}

function modelNamed(
  to: string,
  { endpoint, lives }: { readonly endpoint: Endpoint; readonly lives: Lives },
): BaseModel | CustomModel | string {
  const { locale } = endpoint;
  if (to === 'base') {
    const newest = newestBaseModel({ ...lives, locale });
    return newest ?? `Name a model with --to: the Speech resource has no base model of ${locale} for endpoints`;
  }
  if (to.startsWith('base/')) return baseModelNamed(to, { known: { ...lives, locale } });
  const all = [...lives.models, ...lives.baseModels];
  const byId = all.find(({ self }) => sameModel(self, to));
  if (byId !== undefined && byId.locale.toLowerCase() !== locale.toLowerCase())
    return `Choose a model of locale ${locale}: ${byId.displayName} is of ${byId.locale}`;
  if (byId !== undefined) return byId;
  const named = all.filter((one) => one.displayName === to && one.locale.toLowerCase() === locale.toLowerCase());
  const [found, ...more] = named;
  if (found !== undefined && more.length === 0) return found;
  if (found === undefined)
    return `Check the model ${quoteName(to)}: the Speech resource has none of this name or id for ${locale}${others(endpoint, lives)}`;
  return `Name one model by its id: ${named.length} are called ${to}: ${named.map(withDay).join(', ')}`;
}

/** The newest models that could serve in place of the one that does now, as the end of a sentence. */
function others({ locale, model: served }: Endpoint, { models, observedAt }: Lives): string {
  const found = models
    .filter((one) => one.locale.toLowerCase() === locale.toLowerCase() && one.status === 'Succeeded')
    .filter((one) => !sameModel(one.self, served?.self))
    .filter((one) => Date.parse(transcribesUntil(one) ?? '9999-01-01') > Date.parse(observedAt))
    .toSorted((a, b) => b.createdDateTime.localeCompare(a.createdDateTime));
  return found.length === 0 ? '' : `; the newest others are ${found.slice(0, 3).map(withDay).join(', ')}`;
}

function withDay({ displayName, self, createdDateTime }: BaseModel | CustomModel): string {
  return `${displayName} of ${createdDateTime.slice(0, 10)} (${entityId(self)})`;
}
