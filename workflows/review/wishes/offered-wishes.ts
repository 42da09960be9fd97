import { shownSource } from '../../document/url-secrets.ts';
import { previousModelOf } from '../../plan/endpoint-proof.ts';
import { entityId } from '../../plan/identity.ts';
import { nameOf, sameModel, transcribesUntil } from '../../plan/models.ts';
import type { BaseModel, CustomModel, Endpoint } from '../../plan/speech-entities.ts';
import type { KnownObject } from './known-object.ts';
import type { Wish, WishWorld } from './wish.ts';

/** Something that can be wished of an object. */
export interface OfferedWish {
  readonly label: string;
  /** Several are a choice of another object. */
  readonly choices: readonly { readonly name: string; readonly wish: Wish }[];
  /** Why there is nothing to choose, as a sentence. */
  readonly whyNot?: string;
}

/** What can be wished of an object as things are; whether a wish can be a change is known when it is made one. */
export function offeredWishes(object: KnownObject, seen: WishWorld['seen']): readonly OfferedWish[] {
  const id = entityId(object.entity.self);
  const gone = {
    label: 'Remove it from the files',
    choices: [{ name: '', wish: { kind: 'delete', of: object.kind, id } as const }],
  };
  switch (object.kind) {
    case 'endpoint':
      return [...endpointWishes(object.entity, seen), gone];
    case 'base-model':
      return isServable(object.entity, seen) ? servedBy(object.entity, seen) : [];
    case 'model': {
      return [
        ...servedBy(object.entity, seen),
        { label: 'Train it on the newest base model', choices: [{ name: '', wish: { kind: 'retrain', model: id } }] },
        gone,
      ];
    }
    case 'dataset':
    case 'evaluation':
      return [gone];
    case 'project':
      return [];
  }
}

function servedBy(model: BaseModel | CustomModel, seen: WishWorld['seen']): readonly OfferedWish[] {
  const id = entityId(model.self);
  const endpoints = seen.endpoints.filter(
    ({ locale, model: served }) => isOf(locale, model) && !sameModel(model.self, served?.self),
  );
  if (endpoints.length === 0) return [];
  const choices = endpoints.map(({ self, displayName }) => ({
    name: shownSource(displayName),
    wish: { kind: 'swap', endpoint: entityId(self), model: id } as const,
  }));
  return [{ label: 'Have it served by', choices }];
}

function endpointWishes(endpoint: Endpoint, seen: WishWorld['seen']): readonly OfferedWish[] {
  const id = entityId(endpoint.self);
  const previous = previousModelOf(endpoint);
  const models = [...seen.models, ...seen.baseModels]
    .filter(
      (model) =>
        isOf(model.locale, endpoint) && !sameModel(model.self, endpoint.model?.self) && isServable(model, seen),
    )
    .toSorted((one, other) => other.createdDateTime.localeCompare(one.createdDateTime));
  return [
    ...(models.length === 0
      ? []
      : [
          {
            label: 'Have it serve',
            choices: models.map((model) => ({
              name: `${shownSource(model.displayName)}, ${model.createdDateTime.slice(0, 10)}${entityId(model.self).startsWith('base/') ? ', base model' : ''}`,
              wish: { kind: 'swap', endpoint: id, model: entityId(model.self) } as const,
            })),
          },
        ]),
    // A swap that was taken back has noted the model that it gave back, which is served.
    ...(previous === undefined || sameModel(endpoint.model?.self ?? '', previous)
      ? []
      : [rollBack(previous, { id, seen })]),
  ];
}

function rollBack(
  previous: string,
  { id, seen }: { readonly id: string; readonly seen: WishWorld['seen'] },
): OfferedWish {
  const label = `Roll back to ${shownSource(nameOf(previous, seen))}`;
  const model = [...seen.models, ...seen.baseModels].find(({ self }) => sameModel(self, previous));
  const until = model && transcribesUntil(model);
  if (until !== undefined && Date.parse(until) <= Date.parse(seen.observedAt))
    return { label, choices: [], whyNot: `It expired on ${until.slice(0, 10)}` };
  return { label, choices: [{ name: '', wish: { kind: 'roll-back', endpoint: id } }] };
}

function isServable(model: BaseModel | CustomModel, { observedAt }: WishWorld['seen']): boolean {
  const until = transcribesUntil(model);
  return (
    model.status === 'Succeeded' &&
    model.properties?.features?.supportsEndpoints !== false &&
    (until === undefined || Date.parse(until) > Date.parse(observedAt))
  );
}

function isOf(locale: string, other: { readonly locale: string }): boolean {
  return locale.toLowerCase() === other.locale.toLowerCase();
}
