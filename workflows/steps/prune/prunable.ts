import type { PruneWith } from '../../../schemas/types.gen.ts';
import { modelsThatMayAnswer, previousModelOf } from '../../plan/endpoint-proof.ts';
import type { Facts } from '../../plan/facts.ts';
import { byAge, digestProperty, entityId, pipelineProperty } from '../../plan/identity.ts';
import { whyExpired } from '../../plan/lifecycle.ts';
import type { WorkedEntity } from '../../plan/speech-entities.ts';
import { trialOfObject } from '../../plan/trial.ts';
import { copiedProperty, copyDigest, copyMarks } from '../copy/copied-model.ts';

/** What the endpoints of another Speech resource are seen with. */
export type Serving = Pick<Facts, 'endpoints' | 'models'>;

/** What a Speech resource has, as far as it decides what may be deleted. */
export type Prunable = Pick<Facts, 'datasets' | 'models' | 'endpoints' | 'evaluations' | 'observedAt'>;

/** What else decides it. */
export interface Beside {
  /** The texts of release files: any id in one of them keeps its object. */
  readonly releases: readonly string[];
  /** The Speech resources that serve copies of its models; undefined where nobody says which do. */
  readonly servedAt?: readonly Serving[] | undefined;
}

/** An object that may go, and why. */
export interface Superfluous {
  readonly kind: 'dataset' | 'model';
  readonly entity: WorkedEntity;
  /** `failed`, or `unused since 2025-03-04`. */
  readonly why: string;
}

/**
 * The objects of a locale that may be deleted, in the order in which they go: failed datasets, failed models, then models and datasets that
 * nothing uses, the oldest first. Models go before datasets, since a dataset stays as long as a model that was trained with it.
 */
export function superfluous(
  wanted: Required<Pick<PruneWith, 'older-than' | 'failed-older-than' | 'kinds' | 'all'>> &
    Pick<PruneWith, 'only' | 'keep'>,
  from: Beside & { readonly seen: Prunable; readonly locale: string },
): readonly Superfluous[] {
  const { seen, locale } = from;
  const since = ageLimit(seen, wanted['older-than']);
  const kept = new Set([...idsIn(from.releases), ...(wanted.keep ?? []).map(entityId)]);
  const used = usedModels(seen, { kept, since, servedAt: from.servedAt });
  const models = pick('model', seen.models, { wanted, seen, locale, used });
  const going = new Set(models.map(({ entity }) => entityId(entity.self)));
  const staying = seen.models.filter(({ self }) => !going.has(entityId(self)));
  const usedData = usedDatasets(seen, { staying, kept, since });
  const datasets = pick('dataset', seen.datasets, { wanted, seen, locale, used: usedData });
  const hasFailed = ({ entity }: Superfluous): boolean => entity.status === 'Failed';
  const failed = [...datasets.filter(hasFailed), ...models.filter(hasFailed)];
  const all = [...failed, ...[...models, ...datasets].filter((one) => !hasFailed(one))];
  const may = wanted.only === undefined ? undefined : new Set(wanted.only.map(entityId));
  return may === undefined ? all : all.filter(({ entity }) => may.has(entityId(entity.self)));
}

function pick(
  kind: Superfluous['kind'],
  entities: readonly WorkedEntity[],
  of: {
    readonly wanted: Parameters<typeof superfluous>[0];
    readonly seen: Prunable;
    readonly locale: string;
    readonly used: ReadonlySet<string>;
  },
): readonly Superfluous[] {
  const { wanted, seen, locale, used } = of;
  if (!wanted.kinds.includes(`${kind}s`)) return [];
  return entities
    .filter((entity) => {
      const hasFailed = entity.status === 'Failed';
      const limit = ageLimit(seen, hasFailed ? wanted['failed-older-than'] : wanted['older-than']);
      return (
        entity.locale.toLowerCase() === locale.toLowerCase() &&
        (hasFailed || entity.status === 'Succeeded') &&
        Date.parse(entity.createdDateTime) < limit &&
        (wanted.all || isMade(entity)) &&
        trialOfObject(entity) === undefined &&
        !used.has(entityId(entity.self))
      );
    })
    .toSorted(byAge)
    .map((entity) => {
      const day = entity.createdDateTime.slice(0, 10);
      return { kind, entity, why: entity.status === 'Failed' ? `failed on ${day}` : `of ${day}, unused` };
    });
}

/** The moment before which an object was made that is old enough, by the clock of the service. */
function ageLimit({ observedAt }: Prunable, seconds: number): number {
  return Date.parse(observedAt) - seconds * 1000;
}

function isMade({ customProperties = {} }: WorkedEntity): boolean {
  return digestProperty in customProperties || pipelineProperty in customProperties;
}

/** Models that endpoints serve, may answer with or served before; that are kept or measured; and those of which copies may be in use. */
function usedModels(
  { endpoints, evaluations, models, observedAt }: Prunable,
  of: {
    readonly kept: ReadonlySet<string>;
    readonly since: number;
    readonly servedAt: readonly Serving[] | undefined;
  },
): ReadonlySet<string> {
  // What is trained from it, or was: the service names a base model there, and may take one of ours.
  const trainedFrom = models.flatMap(({ baseModel }) => (baseModel === undefined ? [] : [entityId(baseModel.self)]));
  const measured = evaluations
    .filter((evaluation) => countsAsUse(evaluation, of.since))
    .flatMap(({ model1, model2 }) => [entityId(model1.self), entityId(model2.self)]);
  const elsewhere = new Set(of.servedAt?.flatMap(digestsServed));
  const copied = models
    .filter((model) => {
      const marks = Object.keys(model.customProperties ?? {});
      // Which models were copied is known by a mark, for which some have no room; which are served is seen where one may look.
      const mayBeServed = of.servedAt === undefined ? marks.includes(copiedProperty) : elsewhere.has(copyDigest(model));
      // A run that would go on with a copy refuses a model that has expired meanwhile, and leaves the mark of that copy.
      const mayArrive = whyExpired(model, { observedAt }) === undefined;
      return mayBeServed || (mayArrive && marks.some((key) => key.startsWith(copyMarks)));
    })
    .map(({ self }) => entityId(self));
  return new Set([...endpoints.flatMap(servedBy), ...trainedFrom, ...measured, ...copied, ...of.kept]);
}

/** The models that an endpoint serves, may answer with, or served before. */
function servedBy(endpoint: Facts['endpoints'][number]): readonly string[] {
  return [modelsThatMayAnswer(endpoint), previousModelOf(endpoint) ?? []].flat();
}

/** By what a model that a Speech resource serves is known wherever it was copied from. */
function digestsServed({ endpoints, models }: Serving): readonly string[] {
  const served = new Set(endpoints.flatMap(servedBy));
  return models.filter(({ self }) => served.has(entityId(self))).map(copyDigest);
}

/** Datasets with which a model was trained that stays, or something was measured; and those that are named. */
function usedDatasets(
  { evaluations }: Prunable,
  of: { readonly staying: Facts['models']; readonly kept: ReadonlySet<string>; readonly since: number },
): ReadonlySet<string> {
  const trained = of.staying.flatMap(({ datasets = [] }) => datasets.map(({ self }) => entityId(self)));
  const measured = evaluations
    .filter((evaluation) => countsAsUse(evaluation, of.since))
    .map(({ dataset }) => entityId(dataset.self));
  return new Set([...trained, ...measured, ...of.kept]);
}

/** Whether an evaluation was made since a moment, or is under way, however long ago it was made. */
function countsAsUse({ createdDateTime, status }: Prunable['evaluations'][number], since: number): boolean {
  return status === 'NotStarted' || status === 'Running' || Date.parse(createdDateTime) >= since;
}

function idsIn(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => text.toLowerCase().match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? []);
}
