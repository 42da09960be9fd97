import type { Call } from '../protocol/call.ts';
import type { ModelReference } from '../state/entities.ts';
import { findBaseModel, findModel, newestBaseModel, type UsableModel } from '../state/models-catalogue.ts';
import { dangling, type JsonObject, optionalModel } from '../protocol/request-body.ts';
import { type DetailedErrorCode, serviceError } from '../protocol/service-error.ts';
import { settled } from '../work/settle.ts';
import { checkLocale } from './worked-entity.ts';

/**
 * The model that the body refers to under `name`, fit to recognise: of the locale, Succeeded and not expired. Undefined
 * when the body names none. A model that failed is refused as `failedCode`.
 */
export async function usableModelIn(
  call: Call,
  body: JsonObject,
  wanted: { readonly name: string; readonly locale: string; readonly failedCode: DetailedErrorCode },
): Promise<ModelReference | undefined> {
  const { name, locale, failedCode } = wanted;
  const named = optionalModel(body, { name, origin: call.origin });
  if (!named) return undefined;
  const reference = asBaseModel(call, named);
  if (reference.kind === 'custom') await settled(call.resource, 'models', reference.id);
  const model = findModel(call.resource, reference);
  if (!model) throw dangling(name);
  checkLocale(name, { found: model.locale, wanted: locale });
  if (model.status !== 'Succeeded') {
    throw serviceError('InvalidRequest', {
      message: `The status of ${name} is ${model.status}, but it must be Succeeded.`,
      inner: model.status === 'Failed' ? failedCode : 'InvalidModel',
      target: name,
    });
  }
  checkNotExpired(call, name, model);
  return reference;
}

/** The newest base model of the locale; every supported locale has one. */
export function defaultModel(call: Call, locale: string): ModelReference {
  const newest = newestBaseModel(call.resource, locale);
  if (!newest) throw dangling('model');
  return { kind: 'base', id: newest.id };
}

/** A base model may be named as `/models/{id}`, too; it is then shown as what it is (Microsoft Learn: "Evaluate a custom speech model"). */
function asBaseModel({ resource }: Call, { kind, id }: ModelReference): ModelReference {
  const isBase = kind === 'base' || (!resource.store.get('models', id) && findBaseModel(resource.clock.now(), id));
  return { kind: isBase ? 'base' : 'custom', id };
}

function checkNotExpired(call: Call, name: string, model: UsableModel): void {
  if (model.transcriptionUntil > call.resource.clock.now()) return;
  throw serviceError('InvalidRequest', {
    message: 'The specified model is deprecated and cannot be used for this operation.',
    inner: 'ModelDeprecated',
    target: name,
  });
}
