import { createHash } from 'node:crypto';
import { accountForm } from '../../document/literal-forms.ts';
import type { Facts } from '../../plan/facts.ts';
import { digestOf, digestProperty, entityId, type Existing, findExisting } from '../../plan/identity.ts';
import { soonDays, stateOf } from '../../plan/lifecycle.ts';
import { transcribesUntil } from '../../plan/models.ts';
import type { CustomModel } from '../../plan/speech-entities.ts';

/**
 * The digest of a model wherever it is copied to: what it was trained from is the same there. A model that no pipeline has
 * trained has none, and its id stands for it.
 */
export function copyDigest({ self, customProperties }: CustomModel): string {
  return customProperties?.[digestProperty] ?? digestOf('model', { copyOf: entityId(self) });
}

/** The model itself where source and target are one resource, else the copy that is there; Failed ones are never answered. */
export function copyAt(models: readonly CustomModel[], source: CustomModel): Existing<CustomModel> | undefined {
  const same = models.find(({ self, status }) => self === source.self && status === 'Succeeded');
  return same === undefined ? findExisting(models, copyDigest(source)) : { action: 'reuse', entity: same };
}

/**
 * The entry of a model's customProperties that says which copy of it to this Speech resource is under way. A copy has no
 * properties before it has arrived, and the service lists no copies.
 */
export function copyMark(target: string): string {
  return `${copyMarks}${createHash('sha256').update(target).digest('hex').slice(0, 12)}`;
}

/** How all such entries begin. */
export const copyMarks = 'speechops-copy-';

/** The entry of a model's customProperties that says when it was last copied to another Speech resource, which may serve it since. */
export const copiedProperty = 'speechops-copied';

/** What a copy mark says: the id of the copy, or only when a copy was about to begin, by the clock of the target. */
export type CopyMark = { readonly id: string } | { readonly begunAfter: string };

export function readMark(text: string | undefined): CopyMark | undefined {
  if (text === undefined) return undefined;
  const [, begunAfter] = /^began (\S+)$/.exec(text) ?? [];
  return begunAfter === undefined ? { id: text } : { begunAfter };
}

/**
 * The copy of a model at its target whose beginning was not answered: it has all that the service carries over, and no digest
 * yet. Undefined while another model of the name is on its way, of which it may be the copy.
 */
export function likelyCopy(
  models: readonly CustomModel[],
  of: {
    readonly source: CustomModel;
    readonly begunAfter: string;
    readonly others: readonly CustomModel[];
    readonly mark: string;
  },
): CustomModel | undefined {
  const { source, begunAfter, others, mark } = of;
  const isNamed = ({ displayName, locale }: CustomModel): boolean =>
    displayName === source.displayName && locale === source.locale;
  const isOtherUnderWay = others.some(
    (one) => one.self !== source.self && isNamed(one) && one.customProperties?.[mark] !== undefined,
  );
  if (isOtherUnderWay) return undefined;
  // The service counts seconds.
  const since = Math.floor(Date.parse(begunAfter) / 1000) * 1000;
  return models.find(
    (one) =>
      isNamed(one) &&
      one.status !== 'Failed' &&
      one.customProperties?.[digestProperty] === undefined &&
      (one.datasets ?? []).length === 0 &&
      Date.parse(one.createdDateTime) >= since &&
      isOfSameBase(one, source),
  );
}

function isOfSameBase({ baseModel: one }: CustomModel, { baseModel: other }: CustomModel): boolean {
  return one === undefined || other === undefined || entityId(one.self) === entityId(other.self);
}

/** That a model that is copied recognises no longer than people are told of, as the end of a sentence; empty where it does. Its copy keeps its dates. */
export function endsSoon(
  model: CustomModel,
  // A plan that was looked at says the same on a later day.
  { observedAt, countedFrom = observedAt }: Pick<Facts, 'observedAt' | 'countedFrom'>,
): string {
  const until = transcribesUntil(model);
  const state = stateOf(until, { observedAt: countedFrom, withinSeconds: soonDays * 86_400 });
  return state === 'ends soon' ? `; it recognises only until ${until?.slice(0, 10)}` : '';
}

/** What speaks against a text as the Azure resource id of a Speech resource; undefined when nothing does. */
export function whyNoAccount(account: string): string | undefined {
  return accountForm.isOf(account) ? undefined : accountForm.form.replace(' it ', ' `account` ');
}

export function noSuchModel(model: string, from: string): string {
  const advice = entityId(model).startsWith('base/')
    ? 'base models are in every region and are not copied'
    : `${from} has no such custom model`;
  return `Check the model ${entityId(model)}: ${advice}`;
}

/** That a pipeline would have a copy of a model for another language; undefined where it would not. */
export function whyOtherLocale(
  { displayName, locale }: Pick<CustomModel, 'displayName' | 'locale'>,
  pipeline: { readonly locale: string },
): string | undefined {
  if (locale.toLowerCase() === pipeline.locale.toLowerCase()) return undefined;
  return `Copy a model for ${pipeline.locale}, the locale of the step: ${displayName} is for ${locale}`;
}
